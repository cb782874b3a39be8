import type { Logger } from 'pino';
import type { Journals } from '../journal/journals.js';
import { toKey, type SandboxName } from '../platform/sandbox-name.js';
import { Clock } from './clock.js';
import { Sandbox, type SandboxDefaults } from './sandbox.js';

/** The sandboxes of one mock. Each comes into being when it is first used. */
export class Sandboxes {
  /** By organisation and name. */
  readonly #sandboxes = new Map<string, Map<string, Sandbox>>();

  /** @param listUnopened gives the sandboxes that were found at the start and not used yet */
  constructor(
    private readonly defaults: SandboxDefaults,
    private readonly log: Logger,
    private readonly listUnopened: () => SandboxName[] = () => [],
  ) {}

  get journals(): Journals {
    return this.defaults.journals;
  }

  /** The clock of a sandbox, or a fresh one; never creates the sandbox. */
  getClock(sandbox: SandboxName): Clock {
    return this.#find(sandbox)?.clock ?? new Clock(this.defaults.frozenAt);
  }

  get({ org, name }: SandboxName): Sandbox {
    let sandboxes = this.#sandboxes.get(org);
    if (!sandboxes) this.#sandboxes.set(org, (sandboxes = new Map<string, Sandbox>()));
    let sandbox = sandboxes.get(name);
    if (!sandbox) {
      sandbox = new Sandbox({ org, name }, this.defaults);
      sandboxes.set(name, sandbox);
      this.log.info({ org, sandbox: name }, sandbox.isFound ? 'sandbox found on disk' : 'sandbox created');
    }
    return sandbox;
  }

  /** All that there are, in the order of their names. */
  list(): Sandbox[] {
    for (const name of this.listUnopened()) this.get(name);
    return this.#all().sort((one, other) => (toKey(one) < toKey(other) ? -1 : 1));
  }

  /** Removes all that is kept of a sandbox. Says whether there was one; rejects when that cannot be stored. */
  async delete(name: SandboxName): Promise<boolean> {
    const key = toKey(name);
    const isThere = this.#find(name) ?? this.listUnopened().some((each) => toKey(each) === key);
    if (!isThere) return false;
    await this.get(name).delete();
    this.#sandboxes.get(name.org)?.delete(name.name);
    this.journals.close(name);
    this.log.info({ org: name.org, sandbox: name.name }, 'sandbox deleted');
    return true;
  }

  /** Nobody is to wait for anything in them any longer: the mock stops. */
  close(): void {
    for (const sandbox of this.#all()) sandbox.close();
  }

  #find({ org, name }: SandboxName): Sandbox | undefined {
    return this.#sandboxes.get(org)?.get(name);
  }

  #all(): Sandbox[] {
    return [...this.#sandboxes.values()].flatMap((sandboxes) => [...sandboxes.values()]);
  }
}
