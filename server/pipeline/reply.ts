import type { Response } from 'express';
import type { Logger } from 'pino';
import type { Contract } from '../../contract/contract.js';
import { answerBrokeContract, ApiError, internalError } from '../platform/errors.js';
import { checkAnswer } from './response-check.js';
import { exchangeOf, type AnswerToSend, type Exchange } from './exchange.js';
import { record, type SentAnswer } from './recording.js';

/** What is counted of the answers of one mock. */
export interface Tally {
  /** Answers that were about to break the contract. */
  contractViolations: number;
}

/** How an answer goes out. */
export interface Delivery {
  /** Whether it is held to the contract first. */
  isChecked: boolean;
  /** What goes out in place of the whole answer. */
  broken?: (whole: SentAnswer) => SentAnswer;
  /** Whether the connection is closed behind it. */
  closes?: boolean;
  send: (res: Response, answer: SentAnswer) => void;
}

/**
 * Checks an answer against the contract and sends it, or as `delivery` has it. Nothing else sends through a response, but
 * for what broken-reply.ts does to one.
 */
export type Reply = (res: Response, answer: AnswerToSend, delivery?: Delivery) => void;

const AS_USUAL: Delivery = { isChecked: true, send };

type CheckedExchange = Pick<Exchange, 'requestId' | 'operation' | 'answerViolations'>;

/** Makes an answer that may be sent: the one given, or a 500 in its place when it would break the contract. */
export type Checked = (exchange: CheckedExchange, given: AnswerToSend) => AnswerToSend;

export function checker(contract: Contract, log: Logger, tally: Tally): Checked {
  return (exchange, given) => {
    const { requestId, operation } = exchange;
    const answer = withRequestId(given, requestId);
    const violations = checkAnswer(contract, operation, answer);
    if (violations.length === 0) return answer;

    tally.contractViolations++;
    exchange.answerViolations = violations;
    log.error({ requestId, status: answer.status, violations }, 'the answer broke the contract');
    const replacement = withRequestId(answerBrokeContract(violations).answer(requestId), requestId);
    const own = checkAnswer(contract, operation, replacement);
    if (own.length > 0) throw new Error(`The contract allows no 500 of ours: ${JSON.stringify(own)}`);
    return replacement;
  };
}

export function replier(checked: Checked, log: Logger): Reply {
  return (res, given, delivery = AS_USUAL) => {
    const exchange = exchangeOf(res);
    const whole = written(delivery.isChecked ? checked(exchange, given) : given);
    const answer = delivery.broken ? delivery.broken(whole) : whole;
    // Whoever has broken the connection meanwhile gets none.
    const isHeard = !res.destroyed;
    whenArrived(res, delivery.closes, () => delivery.send(res, answer));
    finish(log, exchange, isHeard ? answer : undefined);
  };
}

/** Records and logs how a call ended. Without an answer, its connection was broken in place of one. */
export function finish(log: Logger, exchange: Exchange, answer: SentAnswer | undefined): void {
  record(exchange, answer);
  logCall(log, exchange, answer?.status);
}

/** The wire form of anything that was thrown. What is not of the catalogue is a fault of ours, and is logged. */
export function answerOf(error: unknown, { requestId, inOwnForm }: Exchange, log: Logger): AnswerToSend {
  if (error instanceof ApiError) return (inOwnForm?.(error) ?? error).answer(requestId);
  log.error({ requestId, err: error }, 'the mock failed');
  return internalError().answer(requestId);
}

function withRequestId(answer: AnswerToSend, requestId: string): AnswerToSend {
  const { status, headers, body } = answer;
  // Not by spreading: for an object that is spread and then added to, V8 keeps a shape of its own until a full collection.
  return { status, headers: Object.assign({}, headers, { 'x-request-id': requestId }), body };
}

/**
 * Calls back when a request has come whole, where the connection is closed behind the answer: closed earlier, it would be
 * reset, and the answer lost with it (RFC 9112, section 9.6). Who may be waiting for leave to send is not waited for.
 */
function whenArrived(res: Response, closes = !res.shouldKeepAlive, callback: () => void): void {
  const { req } = res;
  if (req.complete || !closes || req.headers.expect !== undefined) callback();
  else req.once('end', callback).resume();
}

function written({ status, headers, body }: AnswerToSend): SentAnswer {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const ofBody = text !== undefined && {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  };
  return { status, headers: Object.assign({}, headers, ofBody), text };
}

/** Sends an answer as it is. */
export function send(res: Response, { status, headers, text }: SentAnswer): void {
  res.writeHead(status, headers);
  // A text goes out in one write with the headers; bytes would go out in two.
  res.end(text);
}

function logCall(log: Logger, exchange: Exchange, status: number | undefined): void {
  const { requestId, method, url, operation, sandbox, startedAt, fault } = exchange;
  const durationInMs = Math.round((performance.now() - startedAt) * 10) / 10;
  const call = { method, url, status, durationInMs, operation: operation?.operationId };
  const caller = { org: sandbox?.org, sandbox: sandbox?.name, requestId, fault };
  log.info(Object.assign(call, caller), `${method} ${url} ${status ?? 'no answer'}`);
}
