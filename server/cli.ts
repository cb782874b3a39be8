#!/usr/bin/env node
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CommanderError } from 'commander';
import { ContractError } from './contract-checks.js';
import { DataFileError } from './data-files.js';
import { defaultDirectory } from './default-directory.js';
import { unknownVariables } from './environment.js';
import { addExec } from './exec/exec-verb.js';
import { command, messageByFlag, readFlags } from './flags.js';
import { boundLines, lifeLine } from './life-lines.js';
import type { MockServer } from './mock-server.js';
import { OptionError, type MockServerOptions } from './options.js';
import { packageRoot } from './package-root.js';
import { DOCUMENTED_SANDBOX } from './sandbox-name.js';
import { checksOf, type Conclude } from './runs/run-checks.js';
import { listenFailure } from './start-failure.js';
import { StateError } from './storage/state-error.js';
import { announce } from './verbs/running.js';
import { addVerbs, runCommandLine } from './verbs/verbs.js';

const COULD_NOT_START = 1;
const BAD_USAGE_OR_DATA = 2;
const FOUND_SOMETHING = 1;
const STOPPED_AT_ONCE = 130;

const program = command(process.env);

async function start(): Promise<void> {
  const { version: isVersionAsked, options, run } = readFlags(program, process.env);
  if (isVersionAsked) {
    const { readIdentity } = await import('./own-contracts.js');
    const { version, contract } = await readIdentity();
    console.log(`aep-export-jobs-mock ${version} (contract ${contract.version}, ${contract.hash})`);
    return;
  }
  for (const warning of unknownVariables(process.env)) console.error(warning);
  const { memory, db = memory ? undefined : defaultDirectory(process.cwd()) } = options;
  // Loaded here, as no verb needs it: most of the time that the command takes to load is for it.
  const { createMockServer } = await import('./mock-server.js');
  const mock = await createMockServer({ ...options, db });
  const conclude = checksOf(run, mock);
  await mock.listen();
  const announced = announceToVerbs(mock, options);
  stopOnSignal(mock, announced, conclude);
  await announced;
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

async function announceToVerbs(
  mock: MockServer,
  { logLevel = 'info' }: MockServerOptions,
): Promise<() => void> {
  const { createLog } = await import('./log.js');
  const { instance } = mock.health();
  return announce(process.cwd(), { url: mock.url, instance }, (message) => createLog(logLevel).warn(message));
}

function stopOnSignal(mock: MockServer, announced: Promise<() => void>, conclude: Conclude): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(STOPPED_AT_ONCE);
    stopping = true;
    void announced.then((takeBack) => takeBack());
    console.log('Stopping: what is under way is finished first. Ctrl-C again stops at once.');
    void mock
      .close()
      .then(() => conclude(console.error))
      .then((isSound) => process.exit(isSound ? 0 : FOUND_SOMETHING));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** Says in one line why the mock does not start, and gives the exit code. */
function explain(error: Error): number {
  // Commander has said it.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USAGE_OR_DATA;
  console.error(error instanceof OptionError ? messageByFlag(error, program) : listenFailure(error));
  const isUsers = [OptionError, ContractError, DataFileError, StateError].some(
    (kind) => error instanceof kind,
  );
  return isUsers ? BAD_USAGE_OR_DATA : COULD_NOT_START;
}

function print(text: string): void {
  // Who reads it may have had enough before its end, as `head` has.
  const fail = (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : explain(error));
  process.stdout.once('error', fail).write(`${text}\n`);
}

addExec(program, {
  environment: process.env,
  createMock: async (options) => (await import('./mock-server.js')).createMockServer(options),
  exit: (code) => (process.exitCode = code),
  tell: (line) => console.error(line),
  signals: process,
  isInTerminal: process.stdin.isTTY,
});
addVerbs(program.action(start), {
  environment: process.env,
  workingDirectory: process.cwd(),
  print,
  readInput: () => text(process.stdin),
});
runCommandLine(program, process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = explain(error as Error);
});
