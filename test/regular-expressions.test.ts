import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { analyse } from 'scslre';
import ts from 'typescript';
import { at, placesWhere, readYaml } from '../scripts/contracts.js';
import { packageRoot } from '../contract/package-root.js';

type Expression = [where: string, source: string, flags: string];

/** The contract's patterns, as ajv compiles them. */
async function patternsOf(file: string): Promise<Expression[]> {
  const document = await readYaml(join(packageRoot, file));
  return placesWhere(document, ({ pattern }) => typeof pattern === 'string').map((path) => [
    [file, ...path].join('/'),
    String(at(document, path)['pattern']),
    'u',
  ]);
}

function literalsOf(file: string): Expression[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(packageRoot, file), 'utf8'),
    ts.ScriptTarget.ES2022,
  );
  const found: Expression[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      const end = node.text.lastIndexOf('/');
      found.push([`${file}:${line + 1}`, node.text.slice(1, end), node.text.slice(end + 1)]);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

const sources = ['client', 'server'].flatMap((folder) =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

const expressions = [
  ...(await patternsOf('spec/openapi.yaml')),
  ...(await patternsOf('spec/control.yaml')),
  ...(await patternsOf('spec/ims.yaml')),
  ...sources.flatMap(literalsOf),
];

test('there are patterns in the contract, and regular expressions in the client and the server', () => {
  const holders = new Set(expressions.map(([where]) => where.replace(/[/:].*/, '')));
  expect([...holders].sort()).toEqual(['client', 'server', 'spec']);
});

test.each([
  ['exponentially', '^(a+)+$'],
  ['by the square', '^\\s*a?\\s*$'],
  ['by the square from each start', 'a*$'],
])('one that matches %s is found', (_how, source) => {
  expect(analyse({ source, flags: 'u' }).reports).not.toEqual([]);
});

test.each(expressions)('the time that %s takes grows no faster than the text', (_where, source, flags) => {
  expect(analyse({ source, flags }).reports.map(({ type }) => type)).toEqual([]);
});
