import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { packageRoot } from '../../contract/package-root.js';

export interface Run {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  /** Resolves to the match once standard output has it. */
  printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** The same of standard error. */
  logged: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Resolves to the exit code. */
  exited: Promise<number | null>;
}

export interface RunOptions {
  /** The package that holds the built command; this one by default. */
  root?: string | undefined;
  /** The working directory; this process's by default. */
  cwd?: string | undefined;
  /** What it may read on standard input; nothing by default. */
  input?: string | undefined;
}

/** Runs the built command, with no environment of the caller's that it would heed, and state in memory by default. */
export function runCli(
  args: string[],
  env: Record<string, string> = {},
  { root = packageRoot, cwd, input }: RunOptions = {},
): Run {
  const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], CI: 'true', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined).end(input);
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const out = collect(child.stdout, exited);
  const error = collect(child.stderr, exited);
  return { child, stdout: out.text, stderr: error.text, printed: out.has, logged: error.has, exited };
}

function collect(stream: Readable, exited: Promise<number | null>) {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const has = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(text);
        if (match) resolve(match);
      };
      stream.on('data', look);
      look();
      void exited.then((code) => {
        reject(new Error(`exited with ${code} before it wrote ${pattern}: ${text}`));
      });
    });
  return { text: () => text, has };
}
