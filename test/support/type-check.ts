import { join } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../../contract/package-root.js';

/** What the compiler has against a source. */
export interface Problem {
  /** Where it begins, in characters from the beginning of the source. */
  start: number;
  message: string;
}

/** Sources compiled as the project's own are, in one program. */
export class TypeCheck {
  readonly #program: ts.Program;

  /** Takes texts by their paths below the root; what is not among them is read from there. */
  constructor(texts: Map<string, string>) {
    const sources = new Map([...texts].map(([path, text]) => [join(packageRoot, path), text]));
    const { config } = ts.readConfigFile(join(packageRoot, 'tsconfig.json'), ts.sys.readFile) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, packageRoot);
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists } = host;
    host.readFile = (path) => sources.get(path) ?? readFile(path);
    host.fileExists = (path) => sources.has(path) || fileExists(path);
    this.#program = ts.createProgram([...sources.keys()], options, host);
  }

  source(path: string): ts.SourceFile {
    const source = this.#program.getSourceFile(join(packageRoot, path));
    if (!source) throw new Error(`The program has no ${path}.`);
    return source;
  }

  problems(path: string): Problem[] {
    const source = this.source(path);
    return [
      ...this.#program.getSyntacticDiagnostics(source),
      ...this.#program.getSemanticDiagnostics(source),
    ].map(({ start = 0, messageText }) => ({
      start,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
  }

  /** What a source exports, by name, with what its comments say of it. */
  exports(path: string): Map<string, string> {
    const checker = this.#program.getTypeChecker();
    const module = checker.getSymbolAtLocation(this.source(path));
    if (!module) throw new Error(`${path} exports nothing.`);
    return new Map(
      checker
        .getExportsOfModule(module)
        .map((symbol) => [symbol.name, ts.displayPartsToString(symbol.getDocumentationComment(checker))]),
    );
  }
}
