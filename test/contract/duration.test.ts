import { expect, test } from '@jest/globals';
import { isDuration, parseDuration } from '../../contract/duration.js';

test.each([
  ['2h', 7_200_000],
  ['1h30m', 5_400_000],
  ['90s', 90_000],
  ['500ms', 500],
  ['1.5s', 1500],
  ['1W', 604_800_000],
  ['2d', 172_800_000],
  ['0s', 0],
  ['PT2H', 7_200_000],
  ['P1DT30M', 88_200_000],
  ['P2W', 1_209_600_000],
  ['PT0.25S', 250],
  ['pt1m', 60_000],
])('%s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([
  '',
  'P',
  'PT',
  'P1DT',
  '2',
  '2 h',
  'h',
  '-2h',
  '-PT2H',
  '1y',
  'P1Y',
  'P1M',
  'PT1.2345S',
  '2h ',
  '1e3s',
  'two hours',
])('a text that is no length of time is not taken for one: %j', (text) => {
  expect(isDuration(text)).toBe(false);
});
