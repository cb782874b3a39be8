import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { components } from '../../generated/ims.js';
import type { Contract } from '../../contract/contract.js';
import { DataFileError, violationLines } from '../platform/data-files.js';
import type { Violation } from '../../contract/violation.js';
import type { SandboxName } from '../platform/sandbox-name.js';

/** A credentials file cannot be read or is invalid. The message names it and each place in it, and holds no secret. */
export class CredentialsError extends DataFileError {
  override readonly name = 'CredentialsError';
}

type CredentialsFile = components['schemas']['CredentialsFile'];
type Client = components['schemas']['Client'];

/** The clients that there are, by their API keys. */
export class Credentials {
  readonly #clients: ReadonlyMap<string, Client>;

  constructor(clients: readonly Client[]) {
    this.#clients = new Map(clients.map((client) => [client.apiKey, client]));
  }

  has(apiKey: string): boolean {
    return this.#clients.has(apiKey);
  }

  hasSecret(apiKey: string, secret: string): boolean {
    const client = this.#clients.get(apiKey);
    return client !== undefined && isSameSecret(secret, client.clientSecret);
  }

  mayEnter(apiKey: string, { org, name }: SandboxName): boolean {
    const client = this.#clients.get(apiKey);
    if (!client?.organizations) return client !== undefined;
    return client.organizations.some(
      (entered) => entered.org === org && (entered.sandboxes?.includes(name) ?? true),
    );
  }
}

const FILE_FORMAT = '{"credentials": [{"apiKey": "…", "clientSecret": "…"}, …]}';

/** Loads a file of credentials. Rejects with CredentialsError. */
export async function loadCredentials(name: string, contract: Contract): Promise<Credentials> {
  const file = resolve(name);
  const content = parse(await read(file), file);
  const violations = [...contract.schema('CredentialsFile')(content), ...repeatedKeys(content)];
  // What was found is left out: it may be a secret that stands in the wrong place.
  const listed = violations.map((violation) => ({ ...violation, sent: undefined }));
  if (listed.length > 0) {
    const what = `Invalid credentials file ${file}:`;
    throw new CredentialsError([what, ...violationLines(listed)].join('\n  '));
  }
  return new Credentials((content as CredentialsFile).credentials);
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { message } = error as Error;
    const allowed = `Allowed: the path of a file ${FILE_FORMAT}`;
    throw new CredentialsError(`The credentials file ${file} cannot be read: ${message}. ${allowed}`, {
      cause: error,
    });
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's message repeats a part of the file.
    throw new CredentialsError(`The credentials file ${file} is not JSON. Allowed: ${FILE_FORMAT}`);
  }
}

/** The keys that an earlier client has too. */
function repeatedKeys(content: unknown): Violation[] {
  const { credentials } = (content ?? {}) as { credentials?: unknown };
  if (!Array.isArray(credentials)) return [];
  const keys = credentials.map((client: Partial<Client> | null) => client?.apiKey);
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key);
    if (key === undefined || first === index) return [];
    const message = `The apiKey is that of /credentials/${first} too.`;
    return [{ message, pointer: `/credentials/${index}/apiKey`, allowed: 'a key that no other client has' }];
  });
}

/** Whether two secrets are the same. The time it takes reveals nothing of either. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
