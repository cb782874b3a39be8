import { Agent } from 'node:http';
import { LIST } from './contenders.js';
import { callFor } from './http-call.js';
import type { Plan } from './plan.js';

/**
 * Creates jobs in batches, and resolves to how many were acknowledged per second. The jobs of a batch are deleted
 * before the next one, untimed, so that about as many are stored at the end as at the start.
 */
export async function createsPerSecond(api: string, request: string, plan: Plan): Promise<number> {
  const { batch, warmUpBatches, batches } = plan.creates;
  const agent = new Agent({ keepAlive: true, maxSockets: plan.connections });
  const create = () => callFor(200, 'POST', api + LIST, { body: request, agent });
  const remove = (id: number) => callFor(204, 'DELETE', `${api}${LIST}/${id}`, { agent });
  let ms = 0;
  for (let index = -warmUpBatches; index < batches; index++) {
    const startedAt = performance.now();
    const created = await times(batch, plan.connections, create);
    if (index >= 0) ms += performance.now() - startedAt;
    const ids = created.map((body) => (JSON.parse(body) as { id: number }).id);
    await times(batch, plan.connections, (index) => remove(ids[index] ?? 0));
  }
  agent.destroy();
  return (batch * batches) / (ms / 1000);
}

/** Does something a number of times, so many of them at once. */
async function times<T>(count: number, atOnce: number, action: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const workers = Array.from({ length: atOnce }, async () => {
    while (next < count) results.push(await action(next++));
  });
  await Promise.all(workers);
  return results;
}
