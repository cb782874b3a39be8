import { readFile } from 'node:fs/promises';
import { Argument, Option, type Command } from 'commander';
import { VariableOption } from './flags.js';
import { DOCUMENTED_SANDBOX } from '../server/platform/sandbox-name.js';
import { OptionError } from '../contract/option-error.js';
import { count, headerText, milliseconds } from './arguments.js';

export interface VerifyFlags {
  header?: string[];
  accessToken?: string;
  apiKey?: string;
  org?: string;
  sandbox?: string;
  write?: true;
  request?: string;
  watch?: number;
  budget?: number;
  badToken?: true;
  strict?: true;
  json?: true;
  report?: string;
  showBodies?: true;
}

const BUDGET = 50;
const BUDGET_TO_WRITE = 100;
/** Any does for a mock. */
const ANY = 'any';

const BASE_URL_HELP = 'base URL of the API, such as http://127.0.0.1:4010/data/core/ups';
const WRITE_HELP = 'also create, watch and cancel export jobs, and send requests that must be refused';
const REQUEST_HELP =
  'with --write: JSON file with a create request that the server accepts (default: the documented one)';
const WATCH_HELP = 'with --write: how long to watch a job, such as 2m (default: 10s)';
const BUDGET_HELP = `most calls to make (default: ${BUDGET}, with --write ${BUDGET_TO_WRITE})`;
const HEADER_HELP = "header to add to every call, 'Name: value'; can be repeated";

/** Gives the command its argument and its flags, with the environment variables below them. */
export function addVerifyFlags(command: Command): Command {
  return command
    .addArgument(new Argument('<base-url>', BASE_URL_HELP).argParser(baseUrl))
    .option('--write', WRITE_HELP)
    .option('--request <file>', REQUEST_HELP)
    .addOption(new Option('--watch <duration>', WATCH_HELP).argParser(milliseconds))
    .addOption(new Option('--budget <calls>', BUDGET_HELP).argParser(count))
    .option('--bad-token', 'also send a call with a bad token, which must be refused')
    .option('--strict', 'also fail on properties that the contract does not know')
    .option('--json', 'print the report as JSON, and progress to standard error')
    .option('--report <file>', 'write the report to a .json file')
    .option('--show-bodies', 'include bodies in the report, with credentials removed')
    .optionsGroup('Credentials (never shown in a report):')
    .addOption(new VariableOption('--access-token <token>', 'access token', 'AEP_TOKEN', ANY))
    .addOption(new VariableOption('--api-key <key>', 'API key', 'AEP_API_KEY', ANY))
    .addOption(new VariableOption('--org <org>', 'organisation', 'AEP_ORG', DOCUMENTED_SANDBOX.org))
    .addOption(new VariableOption('--sandbox <name>', 'sandbox', 'AEP_SANDBOX', DOCUMENTED_SANDBOX.name))
    .addOption(new Option('--header <header>', HEADER_HELP).argParser(oneMore));
}

/** How many calls may be made. */
export function budgetOf({ budget, write }: VerifyFlags): number {
  return budget ?? (write ? BUDGET_TO_WRITE : BUDGET);
}

/**
 * The headers of every call; those given by name stand above the others. Throws OptionError, which does not repeat what
 * was given: it may be a secret.
 */
export function headersOf({
  accessToken = ANY,
  apiKey = ANY,
  org = DOCUMENTED_SANDBOX.org,
  sandbox = DOCUMENTED_SANDBOX.name,
  header = [],
}: VerifyFlags): Record<string, string> {
  const named = {
    authorization: sendable('--access-token', `Bearer ${accessToken}`),
    'x-api-key': sendable('--api-key', apiKey),
    'x-gw-ims-org-id': sendable('--org', org),
    'x-sandbox-name': sendable('--sandbox', sandbox),
  };
  return { ...named, ...Object.fromEntries(header.map(readHeader)) };
}

function readHeader(text: string): [name: string, value: string] {
  const [name = '', ...value] = text.split(':');
  if (value.length === 0 || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    throw new OptionError("--header is no header; allowed is 'Name: value'");
  }
  return [name.toLowerCase(), sendable(`--header ${name}`, value.join(':').trim())];
}

function sendable(flag: string, text: string): string {
  try {
    return headerText(text);
  } catch {
    throw new OptionError(
      `${flag} can not be sent in a header; allowed is text of printable ASCII characters`,
    );
  }
}

/** The JSON of the file with a request. Rejects with OptionError, which names the file. */
export async function readRequest(file: string): Promise<unknown> {
  const told = (error: unknown) => new OptionError(`--request ${file}: ${(error as Error).message}`);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw told(error);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw told(error);
  }
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url && isBare && /^https?:$/.test(url.protocol)) return url.href.replace(/(?<!\/)\/+$/, '');
  // Not repeated, since it may hold a password.
  throw new OptionError(
    '<base-url> is none; allowed is the address of an API without credentials or query, such as http://127.0.0.1:4010/data/core/ups',
  );
}

function oneMore(text: string, before: string[] = []): string[] {
  return [...before, text];
}
