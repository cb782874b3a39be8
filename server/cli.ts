#!/usr/bin/env node
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { defaultDirectory } from './default-directory.js';
import { command, messageByFlag, readFlags, unknownVariables } from './flags.js';
import {
  ContractError,
  createMockServer,
  CredentialsError,
  DataFileError,
  OptionError,
  StateError,
  type MockServer,
  type MockServerOptions,
} from './mock-server.js';
import { boundLines, lifeLine } from './life-lines.js';
import { readIdentity } from './own-contracts.js';
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

function banner(mock: MockServer, options: MockServerOptions): string {
  const { version, contract } = mock.health();
  const { org, name } = DOCUMENTED_SANDBOX;
  return `aep-export-jobs-mock ${version} (contract ${contract.version}, ${contract.hash})
Listening on ${mock.url}/data/core/ups
${[stateLine(mock), ...callerLines(mock, options), ...adminLines(mock, options)].join('\n')}

Try it:
  curl '${mock.url}/data/core/ups/export/jobs?limit=2' -H 'Authorization: Bearer any' -H 'x-api-key: any' \\
    -H 'x-gw-ims-org-id: ${org}' -H 'x-sandbox-name: ${name}'

${lifeLine(mock.lifetimes, options)}
Ids in its request that give it another story:
${boundLines(mock.scenarios().scenarios).join('\n')}
Docs: ${join(packageRoot, 'README.md')}
`;
}

function stateLine({ state: { directory, found } }: MockServer): string {
  if (directory === undefined) return 'State is kept in memory, and is gone when the mock stops.';
  const goesOn = found === 0 ? '' : ` What was there goes on: ${found} sandbox${found === 1 ? '' : 'es'}.`;
  return `State is kept in ${directory}.${goesOn} --fresh starts anew.`;
}

/** What is to be said of who may call, if not everyone may. */
function callerLines({ url }: MockServer, { auth, credentials }: MockServerOptions): string[] {
  const form = 'client_id=…&client_secret=…&grant_type=client_credentials&scope=…';
  return [
    ...(auth === 'minted'
      ? [`Access tokens are minted here alone: curl '${url}/ims/token/v3' -d '${form}'`]
      : []),
    ...(credentials === undefined ? [] : [`The API keys that there are stand in ${credentials}.`]),
  ];
}

/** What is to be said of who may use the control plane, if it is not as usual. */
function adminLines({ adminAccess }: MockServer, { host = '' }: MockServerOptions): string[] {
  switch (adminAccess) {
    case 'loopback':
      return [];
    case 'token':
      return ['The control plane (/__admin) asks for the token of --admin-token.'];
    case 'closed':
      return [
        `The control plane (/__admin) is off on ${host}: --admin-token <token> opens it to who has the token.`,
      ];
    case 'off':
      return ['The control plane (/__admin) is off.'];
  }
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
  const isUsers = [OptionError, ContractError, CredentialsError, DataFileError, StateError].some(
    (kind) => error instanceof kind,
  );
  return isUsers ? BAD_USAGE_OR_DATA : COULD_NOT_START;
}

start().catch((error: unknown) => {
  process.exitCode = explain(error as Error);
});
