import { fragmentOf } from '../../contract/json-pointer.js';
import type { Contract } from '../../contract/contract.js';
import type { ContractOperation } from '../../contract/contract-operations.js';
import type { Violation } from '../../contract/violation.js';
import { ApiError } from '../platform/errors.js';
import { getHeader, type RawHeaders } from '../platform/headers.js';
import { DOCUMENTED_SANDBOX, type SandboxName } from '../platform/sandbox-name.js';
import type { ReceivedRequest } from './request.js';

/** The sandbox that headers name; what they do not say is taken from the documented one. */
export function readSandboxName(headers: RawHeaders): SandboxName {
  return {
    org: getFilledHeader(headers, ORGANISATION) ?? DOCUMENTED_SANDBOX.org,
    name: getFilledHeader(headers, 'x-sandbox-name') ?? DOCUMENTED_SANDBOX.name,
  };
}

function getFilledHeader(headers: RawHeaders, name: string): string | undefined {
  const value = getHeader(headers, name);
  return value === '' ? undefined : value;
}

const ORGANISATION = 'x-gw-ims-org-id';

/** The header that each of the gateway's errors is about, the first that is missing if there are two, and what it wants. */
const GATEWAY_ERROR_HEADERS: Record<string, { headers: string[]; allowed: string }> = {
  400003: { headers: [ORGANISATION, 'x-sandbox-name'], allowed: 'it is required' },
  401013: { headers: ['authorization'], allowed: 'Bearer and a valid access token' },
  403000: { headers: ['x-api-key'], allowed: 'it is required' },
  403003: { headers: ['x-api-key'], allowed: 'a key that is known' },
  403010: { headers: ['authorization'], allowed: 'Bearer and an access token' },
  403025: {
    headers: [ORGANISATION],
    allowed: 'an organisation and a sandbox that the client may use',
  },
};

/** The statuses of requests that are rejected for what they are, and not for how the mock fares. */
const CLIENT_ERROR_STATUSES = [400, 404, 405, 413, 415, 431];

/** What a rejected request broke of the contract, with the rules that did not come with the error. */
export function findRejectionViolations(
  error: unknown,
  request: ReceivedRequest,
  isAdmitted: boolean,
): readonly Violation[] {
  if (!(error instanceof ApiError)) return [];
  if (error.violations) return error.violations;
  const { route, method } = request;
  const { body } = error.toResponse('') as { body: { error_code?: string } };
  if (body.error_code !== undefined) {
    // A gateway error after admission comes from a fault or `Prefer`, not from the request.
    if (isAdmitted || !route.api) return [];
    return [createGatewayViolation(body.error_code, error.message, request, route.api.contract)];
  }
  if (!CLIENT_ERROR_STATUSES.includes(error.status)) return [];
  const rule = findRule(error.status, route.kind === 'operation' ? route.operation : undefined);
  const ofMethod = error.status === 405 && { pointer: '/method', sent: method };
  return error.entries.map((entry) => ({ rule, ...entry, ...ofMethod }));
}

/** The rule that a request broke whose body cannot be read, or which is for no operation. */
function findRule(status: number, operation: ContractOperation | undefined): string {
  if (!operation) return fragmentOf(['paths']);
  const response = status === 413 || status === 415 ? operation.responses.get(status) : undefined;
  return response?.place ?? operation.places.requestBody;
}

function createGatewayViolation(
  code: string,
  message: string,
  { rawHeaders, target }: ReceivedRequest,
  contract: Contract,
): Violation {
  const { headers, allowed } = GATEWAY_ERROR_HEADERS[code] ?? {
    headers: [],
    allowed: 'see the security of the contract',
  };
  const header = headers.find((name) => !getHeader(rawHeaders, name)) ?? headers[0];
  if (header === undefined)
    return { message, pointer: '/headers', rule: findSecurityRule(contract), allowed };
  // An address stands for what the headers say.
  const pointer = target.address && header === ORGANISATION ? '/url' : `/headers/${header}`;
  return { message, pointer, rule: findSecurityRule(contract, header), allowed };
}

/** Where a contract says that it wants a header for security; where it speaks of security at all, if it does not say. */
function findSecurityRule({ document }: Contract, header?: string): string {
  const schemes = Object.entries(document.components.securitySchemes ?? {});
  const found = schemes.find(
    ([, { type, name }]) => (type === 'apiKey' ? name?.toLowerCase() : 'authorization') === header,
  );
  if (found) return fragmentOf(['components', 'securitySchemes', found[0]]);
  return fragmentOf(schemes.length > 0 ? ['components', 'securitySchemes'] : ['paths']);
}
