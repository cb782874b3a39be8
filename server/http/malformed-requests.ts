import { sentValue } from '../../contract/contract-violations.js';
import type { ApiError } from '../platform/errors.js';
import type { Journals } from '../journal/journals.js';
import type { SentHeaders } from '../journal/sent-headers.js';
import type { Api } from '../pipeline/api.js';
import type { Exchange } from '../pipeline/exchange.js';
import { record, type SentAnswer } from '../pipeline/recording.js';
import { refusalViolations } from '../pipeline/refusal-violations.js';
import { readTarget } from '../pipeline/request-target.js';

/** What Node says of a message that it can not read. */
export interface UnreadableMessage extends NodeJS.ErrnoException {
  /** What came last, and how much of it could be read. */
  rawPacket?: Buffer;
  bytesParsed?: number;
}

/** How such a message was refused. */
export interface Refusal {
  message: UnreadableMessage;
  error: ApiError;
  requestId: string;
  answer: SentAnswer;
}

/** Stands for what could not be read. */
const UNKNOWN = '?';
const REQUEST_LINE = /^([A-Z]{1,20}) (\S+)/;
const FIELD = /^([^\s:]+):(.*)$/s;

/** Whether it is a call: who goes away before one is whole, or says nothing for too long, has made none. */
export function isCall({ code = '' }: UnreadableMessage): boolean {
  return code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE';
}

/** Where calls below a path are recorded, if they are. */
export function journalsFor(path: string, apis: readonly Api[]): Journals | undefined {
  return apis.find(({ contract: { basePath } }) => path === basePath || path.startsWith(`${basePath}/`))
    ?.journals;
}

/** Makes what records such messages, as calls of no operation: those for an API whose calls are, or for nobody knows what. */
export function refusalRecorder(apis: readonly Api[]): (refusal: Refusal) => void {
  const addressable = apis.filter((api) => api.addressable).map(({ contract }) => contract.basePath);
  return ({ message, error, requestId, answer }) => {
    const { method, target, rawHeaders } = readAsFarAsPossible(message);
    const { sent, url, address } = readTarget(target ?? '', addressable);
    const [path = ''] = url.split('?', 1);
    const journals =
      target === undefined ? apis.find((api) => api.journals)?.journals : journalsFor(path, apis);
    const exchange: Exchange = {
      requestId,
      method,
      url: target === undefined ? UNKNOWN : String(sentValue(sent)),
      address,
      rawHeaders,
      startedAt: performance.now(),
      preferences: {},
      journals,
    };
    exchange.violations = refusalViolations(error, exchange);
    record(exchange, answer);
  };
}

function readAsFarAsPossible({ rawPacket = Buffer.alloc(0), bytesParsed = 0 }: UnreadableMessage): {
  method: string;
  target: string | undefined;
  rawHeaders: SentHeaders;
} {
  // Others may stand before it in what came; it may have begun in what came before.
  const before = rawPacket.subarray(0, bytesParsed).lastIndexOf('\r\n\r\n');
  const text = rawPacket.subarray(before < 0 ? 0 : before + '\r\n\r\n'.length).toString('latin1');
  const [requestLine = '', ...lines] = (text.split('\r\n\r\n', 1)[0] ?? '').split('\r\n');
  const [, method = UNKNOWN, target] = REQUEST_LINE.exec(requestLine) ?? [];
  const rawHeaders = target === undefined ? [] : lines.flatMap(fieldOf);
  return { method, target: target && Buffer.from(target, 'latin1').toString(), rawHeaders };
}

/** The name and the value of a header line, or nothing. */
function fieldOf(line: string): string[] {
  const [, name, value = ''] = FIELD.exec(line) ?? [];
  return name === undefined ? [] : [name, value.trim()];
}
