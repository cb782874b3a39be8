import type { RecordedRequest } from '../../server/journal/journal-entry.js';

/** A retrieve that came 0.25 s before it was answered. */
export function recordedCall(parts: Partial<RecordedRequest> = {}): RecordedRequest {
  return {
    answeredAt: Date.parse('2026-01-01T00:00:01Z'),
    time: 0,
    durationInMs: 250,
    operation: 'retrieveExportJob',
    resources: undefined,
    requestId: 'r',
    method: 'GET',
    url: '/data/core/ups/export/jobs/100',
    headers: [],
    body: undefined,
    status: 200,
    answerHeaders: {},
    answerBody: undefined,
    violations: undefined,
    answerViolations: undefined,
    fault: undefined,
    expected: false,
    ...parts,
  };
}
