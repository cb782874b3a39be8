import type { RunReport } from '../runs/run-report.js';

export function jsonReport(report: RunReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
