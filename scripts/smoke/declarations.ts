import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

/** A module of the package, as it is imported or required. */
interface Module {
  types: string;
  default: string;
}

/** The modules that a package exports, of one kind. */
export async function exportedModules(folder: string, kind: 'import' | 'require'): Promise<Module[]> {
  const { exports } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    exports: Record<string, string | Record<typeof kind, Module>>;
  };
  return Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : entry[kind]));
}

/** All files that the compiler reads for what a package exports, itself included. */
export async function declarationsRead(folder: string, kind: 'import' | 'require'): Promise<string[]> {
  const files = (await exportedModules(folder, kind)).map(({ types }) => join(folder, types));
  const { NodeNext: module } = ts.ModuleKind;
  const program = ts.createProgram(files, { module, noLib: true, types: [] });
  return program.getSourceFiles().map(({ fileName }) => fileName);
}
