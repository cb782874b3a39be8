const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/i;

const FOUR_CENTURIES_IN_MS = 146_097 * 24 * 60 * 60 * 1000;

/**
 * Reads an RFC 3339 timestamp (section 5.6), in Unix milliseconds; a finer fraction is cut. `undefined` if the text is
 * not one, or names a day or time that there is not. A leap second is allowed where RFC 3339 (section 5.7) allows it, at
 * 23:59:60 UTC on the last day of a month, and is the moment after 23:59:59.
 */
export function parseInstant(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  const [offsetHour, offsetMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;

  if (second > 60) return undefined;

  const offset = (match[8] === '-' ? -1 : 1) * (offsetHour * 60 + offsetMinute);
  const milliseconds = match[7] === undefined ? 0 : Number(match[7].slice(0, 3).padEnd(3, '0'));
  // Date.UTC reads the years 0 to 99 as 1900 to 1999. Four centuries later, the days are the same.
  const instant =
    Date.UTC(year + 400, month - 1, day, hour, minute - offset, second, milliseconds) - FOUR_CENTURIES_IN_MS;
  return second === 60 && !isFirstMinuteOfMonth(new Date(instant)) ? undefined : instant;
}

/** Whether a text is an RFC 3339 timestamp, and one of a day and time that there is. */
export function isInstant(text: string): boolean {
  return parseInstant(text) !== undefined;
}

function daysIn(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isFirstMinuteOfMonth(date: Date): boolean {
  return date.getUTCDate() === 1 && date.getUTCHours() === 0 && date.getUTCMinutes() === 0;
}
