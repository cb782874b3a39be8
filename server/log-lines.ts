import { writeSync } from 'node:fs';

const STANDARD_ERROR = 2;

/** What may wait for a reader of standard error, in bytes. A line on top of it is dropped. */
const MOST_WAITING = 1024 * 1024;

const RETRY_IN_MS = 50;

/** How long an exit waits for a reader of standard error. */
const LONGEST_FLUSH_IN_MS = 500;

let shared: LogLines | undefined;

/** Lines to standard error, for all logs of the process. */
export function logLines(): LogLines {
  shared ??= new LogLines();
  return shared;
}

/**
 * Writes lines to standard error, and never waits for whoever reads it: the mock must not stop because nobody does.
 * Once `process.stderr` was asked for anything, such as `isTTY`, a full pipe answers EAGAIN and does not block.
 */
class LogLines {
  #waiting: Buffer[] = [];
  #bytes = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor() {
    process.once('exit', () => this.#flush());
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#bytes + bytes.length > MOST_WAITING) return;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (!this.#retry) this.#drain();
  }

  #drain = (): void => {
    this.#retry = undefined;
    if (!this.#writeWhatGoes()) this.#retry = setTimeout(this.#drain, RETRY_IN_MS).unref();
  };

  /** Says whether nothing is left. */
  #writeWhatGoes(): boolean {
    try {
      for (let [first] = this.#waiting; first; [first] = this.#waiting) {
        const written = writeSync(STANDARD_ERROR, first);
        this.#bytes -= written;
        if (written === first.length) this.#waiting.shift();
        else this.#waiting[0] = first.subarray(written);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
      // What can not be logged (nobody will ever read it, or the disk is full) is lost, and the mock goes on.
      this.#waiting = [];
      this.#bytes = 0;
    }
    return true;
  }

  #flush(): void {
    const giveUpAt = performance.now() + LONGEST_FLUSH_IN_MS;
    while (!this.#writeWhatGoes() && performance.now() < giveUpAt) sleep(RETRY_IN_MS / 5);
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
