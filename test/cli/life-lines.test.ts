import { expect, test } from '@jest/globals';
import { boundLines, lifeLine } from '../../cli/life-lines.js';
import type { MockServerOptions } from '../../server/mock-server.js';
import { jobScenario } from '../support/job-facts.js';

const CLOCK = '2026-01-01T00:00:00Z';

test.each<[newMs: number | null, processingMs: number | null, options: MockServerOptions, line: string]>([
  [2000, 5000, {}, 'A job here is NEW for 2 s and PROCESSING for 5 s; the real ones take minutes.'],
  [500, null, { progress: 'time' }, 'A job here is NEW for 0.5 s and then stays PROCESSING.'],
  [null, 5000, {}, 'A job here stays NEW.'],
  [null, 5000, { progress: 'polls', clock: CLOCK }, 'A job here stays NEW.'],
  [2000, 5000, { clock: CLOCK }, `The clocks stand at ${CLOCK}: a created job stays NEW until`],
  [2000, 5000, { progress: 'hand', clock: CLOCK }, 'A job here stays as it is until it is moved by hand.'],
  [2000, 5000, { progress: 'polls', clock: CLOCK }, 'when it has been answered once in its status'],
  [2000, null, { progress: 'polls', polls: 3 }, 'when it has been answered 3 times in its status'],
])('a job of %p and %p ms, with %j, lives so', (newMs, processingMs, options, line) => {
  expect(lifeLine({ newMs, processingMs }, options)).toContain(line);
});

test('of the scenarios, those are told that ids are bound to', () => {
  const scenarios = [
    jobScenario({ name: 'bound-to-nothing' }),
    { ...jobScenario({ name: 'nor-this' }), boundTo: { datasetIds: [] } },
    { ...jobScenario({ name: 'of-segments' }), boundTo: { segmentIds: ['s'] } },
    { ...jobScenario({ name: 'of-both' }), boundTo: { datasetIds: ['d', 'e'], segmentIds: ['s'] } },
  ];
  expect(boundLines(scenarios)).toEqual([
    '  of-segments: segment s',
    '  of-both: dataset d, dataset e, segment s',
  ]);
});
