import { at, type Json } from './contract-places.js';

/** A name of its own for the type of each schema of a contract, so that it can be imported and is told of where it is used. */
export function namedTypes(document: Json): string {
  const schemas = at(document, ['components', 'schemas']) as Record<string, Json>;
  return Object.entries(schemas)
    .map(([name, { description }]) => {
      const told = typeof description === 'string' ? `${docComment(description)}\n` : '';
      return `${told}export type ${name} = components["schemas"]["${name}"];\n`;
    })
    .join('');
}

function docComment(text: string): string {
  const lines = text.trim().replaceAll('*/', '*\\/').split('\n');
  if (lines.length === 1) return `/** ${lines.join('')} */`;
  return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n');
}
