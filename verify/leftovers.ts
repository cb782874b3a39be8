import type { Answer } from './answer-check.js';

/** What the server may hold of ours: the export jobs that were created, and are not known to be gone. */
export class Leftovers {
  /** Their ids, as addresses have them: for each, a call of the budget is kept. */
  readonly ids = new Set<string>();
  /** Those of them that may be gone: to be asked to cancel them, the server answered 5xx, or nothing. */
  readonly perhapsGone = new Set<string>();
  /** The `x-request-id` of each create that may have worked: calls are kept to find its job, and to cancel it. */
  readonly unknown = new Set<string>();
  /** Whether the call was made that finds the jobs of those. */
  isListed = false;
  hasCreated = false;
  readonly #created = new Set<string>();
  readonly #others = new Set<string>();
  /** The ids of those that could not be cancelled in the end. */
  readonly behind: string[] = [];

  /** How many calls of the budget are kept. */
  get calls(): number {
    return this.ids.size + this.unknown.size + (this.unknown.size > 0 && !this.isListed ? 1 : 0);
  }

  /** Takes down a create, whether or not it is answered as it should be; `answer` is undefined where there is none. */
  add(requestId: string, answer?: Pick<Answer, 'status' | 'body'>): void {
    if (answer && answer.status >= 300 && answer.status < 500) return;
    this.hasCreated = true;
    const id = answer && answer.status < 300 ? idIn(answer.body) : undefined;
    if (id === undefined) {
      this.unknown.add(requestId);
      return;
    }
    if (!this.#others.has(id)) this.ids.add(id);
  }

  /** Whether an id that a create was answered with is ours: one that others had before is not to be cancelled. */
  isOurs(id: string, wasThere: boolean): boolean {
    if (wasThere && !this.#created.has(id)) {
      this.#others.add(id);
      this.ids.delete(id);
      return false;
    }
    this.#created.add(id);
    return true;
  }
}

/** The id of an export job, if there is one that an address can have: a number that was read exactly, or digits. */
export function idIn(value: unknown): string | undefined {
  const { id } = (value ?? {}) as { id?: unknown };
  const isUsable = typeof id === 'string' ? /^\d+$/.test(id) : Number.isSafeInteger(id) && Number(id) >= 0;
  return isUsable ? String(id) : undefined;
}
