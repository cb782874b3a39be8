import type { CoverageReport } from '../server/journal/coverage.js';
import type { Health } from '../server/apis/control/api.js';
import { redacted, redactedMessage, redactedText, redactedUrl } from './redacted.js';
import { calledCells, type CalledCell, type RequiredCell } from './required-cells.js';
import type { Run, RunCall, RunCalls } from '../server/journal/run.js';

/** What a run came to, in a form that all reports are made of. No part of it tells a secret. */
export interface RunReport {
  readonly package: { readonly name: string; readonly version: string };
  readonly contract: { readonly version: string; readonly hash: string };
  /** Whether nothing was found that fails the run. */
  readonly passed: boolean;
  /** Whether unexpected calls do. */
  readonly failOnViolation: boolean;
  readonly calls: number;
  readonly faulted: number;
  readonly required: readonly CalledCell[];
  readonly unexpected: RunCalls;
  readonly expected: RunCalls;
  readonly coverage: CoverageReport;
}

/** What a run is held to. */
export interface RunDemands {
  failOnViolation: boolean;
  required: readonly RequiredCell[];
}

export type Violation = RunCall['violations'][number];

export function reportOf(
  run: Run,
  { failOnViolation, required: cells }: RunDemands,
  { version, contract }: Pick<Health, 'version' | 'contract'>,
): RunReport {
  const required = calledCells(cells, run.coverage);
  const isBroken = failOnViolation && run.unexpected.count > 0;
  return {
    package: { name: 'aep-export-jobs-mock', version },
    contract,
    passed: !isBroken && required.every(({ calls }) => calls > 0),
    failOnViolation,
    calls: run.calls,
    faulted: run.faulted,
    required,
    unexpected: withoutSecrets(run.unexpected),
    expected: withoutSecrets(run.expected),
    coverage: run.coverage,
  };
}

/** An operation's name, or what else was called. */
export function nameOf({ operation, method, url }: RunCall): string {
  return operation ?? `${method} ${url}`;
}

/** Which call it was: ids count anew in each sandbox, and organisations name theirs alike. */
export function callOf({ id, sandbox }: RunCall): string {
  return `call ${id} of sandbox ${sandbox.name} of ${sandbox.org}`;
}

/** What stands below the message of a violation, by what each says. */
export function detailsOf({ of, pointer, rule, sent, allowed }: Violation): [what: string, text: string][] {
  const details: [string, string | undefined][] = [
    [of === 'answer' ? 'in the answer' : 'at', pointer],
    ['rule', rule],
    ['sent', sent === undefined ? undefined : JSON.stringify(sent)],
    ['allowed', allowed],
  ];
  return details.flatMap(([what, text]) => (text === undefined ? [] : [[what, text]]));
}

function withoutSecrets({ count, newest }: RunCalls): RunCalls {
  return {
    count,
    newest: newest.map((call) => ({
      ...call,
      url: redactedUrl(call.url),
      violations: call.violations.map((violation) => ({
        ...violation,
        message: redactedMessage(violation.message),
        ...(violation.pointer !== undefined && { pointer: redactedText(violation.pointer) }),
        ...(violation.sent !== undefined && { sent: redacted(violation.sent, violation.pointer) }),
      })),
    })),
  };
}
