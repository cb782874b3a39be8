import { at, ContractPlaces, placesWhere, type Json } from './contract-places.js';

/** Where an element of the contract comes from when it is not from the page, in the report's order. */
const SOURCES: Record<string, string> = {
  assumed: 'Assumed: no source says it, and we had to choose',
  openapi: 'From Adobe’s OpenAPI description of the Segmentation Service',
  'profile-page': 'From the export jobs page of the Profile API, another guide to the same endpoint',
  guide: 'From Adobe’s getting-started and troubleshooting guides',
  client: 'From the Python client aepp',
};

const WORDS = Object.keys(SOURCES).join(', ');

const INTRODUCTION = `<!-- Generated from \`x-source\` in spec/openapi.yaml by \`npm run generate\`. Do not edit. -->

# Fidelity

What the [contract](../spec/openapi.yaml) has that is **not** from the endpoint’s documentation page, and where it
comes from instead. What is not listed here is from the page.
`;

interface Entry {
  where: string;
  source: string;
  sentence: string;
}

/** Lists in Markdown what of a contract is not from the page, by source. Throws if an `x-source` makes no sense. */
export function fidelityReport(contract: Json): string {
  const entries = sourcedEntries(contract);
  const sections = Object.entries(SOURCES).flatMap(([source, title]) => {
    const lines = entries
      .filter((entry) => entry.source === source)
      .map(({ where, sentence }) => `- **${where}**${sentence && `: ${sentence}`}`);
    return lines.length > 0 ? [`## ${title}\n\n${lines.join('\n')}\n`] : [];
  });
  return [INTRODUCTION, ...sections].join('\n');
}

/** All that an `x-source` speaks of, in the contract's order. */
function sourcedEntries(contract: Json): Entry[] {
  const places = new ContractPlaces(contract);
  const problems: string[] = [];
  const entries = placesWhere(contract, (node) => 'x-source' in node).flatMap((path) => {
    const element = at(contract, path);
    const parts = partsOf(element['x-source']);
    return parts.map(([part, source]) => {
      const where = places.name(path) + (part && `: ${part}`);
      if (!Object.hasOwn(SOURCES, source)) problems.push(`${where}: '${source}' is not one of ${WORDS}`);
      if (part && !hasPart(element, part)) problems.push(`${where}: neither a keyword nor an enum value`);
      return { where, source, sentence: firstSentence(element['description']) };
    });
  });
  if (problems.length > 0) throw new Error(`An x-source makes no sense.\n${problems.join('\n')}`);
  return entries;
}

/** The whole of an element is the part without a name. */
function partsOf(source: unknown): [part: string, source: string][] {
  const parts = typeof source === 'object' && source !== null ? source : { '': source };
  return Object.entries(parts).map(([part, word]) => [part, String(word)]);
}

function hasPart(element: Json, part: string): boolean {
  const values: unknown = element['enum'];
  return Object.hasOwn(element, part) || (Array.isArray(values) && values.includes(part));
}

function firstSentence(description: unknown): string {
  if (typeof description !== 'string') return '';
  const [paragraph = ''] = description.split('\n\n');
  const text = paragraph.replaceAll(/\s+/g, ' ').trim();
  return (/^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text).replace(/:$/, '');
}
