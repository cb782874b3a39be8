import type { Argument, Option } from 'commander';
import type { Answer, ControlClient } from './control-client.js';

/** What a verb has to say: the answer as it came, and the same in lines for people. */
export interface Told {
  json: string;
  lines: string;
}

/**
 * Makes a verb of the command. `work` is given the mock, then the values of the verb's arguments in their order, then
 * those of its options by their names.
 */
export type AddVerb = (
  name: string,
  summary: string,
  parts: (Argument | Option)[],
  work: (mock: ControlClient, ...given: never[]) => Promise<Told>,
) => void;

export function told<T>({ text, body }: Answer<T>, lines: (body: T) => string): Told {
  return { json: text, lines: lines(body) };
}
