import type { Answer, Teller } from './answer-error.js';
import { ExportJobsError } from './export-jobs-error.js';
import { withoutSecrets } from './secrets.js';
import { inTime, OUT_OF_TIME } from './waiting.js';

/** A call on the wire, ready to be made more than once. */
export interface Message {
  method: string;
  url: string;
  headers: Headers;
  body: string | undefined;
}

/** Calls of the web platform: `fetch`, or what stands in for it. */
export type Fetch = (request: Request) => Promise<Response>;

/** More than this is not read of an answer, in bytes. */
const LARGEST_ANSWER = 256 * 1024 * 1024;

export interface Limits extends Teller {
  fetch: Fetch;
  signal: AbortSignal | undefined;
  timeoutMs: number;
}

/**
 * Makes a call once and reads the answer to its end.
 * @throws ExportJobsError when no whole answer came; the signal's reason when it was aborted.
 */
export async function exchange(message: Message, limits: Limits): Promise<Answer> {
  const { signal, timeoutMs } = limits;
  try {
    return await inTime((ended) => converse(message, limits, ended), timeoutMs, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ExportJobsError || error instanceof NotAResponse) throw error;
    throw error === OUT_OF_TIME ? tooLate(limits) : lost(limits, error);
  }
}

async function converse(message: Message, limits: Limits, signal: AbortSignal): Promise<Answer> {
  const { method, url, headers, body } = message;
  // A redirect would take the API key to another server.
  const init = { method, headers, signal, redirect: 'manual' as const };
  const { fetch } = limits;
  const response = await fetch(new Request(url, body === undefined ? init : { ...init, body }));
  if (!isResponse(response))
    throw new NotAResponse('fetch is to answer a Response, as that of the platform does.');
  return { status: response.status, headers: response.headers, text: await textOf(response, limits) };
}

/** A mistake in the client's `fetch`, which passes with no further attempt. */
class NotAResponse extends TypeError {}

function isResponse(value: unknown): value is Response {
  const { status, headers, text } = (value ?? {}) as Partial<Response>;
  return typeof status === 'number' && typeof headers?.get === 'function' && typeof text === 'function';
}

async function textOf(response: Response, { who, requestId, outcome }: Limits): Promise<string> {
  // What stands in for the platform's fetch may have no streams, or those of Node.
  if (typeof response.body?.getReader !== 'function') return response.text();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > LARGEST_ANSWER) {
      await reader.cancel();
      const { status } = response;
      const message = `${who} was answered with more than ${LARGEST_ANSWER} bytes`;
      throw new ExportJobsError({ requestId, outcome, kind: 'malformed', status, message });
    }
    text += decoder.decode(value, { stream: true });
  }
}

function tooLate({ who, timeoutMs, requestId, outcome }: Limits): ExportJobsError {
  const message = `${who} had no whole answer in ${Math.round(timeoutMs)} ms`;
  return new ExportJobsError({ requestId, outcome, kind: 'timeout', message });
}

/**
 * The platform hides why a connection was lost behind "fetch failed", in causes. They are told in words and not kept: they
 * may hold the call with its headers.
 */
function lost({ who, secrets, requestId, outcome }: Limits, error: unknown): ExportJobsError {
  let deepest = error;
  for (let depth = 0; depth < 5 && deepest instanceof Error && deepest.cause instanceof Error; depth++) {
    deepest = deepest.cause;
  }
  const told = deepest instanceof Error ? deepest : undefined;
  const code = told && 'code' in told && typeof told.code === 'string' ? told.code : undefined;
  const reason = withoutSecrets([code, told?.message].filter(Boolean).join(': '), secrets).slice(0, 500);
  const message = `${who} lost its connection before a whole answer came${reason && ` (${reason})`}`;
  return new ExportJobsError({ requestId, outcome, kind: 'connection', message });
}
