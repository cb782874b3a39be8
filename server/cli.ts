#!/usr/bin/env node
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ContractError } from './contract-checks.js';
import { createMockServer, readIdentity, type MockServer } from './mock-server.js';
import { LOG_LEVELS, OptionError, type LogLevel, type MockServerOptions } from './options.js';
import { packageRoot } from './package-root.js';
import { SeedError } from './seed.js';

const COULD_NOT_START = 1;
const BAD_USAGE_OR_DATA = 2;
const STOPPED_AT_ONCE = 130;

interface Flags extends MockServerOptions {
  version?: boolean;
}

function integer(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Allowed is an integer in decimal digits.');
  return Number(text);
}

/** A switch's environment variable: commander would take any value of it, `false` too, as the switch being given. */
function switchFrom(variable: string): boolean | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  if (!['true', '1', 'false', '0'].includes(text)) {
    throw new OptionError(`${variable} is ${JSON.stringify(text)}; allowed is true, 1, false or 0`);
  }
  return text === 'true' || text === '1';
}

function command(): Command {
  return new Command('aep-export-jobs-mock')
    .description('A contract-first, stateful mock of the export jobs of the AEP Segmentation Service.')
    .addOption(withNumber('--port <port>', 'port to listen on, 0 picks a free one', 'PORT').default(4010))
    .addOption(new Option('--host <address>', 'address to listen on').env('HOST').default('127.0.0.1'))
    .option('--memory', 'keep all state in memory, as this version always does (env: AEP_MOCK_MEMORY)')
    .addOption(new Option('--seed <seed>', SEED_HELP).env('AEP_MOCK_SEED').default('documented'))
    .addOption(new Option('--clock <instant>', CLOCK_HELP).env('AEP_MOCK_CLOCK'))
    .addOption(withNumber('--random-seed <n>', RANDOM_SEED_HELP, 'AEP_MOCK_RANDOM_SEED'))
    .addOption(withNumber('--new-ms <ms>', 'how long a job is NEW (default: 2000)', 'AEP_MOCK_NEW_MS'))
    .addOption(withNumber('--processing-ms <ms>', PROCESSING_HELP, 'AEP_MOCK_PROCESSING_MS'))
    .option('--no-cors', 'do not let browsers call from other origins (env: AEP_MOCK_CORS=false)')
    .addOption(
      new Option('--log-level <level>', 'which log lines are written, to standard error')
        .env('AEP_MOCK_LOG_LEVEL')
        .choices(LOG_LEVELS)
        .default('info' satisfies LogLevel),
    )
    .option('-V, --version', 'print the versions of the mock and of its contract')
    .helpOption('-h, --help', 'print this')
    .exitOverride();
}

const SEED_HELP = 'what a sandbox starts with: documented, demo, empty, or a file {"jobs": [ExportJob, …]}';
const CLOCK_HELP = 'the instant (RFC 3339) at which all clocks stand; without it they go';
const RANDOM_SEED_HELP = 'the number from which ids, batch ids and the demo seed follow';
const PROCESSING_HELP = 'how long it is PROCESSING after that (default: 5000)';

function withNumber(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(variable).argParser(integer);
}

function readFlags(): Flags {
  const program = command().parse();
  const given = (name: string) => program.getOptionValueSource(name) === 'cli';
  return {
    ...program.opts<Flags>(),
    memory: given('memory') ? true : switchFrom('AEP_MOCK_MEMORY'),
    cors: given('cors') ? false : switchFrom('AEP_MOCK_CORS'),
  };
}

async function start(): Promise<void> {
  const flags = readFlags();
  if (flags.version) {
    const { version, contract } = await readIdentity();
    console.log(`aep-export-jobs-mock ${version} (contract ${contract.version}, ${contract.hash})`);
    return;
  }
  const mock = await createMockServer(flags);
  await mock.listen();
  stopOnSignal(mock);
  console.log(banner(mock, flags));
}

function banner(mock: MockServer, { clock }: Flags): string {
  const { version, contract } = mock.health();
  const { newMs, processingMs } = mock.lifetimes;
  return `aep-export-jobs-mock ${version} (contract ${contract.version}, ${contract.hash})
Listening on ${mock.url}/data/core/ups
State is kept in memory, and is gone when the mock stops.

Try it:
  curl '${mock.url}/data/core/ups/export/jobs?limit=2' -H 'Authorization: Bearer any' -H 'x-api-key: any' \\
    -H 'x-gw-ims-org-id: 1BD6382559DF0C130A49422D@AdobeOrg' -H 'x-sandbox-name: prod'

${
  clock === undefined
    ? `A job here is NEW for ${newMs / 1000} s and PROCESSING for ${processingMs / 1000} s; the real ones take minutes.`
    : `The clocks stand at ${clock}: a created job stays NEW until its sandbox's clock is turned, in code.`
}
Docs: ${join(packageRoot, 'README.md')}
`;
}

function stopOnSignal(mock: MockServer): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(STOPPED_AT_ONCE);
    stopping = true;
    console.log('Stopping: what is under way is finished first. Ctrl-C again stops at once.');
    void mock.close().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** Says in one line why the mock does not start, and gives the exit code. */
function explain(error: NodeJS.ErrnoException & { port?: number; address?: string }): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USAGE_OR_DATA;
  if (error.code === 'EADDRINUSE') {
    console.error(
      `Port ${error.port} of ${error.address} is in use. Stop what uses it, or choose another: --port 0 picks one.`,
    );
    return COULD_NOT_START;
  }
  const isUsers = [OptionError, ContractError, SeedError].some((kind) => error instanceof kind);
  console.error(error.message);
  return isUsers ? BAD_USAGE_OR_DATA : COULD_NOT_START;
}

start().catch((error: unknown) => {
  process.exitCode = explain(error as NodeJS.ErrnoException);
});
