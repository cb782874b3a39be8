/**
 * Writes what is generated: the types of each contract of redocly.yaml, docs/fidelity.md, and a part of
 * docs/performance.md. With `--check`, only says what is out of date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import openapiTS, { astToString, COMMENT_HEADER, type OpenAPITSOptions } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { updatePerformanceDocument, type Results } from './bench/report.js';
import { at, listContracts, readYaml, type Json } from './contracts.js';
import { fidelityReport } from './fidelity.js';

const CONTRACT = 'spec/openapi.yaml';
/** Where the control plane's contract refers to the operations of the mocked API, which it does not list itself. */
const OPERATION_ID = '#/components/schemas/OperationId';
const OPTIONS: OpenAPITSOptions = {
  // A property with a default is optional: the types are first of all what a client writes.
  defaultNonNullable: false,
  silent: true,
  transform: (_schema, { path }) => (path === OPERATION_ID ? createOperationIdType() : undefined),
};

type GeneratedFile = [path: string, text: string];

async function typesFile(root: string, file: string, output: string, contract: Json): Promise<GeneratedFile> {
  const declarations = astToString(await openapiTS(pathToFileURL(join(root, file)), OPTIONS));
  // Of the others, no type is published.
  return [output, COMMENT_HEADER + declarations + (file === CONTRACT ? namedTypes(contract) : '')];
}

/** `keyof import('./openapi.js').operations` */
function createOperationIdType(): ts.TypeNode {
  const { factory } = ts;
  const file = factory.createLiteralTypeNode(factory.createStringLiteral('./openapi.js'));
  const operations = factory.createImportTypeNode(file, undefined, factory.createIdentifier('operations'));
  return factory.createTypeOperatorNode(ts.SyntaxKind.KeyOfKeyword, operations);
}

/** A name of its own for the type of each schema, with the schema's description. */
function namedTypes(document: Json): string {
  const schemas = at(document, ['components', 'schemas']) as Record<string, Json>;
  const declare = ([name, { description }]: [string, Json]) => {
    const lines =
      typeof description === 'string' ? description.trim().replaceAll('*/', '*\\/').split('\n') : [];
    const block = ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */\n'].join('\n');
    const comment = lines.length > 1 ? block : lines.map((line) => `/** ${line} */\n`).join('');
    return `${comment}export type ${name} = components["schemas"]["${name}"];\n`;
  };
  return Object.entries(schemas).map(declare).join('');
}

async function markdownFile(root: string, path: string, text: string): Promise<GeneratedFile> {
  return [path, await format(text, { ...(await resolveConfig(join(root, path))), parser: 'markdown' })];
}

/** docs/performance.md as it is to be, of bench/results.json. */
export async function performanceFile(root: string): Promise<GeneratedFile> {
  const path = 'docs/performance.md';
  const results = JSON.parse(await readFile(join(root, 'bench/results.json'), 'utf8')) as Results;
  const text = updatePerformanceDocument(await readFile(join(root, path), 'utf8'), results);
  return markdownFile(root, path, text);
}

async function generatedFiles(root: string): Promise<GeneratedFile[]> {
  const contract = await readYaml(join(root, CONTRACT));
  const contracts = await listContracts(root);
  return Promise.all([
    ...contracts.map(({ file, types }) => typesFile(root, file, types, contract)),
    markdownFile(root, 'docs/fidelity.md', fidelityReport(contract)),
    performanceFile(root),
  ]);
}

/** The generated files, all or some, whose text is not what it is to be. */
export async function outOfDateFiles(root: string, generate = generatedFiles): Promise<string[]> {
  const stale: string[] = [];
  for (const [file, text] of await generate(root)) {
    const present = await readFile(join(root, file), 'utf8').catch(() => undefined);
    if (present !== text) stale.push(file);
  }
  return stale;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const files = await outOfDateFiles('.');
    for (const file of files) console.error(`${file} is out of date. Run \`npm run generate\`.`);
    process.exitCode = files.length > 0 ? 1 : 0;
  } else {
    for (const [file, text] of await generatedFiles('.')) await writeFile(file, text);
  }
}
