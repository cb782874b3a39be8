import type { Command } from 'commander';
import { defaultDirectory } from './default-directory.js';
import { ownIdentity } from '../contract/contract-identity.js';
import { packageVersion } from '../contract/package-root.js';
import { readFlags, unknownVariables } from './flags.js';
import type { MockServer } from '../server/mock-server.js';
import { checksOf, type Conclude } from './run-checks.js';
import { announce } from './running.js';
import { banner } from './banner.js';
import type { Surroundings } from './surroundings.js';

const STOPPED = 0;
const FOUND_SOMETHING = 1;
const STOPPED_AT_ONCE = 130;

/** Starts a mock that runs until a signal stops it, or prints the versions if that is all that is asked for. */
export async function start(program: Command, surroundings: Surroundings): Promise<void> {
  const { environment, workingDirectory, createMock, print, printOn, tell, warn } = surroundings;
  if (program.getOptionValue('version') === true) {
    print(await versionLine());
    return;
  }
  const { options, run } = readFlags(program, environment);
  for (const warning of unknownVariables(environment)) tell(warning);
  const { memory, db = memory ? undefined : defaultDirectory(workingDirectory), logLevel = 'info' } = options;
  const mock = await createMock({ ...options, db });
  const conclude = checksOf(run, mock);
  await mock.listen();
  const { instance } = mock.health();
  const announced = announce(workingDirectory, { url: mock.url, instance }, (text) => warn(text, logLevel));
  stopOnSignal(mock, announced, conclude, surroundings);
  await announced;
  printOn(banner(mock, options));
}

async function versionLine(): Promise<string> {
  const { version, hash } = await ownIdentity();
  return `aep-export-jobs-mock ${packageVersion} (contract ${version}, ${hash})`;
}

function stopOnSignal(
  mock: MockServer,
  announced: Promise<() => void>,
  conclude: Conclude,
  { signals, printOn, tell, exit }: Surroundings,
): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) exit(STOPPED_AT_ONCE);
    if (isStopping) return;
    isStopping = true;
    void announced.then((takeBack) => takeBack());
    // After SIGHUP there is nobody left to read it.
    if (signal !== 'SIGHUP') {
      printOn('Stopping: what is under way is finished first. Ctrl-C again stops at once.');
    }
    void mock
      .close()
      .then(() => conclude(tell))
      .then((isSound) => exit(isSound ? STOPPED : FOUND_SOMETHING));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) signals.on(signal, stop);
}
