import { expect, test } from '@jest/globals';
import { ratiosByRound, spreadOf } from '../../scripts/bench/statistics.js';

test.each([
  [[7], { median: 7, min: 7, max: 7 }],
  [[3, 1, 2], { median: 2, min: 1, max: 3 }],
  [[10, 9, 100, 8], { median: 9.5, min: 8, max: 100 }],
])('the median of %j is the middle in order, not in the order given', (values, spread) => {
  expect(spreadOf(values)).toEqual(spread);
});

test('values are summed up without being changed', () => {
  const values = [3, 1, 2];
  spreadOf(values);
  expect(values).toEqual([3, 1, 2]);
});

test('no values have no median', () => {
  expect(() => spreadOf([])).toThrow('There are no values.');
});

test('a ratio is that of the values of one round', () => {
  expect(ratiosByRound([10, 30], [20, 10])).toEqual([0.5, 3]);
});

test('rounds that lack one of the two have no ratios', () => {
  expect(() => ratiosByRound([1, 2], [1])).toThrow('2 rounds, and 1 of the other.');
});
