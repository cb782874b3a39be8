export type Json = Record<string, unknown>;

/** Gives names to places in an OpenAPI document, as those see them who make the calls. */
export class ContractPlaces {
  readonly #operationCount: number;

  constructor(private readonly document: Json) {
    this.#operationCount = placesWhere(document, (node) => 'operationId' in node).length;
  }

  /** Names the place at a path of keys: "operation createExportJob, response 415", "schema Page, property sort". */
  name(path: string[]): string {
    const words: string[] = [];
    let from = 0;
    while (from < path.length) {
      const [length, word] = this.#step(path, from);
      from += length;
      if (word) words.push(word);
    }
    return words.join(', ');
  }

  /** How many keys the next step takes, and its name; what says nothing to a reader has none. */
  #step(path: string[], from: number): [length: number, word: string] {
    const [key = '', next = '', last = ''] = path.slice(from);
    switch (key) {
      case 'paths': {
        const operationId = at(this.document, path.slice(0, 3))['operationId'];
        return typeof operationId === 'string' ? [3, `operation ${operationId}`] : [2, `path ${next}`];
      }
      case 'components':
        return [3, this.#component(next, last)];
      case 'parameters':
        return [2, parameterName(at(this.document, path.slice(0, from + 2)))];
      case 'responses':
        return [2, `response ${next}`];
      case 'headers':
        return [2, `header ${next}`];
      case 'properties':
        return [2, `property ${next}`];
      case 'servers':
        return [2, `server ${Number(next) + 1}`];
      case 'oneOf':
        return [2, `alternative ${Number(next) + 1}`];
      case 'content':
        return [2, ''];
      case 'schema':
        return [1, ''];
      default:
        return [1, key];
    }
  }

  #component(kind: string, name: string): string {
    const uses = placesWhere(this.document, ({ $ref }) => $ref === `#/components/${kind}/${name}`);
    switch (kind) {
      case 'parameters':
        return parameterName(at(this.document, ['components', kind, name]));
      case 'headers':
        return `response header ${distinct(uses.map((path) => path.at(-1)))}`;
      case 'responses':
        return `${this.#operationsOf(uses)}, response ${distinct(uses.map((path) => path.at(-1)))}`;
      default:
        return `${kind.replace(/s$/, '')} ${name}`;
    }
  }

  #operationsOf(uses: string[][]): string {
    if (uses.length === this.#operationCount) return 'every operation';
    const names = uses.map((path) => at(this.document, path.slice(0, 3))['operationId']);
    return `${names.length > 1 ? 'operations' : 'operation'} ${distinct(names)}`;
  }
}

/** The paths of keys to all that passes, in the document's order. */
export function placesWhere(node: unknown, passes: (node: Json) => boolean, path: string[] = []): string[][] {
  if (typeof node !== 'object' || node === null) return [];
  const within = Object.entries(node).flatMap(([key, child]) => placesWhere(child, passes, [...path, key]));
  return passes(node as Json) ? [path, ...within] : within;
}

/** What is at a path of keys. */
export function at(document: Json, path: string[]): Json {
  return path.reduce((node, key) => (node[key] ?? {}) as Json, document);
}

function parameterName(parameter: Json): string {
  return `${String(parameter['in'])} parameter ${String(parameter['name'])}`.replace(
    'header parameter',
    'request header',
  );
}

function distinct(names: unknown[]): string {
  return [...new Set(names)].join(', ');
}
