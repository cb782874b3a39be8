const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

const UNITS: Record<string, number> = { w: WEEK, d: DAY, h: HOUR, m: MINUTE, s: SECOND, ms: 1 };

/** Years and months are left out: they have no one length. */
const ISO_8601 =
  /^P(?=\d|T\d)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,3})?)S)?)?$/i;
const SHORT = /^(?:\d{1,9}(?:\.\d{1,3})?(?:ms|[wdhms]))+$/i;
const PART = /(\d{1,9}(?:\.\d{1,3})?)(ms|[wdhms])/gi;

/** What a length of time may be written as, for messages. */
export const DURATIONS = 'a length of time such as 2h, 1h30m, 90s, 500ms or PT2H';

/**
 * Reads a length of time, in milliseconds: `2h`, `1h30m`, `500ms`, or the weeks, days, hours, minutes and seconds of ISO
 * 8601 (`PT2H`, `P1DT30M`). `undefined` if the text is none.
 */
export function parseDuration(text: string): number | undefined {
  const iso = ISO_8601.exec(text);
  if (iso) {
    const lengths = [WEEK, DAY, HOUR, MINUTE, SECOND];
    return Math.round(lengths.reduce((sum, length, index) => sum + length * Number(iso[index + 1] ?? 0), 0));
  }
  if (!SHORT.test(text)) return undefined;
  const parts = [...text.toLowerCase().matchAll(PART)];
  return Math.round(
    parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0),
  );
}

/** Whether a text is a length of time. */
export function isDuration(text: string): boolean {
  return parseDuration(text) !== undefined;
}
