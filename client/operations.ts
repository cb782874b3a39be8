import createClient from 'openapi-fetch';
import type { components, operations, paths } from '../generated/openapi.js';
import { malformed, type Answer } from './answer-error.js';
import { jobProblem, listProblem, type ShapeCheck } from './answer-shape.js';
import { checkNames, checkSignal, type ClientSettings } from './client-options.js';
import type { Message } from './exchange.js';
import { Sending, type CallBounds } from './sending.js';

type Schemas = components['schemas'];
export type ExportJob = Schemas['ExportJob'];
type ListQuery = NonNullable<operations['listExportJobs']['parameters']['query']>;
/** What narrows a list. What is undefined is as left out. */
export type ExportJobsQuery = { [Name in keyof ListQuery]?: ListQuery[Name] | undefined };

/** What may be given with any call. */
export interface CallOptions {
  /** Ends the call: it rejects with the signal's reason. Whether it was carried out is not known then. */
  signal?: AbortSignal | undefined;
  /** More headers, such as `x-request-id` and, to create, `x-profile-instance-id`. They replace none of the four. */
  headers?: Record<string, string> | Headers | undefined;
}

const KNOWN = { signal: true, headers: true } satisfies Record<keyof CallOptions, true>;

/**
 * The four operations of the contract. Each resolves to the body of the answer, and rejects with `ExportJobsError`.
 */
export interface ExportJobsOperations {
  listExportJobs(query?: ExportJobsQuery, options?: CallOptions): Promise<Schemas['ExportJobList']>;
  createExportJob(request: CreateRequest, options?: CallOptions): Promise<Schemas['NewExportJob']>;
  retrieveExportJob(exportJobId: number, options?: CallOptions): Promise<ExportJob>;
  /**
   * Resolves to nothing, whether it is answered 204 or 200; and on a 404 after an attempt of which no answer tells, since
   * that one may have deleted the job.
   */
  cancelExportJob(exportJobId: number, options?: CallOptions): Promise<void>;
}
type CreateRequest = operations['createExportJob']['requestBody']['content']['application/json'];

/** The same, with bounds for the one that is called by others of ours. */
export interface BoundedOperations extends ExportJobsOperations {
  retrieveExportJob(exportJobId: number, options?: CallOptions, bounds?: CallBounds): Promise<ExportJob>;
}

export function exportJobsOperations(settings: ClientSettings): BoundedOperations {
  const { GET, POST, DELETE } = createClient<paths>({ baseUrl: settings.baseUrl });

  const init = initFor(settings);
  return {
    async listExportJobs(query = {}, options) {
      const call = init('listExportJobs', listProblem, options);
      return found(GET('/export/jobs', { params: { query: query as ListQuery }, ...call }));
    },
    async createExportJob(request, options) {
      const call = init('createExportJob', jobProblem, options);
      return found(POST('/export/jobs', { body: request, ...call }));
    },
    async retrieveExportJob(exportJobId, options, bounds) {
      const path = { exportJobId: checkedId(exportJobId) };
      const call = init('retrieveExportJob', jobProblem, options, bounds);
      return found(GET('/export/jobs/{exportJobId}', { params: { path }, ...call }));
    },
    async cancelExportJob(exportJobId, options) {
      const path = { exportJobId: checkedId(exportJobId) };
      // A cancellation says all in its status.
      const call = init('cancelExportJob', undefined, options);
      await found(DELETE('/export/jobs/{exportJobId}', { params: { path }, ...call }));
    },
  };
}

/** What openapi-fetch is given for one call. */
const initFor =
  (settings: ClientSettings) =>
  (
    operation: keyof operations,
    problemOf: ShapeCheck | undefined,
    options: CallOptions = {},
    bounds?: CallBounds,
  ) => {
    checkNames(operation, options, Object.keys(KNOWN));
    const { signal, headers } = options;
    checkSignal(signal);
    const send = async (request: Request) => {
      const sending = new Sending(await messageOf(request), operation, settings, signal, bounds);
      const answer = await sending.send();
      if (!problemOf) return new Response(null, { status: 204 });
      checkShape(answer, problemOf, sending);
      return new Response(answer.text);
    };
    return {
      headers: { 'x-request-id': newRequestId(), ...lowerCased(headers), ...settings.headers },
      fetch: (request: Request) =>
        send(request).catch((reason: unknown) => Promise.reject(new Failed(reason))),
    };
  };

async function messageOf(request: Request): Promise<Message> {
  const { method, url, headers } = request;
  return { method, url, headers, body: method === 'POST' ? await request.text() : undefined };
}

function checkShape(answer: Answer, problemOf: ShapeCheck, { limits }: Sending): void {
  let problem: string | undefined;
  try {
    problem = problemOf(JSON.parse(answer.text));
  } catch {
    problem = answer.text === '' ? 'it has no body' : 'the body is no JSON';
  }
  if (problem !== undefined) throw malformed(answer, problem, limits);
}

/** Carries why a call failed past openapi-fetch, which loses a reason that is null, false or empty. */
class Failed extends Error {
  constructor(readonly reason: unknown) {
    super();
  }
}

/** What is no success is thrown before openapi-fetch sees it. */
async function found<T>(call: Promise<{ data?: T }>): Promise<T> {
  try {
    return (await call).data as T;
  } catch (error) {
    throw error instanceof Failed ? error.reason : error;
  }
}

function checkedId(id: unknown): number {
  if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return id;
  const is = typeof id === 'string' ? JSON.stringify(id) : String(id);
  throw new TypeError(`The id of an export job is an integer from 0, such as 722; it is ${is}.`);
}

/** @throws TypeError for what can't be a header. */
const lowerCased = (headers: Record<string, string> | Headers = {}) =>
  Object.fromEntries([...new Headers(headers)]);

/** `crypto.randomUUID` is not to be had on pages without TLS. */
function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
