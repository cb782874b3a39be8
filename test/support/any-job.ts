import fc from './property.js';
import type {
  CompleteRequest,
  JobScenario,
  Outcome,
  SimulatedJob,
} from '../../server/apis/segmentation/stored-job.js';
import { CREATED_AT, simulatedJob } from './job-facts.js';

const milliseconds = fc.nat(50);
const timeInStatus = fc.option(milliseconds, { freq: 6 });
const text = fc.string({ minLength: 1 });
const errors = fc.array(fc.record({ code: fc.string(), msg: fc.string(), callStack: fc.string() }), {
  minLength: 1,
  maxLength: 2,
});
const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({ status: fc.constant('FAILED' as const), errors }),
  fc.record(
    {
      status: fc.constant('SUCCEEDED' as const),
      errors,
      counters: fc.record(
        {
          totalExportedProfileCounter: fc.nat(),
          exportedProfileByNamespaceCounter: fc.dictionary(fc.string(), fc.nat(), { maxKeys: 3 }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['status'] },
  ),
);
const scenarios: fc.Arbitrary<JobScenario> = fc.record({
  name: fc.constant('of a property'),
  newMs: timeInStatus,
  processingMs: timeInStatus,
  outcome: outcomes,
  cancel: fc.record({ after: milliseconds, then: fc.constantFrom('gone', 'failed', 'stays') }),
});
const segments = fc.array(
  fc.record({
    segmentId: text,
    segmentNs: text,
    status: fc
      .constantFrom([['realized'] as const], [['existing', 'exited'] as const])
      .map(([status]) => [...status]),
  }),
  { maxLength: 3 },
);
const requests: fc.Arbitrary<CompleteRequest> = fc.record(
  {
    destination: fc.record({ datasetId: text, segmentPerBatch: fc.boolean() }),
    schema: fc.record({ name: text }),
    fields: fc.string(),
    filter: fc.record({ segments, emptyProfiles: fc.boolean() }, { requiredKeys: [] }),
    additionalFields: fc.constantFrom({}, { eventList: { fields: '' } }),
    mergePolicy: fc.record({ id: text, version: fc.nat() }, { requiredKeys: [] }),
    evaluationInfo: fc.record({ segmentation: fc.boolean() }),
  },
  { requiredKeys: ['destination', 'schema'] },
);
/** A job of any scenario, which may have been asked to cancel. It was created at CREATED_AT. */
export const simulatedJobs: fc.Arbitrary<SimulatedJob> = fc
  .record({ scenario: scenarios, request: requests, cancelledAfter: fc.option(fc.nat(120)) })
  .map(({ cancelledAfter, ...parts }) =>
    simulatedJob({
      ...parts,
      batchIds: ['b1', 'b2', 'b3'],
      ...(cancelledAfter !== null && { cancelRequestedAt: CREATED_AT + cancelledAfter }),
    }),
  );
