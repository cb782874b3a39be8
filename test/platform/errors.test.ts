import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Violation } from '../../contract/violation.js';
import { loadContract, type Contract } from '../../contract/contract.js';
import { createIdentityApi } from '../../server/apis/identity/api.js';
import { Tokens } from '../../server/apis/identity/tokens.js';
import * as jobErrors from '../../server/apis/segmentation/errors.js';
import { Credentials } from '../../server/auth/credentials.js';
import { createPreferredError } from '../../server/pipeline/preferred-error.js';
import * as errors from '../../server/platform/errors.js';
import { ApiError } from '../../server/platform/errors.js';
import { CONTRACT_FILE, IMS_FILE } from '../support/contracts.js';
import { example } from '../support/examples.js';

/** The errors that any api may respond with, and those of the export jobs. */
const catalogue = { ...errors, ...jobErrors };

type ErrorName = {
  [Name in keyof typeof catalogue]: (typeof catalogue)[Name] extends (...args: never[]) => ApiError
    ? Name
    : never;
}[keyof typeof catalogue];

const violations = [
  { message: 'One thing is wrong.', pointer: '/body/fields', sent: 5, allowed: 'of type string' },
  { message: 'Another thing is wrong.', pointer: '/query/limt' },
];

/** What the gateway refuses calls with, by the documented example of its body. */
const OF_THE_GATEWAY: [name: ErrorName, error: ApiError, status: number, documented: string][] = [
  ['oauthTokenMissing', catalogue.oauthTokenMissing(), 403, 'oauth-token-missing'],
  ['oauthTokenNotValid', catalogue.oauthTokenNotValid(), 401, 'oauth-token-not-valid'],
  ['apiKeyRequired', catalogue.apiKeyRequired(), 403, 'api-key-required'],
  ['apiKeyInvalid', catalogue.apiKeyInvalid(), 403, 'api-key-invalid'],
  ['missingHeader', catalogue.missingHeader(), 400, 'missing-header'],
  ['profileNotValid', catalogue.profileNotValid(), 403, 'profile-not-valid'],
];

/** The service's errors, by the last part of their `type`. */
const OF_THE_SERVICE: [name: ErrorName, error: ApiError, status: number, kind: string][] = [
  ['exportJobNotFound', catalogue.exportJobNotFound(7), 404, 'export-job-not-found'],
  ['snapshotNotFound', catalogue.snapshotNotFound('before'), 404, 'snapshot-not-found'],
  ['ruleNotFound', catalogue.ruleNotFound('r7'), 404, 'rule-not-found'],
  ['sandboxNotFound', catalogue.sandboxNotFound('A@AdobeOrg', 'prod'), 404, 'sandbox-not-found'],
  ['statusNotReached', catalogue.statusNotReached(7, 'FAILED', 'NEW'), 408, 'status-not-reached'],
  ['statusOutOfReach', catalogue.statusOutOfReach(7, 'FAILED', 'SUCCEEDED'), 409, 'status-out-of-reach'],
  ['jobFinished', catalogue.jobFinished(7, 'FAILED'), 409, 'export-job-finished'],
  ['contractViolated', catalogue.contractViolated(violations), 400, 'contract-violated'],
  ['bodyNotJson', catalogue.bodyNotJson('Unexpected token'), 400, 'body-not-json'],
  ['bodyMissing', catalogue.bodyMissing(), 400, 'body-missing'],
  ['bodyCutShort', catalogue.bodyCutShort(), 400, 'body-cut-short'],
  ['bodyTooLarge', catalogue.bodyTooLarge(), 413, 'body-too-large'],
  [
    'mediaTypeNotSupported',
    catalogue.mediaTypeNotSupported('content-type', 'x', 'utf-8'),
    415,
    'media-type-not-supported',
  ],
  ['pathNotFound', catalogue.pathNotFound('/elsewhere', 'one of /export/jobs'), 404, 'path-not-found'],
  [
    'upstreamNotReached',
    catalogue.upstreamNotReached('http://127.0.0.1:1', 'ECONNREFUSED'),
    502,
    'upstream-not-reached',
  ],
  ['upstreamLeadsBack', catalogue.upstreamLeadsBack('http://127.0.0.1:1'), 502, 'upstream-leads-back'],
  ['methodNotAllowed', catalogue.methodNotAllowed('PUT', 'GET, POST'), 405, 'method-not-allowed'],
  ['adminTokenMissing', catalogue.adminTokenMissing(), 401, 'admin-token-missing'],
  ['adminTokenNotValid', catalogue.adminTokenNotValid(), 401, 'admin-token-not-valid'],
  [
    'adminRequestForeign',
    catalogue.adminRequestForeign('host', 'example.org', 'localhost'),
    403,
    'admin-request-foreign',
  ],
  ['adminClosed', catalogue.adminClosed('0.0.0.0'), 403, 'admin-closed'],
  ['messageMalformed', catalogue.messageMalformed('Parse Error'), 400, 'message-malformed'],
  ['requestTimedOut', catalogue.requestTimedOut(), 408, 'request-timed-out'],
  ['expectationFailed', catalogue.expectationFailed('a miracle'), 417, 'expectation-failed'],
  ['headersTooLarge', catalogue.headersTooLarge(), 431, 'headers-too-large'],
  ['tooManyRequests', catalogue.tooManyRequests(), 429, 'too-many-requests'],
  ['internalError', catalogue.internalError(), 500, 'internal-error'],
  [
    'responseViolatesContract',
    catalogue.responseViolatesContract(violations),
    500,
    'response-violates-contract',
  ],
  ['serviceUnavailable', catalogue.serviceUnavailable(), 503, 'service-unavailable'],
  ['changeNotStored', catalogue.changeNotStored(), 503, 'change-not-stored'],
];

/** What a service's error says is wrong. */
function entriesOf(error: ApiError): { code: string }[] {
  const { errors } = error.toResponse('request').body as { errors: Record<string, { code: string }[]> };
  return errors[error.status] ?? [];
}

let contract: Contract;
beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
});

test('every error of the catalogue is told of here', () => {
  const told = new Set([...OF_THE_GATEWAY, ...OF_THE_SERVICE].map(([name]) => name));
  const constructors = Object.entries(catalogue)
    .filter(([name, value]) => typeof value === 'function' && !['ApiError', 'serviceError'].includes(name))
    .map(([name]) => name);
  expect([...told, 'contentTypeNotUsable'].sort()).toEqual(constructors.sort());
});

describe('an error of the gateway', () => {
  test.each(OF_THE_GATEWAY)(
    'has the documented body and that alone: %s',
    (_name, error, status, documented) => {
      const { body, ...response } = error.toResponse('request');
      expect(error).toBeInstanceOf(ApiError);
      expect(body).toEqual(example(documented));
      expect(Object.keys(body)).toEqual(['error_code', 'message']);
      expect([response.status, error.status]).toEqual([status, status]);
      expect(String(example(documented)['error_code']).slice(0, 3)).toBe(String(status));
      expect(contract.schema('GatewayError')(body)).toEqual([]);
    },
  );

  test('says how to authenticate when the token is not valid', () => {
    expect(catalogue.oauthTokenNotValid().toResponse('request').headers).toEqual({
      'WWW-Authenticate': 'Bearer error="invalid_token"',
    });
  });
});

test('a call without a usable content type gets the documented body', () => {
  const error = catalogue.contentTypeNotUsable().toResponse('request');
  expect(error).toEqual({ status: 400, headers: {}, body: example('content-type-missing') });
  expect(contract.schema('ContentTypeError')(error.body)).toEqual([]);
});

describe('an error of the service', () => {
  test.each(OF_THE_SERVICE)('has the documented form: %s', (_name, error, status, kind) => {
    const { body, ...response } = error.toResponse('request');
    expect(error).toBeInstanceOf(ApiError);
    expect([response.status, error.status]).toEqual([status, status]);
    expect(contract.schema('ServiceError')(body)).toEqual([]);
    expect(body).toEqual({
      requestId: 'request',
      type: `urn:aep-export-jobs-mock:error:${kind}`,
      title: error.message,
      status,
      errors: { [status]: expect.any(Array) },
    });
    const entries = entriesOf(error);
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.map(({ code }) => code)).toEqual(entries.map(() => String(status)));
  });

  test('has a kind of its own, and a title of its own', () => {
    const titles = OF_THE_SERVICE.map(([, error]) => error.message);
    expect(new Set(titles).size).toBe(titles.length);
    const kinds = OF_THE_SERVICE.map(([, , , kind]) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
  });

  test.each([
    ['contractViolated', 400, catalogue.contractViolated(violations)],
    ['responseViolatesContract', 500, catalogue.responseViolatesContract(violations)],
  ])('has an entry for each violation: %s', (_name, status, error) => {
    const code = String(status);
    expect(entriesOf(error)).toEqual(violations.map((violation) => ({ code, ...violation })));
  });

  test('knows the rule of the contract that was broken, and does not tell it', () => {
    const [violation] = violations;
    const error = catalogue.contractViolated([{ message: 'x', ...violation, rule: '#/paths' }]);
    expect(error.entries).toEqual([{ ...violation, rule: '#/paths' }]);
    expect(entriesOf(error)).toEqual([{ code: '400', ...violation }]);
  });

  test.each([7, '7', 'seven', '', '"7"\n'])('names the job that was not found: %j', (id) => {
    expect(entriesOf(catalogue.exportJobNotFound(id))).toEqual([
      {
        code: '404',
        message: `There is no export job ${JSON.stringify(id)} in this sandbox.`,
        pointer: '/path/exportJobId',
        sent: id,
      },
    ]);
  });

  test('names the methods that are allowed, in its header and its body', () => {
    const error = catalogue.methodNotAllowed('PUT', 'GET, HEAD, POST');
    expect(error.toResponse('request').headers).toEqual({ Allow: 'GET, HEAD, POST' });
    expect(entriesOf(error)).toEqual([
      { code: '405', message: 'PUT is not allowed at this path.', allowed: 'GET, HEAD, POST' },
    ]);
  });

  test.each([
    ['tooManyRequests', catalogue.tooManyRequests()],
    ['serviceUnavailable', catalogue.serviceUnavailable()],
  ])('says when to try again: %s', (_name, error) => {
    expect(error.toResponse('request').headers).toEqual({ 'Retry-After': '1' });
  });

  test.each([
    ['bodyTooLarge', catalogue.bodyTooLarge(), 'at most 1048576 bytes'],
    ['headersTooLarge', catalogue.headersTooLarge(), 'at most 16384 bytes'],
    ['requestTimedOut', catalogue.requestTimedOut(), 'at most 30 s'],
  ])('says how much is allowed: %s', (_name, error, allowed) => {
    expect(entriesOf(error)).toEqual([expect.objectContaining({ allowed })]);
  });

  test('is for the call that it answers, each time anew', () => {
    const error = catalogue.internalError();
    expect(error.toResponse('one').body).toHaveProperty('requestId', 'one');
    expect(error.toResponse('two').body).toHaveProperty('requestId', 'two');
  });
});

describe('an error of the endpoint for tokens', () => {
  /** The form that the endpoint gives what is wrong with a request. */
  async function format(entries: Violation[]): Promise<ApiError> {
    const { formatError } = createIdentityApi(await loadContract(IMS_FILE), new Tokens('1'), undefined, true);
    const error = catalogue.contractViolated(entries);
    return formatError?.(error) ?? error;
  }

  /** What a client gets that there is not. */
  async function rejectClient(): Promise<ApiError> {
    const ims = await loadContract(IMS_FILE);
    const { operations } = createIdentityApi(ims, new Tokens('1'), new Credentials([]), true);
    const body = {
      client_id: 'unknown',
      client_secret: 'secret',
      grant_type: 'client_credentials',
      scope: 's',
    };
    const request = {
      path: {},
      query: {},
      headers: {},
      body,
      basePath: '',
      requestId: 'request',
      preferred: {},
    };
    return Promise.resolve(operations['mintToken']?.(undefined)(request)).then(
      () => Promise.reject(new Error('a token was minted')),
      (error: unknown) => error as ApiError,
    );
  }

  test.each<[what: string, create: () => Promise<ApiError>, kind: string]>([
    ['an invalid request', () => format(violations), 'invalid_request'],
    [
      'another grant type',
      () => format([{ message: 'It is another.', pointer: '/body/grant_type', sent: 'x' }]),
      'unsupported_grant_type',
    ],
    [
      'no grant type',
      () => format([{ message: 'It is missing.', pointer: '/body/grant_type' }]),
      'invalid_request',
    ],
    ['an unknown client', rejectClient, 'invalid_client'],
  ])('has the form of OAuth: %s', async (_what, create, kind) => {
    const error = await create();
    const { status, body } = error.toResponse('request');
    const ims = await loadContract(IMS_FILE);
    expect(error).toBeInstanceOf(ApiError);
    expect([status, error.status]).toEqual([400, 400]);
    expect(body).toEqual({ error: kind, error_description: error.message });
    expect(ims.schema('TokenError')(body)).toEqual([]);
  });

  test('tells all that is wrong and what is allowed, and nothing that was sent', async () => {
    expect((await format(violations)).message).toBe(
      'One thing is wrong. Allowed: of type string. Another thing is wrong.',
    );
  });

  test('tells it in the characters that the RFC leaves', async () => {
    expect((await format([{ message: 'The "\\" of\né.' }])).message).toBe("The '?' of??.");
  });
});

describe('an error that a call prefers', () => {
  const api = {
    inSandbox: {
      preferences: {},
      resources: { job: 'exportJobId' },
      createNotFound: catalogue.exportJobNotFound,
    },
  };

  test('is there for every status of failure that the contract declares, with headers and body as declared', () => {
    const broken: unknown[] = [];
    for (const operation of contract.operations) {
      const failures = [...operation.responses.values()].filter(({ status }) => status >= 400);
      expect(failures.length).toBeGreaterThan(0);
      for (const { status, headers, body } of failures) {
        const answer = createPreferredError(status, api, { job: 7 }).toResponse('request');
        const sent: Record<string, string> = { ...answer.headers, 'x-request-id': 'request' };
        const missing = headers.filter(({ name, required }) => required && !(name in sent));
        const wrong = headers.flatMap(({ name, check }) => (name in sent ? check(sent[name]) : []));
        const unknown = Object.keys(sent).filter((name) => !headers.some((header) => header.name === name));
        const violated = body?.(answer.body) ?? ['a body'];
        if (answer.status !== status) broken.push([operation.operationId, status, answer.status]);
        if ([...missing, ...wrong, ...unknown, ...violated].length > 0) {
          broken.push([operation.operationId, status, missing, wrong, unknown, violated]);
        }
      }
    }
    expect(broken).toEqual([]);
  });

  test('of 404 names the job that was asked for', () => {
    expect(createPreferredError(404, api, { job: '7' }).toResponse('request')).toEqual(
      catalogue.exportJobNotFound('7').toResponse('request'),
    );
  });
});
