#!/usr/bin/env node
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { defaultDirectory } from './default-directory.js';
import { command, messageByFlag, readFlags, unknownVariables } from './flags.js';
import {
  ContractError,
  createMockServer,
  OptionError,
  readIdentity,
  SeedError,
  StateError,
  type MockServer,
  type MockServerOptions,
} from './mock-server.js';
import { packageRoot } from './package-root.js';
import { DOCUMENTED_SANDBOX } from './sandbox-name.js';
import { listenFailure } from './start-failure.js';

const COULD_NOT_START = 1;
const BAD_USAGE_OR_DATA = 2;
const STOPPED_AT_ONCE = 130;

const program = command(process.env);

async function start(): Promise<void> {
  const { version: isVersionAsked, options } = readFlags(program, process.env, process.argv.slice(2));
  if (isVersionAsked) {
    const { version, contract } = await readIdentity();
    console.log(`aep-export-jobs-mock ${version} (contract ${contract.version}, ${contract.hash})`);
    return;
  }
  for (const warning of unknownVariables(process.env)) console.error(warning);
  const { memory, db = memory ? undefined : defaultDirectory(process.cwd()) } = options;
  const mock = await createMockServer({ ...options, db });
  await mock.listen();
  stopOnSignal(mock);
  console.log(banner(mock, options));
}

function banner(mock: MockServer, { clock }: MockServerOptions): string {
  const { version, contract } = mock.health();
  const { newMs, processingMs } = mock.lifetimes;
  const { org, name } = DOCUMENTED_SANDBOX;
  return `aep-export-jobs-mock ${version} (contract ${contract.version}, ${contract.hash})
Listening on ${mock.url}/data/core/ups
${stateLine(mock)}

Try it:
  curl '${mock.url}/data/core/ups/export/jobs?limit=2' -H 'Authorization: Bearer any' -H 'x-api-key: any' \\
    -H 'x-gw-ims-org-id: ${org}' -H 'x-sandbox-name: ${name}'

${
  clock === undefined
    ? `A job here is NEW for ${newMs / 1000} s and PROCESSING for ${processingMs / 1000} s; the real ones take minutes.`
    : `The clocks stand at ${clock}: a created job stays NEW until its sandbox's clock is turned, in code.`
}
Docs: ${join(packageRoot, 'README.md')}
`;
}

function stateLine({ state: { directory, found } }: MockServer): string {
  if (directory === undefined) return 'State is kept in memory, and is gone when the mock stops.';
  const goesOn = found === 0 ? '' : ` What was there goes on: ${found} sandbox${found === 1 ? '' : 'es'}.`;
  return `State is kept in ${directory}.${goesOn} --fresh starts anew.`;
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
function explain(error: Error): number {
  // Commander has said it.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USAGE_OR_DATA;
  console.error(error instanceof OptionError ? messageByFlag(error, program) : listenFailure(error));
  const isUsers = [OptionError, ContractError, SeedError, StateError].some((kind) => error instanceof kind);
  return isUsers ? BAD_USAGE_OR_DATA : COULD_NOT_START;
}

start().catch((error: unknown) => {
  process.exitCode = explain(error as Error);
});
