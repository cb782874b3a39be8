import type { ContractOperation } from '../../contract/contract-operations.js';
import { sentValue } from '../../contract/contract-violations.js';
import type { Violation } from '../platform/errors.js';

/** What a call asks of the mock with `Prefer` (RFC 7240). */
export interface Preferences {
  /** The status to answer with, one that the operation declares. */
  code?: number;
  /** The name of the documented example to answer with. */
  example?: string;
  /** How long to wait before the answer, in milliseconds. */
  delay?: number;
  /** The name of the scenario that the created job is to live by. */
  scenario?: string;
  /** The name of the fault that the call is to meet. */
  fault?: string;
  /** The call is meant to break the contract. */
  violations?: string;
}

/** What there is to be named by a preference, and for which operation, if not for all. */
interface Names {
  names: readonly string[];
  operationId?: string;
}

/** The preferences whose values are names. */
type Name = 'scenario' | 'fault' | 'violations';

/** Those of them whose names this mock has given. */
export type NamedPreferences = Partial<Record<Exclude<Name, 'violations'>, Names>>;

const LONGEST_DELAY = 60_000;
const EXPECTED = 'expected';

// RFC 7240, section 2: a token, then possibly a value (a token or a quoted string), then parameters, which we have none of.
// No two parts can take the same spaces, or a long row of them would take time that grows with its square.
const PREFERENCE = /^\s*([^\s=;,"]+)(?:\s*=(?:\s*"((?:[^"\\]|\\.)*)"|\s*([^\s;,"]+))?)?\s*(?:;.*)?$/s;

/** Reads a `Prefer` header. A preference that is not ours is ignored; one of ours with a bad value is a violation. */
export function readPreferences(
  header: string | undefined,
  operation: ContractOperation,
  named: NamedPreferences,
): { preferences: Preferences; violations: Violation[] } {
  const preferences: Preferences = {};
  const violations: Violation[] = [];
  const declared = operation.parameters.find(({ name }) => name === 'Prefer');
  if (header === undefined || !declared) return { preferences, violations };
  const refuse = (name: string, sent: string, allowed: string) =>
    violations.push({
      message: `The preference '${name}' has a value that is not allowed.`,
      pointer: '/headers/prefer',
      rule: declared.place,
      sent: sentValue(`${name}=${sent}`),
      allowed,
    });

  const asked = parsePreferences(header);
  const code = asked.get('code');
  if (code !== undefined) {
    if (operation.responses.has(Number(code)) && /^\d{3}$/.test(code)) preferences.code = Number(code);
    else refuse('code', code, `one of ${[...operation.responses.keys()].join(', ')}`);
  }
  const example = asked.get('example');
  if (example !== undefined) {
    const known = exampleNames(operation, preferences.code);
    if (known.includes(example)) preferences.example = example;
    else refuse('example', example, known.length > 0 ? `one of ${known.join(', ')}` : 'none for this code');
  }
  const delay = asked.get('delay');
  if (delay !== undefined) {
    if (/^\d{1,5}$/.test(delay) && Number(delay) <= LONGEST_DELAY) preferences.delay = Number(delay);
    else refuse('delay', delay, `milliseconds from 0 to ${LONGEST_DELAY}`);
  }
  readNames(asked, operation, { ...named, violations: { names: [EXPECTED] } }, preferences, refuse);
  return { preferences, violations };
}

/** Whether a `Prefer` header says that the call is meant to break the contract: of calls whose preferences nobody reads. */
export function expectsViolations(header: string | undefined): boolean {
  return header !== undefined && parsePreferences(header).get('violations') === EXPECTED;
}

/** Reads the preferences whose values are names. */
function readNames(
  asked: Map<string, string>,
  { operationId }: ContractOperation,
  named: Partial<Record<Name, Names>>,
  preferences: Preferences,
  refuse: (name: string, sent: string, allowed: string) => void,
): void {
  for (const [name, { names, operationId: only = operationId }] of Object.entries(named)) {
    const sent = asked.get(name);
    if (sent === undefined) continue;
    if (only !== operationId) refuse(name, sent, `only with ${only}`);
    else if (names.includes(sent)) preferences[name as Name] = sent;
    else refuse(name, sent, `one of ${names.join(', ')}`);
  }
}

function exampleNames(operation: ContractOperation, code: number | undefined): string[] {
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
