import { request, type Agent } from 'node:http';

/** What the gateway asks of each call. */
export const HEADERS = {
  Authorization: 'Bearer any',
  'x-api-key': 'any',
  'x-gw-ims-org-id': '1BD6382559DF0C130A49422D@AdobeOrg',
  'x-sandbox-name': 'prod',
};

export interface Answer {
  status: number;
  body: string;
}

/**
 * Makes one call. Not by `fetch`, which keeps its connections open when nobody needs them any more.
 * @param agent Without one, the call has a connection of its own.
 */
export function call(
  method: string,
  url: string,
  options: { body?: string; agent?: Agent } = {},
): Promise<Answer> {
  const { body = '', agent = false } = options;
  const content =
    body === '' ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers: { ...HEADERS, ...content } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** Makes a call that has to be answered with a status, and resolves to the body. */
export async function callFor(
  expected: number,
  ...[method, url, options]: Parameters<typeof call>
): Promise<string> {
  const { status, body } = await call(method, url, options);
  if (status !== expected)
    throw new Error(`${method} ${url} was answered with ${status}, not ${expected}: ${body}`);
  return body;
}
