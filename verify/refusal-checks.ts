import type { ContractParameter } from '../contract/contract-operations.js';
import type { Fragment } from '../contract/contract-place.js';
import type { Check } from './check.js';
import type { Inspection } from './inspection.js';
import { NotChecked, refuseOutage, type Question, type Reply } from './question.js';

const LIST = 'listExportJobs';
const ASK = { operation: LIST, query: '?limit=1' };
/** An address that names organisation and sandbox itself. */
const ADDRESSED = /^\/as\/[^/]+\/[^/]+\//;

/** A header that every call needs: what a call without it is documented to be answered, and where. */
interface NeededHeader {
  header: string;
  scheme: string;
  status: number;
  example: string;
}

const NEEDED: NeededHeader[] = [
  { header: 'authorization', scheme: 'accessToken', status: 403, example: 'oauth-token-missing' },
  { header: 'x-api-key', scheme: 'apiKey', status: 403, example: 'api-key-required' },
  { header: 'x-gw-ims-org-id', scheme: 'organisation', status: 400, example: 'missing-header' },
  { header: 'x-sandbox-name', scheme: 'sandbox', status: 400, example: 'missing-header' },
];

/** A call without one of the headers that every call needs is refused as documented. */
export const missingHeaders: Check[] = NEEDED.map(({ header, scheme, status, example }) => ({
  title: `A call without ${header} is refused`,
  run: async (inspection) => {
    const isInAddress = ADDRESSED.test(new URL(inspection.options.baseUrl).pathname);
    if (isInAddress && ['organisation', 'sandbox'].includes(scheme)) {
      throw new NotChecked('the address names organisation and sandbox');
    }
    const reply = await inspection.ask({ ...ASK, omit: [header] });
    return refusedAs(inspection, reply, {
      status,
      example,
      scheme: `#/components/securitySchemes/${scheme}`,
    });
  },
}));

/** A token in a form that no service takes. Such calls may count as attacks, so it is sent only when asked for. */
export const badToken: Check = {
  title: 'A call with a bad token is refused',
  run: async (inspection) => {
    const reply = await inspection.ask({ ...ASK, headers: { authorization: 'Basic bm8tdG9rZW4=' } });
    const scheme = '#/components/securitySchemes/accessToken';
    return refusedAs(inspection, reply, { status: 401, example: 'oauth-token-not-valid', scheme });
  },
};

function refusedAs(
  inspection: Inspection,
  reply: Reply,
  { status, example, scheme }: { status: number; example: string; scheme: Fragment },
): string {
  refuseOutage(reply);
  const response = reply.operation.responses.get(status);
  if (reply.status !== status) {
    const told = { rule: scheme, pointer: '/status', came: reply.status, allowed: String(status) };
    inspection.contradict(reply, { ...told, message: 'The call is not refused as documented.' });
    return `${reply.status}`;
  }
  const documented = response?.examples.get(example) as { error_code?: string } | undefined;
  const { error_code: code } = (reply.body ?? {}) as { error_code?: unknown };
  if (documented && code !== documented.error_code) {
    inspection.contradict(reply, {
      rule: `#/components/examples/${example}`,
      message: 'The call is refused with another code than the documented one.',
      pointer: '/body/error_code',
      came: code ?? 'nothing',
      allowed: String(documented.error_code),
    });
  }
  return String(status);
}

/** A call that the contract does not allow is answered 400; made from what it says of the parameters. */
export const brokenQueries: Check = {
  title: 'A list that is asked for wrongly is refused with 400',
  run: async (inspection) => {
    const queries = inspection.operation(LIST).parameters.filter((parameter) => parameter.in === 'query');
    const broken = queries.flatMap((parameter) =>
      brokenValues(parameter).map((value) => ({ parameter, value })),
    );
    for (const { parameter, value } of broken) {
      const query = `?${parameter.name}=${encodeURIComponent(value)}`;
      await refused(inspection, { operation: LIST, query }, parameter.schemaPlace);
    }
    return `${broken.length} queries`;
  },
};

/** Texts that are no value of a parameter. */
function brokenValues({ isInteger, check }: ContractParameter): string[] {
  if (isInteger) return ['none', ...(check(0).length > 0 ? ['0'] : [])];
  return ['no such value'].filter((value) => check(value).length > 0);
}

/** Sends what breaks a rule of the contract, and tells when it is taken. Resolves to the answer. */
export async function refused(inspection: Inspection, question: Question, rule: Fragment): Promise<Reply> {
  const reply = await inspection.ask(question);
  refuseOutage(reply);
  if (reply.status >= 200 && reply.status < 300) {
    const told = { rule, pointer: '/status', came: reply.status, allowed: '400' };
    inspection.contradict(reply, {
      ...told,
      message: 'A call that the contract does not allow is not refused.',
    });
  }
  return reply;
}
