/** The three forms of an HTTP date (RFC 9110, section 5.6.7). */
const HTTP_DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * How long an answer asks to wait, in milliseconds: `Retry-After` as seconds or as an HTTP date (RFC 9110, section
 * 10.2.3). Undefined if it asks for nothing that can be understood.
 */
export function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('Retry-After')?.trim() ?? '';
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, Number.MAX_SAFE_INTEGER);
  const until = httpDate(value);
  if (until === undefined) return undefined;
  // By the clock of who answers, since ours may be wrong.
  return Math.max(0, until - (httpDate(headers.get('Date') ?? '') ?? Date.now()));
}

/** In Unix milliseconds. `Date.parse` alone takes nearly anything, and the last of the forms for local time. */
function httpDate(value: string): number | undefined {
  if (!HTTP_DATES.some((form) => form.test(value))) return undefined;
  const parsed = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(parsed) ? undefined : parsed;
}
