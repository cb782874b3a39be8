/** Headers as they were sent: names and values in turn. */
export type RawHeaders = readonly string[];

/** Headers by their names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The value of the first header of that name, which is given in lower case. */
export function getHeader(headers: RawHeaders, lowerName: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === lowerName) return headers[index + 1];
  }
  return undefined;
}
