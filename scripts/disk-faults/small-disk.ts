import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.js';

const SIZE_IN_BYTES = 256 * 1024;
const PIECE = Buffer.alloc(4096);

/** The command line that mounts a small disk. */
export function mountCommand(folder: string): string[] {
  return ['mount', '-t', 'tmpfs', '-o', `size=${SIZE_IN_BYTES}`, 'tmpfs', folder];
}

/** A disk that can be filled and made read-only. */
export class SmallDisk {
  readonly #ballast: string;

  private constructor(private readonly folder: string) {
    this.#ballast = join(folder, 'ballast');
  }

  /** A folder on it. */
  get directory(): string {
    return join(this.folder, 'state');
  }

  static async mount(folder: string): Promise<SmallDisk> {
    const [program = '', ...parameters] = mountCommand(folder);
    await run(program, parameters, '/');
    return new SmallDisk(folder);
  }

  /** Leaves room for nothing. */
  async fill(): Promise<void> {
    for (let size = 0; size <= SIZE_IN_BYTES; size += PIECE.length) {
      try {
        await appendFile(this.#ballast, PIECE);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
        throw error;
      }
    }
    throw new Error(`the disk in ${this.folder} takes more than ${SIZE_IN_BYTES} bytes`);
  }

  /** Takes some of the room. */
  async takeHalf(): Promise<void> {
    await appendFile(this.#ballast, Buffer.alloc(SIZE_IN_BYTES / 2));
  }

  /** Gives the room back. */
  free(): Promise<void> {
    return rm(this.#ballast);
  }

  makeReadOnly(): Promise<unknown> {
    return this.#remount('ro');
  }

  makeWritable(): Promise<unknown> {
    return this.#remount('rw');
  }

  /** Of this mount alone: for all of the disk, `mount` repeats options that a user namespace may refuse. */
  #remount(access: 'ro' | 'rw'): Promise<string> {
    return run('mount', ['-o', `remount,bind,${access}`, this.folder], '/');
  }
}
