import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkReportFile, writeReport } from '../../verify/report-file.js';
import type { RunReport } from '../../verify/run-report.js';

const REPORT = { passed: true } as RunReport;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('folders that are not there are made, for two reports at the same time', async () => {
  const files = ['one', 'other'].map((name) => join(folder, `deep/er/${name}.json`));
  for (const file of files) checkReportFile(file);
  await Promise.all(files.map((file) => writeReport(file, REPORT)));
  for (const file of files) expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(REPORT);
});

test('a folder that is there, and where none can be made, is not tried for ever', async () => {
  await expect(writeReport('/proc/none/deep/run.json', REPORT)).rejects.toThrow(/mkdir '\/proc/);
});
