import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { packageRoot } from '../contract/package-root.js';
import { OptionError } from '../contract/option-error.js';
import { RUN_FLAGS, START_FLAGS } from '../cli/flags.js';
import { checkOptions } from '../client/testing/mock-options.js';
import { OPTIONS, resolveOptions, type MockServerOptions, type OptionName } from '../server/options.js';

const NAMES = Object.keys(OPTIONS) as OptionName[];

describe('resolved options', () => {
  test('have every default, and undefined where absence means something', () => {
    expect(resolveOptions({}, [])).toEqual({
      port: 0,
      host: '127.0.0.1',
      db: undefined,
      fresh: false,
      seed: 'documented',
      clock: undefined,
      randomSeed: undefined,
      scenario: 'succeeds',
      scenarios: undefined,
      newMs: undefined,
      processingMs: undefined,
      progress: 'time',
      polls: 1,
      fault: undefined,
      faults: undefined,
      journal: 1000,
      recordRun: false,
      upstream: undefined,
      cors: true,
      auth: 'any',
      credentials: undefined,
      adminToken: undefined,
      admin: true,
      logLevel: 'silent',
      contract: undefined,
      operations: {},
    });
  });

  test('have what was given, and no operation that is undefined', () => {
    const own = () => () => Promise.resolve({ status: 200 });
    const operations = { listExportJobs: own, cancelExportJob: undefined };
    const given = { port: 1, cors: false, db: 'd', memory: false, host: undefined, operations };
    expect(resolveOptions(given, ['listExportJobs', 'cancelExportJob'])).toMatchObject({
      port: 1,
      cors: false,
      db: 'd',
      host: '127.0.0.1',
    });
    expect(resolveOptions(given, Object.keys(operations)).operations).toEqual({ listExportJobs: own });
  });

  test('of a value that is not allowed are an error that names the option, and repeats no secret', () => {
    const reject = (options: MockServerOptions) => {
      try {
        resolveOptions(options, []);
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(reject({ polls: 0 })).toMatchObject({
      name: 'OptionError',
      option: 'polls',
      message: 'Invalid polls: 0; expected an integer from 1 to 1000000',
    });
    for (const options of [{ adminToken: 'SEC RET' }, { upstream: 'https://me:SECRET@example.org' }]) {
      expect(reject(options)).toBeInstanceOf(OptionError);
      expect(String(reject(options))).not.toContain('SEC');
    }
  });

  test.each(NAMES)('the default of %s is allowed', (name) => {
    const {
      validator,
      default: value,
    }: { validator: { isValid: (value: unknown) => boolean }; default?: unknown } = OPTIONS[name];
    if (value !== undefined) expect(validator.isValid(value)).toBe(true);
  });
});

test("README's table of flags is that of the options", async () => {
  const readme = await readFile(join(packageRoot, 'README.md'), 'utf8');
  const rows = readme
    .split('\n')
    .filter((line) => line.startsWith('| `--'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  const variable = (flag: string, name: string) => (flag.startsWith('--no-') ? `${name}=false` : name);
  const documented = START_FLAGS.map(({ flag, environment, isSwitch, default: value, defaultText, help }) => [
    `\`${flag}\``,
    `\`${variable(flag, environment)}\``,
    defaultText ?? (isSwitch || value === undefined ? '' : String(value)),
    help,
  ]);
  const ofTheRun = RUN_FLAGS.map(({ flag, help }) => [`\`${flag}\``, '', '', help]);
  expect(rows.slice(0, -1)).toEqual([...documented, ...ofTheRun]);
  expect(rows.at(-1)).toEqual(['`--version`, `--help`', '', '', '']);
});

test.each(NAMES)('the test kit takes the option %s, or says why not', (name) => {
  const checking = () => checkOptions({ [name]: 1 });
  try {
    checking();
  } catch {
    expect(checking).toThrow(`The test kit's mock takes no option ${name}: `);
  }
});
