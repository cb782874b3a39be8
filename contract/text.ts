/** Rows below a head, in columns as wide as they need to be. */
export function table(head: string[], rows: (string | number)[][]): string {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return cells.map((row) => line(row).trimEnd()).join('\n');
}

/** One thing in which a call broke a contract. */
interface Violation {
  message: string;
  pointer?: string;
  rule?: string;
  sent?: unknown;
  allowed?: string;
}

/** What is wrong, and below it where, which rule that breaks, what was sent and what is allowed. */
export function violationLines({ message, pointer, rule, sent, allowed }: Violation): string {
  const details = [
    pointer === undefined ? '' : `at       ${pointer}`,
    rule === undefined ? '' : `rule     ${rule}`,
    sent === undefined ? '' : `sent     ${JSON.stringify(sent)}`,
    allowed === undefined ? '' : `allowed  ${allowed}`,
  ];
  const lines = [message, ...details.filter((line) => line !== '').map((line) => `  ${line}`)];
  return lines.map(harmlessLine).join('\n');
}

export function indented(text: string, by = 2): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}

/** Many of something, in words: `1 job`, `2 jobs`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Text without what a terminal would obey, such as escape sequences in what a caller has sent. */
export function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '\u{FFFD}');
}

/** The same in one line: where a caller's text began one, a pipeline could take it for a command of its own. */
export function harmlessLine(text: string): string {
  return harmless(text).replaceAll('\n', ' ');
}

/** Unix milliseconds as RFC 3339 writes them, if they are not beyond what it can write. */
export function moment(unixMs: number): string {
  const date = new Date(unixMs);
  return Number.isNaN(date.getTime()) ? String(unixMs) : date.toISOString();
}
