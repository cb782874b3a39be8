import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadContract } from '../contract/contract.js';
import { packageRoot } from '../contract/package-root.js';
import { documentedBodies, type DocumentedBody } from './support/contract-bodies.js';
import { CONTRACT_FILE } from './support/contracts.js';
import { TypeCheck } from './support/type-check.js';

const TYPES = 'generated/openapi.ts';
const RIGHT = 'test/typing/right-examples.ts';
const WRONG = 'test/typing/wrong-examples.ts';

const { document } = await loadContract(CONTRACT_FILE, 'when needed');
const bodies = documentedBodies(document);
const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const sources = readdirSync(join(packageRoot, 'test/typing')).map((name) => `test/typing/${name}`);

const answers = read('test/typing/answers.ts');
const wrongAnswers = new Map(
  [
    ['404: ServiceError', '404: GatewayError'],
    ['  415: ServiceError;\n', ''],
    ['(job.errors).toEqualTypeOf<JobError[]>();', '(job.errors).toEqualTypeOf<JobError[] | undefined>();'],
  ].map(([said = '', other = ''], index) => [
    `test/typing/wrong-answers-${index}.ts`,
    answers.replaceAll(said, other),
  ]),
);

const program = new TypeCheck(
  new Map([
    ...sources.map((path): [string, string] => [path, read(path)]),
    [RIGHT, claims(bodies)],
    [WRONG, claims(bodies.flatMap(madeWrong))],
    ...wrongAnswers,
  ]),
);

/** A source that claims of values that they are of the types of their places, a line each. */
function claims(values: DocumentedBody[]): string {
  const lines = values.map(({ type, value }) => `  ${JSON.stringify(value)} satisfies ${type},\n`);
  return `import type { operations } from '../../generated/openapi.js';\nexport const CLAIMS = [\n${lines.join('')}];\n`;
}

/** A body with something more, and without each of its properties, or with each of another type. */
function madeWrong(body: DocumentedBody): DocumentedBody[] {
  const value = body.value as Record<string, unknown>;
  const others = Object.keys(value).map((name) => ({ ...value, [name]: [[]] }));
  return [{ ...value, unknown: 1 }, {}, ...others].map((wrong) => ({ ...body, value: wrong }));
}

/** Which lines of a source the compiler has something against, by their numbers from 0. */
function linesWithProblems(path: string): number[] {
  const source = program.source(path);
  const lines = program.problems(path).map(({ start }) => source.getLineAndCharacterOfPosition(start).line);
  return [...new Set(lines)].sort((a, b) => a - b);
}

describe('the type of a body takes', () => {
  test('every documented example of it', () => {
    expect(program.problems(RIGHT)).toEqual([]);
    const files = readdirSync(join(packageRoot, 'fixtures/examples'));
    expect([...new Set(bodies.map(({ name }) => `${name}.json`))].sort()).toEqual(files.sort());
  });

  test('none that was made wrong', () => {
    const wrong = bodies.flatMap(madeWrong);
    expect(wrong.length).toBeGreaterThan(bodies.length * 3);
    const BEFORE_THE_FIRST = 2;
    expect(linesWithProblems(WRONG)).toEqual(wrong.map((_, index) => index + BEFORE_THE_FIRST));
  });
});

test.each(sources)('what %s says of types is so', (path) => {
  expect(program.problems(path)).toEqual([]);
});

test.each([...wrongAnswers.keys()])('%s, where something is said wrongly, is found', (path) => {
  expect(program.problems(path)).not.toEqual([]);
});

describe('the published types', () => {
  test('name each schema of the contract, and say what it is', () => {
    const named = program.exports(TYPES);
    const whole = ['paths', 'webhooks', 'components', '$defs', 'operations'];
    const schemas = Object.entries(document.components.schemas) as [string, { description?: string }][];
    expect([...named.keys()].sort()).toEqual([...whole, ...schemas.map(([name]) => name)].sort());
    for (const [name, { description = '' }] of schemas) {
      expect([name, named.get(name)]).toEqual([name, description.trim()]);
    }
  });

  test('are nothing where they run', async () => {
    const built = join(packageRoot, 'dist/generated/openapi.js');
    expect(Object.keys((await import(built)) as object)).toEqual([]);
    expect(
      readFileSync(built, 'utf8')
        .replace(/\/\*[^]*?\*\//g, '')
        .trim(),
    ).toBe('export {};');
  });
});
