import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { access, readdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';
import { lockAddress, type LockAddress } from './lock-address.js';
import { StateUnavailableError } from './state-error.js';

/** What a process says of itself to another that wants the same directory. */
interface Holder {
  /** Absent when the process does not answer. */
  pid?: number;
  /** Where it listens, once it does. */
  url?: string;
  /** Whether it has the directory, and is not just asking for it. */
  has: boolean;
}

const SOCKET = /^lock-[0-9a-f]{8}\.sock$/;

/** The shortest that any system takes for a socket's path (macOS). */
const LONGEST_PATH_IN_BYTES = 103;

const LONGEST_ANSWER_IN_MS = 1000;
const MOST_TRIES = 50;

/** Whether a name in a directory is one that the lock uses. */
export function isLock(name: string): boolean {
  return SOCKET.test(name);
}

/**
 * Keeps a directory to one process, by a file in it that somebody listens for: whatever kills the process ends that, so
 * that none is ever left locked. Every process has a file of its own name, and looks for others only once it listens. So
 * of two that ask at a time, one at least sees the other; and no file that may come alive is taken for a dead one.
 */
export class DirectoryLock {
  readonly #server: Server;
  readonly #holder: Holder = { pid: process.pid, has: false };

  private constructor(
    private readonly file: string,
    private readonly address: string,
  ) {
    this.#server = createServer((connection) => {
      connection.on('error', () => undefined);
      connection.end(JSON.stringify(this.#holder));
    }).unref();
  }

  /** Rejects with StateUnavailableError that says who has the directory. */
  static async take(directory: string, addressOf = lockAddress): Promise<DirectoryLock> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const file = lockFile(directory, addressOf);
      const lock = new DirectoryLock(file, addressOf(file));
      await lock.#listen(directory);
      const others = await holdersBeside(file, directory, addressOf);
      const isSeen = await exists(file);
      if (others.length === 0 && isSeen) {
        lock.#holder.has = true;
        return lock;
      }
      await lock.release();
      const other = others.find(({ has }) => has);
      if (other) throw new StateUnavailableError(inUse(directory, other));
      await new Promise((resolve) => setTimeout(resolve, randomInt(5, 50)));
    }
    throw new StateUnavailableError(`The state directory ${directory} is asked for by many at a time.`);
  }

  /** Lets others know where this process listens. */
  announce(url: string): void {
    this.#holder.url = url;
  }

  async release(): Promise<void> {
    // Node removes the file of a socket.
    await new Promise((resolve) => this.#server.close(resolve));
    if (!this.#isSocket) await rm(this.file, { force: true });
  }

  get #isSocket(): boolean {
    return this.address === this.file;
  }

  async #listen(directory: string): Promise<void> {
    try {
      this.#server.listen(this.address);
      await once(this.#server, 'listening');
      if (!this.#isSocket) await writeFile(this.file, '');
    } catch (error) {
      this.#server.close();
      throw new StateUnavailableError(
        `The state directory ${directory} can not be locked: ${(error as Error).message}. ${ELSEWHERE}`,
        { cause: error },
      );
    }
  }
}

const ELSEWHERE = 'Choose another with --db <dir>, or keep state in memory with --memory.';

function inUse(directory: string, { pid, url }: Holder): string {
  const name = pid === undefined ? 'a process that does not answer' : `process ${pid}`;
  const who = `${name}${url === undefined ? '' : `, which listens on ${url}`}`;
  return `The state directory ${directory} is in use by ${who}. Stop that, or choose another: --db <dir>, or --memory.`;
}

/** A new file for a lock, named from here or from the root, whatever is shorter. */
function lockFile(directory: string, addressOf: LockAddress): string {
  const absolute = join(directory, `lock-${randomBytes(4).toString('hex')}.sock`);
  const file = [absolute, relative('', absolute)].sort((a, b) => a.length - b.length)[0] ?? absolute;
  if (Buffer.byteLength(addressOf(file)) <= LONGEST_PATH_IN_BYTES) return file;
  throw new StateUnavailableError(
    `The path of the state directory ${directory} is too long for a socket in it: with the socket's name, at most ` +
      `${LONGEST_PATH_IN_BYTES} bytes are allowed. ${ELSEWHERE}`,
  );
}

/** Who else listens for a file in a directory. What nobody listens for any more is removed. */
async function holdersBeside(own: string, directory: string, addressOf: LockAddress): Promise<Holder[]> {
  const names = (await readdir(directory)).filter((name) => isLock(name) && !own.endsWith(name));
  const holders = await Promise.all(
    names.map(async (name) => {
      // Beside the own one, so that the path is as short.
      const file = join(own, '..', name);
      const holder = await ask(addressOf(file));
      if (!holder) await rm(file, { force: true });
      return holder ?? [];
    }),
  );
  return holders.flat();
}

/** Asks who listens at an address: `undefined` when nobody does. */
function ask(address: string): Promise<Holder | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const connection = connect(address).setEncoding('utf8');
    connection.on('data', (text: string) => (answer += text));
    connection.setTimeout(LONGEST_ANSWER_IN_MS, () => {
      resolve({ has: true });
      connection.destroy();
    });
    connection.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(undefined);
      // Another user's, as Windows calls it or the others.
      if (code === 'EPERM' || code === 'EACCES') resolve({ has: true });
    });
    // Without an answer, it was just letting go.
    connection.once('close', () => resolve(holderOf(answer) ?? { has: false }));
  });
}

function holderOf(answer: string): Holder | undefined {
  try {
    return JSON.parse(answer) as Holder;
  } catch {
    return undefined;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
