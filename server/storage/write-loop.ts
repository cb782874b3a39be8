import { inTurns } from './job-files.js';

/** Makes the error to answer of the one for which a change could not be stored. */
export type Refuse = (cause: Error) => Error;

/** What a loop writes: files by their keys, as they are to be, held in memory. */
interface Written<Key> {
  /** Done before any file is written; when it fails, none is. */
  prepare: () => Promise<void>;
  /** Writes a file as it is to be at this moment. */
  writer: (key: Key) => () => Promise<void>;
  /** Takes what is of a file in memory back to what it holds. */
  undo: (key: Key) => void;
}

/** Something that takes the place of all that there is. */
interface Takeover<Key> {
  store: () => Promise<void>;
  /** Takes memory along, at the moment at which it is stored. */
  begin: () => void;
  /** A file whose changes it does not overtake. */
  spares?: Key | undefined;
  /** Done before anything else is stored. What fails has to be tried again by `prepare`. */
  finish?: () => Promise<void>;
}

interface Waiter {
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * Stores what has changed, one thing at a time: all changes to a file that came while it was busy are stored together.
 * A file that can not be written takes memory back, and with it what was changed since.
 */
export class WriteLoop<Key> {
  /** The changes that are not stored yet. */
  #waiting = new Map<Key, Waiter[]>();
  readonly #takeovers: (Takeover<Key> & Waiter)[] = [];
  #storing: Promise<void> | undefined;

  constructor(
    private readonly written: Written<Key>,
    private readonly refuse: Refuse,
  ) {}

  /** Resolves once the change, made in memory just now, to what is of that file is stored. */
  changed(key: Key): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(key) ?? [];
      waiters.push({ resolve, reject });
      this.#waiting.set(key, waiters);
      this.#storing ??= this.#store();
    });
  }

  /** Resolves once that is stored; what was to be stored until then counts as stored. */
  takeOver(takeover: Takeover<Key>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#takeovers.push({ ...takeover, resolve, reject });
      this.#storing ??= this.#store();
    });
  }

  /** Resolves when nothing is left to be stored. */
  async settled(): Promise<void> {
    await this.#storing;
  }

  /** Stores until nothing is left to be. Never rejects: whoever waits is told. */
  async #store(): Promise<void> {
    while (this.#takeovers.length > 0 || this.#waiting.size > 0) {
      const takeover = this.#takeovers.shift();
      if (takeover) await this.#takeOver(takeover);
      else await this.#storeChanges();
    }
    this.#storing = undefined;
  }

  async #storeChanges(): Promise<void> {
    // As they are now: a change that comes later is not to be written with them, before what it needs is.
    const changes = [...this.#waiting].map(([key, waiters]) => {
      return { key, waiters, write: this.written.writer(key) };
    });
    this.#waiting = new Map();
    try {
      await this.written.prepare();
    } catch (error) {
      for (const { key, waiters } of changes) this.#undo(key, waiters, error as Error);
      return;
    }
    await inTurns(changes, async ({ key, waiters, write }) => {
      try {
        await write();
        for (const { resolve } of waiters) resolve();
      } catch (error) {
        this.#undo(key, waiters, error as Error);
      }
    });
  }

  #undo(key: Key, waiters: Waiter[], cause: Error): void {
    const builtOnThem = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    this.written.undo(key);
    const error = this.refuse(cause);
    for (const { reject } of [...waiters, ...builtOnThem]) reject(error);
  }

  async #takeOver({ store, begin, spares, finish, resolve, reject }: Takeover<Key> & Waiter): Promise<void> {
    try {
      await store();
    } catch (error) {
      reject(this.refuse(error as Error));
      return;
    }
    const overtaken = [...this.#waiting].filter(([key]) => key !== spares);
    for (const [key] of overtaken) this.#waiting.delete(key);
    begin();
    for (const waiter of overtaken.flatMap(([, waiters]) => waiters)) waiter.resolve();
    resolve();
    await finish?.().catch(() => undefined);
  }
}
