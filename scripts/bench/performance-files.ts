import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { chart } from './chart.js';
import { report } from './report.js';
import type { Results } from './results.js';

export const RESULTS = 'bench/results.json';
const DOCUMENT = 'docs/performance.md';
const CHART = 'docs/performance.svg';

/** What is between these lines is generated; the rest of the document is written by hand, and kept. */
const GENERATED =
  /(?<=^<!-- Generated from bench\/results\.json.* -->\n)[^]*(?=^<!-- End of what is generated\. -->$)/m;

/** What the performance document and its chart have to hold, by their paths below the root. */
export async function performanceFiles(root: string): Promise<[file: string, text: string][]> {
  const results = JSON.parse(await readFile(join(root, RESULTS), 'utf8')) as Results;
  const document = await readFile(join(root, DOCUMENT), 'utf8');
  if (!GENERATED.test(document))
    throw new Error(`${DOCUMENT} lacks the lines between which it is generated.`);
  const text = document.replace(GENERATED, () => `\n${report(results)}\n\n`);
  const style = await resolveConfig(join(root, DOCUMENT));
  return [
    [DOCUMENT, await format(text, { ...style, parser: 'markdown' })],
    [CHART, chart(results)],
  ];
}
