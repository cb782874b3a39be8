import { join } from 'node:path';
import { $RefParser } from '@apidevtools/json-schema-ref-parser';

interface RedoclyConfig {
  apis: Record<string, ContractFile>;
}

interface ContractFile {
  root: string;
  'x-openapi-ts': { output: string };
}

/** The contracts that redocly.yaml lists: the file of each, and that of its types. */
export async function contractFiles(root: string): Promise<ContractFile[]> {
  const { apis } = (await readYaml(join(root, 'redocly.yaml'))) as unknown as RedoclyConfig;
  return Object.values(apis);
}

/** Reads a file of YAML, and follows no reference in it. */
export async function readYaml(file: string): Promise<Record<string, unknown>> {
  return (await $RefParser.parse(file)) as unknown as Record<string, unknown>;
}
