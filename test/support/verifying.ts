import type { Report } from '../../verify/report.js';
import { runCommand } from './command.js';
import { BASE, credentials } from './mock.js';

export interface Verified {
  code: number;
  /** What came on standard output and on standard error. */
  out: string;
  told: string;
  /** What `--json` printed. */
  report: Report;
}

/** Runs `verify` with those parameters, in this process. */
export async function verifying(
  parameters: string[],
  ...rest: Parameters<typeof runCommand> extends [unknown, ...infer Rest] ? Rest : never
): Promise<Verified> {
  const { code, out, error } = await runCommand(['verify', ...parameters], ...rest);
  const isReport = parameters.includes('--json') && out !== '';
  return {
    code,
    out: out.trimEnd(),
    told: error.trimEnd(),
    report: (isReport ? JSON.parse(out) : undefined) as Report,
  };
}

/** The body with which a mock answers an error of that status. */
export async function errorBody(mockUrl: string | undefined, status: number): Promise<unknown> {
  const headers = { ...credentials(), prefer: `code=${status}` };
  const answer = await fetch(`${mockUrl}${BASE}/export/jobs`, { headers });
  if (answer.status !== status) throw new Error(`${answer.status} came in place of ${status}`);
  return answer.json();
}
