import { Option } from 'commander';
import { unknownName } from '../contract/contract-violations.js';
import { OptionError } from '../server/options.js';

/** The environment variables of the process. */
export type Environment = Record<string, string | undefined>;

/** Makes options with an environment variable below them. A variable that is empty is as one that is not set. */
export function optionsWith(environment: Environment) {
  return (flags: string, description: string, variable: string): Option => {
    const made = new Option(flags, description);
    return environment[variable] === '' ? made : made.env(variable);
  };
}

/** A switch's environment variable: commander would take any value of it, `false` too, as the switch being given. */
export function switchFrom(environment: Environment, variable: string): boolean | undefined {
  const text = environment[variable];
  if (text === undefined || text === '') return undefined;
  if (!['true', '1', 'false', '0'].includes(text)) {
    throw new OptionError(`${variable} is ${JSON.stringify(text)}; allowed is true, 1, false or 0`);
  }
  return text === 'true' || text === '1';
}

const VARIABLES = [
  'AEP_MOCK_DB',
  'AEP_MOCK_MEMORY',
  'AEP_MOCK_FRESH',
  'AEP_MOCK_SEED',
  'AEP_MOCK_CLOCK',
  'AEP_MOCK_RANDOM_SEED',
  'AEP_MOCK_SCENARIO',
  'AEP_MOCK_SCENARIOS',
  'AEP_MOCK_NEW_MS',
  'AEP_MOCK_PROCESSING_MS',
  'AEP_MOCK_PROGRESS',
  'AEP_MOCK_POLLS',
  'AEP_MOCK_JOURNAL',
  'AEP_MOCK_FAULT',
  'AEP_MOCK_FAULTS',
  'AEP_MOCK_UPSTREAM',
  'AEP_MOCK_CORS',
  'AEP_MOCK_AUTH',
  'AEP_MOCK_CREDENTIALS',
  'AEP_MOCK_ADMIN_TOKEN',
  'AEP_MOCK_ADMIN',
  'AEP_MOCK_LOG_LEVEL',
  // Of the verbs, and of what exec runs.
  'AEP_MOCK_URL',
  'AEP_MOCK_BASE_URL',
  'AEP_MOCK_ORG',
  'AEP_MOCK_SANDBOX',
];

/** A warning of each variable that looks like one of the mock's and is none. */
export function unknownVariables(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith('AEP_MOCK_') && environment[name] !== '' && !VARIABLES.includes(name))
    .map((name) => unknownName('environment variable', name, VARIABLES, '').message);
}
