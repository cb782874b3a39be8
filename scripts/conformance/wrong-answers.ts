import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { problemsOf, send, type Call } from './exchange.js';

interface PreparedAnswer {
  what: string;
  status: number;
  /** The status that the call expects, when it is not the one that it gets. */
  expected?: number;
  headers?: Record<string, string>;
  contentType?: string;
  /** Every answer has an `x-request-id` but this. */
  lacksRequestId?: boolean;
  body: unknown;
}

const RIGHT_JOB = {
  id: 11037,
  jobType: 'BATCH',
  destination: { datasetId: 'dataset', segmentPerBatch: false, batchId: 'batch' },
  schema: { name: '_xdm.context.profile' },
  imsOrgId: '1BD6382559DF0C130A49422D@AdobeOrg',
  status: 'PROCESSING',
  profileInstanceId: 'ups',
  metrics: { totalTime: { startTimeInMs: 1538615973895 } },
  computeGatewayJobId: { exportJob: 'f3058161-7349-4ca9-807d-212cee2c2e94' },
  creationTime: 1538615973895,
  updateTime: 1538616233239,
  requestId: 'd995479c-8a08-4240-903b-af469c67be1f',
};
const RIGHT_ERROR = { error_code: '403010', message: 'Oauth token is missing.' };

/** Answers to the retrieval of a job that are right: none is to be reported. */
const RIGHT_ANSWERS: PreparedAnswer[] = [
  { what: 'a job', status: 200, body: RIGHT_JOB },
  { what: 'an error', status: 403, body: RIGHT_ERROR },
];

/** Answers to the retrieval of a job that are wrong, in a way each: every one is to be reported. */
const WRONG_ANSWERS: PreparedAnswer[] = [
  { what: 'a body with an undeclared property', status: 200, body: { ...RIGHT_JOB, extra: 1 } },
  { what: 'a body without a required property', status: 200, body: { ...RIGHT_JOB, metrics: undefined } },
  { what: 'a body of another type', status: 200, body: { ...RIGHT_JOB, id: '11037' } },
  { what: 'a job in a state that it is not in', status: 200, body: { ...RIGHT_JOB, status: 'SUCCEEDED' } },
  { what: 'an error of another form', status: 403, body: { error: 'Oauth token is missing.' } },
  { what: 'a 5xx of another form', status: 500, body: { error: 'The server failed.' } },
  { what: 'a body that is not JSON', status: 200, contentType: 'text/html', body: '<h1>A job</h1>' },
  { what: 'a missing required header', status: 401, body: { ...RIGHT_ERROR, error_code: '401013' } },
  {
    what: 'a header of another form',
    status: 429,
    headers: { 'Retry-After': 'soon' },
    body: serviceError(429),
  },
  { what: 'an undeclared status of success', status: 202, body: RIGHT_JOB },
  { what: 'an undeclared status of failure', status: 409, body: serviceError(409) },
  { what: 'another status than expected', status: 403, expected: 200, body: RIGHT_ERROR },
  { what: 'no x-request-id', status: 200, lacksRequestId: true, body: RIGHT_JOB },
];

function serviceError(status: number) {
  const code = String(status);
  return {
    requestId: 'request',
    type: 'urn:aep-export-jobs-mock:error:test',
    title: 'An error',
    status,
    errors: { [code]: [{ code, message: 'An error.' }] },
  };
}

/** A server that gives the prepared answers: to the retrieval of job 1 the first, and so on. */
export async function startPreparedUpstream(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const answer = [...RIGHT_ANSWERS, ...WRONG_ANSWERS][Number(request.url?.split('/').at(-1)) - 1];
    if (!answer) throw new Error(`there is no answer to ${request.url ?? 'nothing'}`);
    const { status, headers, contentType = 'application/json', lacksRequestId = false, body } = answer;
    response.writeHead(status, {
      'Content-Type': contentType,
      ...(!lacksRequestId && { 'x-request-id': 'request' }),
      ...headers,
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/**
 * Holds the prepared answers to the same check as those of the mock, through a Prism in front of the prepared upstream,
 * and prints a line for each. Shows that the check can fail, and that it does not always.
 */
export async function judgePreparedAnswers(
  prism: string,
): Promise<{ judgedWell: number; misjudged: number }> {
  let [judgedWell, misjudged] = [0, 0];
  for (const [index, answer] of [...RIGHT_ANSWERS, ...WRONG_ANSWERS].entries()) {
    const { what, status, expected = status } = answer;
    const headers = {
      Authorization: 'Bearer token',
      'x-api-key': 'key',
      'x-gw-ims-org-id': 'organisation',
      'x-sandbox-name': 'sandbox',
    };
    const call: Call = { what, method: 'GET', path: `/export/jobs/${index + 1}`, headers, expected };
    const problems = problemsOf(call, await send(prism, call));
    const isWell = problems.length > 0 === WRONG_ANSWERS.includes(answer);
    if (isWell) judgedWell++;
    else misjudged++;
    const verdict = problems[0] ?? 'found right';
    console.log(`${isWell ? 'ok  ' : 'FAIL'}  of a prepared upstream, ${what}: ${verdict}`);
  }
  return { judgedWell, misjudged };
}
