import {
  ALL_MEASUREMENTS,
  createResults,
  type Measurement,
  type Plan,
  type Results,
  type Sample,
  type Subject,
} from '../../scripts/bench/report.js';

export const PLAN: Plan = {
  rounds: 3,
  connections: 10,
  warmUp: 1,
  load: 3,
  settleInMs: 1000,
  jobs: { fewest: 20, few: 100, many: 10_000, most: 100_000 },
  sandboxes: 1000,
  creates: { batch: 100, warmUpBatches: 5, batches: 20 },
  inCode: { warmUps: 1, mocks: 3 },
};

const SUBJECTS: Subject[] = [
  ...[0, ...Object.values(PLAN.jobs)].map((jobs): Subject => ({ contender: 'ours', jobs })),
  { contender: 'ours', jobs: 100, setting: 'unrecorded' },
  { contender: 'ours', jobs: 20, setting: 'crowded' },
  { contender: 'express' },
  { contender: 'node-http' },
  { contender: 'prism' },
];

/** A round in which everything was measured as 1000. */
function round(): Sample[] {
  return ALL_MEASUREMENTS.flatMap((measurement) =>
    SUBJECTS.map((subject) => ({ ...subject, measurement, value: 1000 })),
  );
}

/** Results of three rounds in which everything was measured as 1000, but for some values by round. */
export function benchResults(
  other: { measurement: Measurement; subject: Subject; values: [number, number, number] }[] = [],
): Results {
  const rounds = [0, 1, 2].map((index) =>
    round().map((sample) => {
      const found = other.find(
        ({ measurement, subject }) =>
          measurement === sample.measurement &&
          subject.contender === sample.contender &&
          subject.jobs === sample.jobs &&
          subject.setting === sample.setting,
      );
      return { ...sample, value: found?.values[index] ?? sample.value };
    }),
  );
  return createResults(rounds, {
    date: '2026-01-01',
    machine: { cpu: 'A <fast> one', cores: 2, memoryInGiB: 8, system: 'Linux 6' },
    versions: { 'aep-export-jobs-mock': '0.1.0', node: '20.19.0' },
    plan: PLAN,
  });
}
