import { randomUUID } from 'node:crypto';
import type { components } from '../../../generated/control.js';
import { packageVersion } from '../../../contract/package-root.js';

/** How a mock is. Times in real seconds, `timestamp` as RFC 3339 writes it. */
export type Health = components['schemas']['Health'];

/** Tells how a mock is that is ready from now on. */
export function healthOf(
  { version, hash }: Health['contract'],
  tally: Readonly<Pick<Health, 'contractViolations'>>,
): () => Health {
  const instance = randomUUID();
  const readySince = performance.now();
  return () => ({
    status: 'ok',
    version: packageVersion,
    contract: { version, hash },
    instance,
    uptimeInSeconds: Math.round(performance.now() - readySince) / 1000,
    timestamp: new Date().toISOString(),
    contractViolations: tally.contractViolations,
  });
}
