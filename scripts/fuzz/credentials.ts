import fc from 'fast-check';
import { right, type Headers, type Part } from './part.js';

/** The sandboxes that calls are for: few, so that their state is bounded. */
export const ORGANISATIONS = ['fuzz@AdobeOrg', '__proto__', '\u00e9\u00ff', '"; drop', '%00'];
export const SANDBOXES = ['prod', 'constructor', '../..', 'a b', '0'];

const credentials: fc.Arbitrary<Headers> = fc
  .tuple(
    fc.constantFrom('Bearer token', 'bearer  x', 'Bearer \u00ff'),
    fc.constantFrom('key', '\u00ff', '0'),
    fc.constantFrom(...ORGANISATIONS),
    fc.constantFrom(...SANDBOXES),
  )
  .map(([token, key, org, sandbox]) => [
    ['Authorization', token],
    ['x-api-key', key],
    ['x-gw-ims-org-id', org],
    ['x-sandbox-name', sandbox],
  ]);

/** One of the four headers left out, empty, wrong or twice. Twice is read as one, or refused. */
const badCredentials: fc.Arbitrary<Part<Headers>> = credentials.chain((headers) =>
  fc.tuple(fc.nat(3), fc.constantFrom('none', 'empty', 'blank', 'wrong', 'twice')).map(([index, how]) => {
    const [name = '', value = ''] = headers[index] ?? [];
    const refusals = [index === 0 || index === 1 ? 403 : 400];
    switch (how) {
      case 'none':
        return { value: headers.toSpliced(index, 1), refusals };
      case 'empty':
      case 'blank':
        return { value: headers.with(index, [name, how === 'empty' ? '' : ' \t ']), refusals };
      case 'wrong':
        return index === 0
          ? { value: headers.with(0, [name, 'Basic eDp5']), refusals: [401] }
          : { value: headers.with(index, ['x-other', value]), refusals };
      default:
        return right([...headers, [name, value]] as Headers);
    }
  }),
);

/** The four headers, mostly right. */
export const gateway = fc.oneof(
  { weight: 9, arbitrary: credentials.map(right) },
  { weight: 1, arbitrary: badCredentials },
);
