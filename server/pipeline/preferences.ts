import type { ContractOperation } from '../../contract/contract-operations.js';
import { sentValue } from '../../contract/contract-violations.js';
import type { Violation } from '../../contract/violation.js';
import type { NamedPreference } from './api.js';

/** What a request prefers of the mock with `Prefer` (RFC 7240). */
export interface Preferences {
  /** The status to respond with, one that the operation declares. */
  code?: number;
  /** The name of the documented example to respond with. */
  example?: string;
  /** How long to wait before the response, in milliseconds. */
  delay?: number;
  /** The name of the fault that the request is to meet. */
  fault?: string;
  /** The request is meant to break the contract. */
  violations?: string;
  /** What it prefers of what the api lets it name. */
  named: Record<string, string>;
}

const MAX_DELAY_MS = 60_000;
const EXPECTED = 'expected';

// RFC 7240, section 2: a token, then possibly a value (a token or a quoted string), then parameters, which we have none of.
// No two parts can take the same spaces, or a long row of them would take time that grows with its square.
const PREFERENCE = /^\s*([^\s=;,"]+)(?:\s*=(?:\s*"((?:[^"\\]|\\.)*)"|\s*([^\s;,"]+))?)?\s*(?:;.*)?$/s;

/** Reads a `Prefer` header. A preference that is not ours is ignored; one of ours with a bad value is a violation. */
export function readPreferences(
  header: string | undefined,
  operation: ContractOperation,
  named: Readonly<Record<string, NamedPreference>>,
): { preferences: Preferences; violations: Violation[] } {
  const preferences: Preferences = { named: {} };
  const violations: Violation[] = [];
  if (header === undefined) return { preferences, violations };
  const declared = operation.parameters.find(({ name }) => name === 'Prefer');
  if (!declared) return { preferences, violations };
  const reject = (name: string, sent: string, allowed: string) =>
    violations.push({
      message: `The preference '${name}' has a value that is not allowed.`,
      pointer: '/headers/prefer',
      rule: declared.place,
      sent: sentValue(`${name}=${sent}`),
      allowed,
    });

  const given = parsePreferences(header);
  const code = given.get('code');
  if (code !== undefined) {
    if (operation.responses.has(Number(code)) && /^\d{3}$/.test(code)) preferences.code = Number(code);
    else reject('code', code, `one of ${[...operation.responses.keys()].join(', ')}`);
  }
  const example = given.get('example');
  if (example !== undefined) {
    const known = listExamples(operation, preferences.code);
    if (known.includes(example)) preferences.example = example;
    else reject('example', example, known.length > 0 ? `one of ${known.join(', ')}` : 'none for this code');
  }
  const delay = given.get('delay');
  if (delay !== undefined) {
    if (/^\d{1,5}$/.test(delay) && Number(delay) <= MAX_DELAY_MS) preferences.delay = Number(delay);
    else reject('delay', delay, `milliseconds from 0 to ${MAX_DELAY_MS}`);
  }
  const all: Record<string, NamedPreference> = { ...named, violations: { names: [EXPECTED] } };
  for (const [name, { names, operationId }] of Object.entries(all)) {
    const sent = given.get(name);
    if (sent === undefined) continue;
    if (operationId !== undefined && operationId !== operation.operationId) {
      reject(name, sent, `only with ${operationId}`);
    } else if (!names.includes(sent)) reject(name, sent, `one of ${names.join(', ')}`);
    else if (name === 'fault' || name === 'violations') preferences[name] = sent;
    else preferences.named[name] = sent;
  }
  return { preferences, violations };
}

/** Whether a `Prefer` header says that the request is meant to break the contract. */
export function expectsViolations(header: string | undefined): boolean {
  return header !== undefined && parsePreferences(header).get('violations') === EXPECTED;
}

function listExamples(operation: ContractOperation, code: number | undefined): string[] {
  const responses = [...operation.responses.values()];
  return responses
    .filter(({ status }) => code === undefined || status === code)
    .flatMap(({ examples }) => [...examples.keys()]);
}

/** The preferences by their names in lower case. Of one that is repeated, the first counts (RFC 7240, section 2). */
function parsePreferences(header: string): Map<string, string> {
  const preferences = new Map<string, string>();
  for (const part of splitList(header)) {
    const match = PREFERENCE.exec(part);
    const name = match?.[1]?.toLowerCase();
    if (!match || !name || preferences.has(name)) continue;
    preferences.set(name, match[2]?.replace(/\\(.)/gs, '$1') ?? match[3] ?? '');
  }
  return preferences;
}

/** Splits at the commas that stand outside of quotes. */
function splitList(header: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < header.length; index++) {
    const character = header[index];
    if (quoted && character === '\\') index++;
    else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) {
      parts.push(header.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, header.slice(start)];
}
