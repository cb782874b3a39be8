import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { performanceFiles } from './bench/performance-files.js';
import { contractFiles, readYaml } from './contract-files.js';
import { fidelityReport } from './fidelity.js';
import { namedTypes } from './schema-names.js';

const CONTRACT = 'spec/openapi.yaml';
const FIDELITY = 'docs/fidelity.md';

/** Where the control plane's contract speaks of the operations of the mocked one, which it does not list itself. */
const OPERATION_ID = '#/components/schemas/OperationId';

/** What every generated file has to hold, by its path below the root: the types of each API of redocly.yaml, and docs. */
export async function generatedFiles(root: string): Promise<Map<string, string>> {
  const contract = await readYaml(join(root, CONTRACT));
  const types = (await contractFiles(root)).map(async (api): Promise<[string, string]> => {
    const declarations = astToString(
      await openapiTS(pathToFileURL(join(root, api.root)), {
        // A property with a default is optional: the types are first of all what a client writes.
        defaultNonNullable: false,
        silent: true,
        transform: (_schema, { path }) => (path === OPERATION_ID ? createOperationIdType() : undefined),
      }),
    );
    // Of the others, no type is published.
    const names = api.root === CONTRACT ? namedTypes(contract) : '';
    return [api['x-openapi-ts'].output, COMMENT_HEADER + declarations + names];
  });
  const fidelity = fidelityReport(contract);
  const style = await resolveConfig(join(root, FIDELITY));
  return new Map([
    ...(await Promise.all(types)),
    [FIDELITY, await format(fidelity, { ...style, parser: 'markdown' })],
    ...(await performanceFiles(root)),
  ]);
}

/** `keyof import('./openapi.js').operations` */
function createOperationIdType(): ts.TypeNode {
  const { factory } = ts;
  const file = factory.createLiteralTypeNode(factory.createStringLiteral('./openapi.js'));
  const operations = factory.createImportTypeNode(file, undefined, factory.createIdentifier('operations'));
  return factory.createTypeOperatorNode(ts.SyntaxKind.KeyOfKeyword, operations);
}

/** The generated files, all or of a part, that do not hold what they have to. */
export async function outOfDateFiles(
  root: string,
  generate: (root: string) => Promise<Iterable<[file: string, text: string]>> = generatedFiles,
): Promise<string[]> {
  const stale: string[] = [];
  for (const [file, text] of await generate(root)) {
    const present = await readFile(join(root, file), 'utf8').catch(() => undefined);
    if (present !== text) stale.push(file);
  }
  return stale;
}
