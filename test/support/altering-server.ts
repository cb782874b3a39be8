import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface PassedCall {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface PassedAnswer {
  status: number;
  headers: Record<string, string>;
  /** What the JSON of it says; undefined when there is none. */
  body: any;
}

/** Changes an answer in place, or sends one itself and says so by 'sent'. `ask` asks the server behind, as the call did. */
export type Alter = (
  answer: PassedAnswer,
  call: PassedCall,
  ask: (path: string) => Promise<PassedAnswer>,
  response: ServerResponse,
) => unknown;

/** A server that is right but for what is altered of its answers: it asks another one. */
export class AlteringServer {
  readonly calls: PassedCall[] = [];
  /** By whom an answer is altered, from now on. */
  alter: Alter = () => undefined;

  /** What went wrong in altering. */
  readonly errors: unknown[] = [];

  readonly #server: Server;

  private constructor(behind: string) {
    this.#server = createServer((request, response) => {
      this.#answer(behind, request, response).catch((error: unknown) => {
        this.errors.push(error);
        response.destroy();
      });
    });
  }

  async #answer(behind: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const call = { method, path, headers, body: (await buffer(request)).toString() };
    this.calls.push(call);
    const answer = await pass(behind, call);
    const ask = (other: string) => pass(behind, { ...call, path: other });
    if ((await this.alter(answer, call, ask, response)) === 'sent') return;
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  }

  static async start(behind: string): Promise<AlteringServer> {
    const made = new AlteringServer(behind);
    await once(made.#server.listen(0, '127.0.0.1'), 'listening');
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function pass(behind: string, { method, path, headers, body }: PassedCall): Promise<PassedAnswer> {
  const kept = Object.entries(headers).filter(
    ([name]) => !['host', 'connection', 'content-length'].includes(name),
  );
  const answer = await fetch(behind + path, {
    method,
    headers: Object.fromEntries(kept) as Record<string, string>,
    ...(body === '' ? {} : { body }),
  });
  const text = await answer.text();
  const passed = [...answer.headers].filter(
    ([name]) => !['connection', 'content-length', 'keep-alive', 'transfer-encoding'].includes(name),
  );
  return {
    status: answer.status,
    headers: Object.fromEntries(passed),
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}
