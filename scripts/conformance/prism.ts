import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LONGEST_START_IN_MS = 60_000;
const LISTENING = /Prism is listening on (http:\/\/\S+:\d+)/;

/** A `prism proxy`. */
export interface Prism {
  /** Resolves to its address when it listens. */
  url: Promise<string>;
  /** Ends it, and resolves when it has ended. */
  stop: () => Promise<void>;
}

/**
 * Starts `prism proxy` for a contract in front of an upstream, on a port that it picks.
 * @param options.errors whether it refuses calls without credentials and replaces answers that break the contract
 * (`--errors`), or only reports both.
 */
export function startPrism(contract: string, upstream: string, options: { errors: boolean }): Prism {
  const flags = [
    `--errors=${options.errors}`,
    '--validate-request=false',
    '--multiprocess=false',
    '--port=0',
  ];
  const child = spawn(process.execPath, [prismProgram(), 'proxy', contract, upstream, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  const killAtExit = () => child.kill();
  process.once('exit', killAtExit);
  const stop = async () => {
    process.off('exit', killAtExit);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  return { url: listening(child), stop };
}

function prismProgram(): string {
  const manifest = fileURLToPath(import.meta.resolve('@stoplight/prism-cli/package.json'));
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { prism: string } };
  return join(dirname(manifest), bin.prism);
}

/** Resolves to the address that Prism says it listens on. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (reason: string) => reject(new Error(`Prism ${reason}. It printed:\n${output}`));
    const timer = setTimeout(
      () => fail(`did not listen within ${LONGEST_START_IN_MS / 1000} s`),
      LONGEST_START_IN_MS,
    );
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = LISTENING.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      // What it prints from here on says nothing that its answers do not, but it has to be taken from it.
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', read).resume();
      resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended (${code ?? signal ?? 'for no known reason'}) before it listened`);
    });
  });
}
