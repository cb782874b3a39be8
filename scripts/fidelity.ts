/** Renders docs/fidelity.md: what of the contract does not come from the documentation page. */
import { at, placesWhere, type Json } from './contracts.js';

/** Where an element of the contract comes from when it is not from the page, in the report's order. */
const SOURCES: Record<string, string> = {
  assumed: 'Assumed: no source says it, and we had to choose',
  openapi: 'From Adobe’s OpenAPI description of the Segmentation Service',
  'profile-page': 'From the export jobs page of the Profile API, another guide to the same endpoint',
  guide: 'From Adobe’s getting-started and troubleshooting guides',
  client: 'From the Python client aepp',
};

const INTRODUCTION = `<!-- Generated from \`x-source\` in spec/openapi.yaml by \`npm run generate\`. Do not edit. -->

# Fidelity

What the [contract](../spec/openapi.yaml) has that is **not** from the endpoint’s documentation page, and where it
comes from instead. What is not listed here is from the page.
`;

/** Lists in Markdown what of a contract is not from the page, by source. Throws if an `x-source` makes no sense. */
export function fidelityReport(contract: Json): string {
  const places = new ContractPlaces(contract);
  const problems: string[] = [];
  const entries = placesWhere(contract, (node) => 'x-source' in node).flatMap((path) => {
    const element = at(contract, path);
    const { 'x-source': own, enum: values } = element;
    // A source for the whole element, or one for each of its keywords and enum values.
    const parts = typeof own === 'object' && own !== null ? own : { '': own };
    return Object.entries(parts).map(([part, word]) => {
      const where = places.name(path) + (part && `: ${part}`);
      const isPart = Object.hasOwn(element, part) || (Array.isArray(values) && values.includes(part));
      if (!Object.hasOwn(SOURCES, String(word)))
        problems.push(`${where}: '${String(word)}' is not one of ${Object.keys(SOURCES).join(', ')}`);
      if (part && !isPart) problems.push(`${where}: neither a keyword nor an enum value`);
      const sentence = firstSentence(element['description']);
      return { source: String(word), line: `- **${where}**${sentence && `: ${sentence}`}` };
    });
  });
  if (problems.length > 0) throw new Error(`An x-source makes no sense.\n${problems.join('\n')}`);
  const sections = Object.entries(SOURCES).map(([source, title]) => {
    const lines = entries.flatMap((entry) => (entry.source === source ? entry.line : []));
    return lines.length > 0 ? `## ${title}\n\n${lines.join('\n')}\n` : '';
  });
  return [INTRODUCTION, ...sections.filter(Boolean)].join('\n');
}

function firstSentence(description: unknown): string {
  if (typeof description !== 'string') return '';
  const [paragraph = ''] = description.split('\n\n');
  const text = paragraph.replaceAll(/\s+/g, ' ').trim();
  return (/^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text).replace(/:$/, '');
}

/** Gives names to places in an OpenAPI document, as its users see them. */
export class ContractPlaces {
  readonly #operationCount: number;

  constructor(private readonly document: Json) {
    this.#operationCount = placesWhere(document, (node) => 'operationId' in node).length;
  }

  /** Names the place at a path of keys: "operation createExportJob, response 415", "schema Page, property sort". */
  name(path: string[]): string {
    const words: string[] = [];
    for (let from = 0; from < path.length;) {
      const [length, word] = this.#step(path, from);
      from += length;
      if (word) words.push(word);
    }
    return words.join(', ');
  }

  /** How many keys the next step takes, and its name, which is empty if it means nothing to a reader. */
  #step(path: string[], from: number): [length: number, word: string] {
    const [key = '', next = '', last = ''] = path.slice(from);
    const names: Record<string, () => [number, string]> = {
      paths: () => {
        const { operationId } = at(this.document, path.slice(0, 3));
        return typeof operationId === 'string' ? [3, `operation ${operationId}`] : [2, `path ${next}`];
      },
      components: () => [3, this.#component(next, last)],
      parameters: () => [2, parameterName(at(this.document, path.slice(0, from + 2)))],
      responses: () => [2, `response ${next}`],
      headers: () => [2, `header ${next}`],
      properties: () => [2, `property ${next}`],
      servers: () => [2, `server ${Number(next) + 1}`],
      oneOf: () => [2, `alternative ${Number(next) + 1}`],
      content: () => [2, ''],
      schema: () => [1, ''],
    };
    return names[key]?.() ?? [1, key];
  }

  #component(kind: string, name: string): string {
    const uses = placesWhere(this.document, ({ $ref }) => $ref === `#/components/${kind}/${name}`);
    const lastKeys = [...new Set(uses.map((path) => path.at(-1)))].join(', ');
    switch (kind) {
      case 'parameters':
        return parameterName(at(this.document, ['components', kind, name]));
      case 'headers':
        return `response header ${lastKeys}`;
      case 'responses':
        return `${this.#operations(uses)}, response ${lastKeys}`;
      default:
        return `${kind.replace(/s$/, '')} ${name}`;
    }
  }

  #operations(uses: string[][]): string {
    if (uses.length === this.#operationCount) return 'every operation';
    const names = uses.map((path) => at(this.document, path.slice(0, 3))['operationId']);
    return `${names.length > 1 ? 'operations' : 'operation'} ${[...new Set(names)].join(', ')}`;
  }
}

function parameterName(parameter: Json): string {
  const name = `${String(parameter['in'])} parameter ${String(parameter['name'])}`;
  return name.replace('header parameter', 'request header');
}
