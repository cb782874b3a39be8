import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request, { type Test } from 'supertest';
import { createMockServer, CredentialsError, type MockServer } from '../../server/mock-server.js';
import { example } from '../support/examples.js';
import { BASE, credentials, NOW, ORG, SMALLEST_REQUEST } from '../support/mock.js';
import { runCommand } from '../support/command.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SECRET = 'hunter2';
const CLIENTS = [
  { apiKey: 'everywhere', clientSecret: SECRET },
  { apiKey: 'one-organisation', clientSecret: 'other', organizations: [{ org: ORG }] },
  {
    apiKey: 'one-sandbox',
    clientSecret: 'third',
    organizations: [{ org: 'elsewhere' }, { org: ORG, sandboxes: ['dev'] }],
  },
  { apiKey: 'nowhere', clientSecret: 'fourth', organizations: [] },
];

let files = 0;

function fileOf(content: unknown): string {
  const file = join(folder, `clients-${++files}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const start = (options = {}) =>
  createMockServer({ clock: NOW, randomSeed: 1, credentials: fileOf({ credentials: CLIENTS }), ...options });

const calls: [string, (mock: MockServer) => Test][] = [
  ['listExportJobs', ({ app }) => request(app).get(`${BASE}/export/jobs`)],
  ['createExportJob', ({ app }) => request(app).post(`${BASE}/export/jobs`).send(SMALLEST_REQUEST)],
  ['retrieveExportJob', ({ app }) => request(app).get(`${BASE}/export/jobs/11037`)],
  ['cancelExportJob', ({ app }) => request(app).delete(`${BASE}/export/jobs/11037`)],
];

const as = (apiKey: string, sandbox = {}) => ({ ...credentials(sandbox), 'x-api-key': apiKey });

describe.each(calls)('with pinned credentials, %s', (_name, call) => {
  let mock: MockServer;
  beforeAll(async () => {
    mock = await start();
  });

  test.each([
    ['unknown', {}, 403, 'api-key-invalid'],
    ['Everywhere', {}, 403, 'api-key-invalid'],
    ['toString', {}, 403, 'api-key-invalid'],
    ['nowhere', {}, 403, 'profile-not-valid'],
    ['one-organisation', { org: 'elsewhere' }, 403, 'profile-not-valid'],
    ['one-sandbox', {}, 403, 'profile-not-valid'],
    ['one-sandbox', { org: 'third', name: 'dev' }, 403, 'profile-not-valid'],
  ])('refuses %s in %j as documented', async (apiKey, sandbox, status, documented) => {
    const answer = await call(mock).set(as(apiKey, sandbox));
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(example(documented));
    expect(mock.health().contractViolations).toBe(0);
  });

  test.each([
    ['everywhere', { org: 'o', name: 'n' }],
    ['one-organisation', { name: 'a' }],
    ['one-sandbox', { name: 'dev' }],
    ['one-sandbox', { org: 'elsewhere', name: 'x' }],
  ])('lets %s in to %j', async (apiKey, sandbox) => {
    expect((await call(mock).set(as(apiKey, sandbox))).status).toBeLessThan(300);
  });

  test('tells what is wrong in the order of the table', async () => {
    const without = (...names: string[]) =>
      Object.fromEntries(Object.entries(as('unknown')).filter(([name]) => !names.includes(name)));
    const codes: unknown[] = [];
    for (const headers of [
      without('Authorization'),
      { ...as('unknown'), Authorization: 'Basic x' },
      without('x-api-key', 'x-gw-ims-org-id'),
      without('x-gw-ims-org-id'),
      { ...without('x-gw-ims-org-id'), 'x-api-key': 'nowhere' },
      as('nowhere'),
    ]) {
      codes.push((await call(mock).set(headers)).body.error_code);
    }
    expect(codes).toEqual(['403010', '401013', '403000', '403003', '400003', '403025']);
  });
});

describe('the endpoint for tokens, with pinned credentials', () => {
  const ask = (mock: MockServer, apiKey: string, secret: string) =>
    request(mock.app)
      .post('/ims/token/v3')
      .type('form')
      .send({ client_id: apiKey, client_secret: secret, grant_type: 'client_credentials', scope: 's' });

  test('mints for a client with its secret alone', async () => {
    const mock = await start();
    expect((await ask(mock, 'everywhere', SECRET)).status).toBe(200);
    for (const [apiKey, secret] of [
      ['everywhere', 'other'],
      ['everywhere', 'hunter'],
      ['unknown', SECRET],
    ] as const) {
      const answer = await ask(mock, apiKey, secret);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({
        error: 'invalid_client',
        error_description: 'There is no client of that client_id with that client_secret.',
      });
    }
  });

  test('the token’s owner decides where a call may enter, whatever key it has', async () => {
    const mock = await start({ auth: 'minted' });
    const call = calls[0]?.[1] ?? (() => request(mock.app).get('/'));
    const headers = async (owner: string, secret: string, key: string, sandbox = {}) => {
      const { body } = await ask(mock, owner, secret);
      return { ...as(key, sandbox), Authorization: `Bearer ${body.access_token}` };
    };
    expect((await call(mock).set(await headers('everywhere', SECRET, 'nowhere'))).status).toBe(200);
    const refused = await call(mock).set(await headers('nowhere', 'fourth', 'everywhere'));
    expect(refused.body).toEqual(example('profile-not-valid'));
    const inDev = await headers('one-sandbox', 'third', 'one-sandbox', { name: 'dev' });
    expect((await call(mock).set(inDev)).status).toBe(200);
    // What is wrong with the token comes before what is wrong with the key.
    expect((await call(mock).set(as('unknown'))).body.error_code).toBe('401013');
  });

  test('a sandbox by address is entered by the same rules', async () => {
    const mock = await start();
    const at = (name: string) =>
      request(mock.app)
        .get(`/as/${encodeURIComponent(ORG)}/${name}${BASE}/export/jobs`)
        .set({ Authorization: 'Bearer x', 'x-api-key': 'one-sandbox' });
    expect((await at('dev')).status).toBe(200);
    expect((await at('prod')).body).toEqual(example('profile-not-valid'));
  });
});

describe('a file of credentials that is none', () => {
  const client = { apiKey: 'a', clientSecret: SECRET };
  test.each<[string, unknown, string[]]>([
    ['empty', '', ['is not JSON. Allowed: {"credentials": [']],
    ['no JSON', `{"credentials":[{"apiKey":"a","clientSecret":${SECRET}}]}`, ['is not JSON']],
    ['a list', [client], ['the whole file: ', 'Allowed: of type object']],
    ['nothing in it', {}, ["/credentials: The property 'credentials' is missing."]],
    [
      'no secret',
      { credentials: [{ apiKey: 'a' }] },
      ["/credentials/0/clientSecret: The property 'clientSecret'"],
    ],
    [
      'a secret by another name',
      { credentials: [{ ...client, clientsecret: SECRET }] },
      ["/credentials/0/clientsecret: The property 'clientsecret' is not known. Did you mean 'clientSecret'?"],
    ],
    [
      'a secret that is a number',
      { credentials: [{ ...client, clientSecret: 81_776_215_309 }] },
      ['/credentials/0/clientSecret'],
    ],
    [
      'a secret in place of a client',
      { credentials: [SECRET] },
      ['/credentials/0: ', 'Allowed: of type object'],
    ],
    ['a key with spaces', { credentials: [{ ...client, apiKey: 'a b' }] }, ['/credentials/0/apiKey: ']],
    [
      'a sandbox that is none',
      { credentials: [{ ...client, organizations: [{ org: 'o', sandboxes: ['a', ''] }] }] },
      ['/credentials/0/organizations/0/sandboxes/1: '],
    ],
    [
      'two of a key',
      { credentials: [client, { ...client, apiKey: 'b' }, client] },
      [
        '/credentials/2/apiKey: The apiKey is that of /credentials/0 too. Allowed: a key that no other client has',
      ],
    ],
  ])('is told of with its places: %s', async (_what, content, messages) => {
    const file = fileOf(content);
    const error: unknown = await createMockServer({ credentials: file }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CredentialsError);
    const { message, cause } = error as Error;
    for (const part of [file, ...messages]) expect(message).toContain(part);
    expect(`${message} ${String(cause)}`).not.toMatch(/hunter|81776215309/);
  });

  test.each<[string[], Record<string, string>]>([
    [['--credentials', fileOf({ credentials: 7 })], {}],
    [[], { AEP_MOCK_CREDENTIALS: fileOf({ credentials: 7 }) }],
  ])('stops the command, with exit code 2', async (args, env) => {
    const { code, error } = await runCommand(['--port', '0', ...args], env);
    expect(code).toBe(2);
    expect(error).toMatch(/^Invalid credentials file .*:\n {2}\/credentials: /);
  });
});

test('no secret and no token is ever logged', async () => {
  const file = fileOf({ credentials: CLIENTS });
  const run = runCli(['--port', '0', '--log-level', 'trace', '--auth', 'minted', '--credentials', file]);
  const [, url = ''] = await run.printed(/Listening on (http:\S+)\/data\/core\/ups/);
  const ask = (query: string, secret: string) =>
    fetch(`${url}/ims/token/v3${query}`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'everywhere',
        client_secret: secret,
        grant_type: 'client_credentials',
        scope: 's',
      }),
    });
  const { access_token: token } = (await (await ask('', SECRET)).json()) as { access_token: string };
  expect((await ask('', 'SECRET-TOO')).status).toBe(400);
  expect((await ask('?client_secret=SECRET-TOO', SECRET)).status).toBe(400);
  const headers = { ...as('everywhere'), Authorization: `Bearer ${token}` };
  expect((await fetch(`${url}${BASE}/export/jobs`, { headers })).status).toBe(200);
  expect(run.stdout()).toContain(`Access tokens are minted here alone: curl '${url}/ims/token/v3'`);
  expect(run.stdout()).toContain(`The API keys that there are stand in ${file}.`);
  run.child.kill('SIGINT');
  await run.exited;
  expect(run.stderr()).toContain('/ims/token/v3');
  expect(run.stdout() + run.stderr()).not.toMatch(new RegExp(`hunter|SECRET|${token}`));
});
