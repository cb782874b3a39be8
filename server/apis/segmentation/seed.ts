import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import type { Contract } from '../../../contract/contract.js';
import { sentValue, unknownName } from '../../../contract/contract-violations.js';
import { DataFileError, notOfItsKind, parseDataFile } from '../../sandbox/data-files.js';
import { demoJobs } from './demo-jobs.js';
import type { DemoMaterial } from './demo-material.js';
import type { Violation } from '../../platform/errors.js';
import { recordedJob, type ExportJob, type JobFacts } from './stored-job.js';
import type { SeededRandom } from '../../sandbox/random.js';
import { packageRoot } from '../../../contract/package-root.js';
import { isObject } from '../../../contract/format-value.js';

/** A seed can't be read or is not one. The message names the file, each place in it, what is wrong and what is allowed. */
export class SeedError extends DataFileError {
  override readonly name = 'SeedError';
}

/** Makes the jobs that a sandbox starts with. `now` is in Unix milliseconds. */
export type Seed = (sandbox: { org: string; now: number; random: SeededRandom }) => JobFacts[];

const FOLDER = join(packageRoot, 'fixtures/seeds');

const BUILT_IN = new Map<string, () => Promise<Seed>>([
  ['documented', () => jobsWithReferences(join(FOLDER, 'documented.json'))],
  ['demo', () => jobsFromMaterial(join(FOLDER, 'demo.json'))],
  ['empty', () => jobsWithReferences(join(FOLDER, 'empty.json'))],
]);

const WHAT_A_FILE_HOLDS = '{"jobs": [ExportJob, …]}';

/** The ids of new jobs count on from the highest, and a JSON number is exact up to twice this. */
const HIGHEST_ID = 2 ** 52;

interface SeedFile {
  jobs: ExportJob[];
}

/**
 * Loads the seed `documented`, `demo` or `empty`, or else a file `{"jobs": [ExportJob, …]}`, its path taken from the
 * working directory. The jobs of a file are held to the contract. Every job comes to belong to the sandbox's
 * organisation. Rejects with SeedError.
 */
export async function loadSeed(nameOrFile: string, contract: Contract): Promise<Seed> {
  const builtIn = BUILT_IN.get(nameOrFile);
  return builtIn ? builtIn() : jobsOfFile(nameOrFile, contract);
}

async function jobsWithReferences(file: string): Promise<Seed> {
  const { jobs } = await $RefParser.dereference<SeedFile>(file, { resolve: { http: false } });
  return recorded(() => jobs);
}

async function jobsFromMaterial(file: string): Promise<Seed> {
  const material = JSON.parse(await readFile(file, 'utf8')) as DemoMaterial;
  return recorded((sandbox) => demoJobs(material, sandbox));
}

async function jobsOfFile(name: string, contract: Contract): Promise<Seed> {
  const file = resolve(name);
  const content = parseDataFile(await read(name, file), file, 'seed', WHAT_A_FILE_HOLDS, SeedError);
  const violations = violationsOf(content, contract);
  if (violations.length > 0) throw new SeedError(notOfItsKind(file, 'seed', violations));
  const { jobs } = content as SeedFile;
  return recorded(() => jobs);
}

function recorded(jobs: (sandbox: { now: number; random: SeededRandom }) => ExportJob[]): Seed {
  // A copy each: what one sandbox does to its jobs is not to be seen in another.
  return (sandbox) =>
    jobs(sandbox).map((job) => recordedJob({ ...structuredClone(job), imsOrgId: sandbox.org }));
}

async function read(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new SeedError(`The seed file ${file} is a folder.`, { cause: error });
    if (code !== 'ENOENT') {
      throw new SeedError(`The seed file ${file} can not be read: ${message}`, { cause: error });
    }
    const known = [...BUILT_IN.keys()];
    const unknown = unknownName('seed', name, known, '').message;
    throw new SeedError(
      `${unknown} There is no file ${file} either. Allowed: ${known.join(', ')} or the path of a seed file.`,
      { cause: error },
    );
  }
}

function violationsOf(content: unknown, contract: Contract): Violation[] {
  if (!isObject(content)) {
    const message = 'The file must hold an object.';
    return [{ message, pointer: '', sent: sentValue(content), allowed: WHAT_A_FILE_HOLDS }];
  }
  const others = Object.keys(content)
    .filter((name) => name !== 'jobs')
    .map((name) => unknownName('property', name, ['jobs'], ''));
  const { jobs } = content as { jobs?: unknown };
  if (Array.isArray(jobs)) return [...others, ...violationsOfJobs(jobs, contract)];

  const message = jobs === undefined ? "The property 'jobs' is missing." : "'jobs' must be array.";
  return [
    ...others,
    { message, pointer: '/jobs', sent: sentValue(jobs), allowed: 'an array of export jobs' },
  ];
}

function violationsOfJobs(jobs: unknown[], contract: Contract): Violation[] {
  const check = contract.schema('ExportJob');
  const firstOf = new Map<unknown, number>();
  return jobs.flatMap((job, index) => {
    const violations = [...check(job, `/jobs/${index}`)];
    const id = (job as Partial<ExportJob> | null)?.id;
    if (typeof id === 'number' && id > HIGHEST_ID) {
      const message = 'The id leaves no room to count on from.';
      violations.push({ message, pointer: `/jobs/${index}/id`, sent: id, allowed: `at most ${HIGHEST_ID}` });
    }
    const first = firstOf.get(id) ?? index;
    firstOf.set(id, first);
    if (id === undefined || first === index) return violations;
    const message = `The id is that of /jobs/${first} too.`;
    const allowed = 'an id that no other job has';
    return [...violations, { message, pointer: `/jobs/${index}/id`, sent: id, allowed }];
  });
}
