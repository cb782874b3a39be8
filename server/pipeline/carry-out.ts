import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { ContractOperation, ContractResponse } from '../../contract/contract-operations.js';
import { preferredError } from './preferred-error.js';
import type { Api, PerformedCall } from './api.js';
import { cutOff } from '../http/broken-reply.js';
import { exchangeOf, type AnswerToSend, type Exchange } from './exchange.js';
import { breakageOf, type Breakage } from './faults.js';
import type { Preferences } from './preferences.js';
import { answerOf, type Reply } from './reply.js';

/** Answers a call that the contract has let through, as its `Prefer` has it. */
export function carryOut(api: Api, operation: ContractOperation, reply: Reply, log: Logger): RequestHandler {
  return async (req, res) => {
    const exchange = exchangeOf(res);
    const { preferences } = exchange;
    const broken = breakageOf(exchange, idOf(req), api.faults);
    if (broken?.waitInMs) await waitUnlessClosed(broken.waitInMs, res);
    if (broken?.cutOff === 'before') {
      cutOff(res, log);
      return;
    }
    let answer: AnswerToSend;
    try {
      answer = broken?.instead ?? (await answerTo(api, operation, req, res));
    } catch (error) {
      answer = answerOf(error, exchange, log);
    }
    if (preferences.delay) await waitUnlessClosed(preferences.delay, res);
    if (broken?.cutOff === 'after') {
      cutOff(res, log);
      return;
    }
    const applied = appliedPreferences(preferences, answer, broken);
    reply(
      res,
      applied ? { ...answer, headers: { ...answer.headers, 'Preference-Applied': applied } } : answer,
      broken?.delivery,
    );
  };
}

function answerTo(
  api: Api,
  operation: ContractOperation,
  req: Request,
  res: Response,
): AnswerToSend | Promise<AnswerToSend> {
  const exchange = exchangeOf(res);
  const { code, example } = exchange.preferences;
  if (example !== undefined) return exampleAnswer(operation, example, code);
  if (code !== undefined && code >= 400) throw preferredError(code, idOf(req));
  const call = callOf(req, exchange, api.contract.basePath);
  return api.perform(operation.operationId, call, exchange);
}

/** The id that the contract has made a number of, where the call is for one job. */
function idOf(req: Request): number | undefined {
  return req.params['exportJobId'] as number | undefined;
}

function callOf(
  req: Request,
  { requestId, typed, address, preferences }: Exchange,
  basePath: string,
): PerformedCall {
  const { code, scenario } = preferences;
  return {
    path: typed?.path ?? req.params,
    query: typed?.query ?? req.query,
    headers: req.headers,
    body: req.body as unknown,
    basePath: address ? address.path + basePath : basePath,
    requestId,
    ...(code !== undefined && { preferredStatus: code }),
    ...(scenario !== undefined && { preferredScenario: scenario }),
  };
}

/** A documented example as it stands. Headers that the response must have are the contract's examples of them. */
function exampleAnswer(operation: ContractOperation, name: string, code: number | undefined): AnswerToSend {
  const holds = ({ status, examples }: ContractResponse) =>
    examples.has(name) && (code === undefined || status === code);
  const response = [...operation.responses.values()].find(holds);
  if (!response) throw new Error(`there is no example ${name}`);
  const headers = response.headers.flatMap(({ name: header, required, example }) =>
    required && example !== undefined ? [[header, example]] : [],
  );
  return {
    status: response.status,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: response.examples.get(name),
  };
}

/**
 * What of the preferences was done (RFC 7240, section 3). A code is not, when the call failed otherwise, nor a scenario,
 * when no job was created, nor an example, when a fault refused the call.
 */
function appliedPreferences(
  { code, example, delay, scenario, fault, violations }: Preferences,
  { status }: AnswerToSend,
  broken: Breakage | undefined,
): string {
  const isCarriedOut = example === undefined && !broken?.instead && status < 300;
  return [
    ...(code === status ? [`code=${code}`] : []),
    ...(example === undefined || broken?.instead ? [] : [`example=${example}`]),
    ...(delay === undefined ? [] : [`delay=${delay}`]),
    ...(scenario === undefined || !isCarriedOut ? [] : [`scenario=${scenario}`]),
    ...(fault === undefined ? [] : [`fault=${fault}`]),
    ...(violations === undefined ? [] : [`violations=${violations}`]),
  ].join(', ');
}

/** Waits in real time, so that a clock that stands still never traps a caller. */
function waitUnlessClosed(milliseconds: number, res: Response): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    res.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
