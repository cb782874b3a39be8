import fc from 'fast-check';
import type { Operation } from './contract.js';

/** What `Prefer` does to a call: another status, or refused. */
export interface Preference {
  text: string;
  statuses: number[] | undefined;
  refusals: number[];
}

const IGNORED = [
  'respond-async',
  'wait=10',
  '__proto__=1',
  'constructor',
  'toString="code=500"',
  '=',
  ',,',
  '"',
  'a="\\"',
  ';',
  'code-x=1',
];

export function preferenceOf({ responses }: Operation): fc.Arbitrary<Preference> {
  const statuses = [...responses.keys()];
  const examples = [...responses.values()].flatMap((response) =>
    response.examples.map((name) => ({ name, response })),
  );
  const none = (text: string): Preference => ({ text, statuses: undefined, refusals: [] });
  const refused = (text: string): Preference => ({ text, statuses: undefined, refusals: [400] });
  const quoted = (name: string, value: string) =>
    fc.constantFrom(
      `${name}=${value}`,
      `${name.toUpperCase()} = "${value}"`,
      `${name}=${value};a=b, ${name}=none`,
    );
  const code = fc
    .constantFrom(...statuses)
    .chain((status) =>
      quoted('code', String(status)).map((text) => ({ text, statuses: [status], refusals: [] })),
    );
  const example = fc.constantFrom(...examples).chain(({ name }) =>
    quoted('example', name).map((text) => {
      const first = examples.find((other) => other.name === name);
      return { text, statuses: first && [first.response.status], refusals: [] };
    }),
  );
  const bad = [
    'code=999',
    'code=',
    'code',
    'code=2e2',
    'code=__proto__',
    'example=',
    'example=__proto__',
    'example=constructor',
    'fault=',
    'fault=__proto__',
    'scenario=',
    'scenario=__proto__',
  ];
  const badDelays = [
    'delay=60001',
    'delay=-1',
    'delay=1e3',
    'delay=',
    'delay=abc',
    `delay=${'9'.repeat(400)}`,
  ];
  return fc.oneof(
    { weight: 3, arbitrary: code },
    { weight: 2, arbitrary: example },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...IGNORED, 'delay=0', 'delay="2"', `a${' '.repeat(3000)}"`).map(none),
    },
    { weight: 2, arbitrary: fc.constantFrom(...bad, ...badDelays).map(refused) },
  );
}
