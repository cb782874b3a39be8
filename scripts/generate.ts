/**
 * Writes what is generated from the contracts; with `--check`, only says what of it is out of date. It does not call
 * openapi-typescript's own `--check`, which stops at the first file that is up to date and leaves out the others.
 */
import { writeFile } from 'node:fs/promises';
import { generatedFiles, outOfDateFiles } from './generated-files.js';

if (process.argv.includes('--check')) {
  const files = await outOfDateFiles('.');
  for (const file of files) console.error(`${file} is out of date. Run \`npm run generate\`.`);
  process.exitCode = files.length > 0 ? 1 : 0;
} else {
  for (const [file, text] of await generatedFiles('.')) await writeFile(file, text);
}
