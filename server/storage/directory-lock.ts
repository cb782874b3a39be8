import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { access, readdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { basename, join, relative } from 'node:path';
import { StateUnavailableError } from './state-errors.js';

/** Where a process listens that has, or asks for, a lock file. */
export type GetLockAddress = (file: string) => string;

/** The lock file is itself a socket. Windows has only pipes, which stand in no directory: there the file is empty. */
const getLockAddress: GetLockAddress =
  process.platform === 'win32'
    ? (file) => `\\\\.\\pipe\\aep-export-jobs-mock-${basename(file)}`
    : (file) => file;

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
const MAX_PATH_BYTES = 103;

const ANSWER_TIMEOUT_MS = 1000;
const MAX_TRIES = 50;

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
  static async acquire(directory: string, getAddress = getLockAddress): Promise<DirectoryLock> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const file = createLockPath(directory, getAddress);
      const lock = new DirectoryLock(file, getAddress(file));
      await lock.#listen(directory);
      const others = await findOtherHolders(file, directory, getAddress);
      const isSeen = await exists(file);
      if (others.length === 0 && isSeen) {
        lock.#holder.has = true;
        return lock;
      }
      await lock.release();
      const other = others.find(({ has }) => has);
      if (other) throw new StateUnavailableError(describeHolder(directory, other));
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
        `The state directory ${directory} cannot be locked: ${(error as Error).message}. ${ELSEWHERE}`,
        { cause: error },
      );
    }
  }
}

const ELSEWHERE = 'Choose another with --db <dir>, or keep state in memory with --memory.';

function describeHolder(directory: string, { pid, url }: Holder): string {
  const name = pid === undefined ? 'a process that does not answer' : `process ${pid}`;
  const who = `${name}${url === undefined ? '' : `, which listens on ${url}`}`;
  return `The state directory ${directory} is in use by ${who}. Stop that, or choose another: --db <dir>, or --memory.`;
}

/** A new file for a lock, named from here or from the root, whatever is shorter. */
function createLockPath(directory: string, getAddress: GetLockAddress): string {
  const absolute = join(directory, `lock-${randomBytes(4).toString('hex')}.sock`);
  const file = [absolute, relative('', absolute)].sort((a, b) => a.length - b.length)[0] ?? absolute;
  if (Buffer.byteLength(getAddress(file)) <= MAX_PATH_BYTES) return file;
  throw new StateUnavailableError(
    `The path of the state directory ${directory} is too long for a socket in it: with the socket's name, at most ` +
      `${MAX_PATH_BYTES} bytes are allowed. ${ELSEWHERE}`,
  );
}

/** Who else listens for a file in a directory. What nobody listens for any more is removed. */
async function findOtherHolders(
  own: string,
  directory: string,
  getAddress: GetLockAddress,
): Promise<Holder[]> {
  const names = (await readdir(directory)).filter((name) => isLock(name) && !own.endsWith(name));
  const holders = await Promise.all(
    names.map(async (name) => {
      // Beside the own one, so that the path is as short.
      const file = join(own, '..', name);
      const holder = await queryHolder(getAddress(file));
      if (!holder) await rm(file, { force: true });
      return holder ?? [];
    }),
  );
  return holders.flat();
}

/** Asks who listens at an address: `undefined` when nobody does. */
function queryHolder(address: string): Promise<Holder | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const connection = connect(address).setEncoding('utf8');
    connection.on('data', (text: string) => (answer += text));
    connection.setTimeout(ANSWER_TIMEOUT_MS, () => {
      resolve({ has: true });
      connection.destroy();
    });
    connection.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED' || code === 'ENOENT') resolve(undefined);
      // Another user's, as Windows calls it or the others.
      if (code === 'EPERM' || code === 'EACCES') resolve({ has: true });
    });
    // Without an answer, it was just letting go.
    connection.once('close', () => resolve(parseHolder(answer) ?? { has: false }));
  });
}

function parseHolder(answer: string): Holder | undefined {
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
