import { refusalOf, type Effect, type Fault, type Refusal } from '../sandbox/fault.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { Api } from './api.js';
import { EMPTIED, raw, TRUNCATED, UNCHECKED } from '../http/broken-reply.js';
import type { AnswerToSend, Exchange } from './exchange.js';
import type { Preferences } from './preferences.js';
import type { Delivery } from './reply.js';

/** What a fault does to a call. */
export interface Breakage {
  /** How long the call waits before anything else, in milliseconds of real time. */
  waitInMs?: number;
  /** The connection is reset before the call is carried out, or after it. */
  cutOff?: 'before' | 'after';
  /** What is answered without carrying the call out. */
  instead?: AnswerToSend;
  /** How the answer goes out. */
  delivery?: Delivery;
}

/** What goes wrong with a call that was let through, if anything; the exchange is told. To be asked once for each call. */
export function breakageOf(
  exchange: Exchange,
  job: number | undefined,
  faults: Api['faults'],
): Breakage | undefined {
  const { sandbox, operation, preferences } = exchange;
  if (!sandbox || !operation || (sandbox.rules.size === 0 && !preferences.fault)) return undefined;
  const call = { operation: operation.operationId, job };
  const fault = sandbox.rules.faultFor(call, askedBy(preferences, faults));
  if (!fault) return undefined;
  exchange.fault = fault.name;
  return breakageBy(fault.effect, sandbox, exchange.requestId);
}

/** The fault that a call asks for: none, when it asks for an answer that is no outcome of its being carried out. */
function askedBy(
  { fault, example, code = 0 }: Preferences,
  faults: Api['faults'],
): Fault | 'none' | undefined {
  if (fault !== undefined) return faults?.get(fault);
  return example !== undefined || code >= 400 ? 'none' : undefined;
}

function breakageBy(effect: Effect, { rules, services }: Sandbox, requestId: string): Breakage {
  switch (effect.kind) {
    case 'refuse':
      return { instead: refused(effect, requestId), delivery: UNCHECKED };
    case 'raw':
      return { instead: { status: effect.status }, delivery: raw(effect) };
    case 'delay': {
      const { leastMs, mostMs } = effect;
      const drawn = services.random.fraction(`fault/${rules.faulted}`) * (mostMs - leastMs + 1);
      return { waitInMs: leastMs + Math.floor(drawn) };
    }
    case 'reset':
      return { cutOff: 'before' };
    case 'lose':
      return { cutOff: 'after' };
    case 'empty':
      return { delivery: EMPTIED };
    case 'truncate':
      return { delivery: TRUNCATED };
  }
}

/** The catalogue's error, with the fault's `Retry-After` in place of its own, or with none. */
function refused(effect: Refusal, requestId: string): AnswerToSend {
  const { status, headers, body } = refusalOf(effect).answer(requestId);
  const sent: Record<string, string> = { ...headers, 'x-request-id': requestId };
  if (effect.retryAfterSeconds === null) delete sent['Retry-After'];
  else sent['Retry-After'] = String(effect.retryAfterSeconds);
  return { status, headers: sent, body };
}
