import { OptionError } from '../../contract/option-error.js';
import { isObject, shown } from '../../contract/format-value.js';

/** Names a sandbox as AEP does. */
export interface SandboxName {
  /** The organisation (`x-gw-ims-org-id`). */
  org: string;
  /** The sandbox's name within it (`x-sandbox-name`). */
  name: string;
}

/** The sandbox of the documented calls. */
export const DOCUMENTED_SANDBOX: SandboxName = { org: '1BD6382559DF0C130A49422D@AdobeOrg', name: 'prod' };

/** The name with what it leaves out taken from the documented sandbox. Throws OptionError for what names none. */
export function sandboxName(given: unknown = {}): SandboxName {
  if (!isObject(given)) {
    throw new OptionError(`The sandbox is ${shown(given)}; allowed is an object { org, name }`);
  }
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(DOCUMENTED_SANDBOX, key));
  if (unknown !== undefined) {
    throw new OptionError(`The sandbox has ${shown(unknown)}; allowed are org and name`);
  }
  const { org = DOCUMENTED_SANDBOX.org, name = DOCUMENTED_SANDBOX.name } = given as Partial<SandboxName>;
  for (const [part, value] of Object.entries({ org, name })) {
    if (typeof value !== 'string' || value === '') {
      throw new OptionError(`The sandbox's ${part} is ${shown(value)}; allowed is text that is not empty`);
    }
  }
  return { org, name };
}
