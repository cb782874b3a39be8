import type { operations } from '../../generated/control.js';
import type { Contract } from '../contract.js';
import { pathNotFound } from '../domain/errors.js';
import type { Health } from '../health.js';
import type { Api } from '../http/api.js';
import { readOptionalBody } from '../http/body.js';
import { holdAlone } from '../http/request-check.js';

/** What the control plane reaches: a part of the programmatic API. */
interface Controlled {
  health(): Health;
}

/** The control plane. Each operation is one line onto the programmatic API. */
export function controlApi(contract: Contract, mock: Controlled): Api {
  const table: Partial<Record<keyof operations, () => { status: number; body: unknown }>> = {
    getHealth: () => ({ status: 200, body: mock.health() }),
  };
  return {
    contract,
    addressable: false,
    crossOrigin: false,
    readBody: readOptionalBody,
    hold: holdAlone,
    perform(operationId) {
      const answer = table[operationId as keyof typeof table];
      if (!answer) throw pathNotFound(operationId, Object.keys(table).join(', '));
      return answer();
    },
  };
}
