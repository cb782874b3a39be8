import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Command } from './command.js';

export interface Answer {
  status: number;
  /** The body's JSON; `undefined` where there is none. */
  body: unknown;
}

/** What the gateway requires of a request, for the documented sandbox. */
export const HEADERS = {
  Authorization: 'Bearer any',
  'x-api-key': 'any',
  'x-gw-ims-org-id': '1BD6382559DF0C130A49422D@AdobeOrg',
  'x-sandbox-name': 'prod',
  'Content-Type': 'application/json',
};
/** The least that a create may ask for. */
export const SMALLEST_REQUEST = {
  destination: { datasetId: 'dataset' },
  schema: { name: '_xdm.context.profile' },
};
const JOBS = '/data/core/ups/export/jobs';
const MAX_REQUEST_MS = 30_000;

/** Where a command listens that has been started, without a slash at the end. Rejects when it ends before. */
export async function getOrigin(command: Command): Promise<string> {
  const [, origin = ''] = await command.printed(/Listening on (http:\/\/[^/\s]+)/);
  return origin;
}

/** Sends requests to a mock that may end at any moment. Nothing is sent a second time, as `fetch` might. */
export class MockClient {
  readonly #agent = new Agent({ keepAlive: true });

  /** @param origin where the mock listens, without a slash at the end. */
  constructor(private readonly origin: string) {}

  list(): Promise<Answer> {
    return this.send('GET', JOBS);
  }

  retrieve(id: number): Promise<Answer> {
    return this.send('GET', `${JOBS}/${id}`);
  }

  create(body: unknown, sandbox?: string): Promise<Answer> {
    return this.send('POST', JOBS, body, sandbox);
  }

  cancel(id: number): Promise<Answer> {
    return this.send('DELETE', `${JOBS}/${id}`);
  }

  health(): Promise<Answer> {
    return this.send('GET', '/__admin/health');
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Resolves once all of the response has come, and rejects when the connection ends before. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    sandbox = HEADERS['x-sandbox-name'],
  ): Promise<Answer> {
    const sent = request(this.origin + path, {
      method,
      headers: { ...HEADERS, 'x-sandbox-name': sandbox },
      agent: this.#agent,
      signal: AbortSignal.timeout(MAX_REQUEST_MS),
    });
    const received = new Promise<Answer>((resolve, reject) => {
      sent.once('error', reject);
      sent.once('response', (response) => {
        const { statusCode: status = 0 } = response;
        text(response)
          .then((content) => resolve({ status, body: content === '' ? undefined : JSON.parse(content) }))
          .catch(reject);
      });
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    return received;
  }
}
