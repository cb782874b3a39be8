import type { OpenApiDocument } from '../contract/contract-checks.js';
import type { Fragment } from '../contract/contract-place.js';
import { unescapePointer } from '../contract/json-pointer.js';

/** What a server did that the contract does not say. */
export interface Finding {
  /** `contradiction`: the contract says otherwise. `news`: a property that it does not know. */
  kind: 'contradiction' | 'news';
  operation: string;
  /** Where the contract says so, as the URI fragment of a JSON pointer into its document. */
  place: Fragment;
  /** Where in the answer, as a JSON pointer. Absent when it is no one place of it. */
  pointer?: string;
  message: string;
  came?: unknown;
  allowed?: string;
  /** Whether no source says so, and the contract only assumes it. */
  assumed: boolean;
  /** How often the same was found. The rest tells of the first time. */
  times: number;
  /** The call that was answered so. */
  call?: TracedCall | undefined;
}

export interface TracedCall {
  method: string;
  /** The address without credentials. */
  url: string;
  requestId: string;
  status: number | null;
  /** Both only when bodies are to be shown. */
  requestBody?: unknown;
  answerBody?: unknown;
}

export type Told = Omit<Finding, 'assumed' | 'times'>;

/** A contradiction as a check tells of it; what came is not yet redacted. */
export type Contradiction = { rule: Fragment; came?: unknown } & Pick<
  Finding,
  'message' | 'pointer' | 'allowed'
>;

/** What was found so far, each thing once, in the order in which it was found. */
export class Findings {
  readonly #found = new Map<string, Finding>();

  constructor(private readonly document: OpenApiDocument) {}

  add(told: Told): void {
    const key = JSON.stringify([told.kind, told.operation, told.place, told.message]);
    const known = this.#found.get(key);
    if (known) known.times++;
    else this.#found.set(key, { ...told, assumed: isAssumed(this.document, told.place), times: 1 });
  }

  get all(): Finding[] {
    return [...this.#found.values()];
  }

  /** How many contradictions there were, those that were known already too. */
  get total(): number {
    const contradictions = this.all.filter(({ kind }) => kind === 'contradiction');
    return contradictions.reduce((sum, { times }) => sum + times, 0);
  }

  count(kind: Finding['kind']): number {
    return this.all.filter((finding) => finding.kind === kind).length;
  }
}

/** Whether the contract marks a place as assumed: the place itself, what holds it, or the rule of its last name. */
function isAssumed(document: object, place: Fragment): boolean {
  const names = place
    .split('/')
    .slice(1)
    .map((part) => unescapePointer(decodeURIComponent(part)));
  const holders = names.map((_, index) => names.slice(0, index + 1).reduce<unknown>(valueAt, document));
  const rule = names.at(-1) ?? '';
  return [document, ...holders].some((holder, index) => {
    const source = valueAt(holder, 'x-source');
    return source === 'assumed' || (index === names.length - 1 && valueAt(source, rule) === 'assumed');
  });
}

function valueAt(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null
    ? (holder as Record<string, unknown>)[name]
    : undefined;
}
