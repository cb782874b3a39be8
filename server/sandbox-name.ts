/** Names a sandbox as AEP does. */
export interface SandboxName {
  /** The organisation (`x-gw-ims-org-id`). */
  org: string;
  /** The sandbox's name within it (`x-sandbox-name`). */
  name: string;
}

/** The sandbox of the documented calls. */
export const DOCUMENTED_SANDBOX: SandboxName = { org: '1BD6382559DF0C130A49422D@AdobeOrg', name: 'prod' };
