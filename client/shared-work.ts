import { unlessAborted } from './waiting.js';

/** A work whose end several wait for. It is told to end, by the signal that it gets, when none of them does any more. */
export class SharedWork<T> {
  /** Whether it has ended, or was told to. */
  isOver = false;
  private waiting = 0;
  private readonly controller = new AbortController();
  private readonly result: Promise<T>;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.result = work(this.controller.signal).finally(() => (this.isOver = true));
  }

  /** @throws what the work does; the signal's reason when it was aborted first. */
  async outcome(signal: AbortSignal | undefined): Promise<T> {
    this.waiting++;
    try {
      return await unlessAborted(this.result, signal);
    } finally {
      if (--this.waiting === 0) {
        this.isOver = true;
        this.controller.abort();
      }
    }
  }
}
