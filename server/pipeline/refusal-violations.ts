import type { Contract } from '../../contract/contract.js';
import type { ContractOperation } from '../../contract/contract-operations.js';
import { ApiError, type Violation } from '../platform/errors.js';
import { fragmentOf } from '../../contract/json-pointer.js';
import { headerOf } from '../journal/sent-headers.js';
import type { Exchange } from './exchange.js';

const ORGANISATION = 'x-gw-ims-org-id';

/** The header that each of the gateway's errors is about, the first that is missing if there are two, and what it wants. */
const OF_THE_GATEWAY: Record<string, { headers: string[]; allowed: string }> = {
  400003: { headers: [ORGANISATION, 'x-sandbox-name'], allowed: 'it is required' },
  401013: { headers: ['authorization'], allowed: 'Bearer and a valid access token' },
  403000: { headers: ['x-api-key'], allowed: 'it is required' },
  403003: { headers: ['x-api-key'], allowed: 'a key that is known' },
  403010: { headers: ['authorization'], allowed: 'Bearer and an access token' },
  403025: {
    headers: [ORGANISATION],
    allowed: 'an organisation and a sandbox that the caller may enter',
  },
};

/** The statuses of what is refused for what the call is, and not for how the mock fares. */
const OF_THE_CALL = [400, 404, 405, 413, 415, 431];

/** What a call that was refused broke of the contract, with the rules that did not come with the error. */
export function refusalViolations(error: unknown, exchange: Exchange): readonly Violation[] {
  const { journals, operation, method } = exchange;
  if (!journals || !(error instanceof ApiError)) return [];
  const { body } = error.answer('');
  // Behind the gateway, its errors are asked for by whom the call does not obey.
  if ('error_code' in body) {
    return exchange.sandbox
      ? []
      : [gatewayViolation(body.error_code, error.message, exchange, journals.contract)];
  }
  if (!OF_THE_CALL.includes(error.status)) return [];
  const rule = ruleOf(error.status, operation);
  const ofMethod = error.status === 405 && { pointer: '/method', sent: method };
  return error.entries.map((entry) => ({ rule, ...entry, ...ofMethod }));
}

/** The rule that a call broke whose body can not be read, or which is for no operation. */
function ruleOf(status: number, operation: ContractOperation | undefined): string {
  if (!operation) return fragmentOf(['paths']);
  const response = status === 413 || status === 415 ? operation.responses.get(status) : undefined;
  return response?.place ?? operation.places.requestBody;
}

function gatewayViolation(
  code: string,
  message: string,
  { rawHeaders, address }: Exchange,
  contract: Contract,
): Violation {
  const { headers, allowed } = OF_THE_GATEWAY[code] ?? {
    headers: [],
    allowed: 'see the security of the contract',
  };
  const header = headers.find((name) => !headerOf(rawHeaders, name)) ?? headers[0];
  if (header === undefined) return { message, pointer: '/headers', rule: securityRule(contract), allowed };
  // An address stands for what the headers say.
  const pointer = address && header === ORGANISATION ? '/url' : `/headers/${header}`;
  return { message, pointer, rule: securityRule(contract, header), allowed };
}

/** Where a contract says that it wants a header for security; where it speaks of security at all, if it does not say. */
function securityRule({ document }: Contract, header?: string): string {
  const schemes = Object.entries(document.components.securitySchemes ?? {});
  const found = schemes.find(
    ([, { type, name }]) => (type === 'apiKey' ? name?.toLowerCase() : 'authorization') === header,
  );
  if (found) return fragmentOf(['components', 'securitySchemes', found[0]]);
  return fragmentOf(schemes.length > 0 ? ['components', 'securitySchemes'] : ['paths']);
}
