/** One thing in which a call broke a contract. */
export interface Violation {
  message: string;
  pointer?: string;
  rule?: string;
  sent?: unknown;
  allowed?: string;
}

/** What is wrong, and below it where, which rule that breaks, what was sent and what is allowed. */
export function violationText({ message, pointer, rule, sent, allowed }: Violation): string {
  const details = [
    ['at', pointer],
    ['rule', rule],
    ['sent', sent === undefined ? undefined : JSON.stringify(sent)],
    ['allowed', allowed],
  ] as const;
  const lines = details.filter(([, text]) => text !== undefined);
  return [message, ...lines.map(([name, text]) => `  ${name.padEnd(8)} ${text}`)].map(inOneLine).join('\n');
}

/** What a caller has sent may hold line breaks, and begin a line as it likes. */
function inOneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

/** A text with each line moved to the right. */
export function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}
