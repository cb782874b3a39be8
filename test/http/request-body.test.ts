import { beforeAll, describe, expect, test } from '@jest/globals';
import { Place } from '../../contract/contract-place.js';
import { loadContract } from '../../contract/contract.js';
import { CONTRACT_FILE } from '../support/contracts.js';
import { example } from '../support/examples.js';
import { SMALLEST_REQUEST, startMock, type Caller } from '../support/mock.js';

/** Bodies name their parts by JSON pointers; an array's items are all named by `0`. */
interface Case {
  at: string;
  inside: unknown[];
  /** With where the answer points to, below `at`, if it is not `at` itself. */
  outside: [value: unknown, below?: string][];
}

const LARGEST = Number.MAX_SAFE_INTEGER;

const anyObject = [[null], [[]], ['text'], [5], [true]] as [unknown][];
const anyText = [[5], [true], [null], [[]], [{}]] as [unknown][];
const fullText: Omit<Case, 'at'> = { inside: ['x', ' ', 'ü'.repeat(300)], outside: [[''], ...anyText] };
const flag: Omit<Case, 'at'> = { inside: [true, false], outside: [['true'], [1], [0], [''], [null], [[]]] };
const timestamp: Omit<Case, 'at'> = {
  inside: ['2018-01-01T00:00:00Z', '2024-02-29t23:59:59.123456+05:30', '2016-12-31T23:59:60Z'],
  outside: [
    ...['', '2018-01-01', '2018-01-01T00:00:00', '2018-01-01 00:00:00Z', '2018-01-01T00:00:00+0500'],
    ...['2018-02-30T00:00:00Z', '2018-01-01T24:00:00Z', 1_514_764_800_000, null],
  ].map((value): [unknown] => [value]),
};

const CASES: Case[] = [
  { at: '', inside: [SMALLEST_REQUEST, example('create-request')], outside: anyObject },
  { at: '/fields', inside: ['', 'a', 'a,b'], outside: anyText },
  { at: '/mergePolicy', inside: [{}, { id: 'x' }, { version: 1 }], outside: anyObject },
  { at: '/mergePolicy/id', ...fullText },
  {
    at: '/mergePolicy/version',
    inside: [0, 1, LARGEST],
    outside: [[-1], [1.5], [LARGEST + 1], ['1'], [null], [true]],
  },
  { at: '/filter', inside: [{}], outside: anyObject },
  {
    at: '/filter/segments',
    inside: [[], [{ segmentId: 'a' }, { segmentId: 'b' }]],
    outside: [[{}], ['a'], [null]],
  },
  { at: '/filter/segments/0', inside: [{ segmentId: 'a' }], outside: [[{}, '/segmentId'], ...anyObject] },
  { at: '/filter/segments/0/segmentId', ...fullText },
  { at: '/filter/segments/0/segmentNs', ...fullText },
  {
    at: '/filter/segments/0/status',
    inside: [['realized'], ['existing'], ['exited'], ['realized', 'existing', 'exited']],
    outside: [[[]], ['realized'], [null], [{}]],
  },
  {
    at: '/filter/segments/0/status/0',
    inside: ['realized', 'existing', 'exited'],
    outside: [['exiting'], ['REALIZED'], ['realized '], [''], [null], [5]],
  },
  {
    at: '/filter/segmentQualificationTime',
    inside: [{ startTime: '2018-01-01T00:00:00Z' }, { endTime: '2018-01-01T00:00:00Z' }],
    outside: [[{}], ...anyObject],
  },
  { at: '/filter/segmentQualificationTime/startTime', ...timestamp },
  { at: '/filter/segmentQualificationTime/endTime', ...timestamp },
  { at: '/filter/fromIngestTimestamp', ...timestamp },
  { at: '/filter/emptyProfiles', ...flag },
  { at: '/additionalFields', inside: [{}], outside: anyObject },
  {
    at: '/additionalFields/eventList',
    inside: [{ fields: '' }, { filter: { fromIngestTimestamp: '2018-01-01T00:00:00Z' } }],
    outside: [[{}], ...anyObject],
  },
  { at: '/additionalFields/eventList/fields', inside: ['', 'a,b'], outside: anyText },
  {
    at: '/additionalFields/eventList/filter',
    inside: [{ fromIngestTimestamp: '2018-01-01T00:00:00Z' }, { toIngestTimestamp: '2018-01-01T00:00:00Z' }],
    outside: [[{}], ...anyObject],
  },
  { at: '/additionalFields/eventList/filter/fromIngestTimestamp', ...timestamp },
  { at: '/additionalFields/eventList/filter/toIngestTimestamp', ...timestamp },
  { at: '/destination', inside: [{ datasetId: 'x' }], outside: [[{}, '/datasetId'], ...anyObject] },
  { at: '/destination/datasetId', ...fullText },
  { at: '/destination/segmentPerBatch', ...flag },
  { at: '/schema', inside: [{ name: 'x' }], outside: [[{}, '/name'], ...anyObject] },
  { at: '/schema/name', ...fullText },
  { at: '/evaluationInfo', inside: [{}, { segmentation: true }], outside: anyObject },
  { at: '/evaluationInfo/segmentation', ...flag },
];

const contract = await loadContract(CONTRACT_FILE);

/** Everything that a request may hold, by its pointer, as the contract's schemas have it. */
const schemas = new Map(
  partsOf(new Place(contract.document, ['components', 'schemas', 'CreateExportJobRequest']), ''),
);

interface Schema {
  properties?: Record<string, unknown>;
  required?: string[];
  items?: unknown;
}

function partsOf(place: Place, at: string): [string, Schema][] {
  const schema = place.value as Schema;
  return [
    [at, schema],
    ...place
      .get('properties')
      .entries()
      .flatMap(([name, part]) => partsOf(part, `${at}/${name}`)),
    ...(schema.items ? partsOf(place.get('items'), `${at}/0`) : []),
  ];
}

const objects = [...schemas].filter(([, { properties }]) => properties);
const properties = objects.flatMap(([at, { properties = {}, required = [] }]) =>
  Object.keys(properties).map((name) => ({ at: `${at}/${name}`, isRequired: required.includes(name) })),
);

/** The documented request, which has every property, with another value at a place; `undefined` removes it. */
function requestWith(at: string, value: unknown): unknown {
  if (at === '') return value;
  const body = example('create-request');
  const path = at.slice(1).split('/');
  const last = path.pop() ?? '';
  const holder = path.reduce<any>((part, name) => part[name], body);
  if (value === undefined) Reflect.deleteProperty(holder as object, last);
  else holder[last] = value;
  return body;
}

let caller: Caller;
beforeAll(async () => {
  caller = await startMock({ seed: 'empty' });
});

/** superagent would not send `null` or a text as JSON. */
const post = (body: unknown) => caller.post(JSON.stringify(body), { 'Content-Type': 'application/json' });

interface Entry {
  code: string;
  message: string;
  pointer: string;
  sent?: unknown;
  allowed: string;
}

/** What the answer says is wrong with a request; it must be a 400 as the contract has it. */
async function refusalOf(body: unknown): Promise<Entry[]> {
  const answer = await post(body);
  expect(answer.status).toBe(400);
  expect(answer.body.type).toBe('urn:aep-export-jobs-mock:error:contract-violated');
  return answer.body.errors['400'] as Entry[];
}

test('every property of a request has a case here, and there is no case of another', () => {
  expect(CASES.map(({ at }) => at).sort()).toEqual([...schemas.keys()].sort());
  expect(schemas.size).toBeGreaterThan(25);
});

test('the documented request has every property', () => {
  const body = example('create-request');
  for (const at of schemas.keys()) {
    const value = at
      .split('/')
      .slice(1)
      .reduce<any>((part, name) => part?.[name], body);
    expect([at, value]).not.toEqual([at, undefined]);
  }
});

describe('a value just inside the contract is taken', () => {
  test.each(CASES.flatMap(({ at, inside }) => inside.map((value) => [at || '/', value, at] as const)))(
    '%s: %j',
    async (_name, value, at) => {
      const { status, body } = await post(requestWith(at, value));
      expect([status, body.errors]).toEqual([200, undefined]);
    },
  );
});

describe('a value just outside the contract is refused at its place, and nothing is created', () => {
  const outside = CASES.flatMap(({ at, outside }) =>
    outside.map(([value, below = '']) => [at || '/', value, at, at + below] as const),
  );

  test.each(outside)('%s: %j', async (_name, value, at, pointer) => {
    const newest = await caller.get('/export/jobs?limit=1');
    const entries = await refusalOf(requestWith(at, value));
    expect(entries.map((entry) => entry.pointer)).toEqual(entries.map(() => `/body${pointer}`));
    for (const entry of entries) {
      expect(entry).toEqual({
        code: '400',
        message: expect.stringMatching(/\w/),
        pointer: `/body${pointer}`,
        ...(at === pointer && { sent: value }),
        allowed: expect.stringMatching(/\w/),
      });
    }
    expect((await caller.get('/export/jobs?limit=1')).body).toEqual(newest.body);
  });
});

describe('a property that is left out', () => {
  test.each(properties.filter(({ isRequired }) => !isRequired))(
    'and is optional is not missed: $at',
    async ({ at }) => {
      expect((await post(requestWith(at, undefined))).status).toBe(200);
    },
  );

  test.each(properties.filter(({ isRequired }) => isRequired))(
    'and is required is missed: $at',
    async ({ at }) => {
      expect(await refusalOf(requestWith(at, undefined))).toEqual([
        {
          code: '400',
          message: `The property '${at.split('/').at(-1) ?? ''}' is missing.`,
          pointer: `/body${at}`,
          allowed: 'it is required',
        },
      ]);
    },
  );
});

describe('an unknown property is refused by its name', () => {
  test.each(
    objects.flatMap(([at, { properties = {} }]) =>
      Object.keys(properties).map((known) => ({
        at,
        known,
        unknown: `${known}x`,
        all: Object.keys(properties),
      })),
    ),
  )('with the nearest that is known: $at/$unknown', async ({ at, known, unknown, all }) => {
    expect(await refusalOf(requestWith(`${at}/${unknown}`, 'something'))).toEqual([
      {
        code: '400',
        message: `The property '${unknown}' is not known. Did you mean '${known}'?`,
        pointer: `/body${at}/${unknown}`,
        sent: 'something',
        allowed: `one of ${all.join(', ')}`,
      },
    ]);
  });

  test.each(objects.map(([at]) => at))(
    'with no guess when none is near: %s/qqqqqqqqqqqqqqqqqqqq',
    async (at) => {
      const [entry, ...others] = await refusalOf(requestWith(`${at}/qqqqqqqqqqqqqqqqqqqq`, 1));
      expect(entry?.message).toBe("The property 'qqqqqqqqqqqqqqqqqqqq' is not known.");
      expect(others).toEqual([]);
    },
  );

  test.each([
    ['/destination', 'dataSetId', 'datasetId'],
    ['/destination', 'DATASETID', 'datasetId'],
    ['/filter/segments/0', 'segmentID', 'segmentId'],
    ['/filter/segments/0', 'segmentNamespace', undefined],
    ['', 'merge_policy', 'mergePolicy'],
    ['', 'filters', 'filter'],
  ])('as people may spell it: %s/%s', async (at, unknown, meant) => {
    const [entry] = await refusalOf(requestWith(`${at}/${unknown}`, 'x'));
    const guess = meant === undefined ? '' : ` Did you mean '${meant}'?`;
    expect(entry?.message).toBe(`The property '${unknown}' is not known.${guess}`);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'though every object of JavaScript has it: %s',
    async (name) => {
      for (const at of ['', '/destination', '/filter/segments/0']) {
        // A literal or an assignment of __proto__ would set the prototype instead.
        const text = JSON.stringify(requestWith(`${at}/stand-in`, 'x')).replace('stand-in', name);
        const answer = await caller.post(text, { 'Content-Type': 'application/json' });
        expect(answer.status).toBe(400);
        expect(answer.body.errors['400']).toEqual([
          expect.objectContaining({ pointer: `/body${at}/${name}`, sent: 'x' }),
        ]);
      }
    },
  );

  test.each([
    ['a/b', '/body/a~1b'],
    ['a~b', '/body/a~0b'],
    ['~1', '/body/~01'],
    ['', '/body/'],
    ['ü "', '/body/ü "'],
  ])('with a pointer that leads to it, whatever its letters: %j', async (name, pointer) => {
    const entries = await refusalOf({ ...SMALLEST_REQUEST, [name]: null });
    expect(entries.map((entry) => [entry.pointer, entry.sent])).toEqual([[pointer, null]]);
  });
});

test('everything that is wrong is told at once, an entry each', async () => {
  const entries = await refusalOf({
    fieldz: 'a',
    mergePolicy: { version: -1 },
    filter: { segments: [{ segmentId: 'a' }, { segmentNs: '' }], fromIngestTimestamp: 'now' },
    destination: {},
  });
  expect(entries.map(({ pointer }) => pointer).sort()).toEqual([
    '/body/destination/datasetId',
    '/body/fieldz',
    '/body/filter/fromIngestTimestamp',
    '/body/filter/segments/1/segmentId',
    '/body/filter/segments/1/segmentNs',
    '/body/mergePolicy/version',
    '/body/schema',
  ]);
});

describe('a default is filled in where nothing was sent', () => {
  const segment = { segmentId: 'a' };

  test('and in the job that the call makes, as long as it lives', async () => {
    const { body } = await post({ ...SMALLEST_REQUEST, filter: { segments: [segment] } });
    const filledIn = {
      destination: { datasetId: 'dataset', segmentPerBatch: false },
      filter: { segments: [{ ...segment, segmentNs: 'ups', status: ['realized'] }] },
    };
    expect(body).toMatchObject(filledIn);
    expect((await caller.get(`/export/jobs/${String(body.id)}`)).body).toEqual(body);
  });

  test.each([
    [{ segmentNs: 'AAM' }, { segmentNs: 'AAM', status: ['realized'] }],
    [{ status: ['exited'] }, { segmentNs: 'ups', status: ['exited'] }],
    [
      { segmentNs: 'AAM', status: ['existing'] },
      { segmentNs: 'AAM', status: ['existing'] },
    ],
  ])('beside what was: %j', async (sent, filledIn) => {
    const { body } = await post({ ...SMALLEST_REQUEST, filter: { segments: [{ ...segment, ...sent }] } });
    expect(body.filter.segments).toEqual([{ ...segment, ...filledIn }]);
  });

  test('in each segment of its own', async () => {
    const segments = [segment, { ...segment, status: ['exited'] }, segment];
    const { body } = await post({ ...SMALLEST_REQUEST, filter: { segments } });
    expect(body.filter.segments.map(({ status }: { status: string[] }) => status)).toEqual([
      ['realized'],
      ['exited'],
      ['realized'],
    ]);
  });

  test('and nowhere else: objects that were empty or not there stay so', async () => {
    const { body: without } = await post(SMALLEST_REQUEST);
    for (const name of ['fields', 'filter', 'mergePolicy', 'additionalFields', 'evaluationInfo']) {
      expect(without).not.toHaveProperty(name);
    }
    const empty = { filter: {}, mergePolicy: {}, additionalFields: {} };
    const { body } = await post({ ...SMALLEST_REQUEST, ...empty, evaluationInfo: {} });
    expect(body).toMatchObject(empty);
    expect([body.filter, body.mergePolicy, body.additionalFields]).toEqual([{}, {}, {}]);
    expect(body).not.toHaveProperty('evaluationInfo');
  });
});
