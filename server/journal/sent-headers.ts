/** Headers as they were sent: names and values in turn, as `rawHeaders` of `node:http` has them. */
export type SentHeaders = readonly string[];

/** The value of the first header of that name, which is given in lower case. */
export function headerOf(headers: SentHeaders, lowerName: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    if (isName(headers[index] ?? '', lowerName)) return headers[index + 1];
  }
  return undefined;
}

/** The value of a field that may be repeated: that of all its lines (RFC 9110, section 5.3). */
export function joinedHeaderOf(headers: SentHeaders, lowerName: string): string | undefined {
  const values = headers.filter(
    (_text, index) => index % 2 === 1 && isName(headers[index - 1] ?? '', lowerName),
  );
  return values.length > 0 ? values.join(', ') : undefined;
}

/** All but those that authenticate a caller. */
export function withoutSecrets(headers: SentHeaders): SentHeaders {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (!isName(name, 'authorization') && !isName(name, 'x-api-key'))
      kept.push(name, headers[index + 1] ?? '');
  }
  return kept;
}

/** Compares lengths first, since most names differ in them. */
function isName(name: string, lowerName: string): boolean {
  return name.length === lowerName.length && name.toLowerCase() === lowerName;
}
