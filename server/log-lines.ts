import { writeSync } from 'node:fs';

const STANDARD_ERROR = 2;

/** What may wait for a reader of standard error, in bytes or characters. A line on top of it is dropped. */
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
 * The lines of one turn of the event loop are written together: each write takes as long as a good part of a call.
 */
class LogLines {
  #waiting = '';
  #begun: Buffer = Buffer.alloc(0);
  #isScheduled = false;

  constructor() {
    process.once('exit', () => this.#flush());
  }

  write(line: string): void {
    if (this.#begun.length + this.#waiting.length + line.length > MOST_WAITING) return;
    this.#waiting += line;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#drain);
  }

  #drain = (): void => {
    this.#isScheduled = !this.#writeWhatGoes();
    if (this.#isScheduled) setTimeout(this.#drain, RETRY_IN_MS).unref();
  };

  /** Says whether nothing is left. */
  #writeWhatGoes(): boolean {
    try {
      while (this.#begun.length > 0 || this.#waiting !== '') {
        if (this.#begun.length === 0) {
          this.#begun = Buffer.from(this.#waiting);
          this.#waiting = '';
        }
        this.#begun = this.#begun.subarray(writeSync(STANDARD_ERROR, this.#begun));
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
      // What can not be logged (nobody will ever read it, or the disk is full) is lost, and the mock goes on.
      this.#waiting = '';
      this.#begun = Buffer.alloc(0);
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
