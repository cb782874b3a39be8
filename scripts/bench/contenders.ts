import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Plan } from './plan.js';
import { ServerProcess } from './server-process.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OURS = join(ROOT, 'dist/cli/main.js');
const IN_CODE = join(ROOT, 'dist/server/mock-server.js');
const CONTRACT = join(ROOT, 'spec/openapi.yaml');
const CONTENDERS = fileURLToPath(new URL('contenders', import.meta.url));

export const LIST = '/export/jobs';
export const LIST_10 = `${LIST}?limit=10`;
export const BASE_PATH = '/data/core/ups';

/** A server that has started, and where its API is. */
export interface Contender {
  server: ServerProcess;
  api: string;
}

/** Starts this mock as it is by default, but that a job has finished when it is created, and so can be deleted at once. */
export async function startOurs(flags: string[]): Promise<Contender> {
  const server = await ServerProcess.start(
    (port) => [OURS, '--port', String(port), '--new-ms', '0', '--processing-ms', '0', ...flags],
    '/__admin/health',
  );
  return { server, api: server.origin + BASE_PATH };
}

/** Milliseconds from the spawning of this mock to the first list. */
export function msToFirstList({ server }: Contender): Promise<number> {
  return server.msToAnswer(BASE_PATH + LIST_10);
}

/** Milliseconds that each mock takes which is made in a process that has made others, from its making to its first answer. */
export async function msOfMocksInCode({ warmUps, mocks }: Plan['inCode']): Promise<number[]> {
  const program = [join(CONTENDERS, 'mocks-in-code.js'), IN_CODE, String(warmUps), String(mocks)];
  const { stdout } = await promisify(execFile)(process.execPath, program);
  return JSON.parse(stdout) as number[];
}

export type RivalName = 'express' | 'node-http' | 'prism';

/** Starts one of the others. `bodies` is a file of what those without data of their own answer. */
export async function startRival(name: RivalName, bodies: string): Promise<Contender> {
  const server = await ServerProcess.start((port) => programOf(name, port, bodies), LIST_10);
  return { server, api: server.origin };
}

function programOf(name: RivalName, port: number, bodies: string): string[] {
  if (name !== 'prism') return [join(CONTENDERS, `${name}.js`), String(port), bodies];
  const flags = ['-v', 'silent', '--multiprocess=false', '-h', '127.0.0.1', '-p', String(port)];
  return [prismProgram(), 'mock', ...flags, CONTRACT];
}

function prismProgram(): string {
  const { bin } = packageManifest('@stoplight/prism-cli') as { bin: { prism: string } };
  return join(ROOT, 'node_modules/@stoplight/prism-cli', bin.prism);
}

/** What the `package.json` of an installed package says. */
export function packageManifest(name: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
}
