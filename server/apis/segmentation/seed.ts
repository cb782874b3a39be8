import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import type { Contract } from '../../../contract/contract.js';
import { sentValue, unknownName } from '../../../contract/contract-violations.js';
import type { Violation } from '../../../contract/violation.js';
import { isObject } from '../../../contract/format-value.js';
import { packageRoot } from '../../../contract/package-root.js';
import { DataFileError, describeInvalidFile, parseDataFile } from '../../platform/data-files.js';
import { createStaticJob, type ExportJob, type StaticJob } from './stored-job.js';

/** A seed cannot be read or is invalid. The message names the file, each place in it, what is wrong and what is allowed. */
export class SeedError extends DataFileError {
  override readonly name = 'SeedError';
}

/** Makes the jobs that a sandbox starts with. */
export type Seed = (sandbox: { org: string; now: number }) => StaticJob[];

const FOLDER = join(packageRoot, 'fixtures/seeds');

const BUILT_IN = new Map<string, () => Promise<Seed>>([
  ['documented', () => loadReferencedJobs('documented.json')],
  ['demo', loadDemoJobs],
  ['empty', () => loadReferencedJobs('empty.json')],
]);

const FILE_FORMAT = '{"jobs": [ExportJob, …]}';

/** The ids of new jobs count on from the highest, and a JSON number is exact up to twice this. */
const MAX_ID = 2 ** 52;

const DAY_MS = 86_400_000;

interface SeedFile {
  jobs: ExportJob[];
}

/**
 * Loads the seed `documented`, `demo` or `empty`, or else a file `{"jobs": [ExportJob, …]}`, its path taken from the
 * working directory. The jobs of a file must be valid by the contract. Every job comes to belong to the sandbox's
 * organisation. Rejects with SeedError.
 */
export async function loadSeed(nameOrFile: string, contract: Contract): Promise<Seed> {
  const builtIn = BUILT_IN.get(nameOrFile);
  return builtIn ? builtIn() : loadFile(nameOrFile, contract);
}

async function loadReferencedJobs(name: string): Promise<Seed> {
  const { jobs } = await $RefParser.dereference<SeedFile>(join(FOLDER, name), { resolve: { http: false } });
  return createSeed(() => jobs);
}

/** Jobs over the 90 days before an instant. */
async function loadDemoJobs(): Promise<Seed> {
  const { now: recordedAt, jobs } = JSON.parse(
    await readFile(join(FOLDER, 'demo.json'), 'utf8'),
  ) as SeedFile & { now: string };
  return createSeed((now) => {
    const moved = jobs.map((job) => moveJob(job, now - Date.parse(recordedAt)));
    // The contract knows no time before 1970.
    return moved.filter(({ creationTime }) => creationTime >= 0);
  });
}

/** Moves all times of a job. A midnight (UTC) stays one, as many days before the job's creation as it was. */
function moveJob(job: ExportJob, byMs: number): ExportJob {
  const movedDays = Math.floor((job.creationTime + byMs) / DAY_MS) - Math.floor(job.creationTime / DAY_MS);
  const move = (key: string, value: unknown): unknown => {
    if (typeof value === 'number')
      return /^(creationTime|updateTime|(start|end)TimeInMs)$/.test(key) ? value + byMs : value;
    if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT00:00:00Z$/.test(value)) return value;
    return new Date(Date.parse(value) + movedDays * DAY_MS).toISOString().replace('.000Z', 'Z');
  };
  return JSON.parse(JSON.stringify(job), move) as ExportJob;
}

async function loadFile(name: string, contract: Contract): Promise<Seed> {
  const file = resolve(name);
  const content = parseDataFile(await read(name, file), file, 'seed', FILE_FORMAT, SeedError);
  const violations = findViolations(content, contract);
  if (violations.length > 0) throw new SeedError(describeInvalidFile(file, 'seed', violations));
  const { jobs } = content as SeedFile;
  return createSeed(() => jobs);
}

function createSeed(getJobs: (now: number) => ExportJob[]): Seed {
  // A copy each: what one sandbox does to its jobs must not be seen in another.
  return ({ org, now }) =>
    getJobs(now).map((job) => createStaticJob({ ...structuredClone(job), imsOrgId: org }));
}

async function read(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new SeedError(`The seed file ${file} is a folder.`, { cause: error });
    if (code !== 'ENOENT') {
      throw new SeedError(`The seed file ${file} cannot be read: ${message}`, { cause: error });
    }
    const known = [...BUILT_IN.keys()];
    const unknown = unknownName('seed', name, known, '').message;
    throw new SeedError(
      `${unknown} There is no file ${file} either. Allowed: ${known.join(', ')} or the path of a seed file.`,
      { cause: error },
    );
  }
}

function findViolations(content: unknown, contract: Contract): Violation[] {
  if (!isObject(content)) {
    const message = 'The file must hold an object.';
    return [{ message, pointer: '', sent: sentValue(content), allowed: FILE_FORMAT }];
  }
  const others = Object.keys(content)
    .filter((name) => name !== 'jobs')
    .map((name) => unknownName('property', name, ['jobs'], ''));
  const { jobs } = content as { jobs?: unknown };
  if (Array.isArray(jobs)) return [...others, ...findInvalidJobs(jobs, contract)];

  const message = jobs === undefined ? "The property 'jobs' is missing." : "'jobs' must be array.";
  return [
    ...others,
    { message, pointer: '/jobs', sent: sentValue(jobs), allowed: 'an array of export jobs' },
  ];
}

function findInvalidJobs(jobs: unknown[], contract: Contract): Violation[] {
  const validate = contract.schema('ExportJob');
  const firstWithId = new Map<unknown, number>();
  return jobs.flatMap((job, index) => {
    const violations = [...validate(job, `/jobs/${index}`)];
    const id = (job as Partial<ExportJob> | null)?.id;
    if (typeof id === 'number' && id > MAX_ID) {
      const message = 'The id leaves no room to count on from.';
      violations.push({ message, pointer: `/jobs/${index}/id`, sent: id, allowed: `at most ${MAX_ID}` });
    }
    const first = firstWithId.get(id) ?? index;
    firstWithId.set(id, first);
    if (id === undefined || first === index) return violations;
    const message = `The id is that of /jobs/${first} too.`;
    const allowed = 'an id that no other job has';
    return [...violations, { message, pointer: `/jobs/${index}/id`, sent: id, allowed }];
  });
}
