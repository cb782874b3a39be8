import { formatValue, isObject } from '../../contract/format-value.js';
import { OptionError } from '../../contract/option-error.js';

/** Names a sandbox as AEP does. */
export interface SandboxName {
  /** The organisation (`x-gw-ims-org-id`). */
  org: string;
  /** The sandbox's name within it (`x-sandbox-name`). */
  name: string;
}

/** The sandbox of the documented requests. */
export const DOCUMENTED_SANDBOX: SandboxName = { org: '1BD6382559DF0C130A49422D@AdobeOrg', name: 'prod' };

/** What a sandbox is found by in a map. */
export function toKey({ org, name }: SandboxName): string {
  return JSON.stringify([org, name]);
}

/** Fills in what a name leaves out from the documented sandbox. Throws OptionError for anything else. */
export function toSandboxName(given: unknown = {}): SandboxName {
  if (!isObject(given)) {
    throw new OptionError(`The sandbox is ${formatValue(given)}; allowed is an object { org, name }`);
  }
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(DOCUMENTED_SANDBOX, key));
  if (unknown !== undefined) {
    throw new OptionError(`The sandbox has ${formatValue(unknown)}; allowed are org and name`);
  }
  const { org = DOCUMENTED_SANDBOX.org, name = DOCUMENTED_SANDBOX.name } = given as Partial<SandboxName>;
  for (const [part, value] of Object.entries({ org, name })) {
    if (typeof value !== 'string' || value === '') {
      throw new OptionError(
        `The sandbox's ${part} is ${formatValue(value)}; allowed is text that is not empty`,
      );
    }
  }
  return { org, name };
}
