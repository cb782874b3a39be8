import type { Response } from 'express';
import type { Logger } from 'pino';
import type { Contract } from '../contract.js';
import { answerBrokeContract, ApiError, internalError } from '../domain/errors.js';
import { checkAnswer } from './answer-check.js';
import { exchangeOf, type AnswerToSend, type Exchange } from './exchange.js';

/** What is counted of the answers of one mock. */
export interface Tally {
  /** Answers that were about to break the contract. */
  contractViolations: number;
}

/** Checks an answer against the contract and sends it. The only thing that sends through a response. */
export type Reply = (res: Response, answer: AnswerToSend) => void;

type CheckedExchange = Pick<Exchange, 'requestId' | 'operation'>;

/** Makes an answer that may be sent: the one given, or a 500 in its place when it would break the contract. */
export type Checked = (exchange: CheckedExchange, given: AnswerToSend) => AnswerToSend;

export function checker(contract: Contract, log: Logger, tally: Tally): Checked {
  return ({ requestId, operation }, given) => {
    const answer = withRequestId(given, requestId);
    const violations = checkAnswer(contract, operation, answer);
    if (violations.length === 0) return answer;

    tally.contractViolations++;
    log.error({ requestId, status: answer.status, violations }, 'the answer broke the contract');
    const replacement = withRequestId(answerBrokeContract(violations).answer(requestId), requestId);
    const own = checkAnswer(contract, operation, replacement);
    if (own.length > 0) throw new Error(`The contract allows no 500 of ours: ${JSON.stringify(own)}`);
    return replacement;
  };
}

export function replier(checked: Checked, log: Logger): Reply {
  return (res, given) => {
    const exchange = exchangeOf(res);
    const answer = checked(exchange, given);
    whenArrived(res, () => send(res, answer));
    logAnswer(log, exchange, answer.status);
  };
}

/** The wire form of anything that was thrown. What is not of the catalogue is a fault of ours, and is logged. */
export function answerOf(error: unknown, { requestId }: Exchange, log: Logger): AnswerToSend {
  if (error instanceof ApiError) return error.answer(requestId);
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
function whenArrived(res: Response, callback: () => void): void {
  const { req } = res;
  if (req.complete || res.shouldKeepAlive || req.headers.expect !== undefined) callback();
  else req.once('end', callback).resume();
}

function send(res: Response, { status, headers, body }: AnswerToSend): void {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const ofBody = json !== undefined && {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(json),
  };
  res.writeHead(status, Object.assign({}, headers, ofBody));
  // A text goes out in one write with the headers; bytes would go out in two.
  res.end(json);
}

function logAnswer(log: Logger, exchange: Exchange, status: number): void {
  const { requestId, method, url, operation, sandbox, startedAt } = exchange;
  const durationInMs = Math.round((performance.now() - startedAt) * 10) / 10;
  const call = { method, url, status, durationInMs, operation: operation?.operationId };
  const caller = { org: sandbox?.org, sandbox: sandbox?.name, requestId };
  log.info(Object.assign(call, caller), `${method} ${url} ${status}`);
}
