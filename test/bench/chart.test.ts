import { expect, test } from '@jest/globals';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { chart } from '../../scripts/bench/chart.js';
import { CONTENDERS } from '../../scripts/bench/report.js';
import { benchResults } from '../support/bench-results.js';

interface Drawing {
  svg: {
    text: { '#text': string | number }[];
    rect: { '@_class': string; '@_width': number }[];
    path: { '@_d': string }[];
  };
}

function draw(results = benchResults()): Drawing['svg'] {
  const parser = new XMLParser({ ignoreAttributes: false, parseAttributeValue: true });
  return (parser.parse(chart(results)) as Drawing).svg;
}

test('is XML', () => {
  expect(XMLValidator.validate(chart(benchResults()))).toBe(true);
});

test('has a bar and whiskers for each contender, for retrieving and for listing', () => {
  const { rect, path } = draw();
  expect(rect.filter(({ '@_class': name }) => name.startsWith('bar'))).toHaveLength(8);
  expect(path).toHaveLength(8);
});

test('labels each bar with its contender and its median', () => {
  const prism = { contender: 'prism' } as const;
  const { text } = draw(benchResults([{ measurement: 'list', subject: prism, values: [500, 1234, 2000] }]));
  const labels = text.map((each) => each['#text']);
  for (const name of Object.values(CONTENDERS))
    expect(labels.filter((label) => label === name)).toHaveLength(2);
  expect(labels.at(-1)).toBe('1,234');
});

test('draws bars as long as their medians and whiskers from the least to the most', () => {
  const ours = { contender: 'ours', jobs: 100 } as const;
  const { rect, path } = draw(
    benchResults([{ measurement: 'retrieve', subject: ours, values: [250, 500, 1000] }]),
  );
  const [, bar, express] = rect;
  expect(bar?.['@_class']).toBe('bar ours');
  expect((bar?.['@_width'] ?? 0) / (express?.['@_width'] ?? 0)).toBeCloseTo(0.5);
  const [, from, to] = /^M([\d.]+) [\d.]+H([\d.]+)/.exec(path[0]?.['@_d'] ?? '') ?? [];
  expect(Number(to) - Number(from)).toBeCloseTo((express?.['@_width'] ?? 0) * 0.75, 0);
});
