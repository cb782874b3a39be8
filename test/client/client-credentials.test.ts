import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { clientCredentials, ExportJobsError } from '../../client/client.js';
import { clientOf } from '../support/client.js';
import { fakeFetch } from '../support/fake-fetch.js';
import { startMock } from '../support/mock.js';

const SECRET = 'the-secret/of=client&1~! (2)';
const GOOD = {
  tokenUrl: 'https://identity.test/ims/token/v3',
  clientId: 'the-client-id',
  clientSecret: SECRET,
  scope: 'openid,AdobeID',
};
const AT = Date.parse('2026-11-24T10:00:00Z');
const FIRST = { refused: undefined };

type Replies = Parameters<typeof fakeFetch>;
const grant = (token: string, expires_in: unknown = 86_400): Replies[0] => [
  200,
  { access_token: token, token_type: 'bearer', expires_in },
];
function sourceOf(replies: Replies) {
  const { fetch, requests } = fakeFetch(...replies);
  const waits: number[] = [];
  const sleep = (ms: number) => {
    waits.push(ms);
    return Promise.resolve();
  };
  return { token: clientCredentials({ ...GOOD, fetch, sleep }), requests, waits };
}

afterEach(() => {
  jest.restoreAllMocks();
});

test('a token is asked for as a form, and kept', async () => {
  const { token, requests } = sourceOf([grant('one'), grant('two')]);
  expect([await token(FIRST), await token(FIRST)]).toEqual(['one', 'one']);
  expect(requests).toHaveLength(1);
  const [request] = requests;
  expect(request).toMatchObject({ method: 'POST', url: GOOD.tokenUrl });
  expect(request?.headers.get('Content-Type')).toBe('application/x-www-form-urlencoded');
  expect(Object.fromEntries(new URLSearchParams(await request?.text()))).toEqual({
    client_id: 'the-client-id',
    client_secret: SECRET,
    grant_type: 'client_credentials',
    scope: 'openid,AdobeID',
  });
});

test.each([
  ['a minute before it expires', 86_400, 86_340_000],
  ['when a tenth of a short life is left', 100, 90_000],
  ['also when the seconds are a text', '100', 90_000],
])('it is renewed %s', async (_when, expiresIn, staleMs) => {
  const now = jest.spyOn(Date, 'now').mockReturnValue(AT);
  const { token } = sourceOf([grant('one', expiresIn), grant('two')]);
  await token(FIRST);
  now.mockReturnValue(AT + staleMs - 1);
  expect(await token(FIRST)).toBe('one');
  now.mockReturnValue(AT + staleMs);
  expect(await token(FIRST)).toBe('two');
});

test('one that does not say when it expires is kept until it is refused', async () => {
  const now = jest.spyOn(Date, 'now').mockReturnValue(AT);
  const { token } = sourceOf([grant('one', null), grant('two')]);
  await token(FIRST);
  now.mockReturnValue(AT * 2);
  expect(await token(FIRST)).toBe('one');
  expect(await token({ refused: 'one' })).toBe('two');
});

test('those who need one at the same time share one', async () => {
  const { token, requests } = sourceOf([grant('one'), grant('two')]);
  expect(await Promise.all([token(FIRST), token(FIRST)])).toEqual(['one', 'one']);
  expect(await Promise.all([token({ refused: 'one' }), token({ refused: 'one' })])).toEqual(['two', 'two']);
  // Refused before the other one was fetched, and told of later.
  expect(await token({ refused: 'one' })).toBe('two');
  expect(requests).toHaveLength(2);
});

test('what fails is not kept', async () => {
  const { token } = sourceOf([[400, { error: 'invalid_client' }], grant('one')]);
  await expect(token(FIRST)).rejects.toThrow(ExportJobsError);
  expect(await token(FIRST)).toBe('one');
});

test('it is asked for again when the endpoint is in trouble', async () => {
  const { token, requests, waits } = sourceOf([
    [503],
    new Error('lost'),
    [429, '', { 'Retry-After': '3' }],
    grant('one'),
  ]);
  expect(await token(FIRST)).toBe('one');
  expect(requests).toHaveLength(4);
  expect(waits[2]).toBe(3000);
});

test('a success may be of another status', async () => {
  const { token } = sourceOf([[201, { access_token: 'one' }]]);
  expect(await token(FIRST)).toBe('one');
});

test('it is given up when nobody waits for it any more', async () => {
  const ended: unknown[] = [];
  const { fetch } = fakeFetch([503]);
  let asleep: () => void = () => undefined;
  const isAsleep = new Promise<void>((resolve) => (asleep = resolve));
  const sleep = (_ms: number, signal?: AbortSignal) => {
    asleep();
    return new Promise<never>(() => signal?.addEventListener('abort', () => ended.push(signal)));
  };
  const token = clientCredentials({ ...GOOD, fetch, sleep });
  const callers = [new AbortController(), new AbortController()];
  const calls = callers.map(({ signal }) => (async () => token({ ...FIRST, signal }))());
  const ends = Promise.allSettled(calls);
  await isAsleep;
  callers[0]?.abort('first');
  await expect(calls[0]).rejects.toBe('first');
  expect(ended).toHaveLength(0);
  callers[1]?.abort('second');
  await ends;
  expect(ended).toHaveLength(1);
});

describe('an error says why there is none, and no secret', () => {
  const asForm = new URLSearchParams({ client_secret: SECRET }).toString();
  const echo = `${SECRET} ${encodeURIComponent(SECRET)} ${asForm} ${GOOD.clientId}`;
  test.each<[string, Replies[0], object]>([
    [
      'a refusal',
      [400, { error: 'invalid_client', error_description: echo }, { 'x-request-id': 'r' }],
      {
        status: 400,
        code: 'invalid_client',
        requestId: 'r',
        message: expect.stringMatching(/400: invalid_client: /),
      },
    ],
    ['HTML', [500, `<p>${echo}</p>`], { status: 500, code: undefined }],
    ['nothing', [401], { status: 401, body: undefined }],
    [
      'a lost connection',
      new Error(echo),
      { status: undefined, message: expect.stringContaining('lost its connection') },
    ],
    [
      'a success of HTML',
      [200, echo],
      { status: 200, body: undefined, message: expect.stringContaining('access_token is to be a text') },
    ],
    ['a token that is none', [200, { access_token: `${SECRET} \n` }], { status: 200, body: undefined }],
  ])('%s', async (_what, reply, told) => {
    const { token } = sourceOf([reply]);
    const error = await (async () => token(FIRST))().then(
      () => new Error('It should have failed.'),
      (reason: unknown) => reason as Error,
    );
    expect(error).toBeInstanceOf(ExportJobsError);
    expect(error).toMatchObject({ kind: 'token', ...told });
    const shown = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(encodeURIComponent(SECRET));
    expect(shown).not.toContain(asForm);
    expect(shown).not.toContain(GOOD.clientId);
  });
});

test.each<[object, string]>([
  [{ tokenUrl: undefined }, 'tokenUrl is missing; it is an absolute http or https URL, such as https://'],
  [{ tokenUrl: '/ims/token/v3' }, 'tokenUrl is to be an absolute'],
  [{ clientId: undefined }, 'clientId is missing'],
  [{ clientSecret: `${SECRET}\n` }, 'clientSecret is not one'],
  [{ scope: '' }, 'scope is missing'],
  [{ secret: SECRET }, 'clientCredentials has no option secret; it has tokenUrl,'],
])('%j is refused at once', (wrong, problem) => {
  const make = () => clientCredentials({ ...GOOD, ...wrong });
  expect(make).toThrow(problem);
  expect(make).not.toThrow(SECRET);
});

test('with the mock’s tokens, calls go on when one has expired', async () => {
  const { mock } = await startMock({ auth: 'minted' });
  try {
    const origin = await mock.listen();
    const answered: string[] = [];
    const told = async (request: Request) => {
      const answer = await fetch(request);
      answered.push(`${new URL(request.url).pathname.split('/').at(-1) ?? ''} ${answer.status}`);
      return answer;
    };
    const accessToken = clientCredentials({ ...GOOD, tokenUrl: `${origin}/ims/token/v3`, fetch: told });
    const { client } = clientOf(origin, { accessToken, apiKey: GOOD.clientId, fetch: told });
    await Promise.all([client.retrieveExportJob(722), client.listExportJobs()]);
    expect(answered.splice(0).sort()).toEqual(['722 200', 'jobs 200', 'v3 200']);
    mock.sandbox().clock.advance('25h');
    await Promise.all([client.retrieveExportJob(722), client.listExportJobs()]);
    expect(answered.sort()).toEqual(['722 200', '722 401', 'jobs 200', 'jobs 401', 'v3 200']);
  } finally {
    await mock.close();
  }
});
