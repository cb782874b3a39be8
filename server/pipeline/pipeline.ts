import type { Logger } from 'pino';
import type { ContractOperation, ContractResponse } from '../../contract/contract-operations.js';
import type { Contract } from '../../contract/contract.js';
import { sentValue } from '../../contract/contract-violations.js';
import type { Violation } from '../../contract/violation.js';
import type { RecordedBody } from '../journal/journal-entry.js';
import type { Journals } from '../journal/journals.js';
import {
  ApiError,
  contractViolated,
  internalError,
  methodNotAllowed,
  pathNotFound,
  responseViolatesContract,
} from '../platform/errors.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import type { Fault } from '../sandbox/rules.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { Api, Handler, OperationResponse } from './api.js';
import { applyFault, chooseFault, type FaultAction } from './faults.js';
import { expectsViolations, readPreferences, type Preferences } from './preferences.js';
import { createPreferredError } from './preferred-error.js';
import { findRejectionViolations, readSandboxName } from './rejections.js';
import {
  findSpellingViolations,
  findViolations,
  parseInteger,
  toTypedParameters,
  type RawParameters,
  type TypedParameters,
} from './request-validation.js';
import type {
  IncomingRequest,
  Outcome,
  OutgoingResponse,
  ReceivedRequest,
  RequestBody,
  RequestFacts,
} from './request.js';
import { checkResponse } from './response-check.js';
import type { OperationRoute, OtherMethodRoute, Route, Routes, Target } from './routes.js';

/** A request that the contract allows. */
interface ValidRequest {
  operation: ContractOperation;
  api: Api;
  sandbox: Sandbox | undefined;
  resources: RequestFacts['resources'];
  preferences: Preferences;
  parameters: TypedParameters;
  body: unknown;
}

export interface PipelineParts {
  routes: Routes;
  /** The contract that says which errors there are for paths and methods of no operation. */
  contract: Contract;
  faults: ReadonlyMap<string, Fault>;
  sandboxes: { get: (name: SandboxName) => Sandbox };
  journals: Journals;
  /** Counts the responses that were about to break the contract. */
  counters: { contractViolations: number };
  createRequestId: () => string;
  /** Whether another server gets what is sent to a path that is none of ours. Absent when there is no other server. */
  isForwarded?: ((path: string) => boolean) | undefined;
  /** How many bytes a text has in UTF-8. */
  getByteLength: (text: string) => number;
  log: Logger;
}

const MAX_VIOLATIONS = 50;

/** Larger bodies are not recorded. */
const MAX_RECORDED_BYTES = 16 * 1024;
/** Of UTF-8, for a character as JavaScript counts them. */
const MAX_BYTES_PER_CHARACTER = 3;

const UNKNOWN_TARGET: Target = { sent: '?', path: '', query: '', address: undefined };
const NO_PREFERENCES: Preferences = { named: {} };

/** The life of a request, from top to bottom. */
export class Pipeline {
  readonly #validateRequestId: ReturnType<Contract['schema']>;

  constructor(private readonly parts: PipelineParts) {
    this.#validateRequestId = parts.contract.schema('RequestId');
  }

  /** Never rejects. */
  async handle(incoming: IncomingRequest): Promise<Outcome> {
    const { routes, isForwarded, sandboxes } = this.parts;
    const request = this.#receive(incoming);
    const { route, headers, target } = request;
    const facts: RequestFacts = {};
    try {
      if (incoming.problem) throw incoming.problem;
      if (route.kind !== 'unknown-path') facts.resources = readResources(route);
      if (route.kind === 'unknown-path' && isForwarded?.(target.path)) {
        return { forwardTo: 'upstream', request };
      }
      if (incoming.isPreflight && route.api?.crossOrigin) return this.respondToPreflight(incoming, request);
      const operation = route.kind === 'operation' ? route.operation : undefined;
      const name = route.api?.authorize(headers, target.address, operation);
      if (route.kind === 'other-method') {
        return this.#finish(incoming, request, facts, rejectMethod(request, route));
      }
      if (route.kind === 'unknown-path') {
        const hint = isForwarded ? '' : '; --upstream <url> passes other paths on to another server';
        throw pathNotFound(target.sent.split('?', 1)[0] ?? '', routes.describe() + hint);
      }
      if (name && route.api.inSandbox) facts.sandbox = sandboxes.get(name);
      // A body that no operation takes has no meaning (RFC 9110, section 9.3.1).
      if (route.operation.requestBody) facts.body = await incoming.readBody(route.api.bodyFormat);
      const valid = await this.#validate(incoming, request, route, facts);
      return await this.#respond(incoming, request, valid, facts);
    } catch (error) {
      facts.violations = findRejectionViolations(error, request, facts.sandbox !== undefined);
      return this.#finish(incoming, request, facts, this.#toResponse(error, request));
    }
  }

  /**
   * Responds with an error to what could be read of a message that is not HTTP.
   * @param isRecorded false for what is no request of its own: nothing was sent, or the rest of one that was
   */
  rejectMalformed(incoming: IncomingRequest, error: ApiError, isRecorded: boolean): OutgoingResponse {
    const received = this.#receive(incoming);
    // What is not HTTP is for no operation.
    const api = received.route.api;
    const request: ReceivedRequest = { ...received, route: { kind: 'unknown-path', api } };
    const facts: RequestFacts = { violations: findRejectionViolations(error, request, false) };
    return this.#finish(incoming, request, facts, this.#toResponse(error, request), {}, isRecorded);
  }

  /** A preflight is the browser's own: it is for no api, and not recorded. */
  respondToPreflight(incoming: IncomingRequest, request: ReceivedRequest): OutgoingResponse {
    const route: Route = { kind: 'unknown-path', api: undefined };
    return this.#finish(incoming, { ...request, route }, {}, { status: 204 });
  }

  // Requests that another server responds to.

  /** Responds with an error when the other server cannot. */
  rejectForwarded(incoming: IncomingRequest, request: ReceivedRequest, error: ApiError): OutgoingResponse {
    return this.#finish(incoming, request, {}, this.#toResponse(error, request));
  }

  /** Logs the other server's response. */
  logForwarded(request: ReceivedRequest, status: number): void {
    this.#log(request, {}, status);
  }

  #receive({ method, target, headers, rawHeaders, problem }: IncomingRequest): ReceivedRequest {
    const { routes, createRequestId } = this.parts;
    const sent = headers['x-request-id']?.toString();
    const isValidId = sent !== undefined && this.#validateRequestId(sent, '', 'first').length === 0;
    const known = target ?? UNKNOWN_TARGET;
    return {
      requestId: isValidId ? sent : createRequestId(),
      method,
      target: known,
      // What HTTP forbids is for no operation.
      route: problem ? { kind: 'unknown-path', api: routes.findApi(known.path) } : routes.find(method, known),
      headers,
      rawHeaders,
      startedAt: performance.now(),
    };
  }

  /** Throws 400, or 404 when its path names nothing, with everything that is wrong. */
  async #validate(
    incoming: IncomingRequest,
    { target, headers }: ReceivedRequest,
    { api, operation, parameters: path }: OperationRoute,
    { sandbox, resources, body }: RequestFacts,
  ): Promise<ValidRequest> {
    const sent: RawParameters = { path, query: new URLSearchParams(target.query), headers };
    const prefer = headers['prefer']?.toString();
    let preferences = NO_PREFERENCES;
    let violations: readonly Violation[] = [];
    if (prefer !== undefined) {
      const fault = { names: [...this.parts.faults.keys()] };
      const named = api.inSandbox ? { ...api.inSandbox.preferences, fault } : {};
      ({ preferences, violations } = readPreferences(prefer, operation, named));
    }
    const reject = (problem?: string) => rejectInvalid(api, sent, body, operation, violations, problem);
    if (violations.length > 0 || findSpellingViolations(sent, operation).length > 0) throw reject();
    if (incoming.validate && api.inSandbox) {
      const validated = await incoming.validate(operation, path);
      if ('problem' in validated) throw reject(validated.problem);
      return { operation, api, sandbox, resources, preferences, parameters: validated, body: validated.body };
    }
    if (findViolations(sent, body, operation).length > 0) throw reject();
    const parameters = toTypedParameters(sent, operation);
    return { operation, api, sandbox, resources, preferences, parameters, body: body?.value };
  }

  /** Runs the operation, or what `Prefer` or a fault has in its place. */
  async #respond(
    incoming: IncomingRequest,
    request: ReceivedRequest,
    valid: ValidRequest,
    facts: RequestFacts,
  ): Promise<Outcome> {
    const { operation, sandbox, preferences, resources } = valid;
    const mayMeetFault = sandbox && (preferences.fault !== undefined || sandbox.rules.size > 0);
    const aimedAt = { operation: operation.operationId, resources };
    const fault = mayMeetFault ? chooseFault(sandbox, aimedAt, preferences, this.parts.faults) : undefined;
    const action: FaultAction = fault && sandbox ? applyFault(fault, sandbox, request.requestId) : {};
    facts.fault = fault?.name;
    if (action.delayMs) await incoming.wait(action.delayMs);
    if (action.reset === 'before') return this.#finishWithReset(incoming, request, facts);

    let response: OperationResponse;
    try {
      response = action.response ?? (await this.#execute(request, valid));
    } catch (error) {
      response = this.#toResponse(error, request);
    }
    if (preferences.delay) await incoming.wait(preferences.delay);
    if (action.reset === 'after') return this.#finishWithReset(incoming, request, facts);
    if (preferences !== NO_PREFERENCES) {
      const applied = getAppliedPreferences(preferences, response, action);
      if (applied) {
        response = { ...response, headers: { ...response.headers, 'Preference-Applied': applied } };
      }
    }
    return this.#finish(incoming, request, facts, response, action);
  }

  #execute(
    { headers, target: { address }, requestId }: ReceivedRequest,
    { operation, api, sandbox, resources, preferences, parameters, body }: ValidRequest,
  ): OperationResponse | Promise<OperationResponse> {
    const { code, example, named } = preferences;
    if (example !== undefined) return getExample(operation, example, code);
    if (code !== undefined && code >= 400) throw createPreferredError(code, api, resources);
    const { basePath } = api.contract;
    const handler = api.operations[operation.operationId]?.(sandbox) as Handler;
    return handler({
      path: parameters.path,
      query: parameters.query,
      headers,
      body,
      basePath: address ? address.path + basePath : basePath,
      requestId,
      preferred: named,
      ...(code !== undefined && { preferredStatus: code }),
    });
  }

  /** The wire form of anything that was thrown. What is not in the catalogue is a bug of the mock, and is logged. */
  #toResponse(error: unknown, { requestId, route }: ReceivedRequest): OperationResponse {
    if (error instanceof ApiError) {
      const formatted = route.kind === 'operation' ? (route.api.formatError?.(error) ?? error) : error;
      return formatted.toResponse(requestId);
    }
    this.parts.log.error({ requestId, err: error }, 'the mock failed');
    return internalError().toResponse(requestId);
  }

  /** Checks a response against the contract, serialises it and records the request. */
  #finish(
    incoming: IncomingRequest,
    request: ReceivedRequest,
    facts: RequestFacts,
    given: OperationResponse,
    action: FaultAction = {},
    isRecorded = true,
  ): OutgoingResponse {
    const { status, headers, body } = action.isUnchecked ? given : this.#check(request, facts, given);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const bodyHeaders = text !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': this.parts.getByteLength(text),
    };
    // Object.assign, not spread: avoids one hidden class for each response (measured).
    const whole: OutgoingResponse = {
      status,
      headers: Object.assign({}, headers, bodyHeaders),
      text,
      delivery: 'whole',
    };
    const outgoing = action.transform ? action.transform(whole) : whole;
    const connection = incoming.getConnectionState();
    if (isRecorded && connection !== 'broken-off') {
      this.#record(request, facts, connection === 'closed' ? undefined : outgoing);
    }
    this.#log(request, facts, connection === 'open' ? outgoing.status : undefined);
    return outgoing;
  }

  #finishWithReset(incoming: IncomingRequest, request: ReceivedRequest, facts: RequestFacts): 'reset' {
    if (incoming.getConnectionState() !== 'broken-off') this.#record(request, facts, undefined);
    this.#log(request, facts, undefined);
    return 'reset';
  }

  /** The response with its request id, or a 500 in its place when it would break the contract. */
  #check(
    { requestId, route }: ReceivedRequest,
    facts: RequestFacts,
    given: OperationResponse,
  ): OperationResponse {
    const { contract, counters, log } = this.parts;
    const operation = route.kind === 'operation' ? route.operation : undefined;
    const id = { 'x-request-id': requestId };
    const response = { ...given, headers: Object.assign({}, given.headers, id) };
    const violations = checkResponse(contract, operation, response);
    if (violations.length === 0) return response;

    counters.contractViolations++;
    facts.responseViolations = violations;
    log.error({ requestId, status: response.status, violations }, 'the response violates the contract');
    const rejection = responseViolatesContract(violations).toResponse(requestId);
    const replacement = { ...rejection, headers: { ...rejection.headers, ...id } };
    const own = checkResponse(contract, operation, replacement);
    if (own.length > 0) throw new Error(`The contract does not allow our 500: ${JSON.stringify(own)}`);
    return replacement;
  }

  /**
   * Records a request in the journal and the coverage of its sandbox, or of the one that it names, if requests of its api
   * are recorded. Without a response, its connection was broken.
   */
  #record(request: ReceivedRequest, facts: RequestFacts, response: OutgoingResponse | undefined): void {
    const { journals } = this.parts;
    const { requestId, method, target, route, headers, rawHeaders, startedAt } = request;
    // Of a message whose target cannot be read, nobody knows which api it was for.
    if (journals.capacity === 0 || (target.path !== '' && !route.api?.inSandbox)) return;
    const { byteLength = 0 } = facts.body ?? {};
    const bodyText = byteLength > 0 && byteLength <= MAX_RECORDED_BYTES ? facts.body?.getText() : undefined;
    // None is sent in response to HEAD, whatever there is.
    const text = method === 'HEAD' || response?.text === '' ? undefined : response?.text;
    const isShort = text !== undefined && text.length * MAX_BYTES_PER_CHARACTER <= MAX_RECORDED_BYTES;
    const prefer = headers['prefer']?.toString();
    const recorded = {
      answeredAt: Date.now(),
      durationInMs: performance.now() - startedAt,
      operation: route.kind === 'operation' ? route.operation.operationId : undefined,
      resources: facts.resources,
      requestId,
      method,
      url: target.sent,
      headers: rawHeaders,
      body: bodyText ?? (byteLength > 0 ? byteLength : undefined),
      status: response?.status,
      answerHeaders: response?.headers,
      answerBody: text === undefined || isShort ? text : this.#toRecordedBody(text),
      violations: facts.violations,
      answerViolations: facts.responseViolations,
      fault: facts.fault,
      expected: prefer !== undefined && expectsViolations(prefer),
    };
    const query = target.query === '' ? undefined : new URLSearchParams(target.query);
    journals.record(
      facts.sandbox ?? target.address ?? readSandboxName(rawHeaders),
      recorded,
      route.kind === 'operation' ? route.operation : undefined,
      query,
    );
  }

  #toRecordedBody(text: string): RecordedBody {
    const bytes = this.parts.getByteLength(text);
    return bytes <= MAX_RECORDED_BYTES ? text : bytes;
  }

  #log(request: ReceivedRequest, { sandbox, fault }: RequestFacts, status: number | undefined): void {
    const { requestId, method, target, route, startedAt } = request;
    const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
    const operation = route.kind === 'operation' ? route.operation.operationId : undefined;
    const { org, name } = sandbox ?? {};
    this.parts.log.info(
      { method, url: target.sent, status, durationMs, operation, org, sandbox: name, requestId, fault },
      `${method} ${target.sent} ${status ?? 'no response'}`,
    );
  }
}

function rejectMethod(
  { method }: ReceivedRequest,
  route: Extract<Route, { kind: 'other-method' }>,
): OperationResponse {
  if (method !== 'OPTIONS') throw methodNotAllowed(method, route.allow, route.rule);
  return { status: 204, headers: { Allow: route.allow } };
}

/** @param problem what the validator says, for what our own check does not find */
function rejectInvalid(
  api: Api,
  sent: RawParameters,
  body: RequestBody | undefined,
  operation: ContractOperation,
  preferenceViolations: readonly Violation[],
  problem: string | undefined,
): ApiError {
  const violations = findViolations(sent, body, operation);
  const inPath = violations.find(({ pointer }) => pointer?.startsWith('/path/'));
  if (inPath?.pointer && api.inSandbox) {
    const id = sent.path[inPath.pointer.slice('/path/'.length)];
    // The response says that there is no such resource; what is wrong with the id is for the journal.
    const error = api.inSandbox.createNotFound(String(sentValue(id)));
    return error.withViolations(violations.slice(0, MAX_VIOLATIONS));
  }
  violations.push(...preferenceViolations);
  if (violations.length === 0 && problem !== undefined) violations.push({ message: problem });
  return contractViolated(violations.slice(0, MAX_VIOLATIONS));
}

/** The id of the resource that a request is for, a number where the contract says so, by the name of the resource. */
function readResources(route: OperationRoute | OtherMethodRoute): RequestFacts['resources'] {
  const { resource, parameters } = route;
  if (!resource) return undefined;
  const { name, parameter } = resource;
  const text = parameters[parameter] ?? '';
  const isInteger =
    route.kind === 'operation' &&
    route.operation.parameters.some((each) => each.name === parameter && each.isInteger);
  return { [name]: (isInteger ? parseInteger(text) : undefined) ?? text };
}

/** A documented example as it stands. Headers that the response must have are the contract's examples of them. */
function getExample(operation: ContractOperation, name: string, code: number | undefined): OperationResponse {
  const hasExample = ({ status, examples }: ContractResponse) =>
    examples.has(name) && (code === undefined || status === code);
  const response = [...operation.responses.values()].find(hasExample);
  if (!response) throw new Error(`There is no example ${name}.`);
  const headers = response.headers.flatMap(({ name: header, required, example }) =>
    required && example !== undefined ? [[header, example]] : [],
  );
  return {
    status: response.status,
    headers: Object.fromEntries(headers) as object,
    body: response.examples.get(name),
  };
}

/**
 * What of the preferences was done (RFC 7240, section 3): not a code when the request failed otherwise, not what an api
 * lets name when nothing was carried out, not an example when a fault rejected the request.
 */
function getAppliedPreferences(
  { code, example, delay, fault, violations, named }: Preferences,
  { status }: OperationResponse,
  { response }: FaultAction,
): string {
  const isCarriedOut = example === undefined && !response && status < 300;
  const applied: [name: string, value: string | number | undefined][] = [
    ['code', code === status ? code : undefined],
    ['example', response ? undefined : example],
    ['delay', delay],
    ...Object.entries(isCarriedOut ? named : {}),
    ['fault', fault],
    ['violations', violations],
  ];
  return applied.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])).join(', ');
}
