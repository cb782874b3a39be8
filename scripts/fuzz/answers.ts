export interface Answer {
  status: number;
  /** Names in lower case, each as often as it came. */
  headers: [name: string, value: string][];
  /** A character a byte. */
  body: string;
}

/** Reads what came on a connection as answers. Throws for what is none. `isHead` tells by an answer's index. */
export function parseAnswers(received: string, isHead: (index: number) => boolean): Answer[] {
  const answers: Answer[] = [];
  let rest = received;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error('what came is no whole answer');
    const [start = '', ...lines] = rest.slice(0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) [\w -]+$/.exec(start)?.[1] ?? NaN);
    if (Number.isNaN(status)) throw new Error(`what came has no status line: ${JSON.stringify(start)}`);
    const headers = lines.map(headerOf);
    rest = rest.slice(end + 4);
    if (status === 100) continue;
    const length = isHead(answers.length) || status === 204 ? 0 : lengthOf(headers);
    if (rest.length < length) throw new Error('what came is shorter than its Content-Length');
    answers.push({ status, headers, body: rest.slice(0, length) });
    rest = rest.slice(length);
  }
  return answers;
}

function headerOf(line: string): [string, string] {
  const match = /^([\w-]+): (.*)$/.exec(line);
  if (!match) throw new Error(`what came has a header that is none: ${JSON.stringify(line)}`);
  const [, name = '', value = ''] = match;
  return [name.toLowerCase(), value];
}

function lengthOf(headers: [string, string][]): number {
  const length = headers.find(([name]) => name === 'content-length')?.[1];
  if (length === undefined) throw new Error('the answer has no Content-Length');
  return Number(length);
}
