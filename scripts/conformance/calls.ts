import type { components } from '../../generated/openapi.js';
import { SMALLEST_REQUEST } from '../mock-client.js';
import type { DeclaredOperation } from './contract.js';
import type { Answer } from './exchange.js';
import type { Caller, Expectations, Session } from './session.js';

type Schemas = components['schemas'];

const LIST = '/export/jobs';
/** Longer than any scenario takes to cancel a job. */
const HOUR = 3_600_000;
const MORE_THAN_A_BODY_MAY_HAVE = 1024 * 1024;
/** Finished, and in the seed of every sandbox. */
const SUCCEEDED_JOB = `${LIST}/11037`;
const FAILED_JOB = `${LIST}/722`;
const NO_JOB = `${LIST}/9007199254740991`;

const REQUEST_WITH_BATCHES = {
  ...SMALLEST_REQUEST,
  destination: { datasetId: 'dataset', segmentPerBatch: true },
  filter: {
    segments: [{ segmentId: 'segment1' }, { segmentId: 'segment2', segmentNs: 'AAM', status: ['exited'] }],
  },
};

/** Sends every kind of call that the contract knows. */
export async function sendEveryCall(session: Session): Promise<void> {
  const { operations, mock } = session.parts;
  const { lifetimes } = mock;
  await session.part('the documented calls', (caller) => sendDocumentedCalls(caller, operations));
  await session.part('the list', listBy);
  await session.part('the pages', followPages);
  await session.part('a job of one batch', (caller) => liveThrough(caller, SMALLEST_REQUEST, lifetimes));
  await session.part('a job of several batches', (caller) =>
    liveThrough(caller, REQUEST_WITH_BATCHES, lifetimes),
  );
  await session.part('cancelled jobs', cancelJobs);
  await session.part('calls that break the contract', breakTheContract);
  for (const operation of operations) {
    const { id, statuses } = operation;
    await session.part(`${id} without credentials`, (caller) => lackCredentials(caller, operation));
    for (const status of statuses) {
      await session.part(`${id} ${status}`, (caller) => preferStatus(caller, operation, status));
    }
    await session.part(`${id} by example`, (caller) => preferEachExample(caller, operation));
  }
}

async function sendDocumentedCalls(caller: Caller, operations: DeclaredOperation[]): Promise<void> {
  const create = operations.find(({ id }) => id === 'createExportJob');
  await caller.get('the documented list', `${LIST}?limit=2`);
  await caller.create('the documented creation', create?.request, { check: isInState('NEW') });
  await caller.get('the documented retrieval', SUCCEEDED_JOB, { check: isInState('SUCCEEDED') });
  await caller.get('the documented job that failed', FAILED_JOB, { check: isInState('FAILED') });
  await caller.delete('the documented cancellation', SUCCEEDED_JOB);
}

async function listBy(caller: Caller): Promise<void> {
  await caller.create('a job that is NEW', SMALLEST_REQUEST, { check: isInState('NEW') });
  await caller.get('all that there are', LIST);
  for (const status of ['NEW', 'SUCCEEDED', 'FAILED'] as const) {
    const check = ({ body }: Answer) => {
      const { records } = body as Schemas['ExportJobList'];
      if (records.length === 0) return [`no job is ${status}`];
      return records.flatMap((job) => isInState(status)({ body: job }));
    };
    await caller.get('by status', `${LIST}?status=${status}`, { check });
  }
  await caller.get('after a cursor', `${LIST}?offset=1538615973895_100`);
  await caller.get('after a cursor that is behind all', `${LIST}?offset=0_0`);
}

/** Follows `link.next` to the end. Prism reads the path as that of a job with an empty id, so its slash is left out. */
async function followPages(caller: Caller): Promise<void> {
  const all = idsOf(await caller.get('all, to compare with the pages', LIST));
  const found: number[] = [];
  const check = (answer: Answer) => {
    found.push(...idsOf(answer));
    const isRight = nextOf(answer) === '' ? String(found) === String(all) : found.length < all.length;
    return isRight ? [] : [`the pages hold ${String(found)}, the whole list ${String(all)}`];
  };
  let path = `${LIST}?limit=2`;
  while (path !== '' && found.length < all.length) {
    path = nextOf(await caller.get('a page', path, { check })).replace('/?', '?');
  }
}

function idsOf({ body }: Answer): number[] {
  return (body as Schemas['ExportJobList']).records.map(({ id }) => id);
}

function nextOf({ body }: Answer): string {
  return (body as Schemas['ExportJobList']).link.next;
}

async function liveThrough(
  caller: Caller,
  request: unknown,
  { newMs, processingMs }: { newMs: number; processingMs: number },
): Promise<void> {
  const path = pathOf(await caller.create('a job', request, { check: isInState('NEW') }));
  await caller.get('the job when it is NEW', path, { check: isInState('NEW') });
  caller.advance(newMs);
  await caller.get('the job when it is PROCESSING', path, { check: isInState('PROCESSING') });
  await caller.get('the list that holds it', LIST);
  caller.advance(processingMs);
  await caller.get('the job when it is SUCCEEDED', path, { check: isInState('SUCCEEDED') });
  await caller.get('the list that holds it', LIST);
}

async function cancelJobs(caller: Caller): Promise<void> {
  const path = pathOf(await caller.create('a job to be cancelled', SMALLEST_REQUEST));
  await caller.delete('a job that is NEW', path);
  await caller.delete('it, again', path);
  await caller.get('it, marked for cancelling', path);
  caller.advance(HOUR);
  await caller.get('it, gone', path, { expected: 404 });
  await caller.delete('it, gone', path, { expected: 404 });
  await caller.delete('a job that has finished', FAILED_JOB);
  await caller.get('it, gone at once', FAILED_JOB, { expected: 404 });
}

async function breakTheContract(caller: Caller): Promise<void> {
  const queries = [
    'limit=0',
    'limit=-1',
    'limit=0x10',
    'limit=',
    'limit=1&limit=2',
    'offset=abc',
    'status=PROCESSING',
  ];
  for (const query of [...queries, 'stauts=NEW']) {
    await caller.get('a query that breaks the contract', `${LIST}?${query}`, { expected: 400 });
  }
  for (const [what, headers] of Object.entries(BAD_HEADERS)) {
    await caller.get(what, LIST, { headers, expected: 400 });
  }
  for (const [what, body] of Object.entries(BAD_BODIES)) await caller.create(what, body, { expected: 400 });
  for (const [what, expectations] of Object.entries(BAD_MESSAGES)) {
    await caller.create(what, SMALLEST_REQUEST, expectations);
  }
  for (const method of ['GET', 'DELETE']) {
    await caller.call('a query that breaks the contract', method, `${FAILED_JOB}?limit=1`, { expected: 400 });
    for (const path of [NO_JOB, `${LIST}/abc`, `${LIST}/0`, `${LIST}/0x64`]) {
      await caller.call('an id that names no job', method, path, { expected: 404 });
    }
  }
}

const BAD_HEADERS: Record<string, Record<string, string>> = {
  'a request id that breaks the contract': { 'x-request-id': 'has spaces' },
  'a preferred status that is not declared': { Prefer: 'code=418' },
  'a preferred example that there is not': { Prefer: 'example=unheard-of' },
  'a preferred delay that is too long': { Prefer: 'delay=60001' },
};

// JSON that is malformed can't be sent this way: Prism reads it first, and refuses it.
const BAD_BODIES: Record<string, unknown> = {
  'nothing that is required': {},
  'no object': [],
  'a property that is not known': { ...SMALLEST_REQUEST, feilds: 'a' },
  'a property of the wrong type': { ...SMALLEST_REQUEST, fields: 1 },
  'a segment status that there is not': {
    ...SMALLEST_REQUEST,
    filter: { segments: [{ segmentId: 'a', status: ['exiting'] }] },
  },
  'a time that there is not': {
    ...SMALLEST_REQUEST,
    filter: { fromIngestTimestamp: '2026-02-30T00:00:00Z' },
  },
};

const BAD_MESSAGES: Record<string, Expectations> = {
  'a profile instance id that is empty': { headers: { 'x-profile-instance-id': '' }, expected: 400 },
  'no content type': { body: Buffer.from('{}'), headers: { 'Content-Type': undefined }, expected: 400 },
  'a content type that is not usable': {
    body: Buffer.from('{}'),
    headers: { 'Content-Type': 'text/plain' },
    expected: 400,
  },
  'a body that is too large': {
    body: { ...SMALLEST_REQUEST, fields: 'a'.repeat(MORE_THAN_A_BODY_MAY_HAVE) },
    expected: 413,
  },
  'an encoding that is not supported': { headers: { 'Content-Encoding': 'bogus' }, expected: 415 },
};

/** Calls that the gateway refuses. Prism is told to pass them on, and reports that they lack what the contract asks for. */
async function lackCredentials(caller: Caller, { method, path, request }: DeclaredOperation): Promise<void> {
  const refusals: [
    what: string,
    headers: Record<string, string | undefined>,
    expected: number,
    code: string,
  ][] = [
    ['no access token', { Authorization: undefined }, 403, '403010'],
    ['an access token that is no bearer token', { Authorization: 'Basic eDp5' }, 401, '401013'],
    ['no API key', { 'x-api-key': undefined }, 403, '403000'],
    ['no organisation', { 'x-gw-ims-org-id': undefined }, 400, '400003'],
    ['no sandbox', { 'x-sandbox-name': undefined }, 400, '400003'],
  ];
  for (const [what, headers, expected, code] of refusals) {
    const check = ({ body }: Answer) => {
      const { error_code: found } = body as Schemas['GatewayError'];
      return found === code ? [] : [`the error is ${found}, not ${code}`];
    };
    const expectations = { headers, expected, body: request, lacksCredentials: true, check };
    await caller.call(what, method, path.replace('{exportJobId}', '722'), expectations);
  }
}

async function preferStatus(caller: Caller, operation: DeclaredOperation, status: number): Promise<void> {
  const { method, path, request } = operation;
  const preference = `code=${status}`;
  await caller.call(`Prefer: ${preference}`, method, path.replace('{exportJobId}', '722'), {
    headers: { Prefer: preference },
    body: request,
    expected: status,
    check: isApplied(preference),
  });
}

async function preferEachExample(caller: Caller, operation: DeclaredOperation): Promise<void> {
  const { method, path, examples, request } = operation;
  for (const { name, status } of examples) {
    const preference = `example=${name}`;
    await caller.call(`Prefer: ${preference}`, method, path.replace('{exportJobId}', '722'), {
      headers: { Prefer: preference },
      body: request,
      expected: status,
      check: isApplied(preference),
    });
  }
}

function isApplied(preference: string): (answer: Answer) => string[] {
  return ({ headers }) => {
    const applied = headers.get('preference-applied');
    return applied === preference ? [] : [`Preference-Applied is ${applied ?? 'missing'}, not ${preference}`];
  };
}

function isInState(state: Schemas['ExportJob']['status']): (answer: Pick<Answer, 'body'>) => string[] {
  return ({ body }) => {
    const { id, status } = body as Schemas['ExportJob'];
    return status === state ? [] : [`the job ${id} is ${status}, not ${state}`];
  };
}

function pathOf({ body }: Answer): string {
  return `${LIST}/${(body as Schemas['ExportJob']).id}`;
}
