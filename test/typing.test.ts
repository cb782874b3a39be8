import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { loadContract } from '../contract/contract.js';
import { packageRoot } from '../contract/package-root.js';
import {
  documentedBodies,
  placesOfCalls,
  type CallSchema,
  type DocumentedBody,
} from './support/contract-bodies.js';
import { CONTRACT_FILE } from './support/contracts.js';
import { TypeCheck } from './support/type-check.js';

const TYPES = 'generated/openapi.ts';
const REQUESTS = 'test/typing/requests.ts';
/** The same with nothing expected, so that the compiler says what it has against each line. */
const OPEN_REQUESTS = 'test/typing/open-requests.ts';
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
    ['ServiceError | GatewayError | undefined>();', 'ServiceError | GatewayError>();'],
  ].map(([said = '', other = ''], index) => [
    `test/typing/wrong-answers-${index}.ts`,
    answers.replaceAll(said, other),
  ]),
);

const program = new TypeCheck(
  new Map([
    ...sources.map((path): [string, string] => [path, read(path)]),
    [OPEN_REQUESTS, read(REQUESTS).replaceAll('@ts-expect-error', 'refused:')],
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

interface Claim {
  place: string;
  value: ts.Expression;
  /** Why the type refuses the value; `undefined` if it is to take it. */
  refused: string | undefined;
  problems: string[];
}

/** What a source says of values and places: `value satisfies At<'operation', '/place'>`. */
function claimsOf(path: string): Claim[] {
  const source = program.source(path);
  const problems = program.problems(path);
  const found: Claim[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isSatisfiesExpression(node) && ts.isTypeReferenceNode(node.type)) {
      const [operation = '', at = ''] = (node.type.typeArguments ?? []).map((argument) =>
        argument.getText().slice(1, -1),
      );
      const comment = source.text.slice(node.getFullStart(), node.getStart());
      found.push({
        place: `${operation} ${at}`,
        value: node.expression,
        refused: /refused: (.*)/.exec(comment)?.[1],
        problems: problems
          .filter(({ start }) => start >= node.getStart() && start < node.getEnd())
          .map(({ message }) => message),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** How a claim says that a value is of a kind, which schemas are of that kind, and what the value then is. */
const KINDS: [reason: string, types: CallSchema['type'][], value: ts.SyntaxKind[]][] = [
  ['it is a number', ['integer'], [ts.SyntaxKind.NumericLiteral]],
  ['it is a text', ['string'], [ts.SyntaxKind.StringLiteral]],
  ['it is a boolean', ['boolean'], [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword]],
  ['it is null', [], [ts.SyntaxKind.NullKeyword]],
  ['it is an array', ['array'], [ts.SyntaxKind.ArrayLiteralExpression]],
  ['it is an object', ['object'], [ts.SyntaxKind.ObjectLiteralExpression]],
];

/** All that the type of a place has to refuse. */
function refusals(schema: CallSchema | undefined): string[] {
  if (!schema) return ['there is none'];
  const otherKinds = KINDS.filter(([, types]) => !types.includes(schema.type));
  return [
    ...(schema.type === 'parameters' ? [] : otherKinds.map(([reason]) => reason)),
    ...(schema.enum ? ['none of its values'] : []),
    ...(schema.properties ? ["'unknown' is not known"] : []),
    ...(schema.required ?? []).map((name) => `'${name}' is missing`),
  ];
}

describe('the type of a request', () => {
  const claimed = claimsOf(OPEN_REQUESTS);
  const places = placesOfCalls(document);

  test.each([...places])(
    'is tried with every kind of wrong value, and with a right one: %s',
    (place, schema) => {
      const here = claimed.filter((claim) => claim.place === place);
      expect(here.flatMap(({ refused = [] }) => refused).sort()).toEqual(refusals(schema).sort());
      const taken = here.filter(({ refused }) => refused === undefined).map(({ value }) => value.getText());
      if (schema?.enum) expect(taken).toEqual(schema.enum.map((value) => `'${value}'`));
      else expect(taken).toHaveLength(schema ? 1 : 0);
    },
  );

  test('is tried at no place that the contract does not have', () => {
    expect(claimed.map(({ place }) => place).filter((place) => !places.has(place))).toEqual([]);
    expect(claimed.length).toBeGreaterThan(250);
  });

  test('refuses each wrong value, for what is wrong with it, and takes each right one', () => {
    for (const { place, value, refused, problems } of claimed) {
      const said = [place, value.getText(), refused];
      expect([...said, problems.length]).toEqual([...said, refused === undefined ? 0 : 1]);
      const [, , kinds] = KINDS.find(([reason]) => reason === refused) ?? [];
      if (kinds) expect(kinds).toContain(value.kind);
      const [name] = /^'.*'(?= is )/.exec(refused ?? '') ?? [];
      if (name !== undefined)
        expect([...said, problems[0]]).toEqual([...said, expect.stringContaining(name)]);
    }
    expect(program.problems(OPEN_REQUESTS)).toHaveLength(
      claimed.filter(({ refused }) => refused !== undefined).length,
    );
  });
});

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
