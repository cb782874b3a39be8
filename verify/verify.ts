import { OptionError } from '../contract/option-error.js';
import type { Contract } from '../contract/contract.js';
import { ownContract } from '../contract/contract-document.js';
import { packageVersion } from '../contract/package-root.js';
import type { Check, Known } from './check.js';
import type { InspectionOptions } from './asked.js';
import { Inspection } from './inspection.js';
import { LeftBehind, NotChecked, Outage, Stopped, type Reply } from './question.js';
import { again, listed, statusFilter } from './list-checks.js';
import { pages } from './page-checks.js';
import { loadPair, type ContractPair } from './open-contract.js';
import { badToken, brokenQueries, missingHeaders } from './refusal-checks.js';
import { verdictOf, type Outcome, type Report } from './report.js';
import { retrieved, unknownIds } from './retrieve-checks.js';
import { SeenJobs } from './seen-jobs.js';
import { writeChecks, type WriteOptions } from './write-checks.js';

const LONGEST_REFUSAL = 300;

export interface VerifyOptions extends InspectionOptions {
  /** Absent when nothing may be created or cancelled. */
  write?: WriteOptions | undefined;
  /** Whether a call with a bad token is sent. */
  badToken: boolean;
  /** Whether news fails, too. */
  strict: boolean;
  /** Told of each check when it is over. */
  progress: (outcome: Outcome) => void;
}

/** The server can not be looked at: it is not there, or lets nobody in. The message says what it answered. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** Looks whether a server keeps the contract. Rejects with UnreachableError when its first answer is none, or a refusal. */
export async function verify(options: VerifyOptions): Promise<Report> {
  const contracts = await loadPair(ownContract('openapi'));
  checkRequest(contracts.open, options.write?.request);
  const inspection = await enter(contracts, options);
  const known: Known = { isWhole: false, seen: new SeenJobs(inspection) };
  const outcomes: Outcome[] = [];
  for (const check of checksOf(inspection, options)) {
    const outcome = await outcomeOf(check, inspection, known);
    options.progress(outcome);
    outcomes.push(outcome);
  }
  const { version, hash } = contracts.closed;
  return {
    package: { name: 'aep-export-jobs-mock', version: packageVersion },
    contract: { version, hash },
    server: inspection.options.baseUrl,
    mode: options.write ? 'write' : 'read-only',
    calls: inspection.calls,
    budget: options.budget,
    verdict: verdictOf(outcomes, inspection.findings, {
      isStrict: options.strict,
      isStopped: options.signal.aborted,
    }),
    checks: outcomes,
    leftBehind: inspection.leftovers.behind,
    findings: inspection.findings.all,
  };
}

/** A server that keeps the contract would refuse another. */
function checkRequest(contract: Contract, request: unknown): void {
  if (request === undefined) return;
  const [violation] = contract.schema('CreateExportJobRequest')(request, '/body');
  if (!violation) return;
  const { message, pointer, allowed } = violation;
  const more = allowed === undefined ? '' : ` Allowed: ${allowed}.`;
  throw new OptionError(`--request is no request that the contract allows: ${message} (${pointer})${more}`);
}

/** Makes the first call: whoever is not let in would find nothing but refusals. An origin alone may lack the base path. */
async function enter(contracts: ContractPair, options: VerifyOptions): Promise<Inspection> {
  const { origin, pathname } = new URL(options.baseUrl);
  const ways = pathname === '/' ? [origin + contracts.closed.basePath, origin] : [options.baseUrl];
  let calls = 0;
  let refusal = '';
  for (const baseUrl of ways) {
    const inspection = new Inspection(contracts, { ...options, baseUrl });
    inspection.calls = calls;
    const reply = await knock(inspection);
    if (reply === 'stopped') return inspection;
    const { status, text, operation } = reply;
    calls = inspection.calls;
    if (status < 300 || (isOfCaller(status) && !operation.responses.has(status))) return inspection;
    const said = inspection.redaction.text(text.slice(0, LONGEST_REFUSAL).trim());
    refusal = `The first call, to ${baseUrl}${operation.path}, is answered ${status}: ${said || 'nothing more'}`;
    if (status !== 404) break;
  }
  throw new UnreachableError(refusal);
}

/** What is of the server itself, or of another address, says nothing of how the contract is kept. */
function isOfCaller(status: number): boolean {
  return status >= 400 && status < 500 && status !== 404;
}

async function knock(inspection: Inspection): Promise<Reply | 'stopped'> {
  try {
    return await inspection.ask({ operation: 'listExportJobs', query: '?limit=1' });
  } catch (error) {
    if (error instanceof Stopped) return 'stopped';
    if (!(error instanceof NotChecked)) throw error;
    throw new UnreachableError(`${inspection.options.baseUrl} can not be reached: ${error.message}.`);
  }
}

function checksOf(inspection: Inspection, options: VerifyOptions): Check[] {
  const statuses = inspection.contracts.closed.document.components.schemas as Record<
    string,
    { enum?: string[] }
  >;
  return [
    listed,
    ...(statuses['ListedStatus']?.enum ?? []).map(statusFilter),
    pages,
    retrieved,
    unknownIds,
    ...missingHeaders,
    ...(options.badToken ? [badToken] : []),
    brokenQueries,
    ...(options.write ? writeChecks(options.write) : []),
    again,
  ];
}

async function outcomeOf({ title, run }: Check, inspection: Inspection, known: Known): Promise<Outcome> {
  const before = inspection.findings.total;
  const outcome = await run(inspection, known).then(
    (note): Outcome => ({ title, result: 'passed', note }),
    (error: unknown): Outcome => {
      if (error instanceof LeftBehind) return { title, result: 'failed', note: error.message };
      if (!(error instanceof NotChecked)) throw error;
      const outcome = { title, result: 'not checked' as const, note: error.message };
      return error instanceof Outage ? { ...outcome, serverFailed: true } : outcome;
    },
  );
  const note = inspection.redaction.text(outcome.note);
  return { ...outcome, note, ...(inspection.findings.total > before && { result: 'failed' }) };
}
