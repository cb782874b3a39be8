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

/** Checks an answer against the contract and sends it. The only thing that sends. */
export type Reply = (res: Response, answer: AnswerToSend) => void;

export function replier(contract: Contract, log: Logger, tally: Tally): Reply {
  return (res, given) => {
    const exchange = exchangeOf(res);
    const { requestId } = exchange;
    let answer: AnswerToSend = { ...given, headers: { ...given.headers, 'x-request-id': requestId } };
    const violations = checkAnswer(contract, exchange, answer);
    if (violations.length > 0) {
      tally.contractViolations++;
      log.error({ requestId, status: answer.status, violations }, 'the answer broke the contract');
      const error = answerBrokeContract(violations).answer(requestId);
      answer = { ...error, headers: { ...error.headers, 'x-request-id': requestId } };
    }
    send(res, answer);
    logAnswer(log, exchange, answer.status);
  };
}

/** The wire form of anything that was thrown. What is not of the catalogue is a fault of ours, and is logged. */
export function answerOf(error: unknown, { requestId }: Exchange, log: Logger): AnswerToSend {
  if (error instanceof ApiError) return error.answer(requestId);
  log.error({ requestId, err: error }, 'the mock failed');
  return internalError().answer(requestId);
}

function send(res: Response, { status, headers, body }: AnswerToSend): void {
  const json = body === undefined ? undefined : JSON.stringify(body);
  res.writeHead(status, {
    ...headers,
    ...(json !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(json),
    }),
  });
  // A text goes out in one write with the headers; bytes would go out in two.
  res.end(json);
}

function logAnswer(log: Logger, exchange: Exchange, status: number): void {
  const { requestId, method, url, operation, sandbox, startedAt } = exchange;
  const durationInMs = Math.round((performance.now() - startedAt) * 10) / 10;
  const call = { method, url, status, durationInMs, operation: operation?.operationId };
  log.info({ ...call, org: sandbox?.org, sandbox: sandbox?.name, requestId }, `${method} ${url} ${status}`);
}
