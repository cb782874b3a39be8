import type { Logger } from 'pino';
import { Clock } from './clock.js';
import type { Journals } from '../journal/journals.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import { Sandbox, type SandboxOrigin } from './sandbox.js';

/** The sandboxes of one mock. Each comes into being when it is first asked for. */
export class Sandboxes {
  readonly #sandboxes = new Map<string, Sandbox>();

  /** @param unopened the sandboxes that were found at the start, and not asked for yet. */
  constructor(
    private readonly origin: SandboxOrigin,
    private readonly log: Logger,
    private readonly unopened: () => SandboxName[] = () => [],
  ) {}

  /** Where the calls of all sandboxes are recorded. */
  get journals(): Journals {
    return this.origin.journals;
  }

  /** The clock of a sandbox: as it would begin if there is none yet, and then there is still none. */
  clockOf(sandbox: SandboxName): Clock {
    return this.#sandboxes.get(keyOf(sandbox))?.clock ?? new Clock(this.origin.frozenAt);
  }

  get({ org, name }: SandboxName): Sandbox {
    const key = keyOf({ org, name });
    let sandbox = this.#sandboxes.get(key);
    if (!sandbox) {
      sandbox = new Sandbox({ org, name }, this.origin);
      this.#sandboxes.set(key, sandbox);
      this.log.info({ org, sandbox: name }, sandbox.isFound ? 'sandbox found on disk' : 'sandbox created');
    }
    return sandbox;
  }

  /** All that there are, in the order of their names. */
  list(): Sandbox[] {
    for (const name of this.unopened()) this.get(name);
    return [...this.#sandboxes]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, sandbox]) => sandbox);
  }

  /** Keeps nothing of a sandbox any more, and says whether there was one. Rejects when that can not be stored. */
  async delete(name: SandboxName): Promise<boolean> {
    const key = keyOf(name);
    const isThere = this.#sandboxes.has(key) || this.unopened().some((each) => keyOf(each) === key);
    if (!isThere) return false;
    await this.get(name).remove();
    this.#sandboxes.delete(key);
    this.journals.end(name);
    this.log.info({ org: name.org, sandbox: name.name }, 'sandbox deleted');
    return true;
  }

  /** Nobody is to wait for anything in them any longer. */
  close(): void {
    for (const { waiting } of this.#sandboxes.values()) waiting.close();
  }
}

function keyOf({ org, name }: SandboxName): string {
  return JSON.stringify([org, name]);
}
