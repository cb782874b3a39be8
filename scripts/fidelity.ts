import { $RefParser } from '@apidevtools/json-schema-ref-parser';

/** Where an element of the contract comes from when it is not from the page, in the report's order. */
const SOURCES = {
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

type Json = Record<string, unknown>;

interface Sourced {
  where: string;
  source: string;
  sentence: string;
}

/** What of a contract is not from the page, by source, as Markdown. Throws if an \`x-source\` makes no sense. */
export async function fidelityReport(contractFile: string): Promise<string> {
  const document = (await $RefParser.parse(contractFile)) as unknown as Json;
  const problems: string[] = [];
  const all = [...sourced(document, [], new Places(document), problems)];
  if (problems.length > 0) throw new Error(`x-source is wrong in ${contractFile}\n${problems.join('\n')}`);
  const sections = Object.entries(SOURCES).flatMap(([source, title]) => {
    const items = all.filter((element) => element.source === source);
    const lines = items.map(({ where, sentence }) => `- **${where}**${sentence && `: ${sentence}`}`);
    return lines.length > 0 ? [`## ${title}\n\n${lines.join('\n')}\n`] : [];
  });
  return [INTRODUCTION, ...sections].join('\n');
}

/** Everything at or below a node that says where it comes from. */
function* sourced(node: unknown, path: string[], places: Places, problems: string[]): Generator<Sourced> {
  if (typeof node !== 'object' || node === null) return;
  const { 'x-source': source, ...element } = node as Json;
  if (source !== undefined) {
    const where = places.name(path);
    const parts = typeof source === 'string' ? { '': source } : (source as Record<string, string>);
    for (const [part, word] of Object.entries(parts)) {
      const place = part ? `${where}: ${part}` : where;
      if (!(word in SOURCES)) problems.push(`${place}: '${word}' is not one of ${Object.keys(SOURCES).join(', ')}`);
      if (part && !hasPart(element, part)) problems.push(`${place}: neither a keyword nor an enum value there`);
      yield { where: place, source: word, sentence: firstSentence(element['description']) };
    }
  }
  for (const [key, child] of Object.entries(element)) yield* sourced(child, [...path, key], places, problems);
}

function hasPart(element: Json, part: string): boolean {
  return part in element || (Array.isArray(element['enum']) && element['enum'].includes(part));
}

function firstSentence(description: unknown): string {
  if (typeof description !== 'string') return '';
  const [paragraph = ''] = description.split('\n\n');
  const text = paragraph.replaceAll(/\s+/g, ' ').trim();
  return (/^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text).replace(/:$/, '');
}

/** Says in words where in the contract a place is. */
class Places {
  readonly #document: Json;
  readonly #operations: Json[];

  constructor(document: Json) {
    this.#document = document;
    this.#operations = Object.values((document['paths'] ?? {}) as Record<string, Json>).flatMap((item) =>
      Object.values(item).filter((value): value is Json => 'operationId' in (value as Json)),
    );
  }

  name(path: string[]): string {
    const [top, second = '', third = ''] = path;
    if (top === 'components') return [this.#component(second, third), ...this.#inner(path, 3)].join(', ');
    const item = this.#at(path.slice(0, 3));
    return top === 'paths' && 'operationId' in item
      ? [`operation ${String(item['operationId'])}`, ...this.#inner(path, 3)].join(', ')
      : [top === 'paths' ? `path ${second}` : top, ...this.#inner(path, 2)].join(', ');
  }

  /** A shared response or header is named as those see it who make the calls. */
  #component(kind: string, name: string): string {
    const reference = `#/components/${kind}/${name}`;
    if (kind === 'parameters') return this.#parameter(this.#at(['components', kind, name]));
    if (kind === 'schemas') return `schema ${name}`;
    if (kind === 'headers') {
      const responses = [...this.#responses(), ...Object.entries(this.#at(['components', 'responses']))];
      const uses = responses.flatMap(([, { headers }]) => keysOf(headers, reference));
      return `response header ${distinct(uses) || name}`;
    }
    if (kind === 'responses') {
      const users = this.#operations.filter(({ responses }) => keysOf(responses, reference).length > 0);
      const statuses = users.flatMap(({ responses }) => keysOf(responses, reference));
      const operations = distinct(users.map(({ operationId }) => String(operationId)));
      const who = users.length === this.#operations.length ? 'every operation' : `operation ${operations}`;
      return `${who}, response ${distinct(statuses) || name}`;
    }
    return `${kind} ${name}`;
  }

  #responses(): [string, Json][] {
    return this.#operations.flatMap(({ responses }) => Object.entries(responses as Record<string, Json>));
  }
}
