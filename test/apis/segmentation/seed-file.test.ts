import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadContract, type Contract } from '../../../contract/contract.js';
import { viewAt } from '../../../server/apis/segmentation/lifecycle.js';
import { seededRandom } from '../../../server/sandbox/random.js';
import { loadSeed, SeedError } from '../../../server/apis/segmentation/seed.js';
import { CONTRACT_FILE } from '../../support/contracts.js';

const ORG = '1BD6382559DF0C130A49422D@AdobeOrg';

let contract: Contract;
const folder = mkdtempSync(join(tmpdir(), 'seed-file-'));
const file = join(folder, 'seed.json');

beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function viewsOf(nameOrFile: string) {
  const seed = await loadSeed(nameOrFile, contract);
  return seed({ org: ORG, now: 0, random: seededRandom('1') }).map((job) => viewAt(job, 0));
}

/** What a file of this content is refused for, line by line. */
async function refusal(content: unknown): Promise<string[]> {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  const error: unknown = await loadSeed(file, contract).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SeedError);
  return (error as SeedError).message.split('\n').map((line) => line.trim());
}

describe("a user's file", () => {
  test('gives the jobs that it holds, by a path from the working directory too', async () => {
    const jobs = await viewsOf('documented');
    writeFileSync(file, JSON.stringify({ jobs }));
    expect(await viewsOf(file)).toEqual(jobs);
    expect(await viewsOf(relative(process.cwd(), file))).toEqual(jobs);
  });

  test('that does not exist is refused, with the seeds that there are', async () => {
    const missing = join(folder, 'documentd');
    await expect(loadSeed(missing, contract)).rejects.toThrow(SeedError);
    await expect(loadSeed(missing, contract)).rejects.toThrow(
      `There is no file ${missing} either. Allowed: documented, demo, empty or the path of a seed file.`,
    );
    await expect(loadSeed('documentd', contract)).rejects.toThrow(
      "The seed 'documentd' is not known. Did you mean 'documented'?",
    );
  });

  test('that can not be read is refused, with the reason', async () => {
    const missing = join(file, 'below-a-file');
    writeFileSync(file, '');
    const reading = loadSeed(missing, contract);
    await expect(reading).rejects.toThrow(SeedError);
    await expect(reading).rejects.toThrow(`The seed file ${missing} can not be read: ENOTDIR`);
  });

  test('that is a folder is refused, as one', async () => {
    const reading = loadSeed(folder, contract);
    await expect(reading).rejects.toThrow(SeedError);
    await expect(reading).rejects.toThrow(`The seed file ${folder} is a folder.`);
  });

  test('may begin with a byte order mark', async () => {
    const jobs = await viewsOf('documented');
    writeFileSync(file, `\uFEFF${JSON.stringify({ jobs })}`);
    expect(await viewsOf(file)).toEqual(jobs);
  });

  test.each(['', ' \n', '\uFEFF'])('that is empty is refused, as such: %j', async (content) => {
    expect(await refusal(content)).toEqual([
      `The seed file ${file} is empty. Allowed: {"jobs": [ExportJob, …]}`,
    ]);
  });

  test('that is not JSON is refused, with what the parser says', async () => {
    expect(await refusal('{"jobs": [}')).toEqual([
      expect.stringContaining(`The seed file ${file} is not JSON: Unexpected token`),
    ]);
  });

  test.each([[[]], [null], [7]])('that holds %j is refused, as no object', async (content) => {
    expect(await refusal(content)).toEqual([
      `The seed file ${file} is not a seed:`,
      `the whole file: The file must hold an object. Found: ${JSON.stringify(content)}. Allowed: {"jobs": [ExportJob, …]}`,
    ]);
  });

  test('without jobs, or with jobs that are no array, is refused', async () => {
    expect(await refusal({})).toContain(
      "/jobs: The property 'jobs' is missing. Allowed: an array of export jobs",
    );
    expect(await refusal({ jobs: 'none' })).toContain(
      '/jobs: \'jobs\' must be array. Found: "none". Allowed: an array of export jobs',
    );
  });

  test('with anything beside jobs is refused, and the name that was meant is told', async () => {
    expect(await refusal({ job: [], jobs: [] })).toEqual([
      `The seed file ${file} is not a seed:`,
      "/job: The property 'job' is not known. Did you mean 'jobs'? Allowed: one of jobs",
    ]);
  });

  test('with jobs that the contract does not allow is refused, with the place of each violation', async () => {
    const [job, other] = await viewsOf('documented');
    const lines = await refusal({
      jobs: [job, { ...other, requestId: undefined, jobtype: 'BATCH', creationTime: '7' }, 5],
    });
    expect(lines).toContain(
      "/jobs/1/requestId: The property 'requestId' is missing. Allowed: it is required",
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^\/jobs\/1\/jobtype: The property 'jobtype' is not known\. Did you mean 'jobType'\? Found: "BATCH"\. Allowed: one of /,
      ),
    );
    expect(lines).toContain(
      '/jobs/1/creationTime: \'creationTime\' must be integer. Found: "7". Allowed: of type integer',
    );
    expect(lines).toContainEqual(expect.stringMatching(/^\/jobs\/2: .* must be object\. Found: 5\./));
    expect(lines).not.toContainEqual(expect.stringMatching(/^\/jobs\/0/));
  });

  test('with a destination that lacks its dataset is refused at that place', async () => {
    const [job] = await viewsOf('documented');
    const destination = { segmentPerBatch: false, batchId: 'da5cfb4de32c4b93a09f7e37fa53ad52' };
    expect(await refusal({ jobs: [{ ...job, destination }] })).toContain(
      "/jobs/0/destination/datasetId: The property 'datasetId' is missing. Allowed: it is required",
    );
  });

  test('with a status that there is not is refused', async () => {
    const [job] = await viewsOf('documented');
    const lines = await refusal({ jobs: [{ ...job, status: 'CANCELLED' }] });
    expect(lines).toContain(
      '/jobs/0/status: \'status\' is none of the values that tell the kinds apart. Found: "CANCELLED". ' +
        'Allowed: one of NEW, PROCESSING, SUCCEEDED, FAILED',
    );
  });

  test('tells the first ten violations and counts the others', async () => {
    const lines = await refusal({ jobs: Array.from({ length: 13 }, () => 0) });
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toBe('and 3 more');
  });

  test('that gives an id twice is refused', async () => {
    const [first, second] = await viewsOf('documented');
    expect(await refusal({ jobs: [first, second, first] })).toEqual([
      `The seed file ${file} is not a seed:`,
      '/jobs/2/id: The id is that of /jobs/0 too. Found: 11037. Allowed: an id that no other job has',
    ]);
  });

  test.each([2 ** 52 + 1, Number.MAX_SAFE_INTEGER])(
    'with an id that leaves no room for the next jobs is refused: %i',
    async (id) => {
      const [job] = await viewsOf('documented');
      expect(await refusal({ jobs: [{ ...job, id }] })).toContain(
        `/jobs/0/id: The id leaves no room to count on from. Found: ${id}. Allowed: at most 4503599627370496`,
      );
    },
  );

  test('may have the highest id that leaves room', async () => {
    const [job] = await viewsOf('documented');
    writeFileSync(file, JSON.stringify({ jobs: [{ ...job, id: 2 ** 52 }] }));
    expect(await viewsOf(file)).toHaveLength(1);
  });
});
