import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

export interface HttpCall {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string | undefined;
}

export interface HttpAnswer {
  status: number;
  /** By their names in lower case. */
  headers: Record<string, string>;
  text: string;
  /** How many bytes came after the head of a 204, which has no body; clients throw them away unseen. */
  strayBytes: number;
}

const LONGEST_CALL_IN_MS = 30_000;
const LARGEST_ANSWER_IN_BYTES = 32 * 1024 * 1024;
/** How long a body that must not be there may take to come after its head. */
const STRAY_BYTES_IN_MS = 20;
const HEAD_ENDS = '\r\n\r\n';

type Decoder = (bytes: Buffer, options: typeof LIMIT) => Buffer;

const LIMIT = { maxOutputLength: LARGEST_ANSWER_IN_BYTES };
const DECODERS = new Map<string, Decoder>([
  ['identity', (bytes) => bytes],
  ['br', brotliDecompressSync],
  ['deflate', inflateSync],
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
]);

/** Sends one call on a connection of its own. Rejects when there is no answer, or none that is whole. */
export function send({ method, url, headers, body }: HttpCall): Promise<HttpAnswer> {
  const { Agent, request } = url.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true });
  const received: Buffer[] = [];
  const answered = new Promise<HttpAnswer>((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const call = request(url, {
      method,
      headers: { ...headers, ...length },
      agent,
      signal: AbortSignal.timeout(LONGEST_CALL_IN_MS),
    });
    let hasAnswer = false;
    call.on('error', (error) => {
      // What follows a 204 is no message: it comes as an error after the answer.
      if (!hasAnswer) reject(error);
    });
    call.on('socket', (socket) => socket.on('data', (chunk: Buffer) => received.push(chunk)));
    call.on('response', (response) => {
      hasAnswer = response.statusCode === 204;
      void answerOf(response, received).then(resolve, reject);
    });
    call.end(body);
  });
  return answered.finally(() => agent.destroy());
}

async function answerOf(response: http.IncomingMessage, received: Buffer[]): Promise<HttpAnswer> {
  const { statusCode: status = 0, socket } = response;
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  const head = { status, headers: Object.fromEntries(headers) as Record<string, string> };
  if (status === 204) {
    response.on('error', () => undefined).resume();
    return { ...head, text: '', strayBytes: await bytesAfterHead(socket, received) };
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_ANSWER_IN_BYTES)
      throw new Error(`the answer is larger than ${LARGEST_ANSWER_IN_BYTES} bytes`);
    chunks.push(chunk);
  }
  const body = decoded(Buffer.concat(chunks), response.headers['content-encoding']);
  return { ...head, text: body.toString('utf8'), strayBytes: 0 };
}

/** Servers and proxies may encode what nobody asked them to (RFC 9110, section 12.5.3). */
function decoded(body: Buffer, codings = ''): Buffer {
  if (body.length === 0) return body;
  const names = codings.toLowerCase().split(/[\s,]+/);
  try {
    return names.filter(Boolean).reduceRight((bytes, name) => decoderOf(name)(bytes, LIMIT), body);
  } catch {
    throw new Error(`the answer is encoded, and can not be decoded: its Content-Encoding is ${codings}`);
  }
}

function decoderOf(coding: string): Decoder {
  const decoder = DECODERS.get(coding);
  if (!decoder) throw new Error(`${coding} is not known`);
  return decoder;
}

async function bytesAfterHead(socket: Socket, received: Buffer[]): Promise<number> {
  if (!socket.destroyed) await new Promise((resolve) => setTimeout(resolve, STRAY_BYTES_IN_MS));
  let rest = Buffer.concat(received);
  let isInterim = true;
  while (isInterim && rest.includes(HEAD_ENDS)) {
    isInterim = rest.subarray(0, 10).toString('latin1').startsWith('HTTP/1.1 1');
    rest = rest.subarray(rest.indexOf(HEAD_ENDS) + HEAD_ENDS.length);
  }
  return rest.length;
}
