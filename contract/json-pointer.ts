/** Makes a name a part of a JSON pointer (RFC 6901). */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A JSON pointer as a URI fragment (RFC 6901, section 6). */
export function fragmentOf(pointer: readonly string[]): string {
  return ['#', ...pointer.map((name) => encodeURIComponent(escapePointer(name)))].join('/');
}

/** The name that a part of a JSON pointer stands for. */
export function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
