import { InvalidArgumentError } from 'commander';
import { unknownName } from '../contract/contract-violations.js';

/** A variable that the command is to find in its environment, with placeholders in its text. */
export interface NamedVariable {
  readonly name: string;
  readonly text: string;
}

const PLACES = {
  origin: (origin: string) => origin,
  baseUrl: (origin: string) => `${origin}/data/core/ups`,
  tokenUrl: (origin: string) => `${origin}/ims/token/v3`,
};

const PLACEHOLDER = /\{(\w+)\}/g;

/** Reads `NAME=text`. */
export function readVariable(given: string, before: readonly NamedVariable[] = []): NamedVariable[] {
  const [, name, text = ''] = /^([A-Za-z_]\w*)=([^]*)$/.exec(given) ?? [];
  if (name === undefined) {
    throw new InvalidArgumentError('Allowed is a name and a text, such as API_URL={baseUrl}.');
  }
  for (const [, place = ''] of text.matchAll(PLACEHOLDER)) {
    if (Object.hasOwn(PLACES, place)) continue;
    const { message } = unknownName('placeholder', place, Object.keys(PLACES), '');
    throw new InvalidArgumentError(`${message} Allowed: {origin}, {baseUrl}, {tokenUrl}`);
  }
  return [...before, { name, text }];
}

/** The variables of a command that is to find a mock, whose address is given without a slash at the end. */
export function variablesOf(origin: string, named: readonly NamedVariable[]): Record<string, string> {
  const filled = named.map(({ name, text }) => [
    name,
    text.replace(PLACEHOLDER, (_all, place: keyof typeof PLACES) => PLACES[place](origin)),
  ]);
  return {
    AEP_MOCK_URL: PLACES.origin(origin),
    AEP_MOCK_BASE_URL: PLACES.baseUrl(origin),
    ...(Object.fromEntries(filled) as Record<string, string>),
  };
}
