/**
 * The mock as it would be if it did not wait for its changes to be stored: what the check of durability must find
 * fault with. Takes `--db` and `--clock`, and prints where it listens.
 */
import { parseArgs } from 'node:util';
import type { JobStore } from '../../server/apis/segmentation/job-store.js';
import type { Operation, OperationId, Operations } from '../../server/apis/segmentation/operation.js';

interface BuiltMock {
  operations: Operations;
  listen(): Promise<string>;
}

/** The package itself, as whoever installs it imports it. Not a literal: types are checked before it is built. */
const BUILT_PACKAGE = 'aep-export-jobs-mock' as string;

function unflushed(jobs: JobStore): JobStore {
  const notWaitedFor = (change: Promise<unknown>) => {
    change.catch((error: unknown) => console.error(error));
    return Promise.resolve();
  };
  return {
    get: (id) => jobs.get(id),
    newestFirst: (after) => jobs.newestFirst(after),
    cancelled: () => jobs.cancelled(),
    replace: (job) => notWaitedFor(jobs.replace(job)),
    remove: (id) => notWaitedFor(jobs.remove(id)),
    reset: (seed) => notWaitedFor(jobs.reset(seed)),
    kept: () => jobs.kept(),
    restore: (kept, taken) => notWaitedFor(jobs.restore(kept, taken)),
    add: (make) =>
      new Promise((resolve) => {
        const made = (id: number) => {
          const job = make(id);
          resolve(job);
          return job;
        };
        void notWaitedFor(jobs.add(made));
      }),
  };
}

function withUnflushedStore<Id extends OperationId>(operation: Operation<Id>): Operation<Id> {
  return (services) => operation({ ...services, jobs: unflushed(services.jobs) });
}

const { values } = parseArgs({ options: { db: { type: 'string' }, clock: { type: 'string' } } });
const { createMockServer } = (await import(BUILT_PACKAGE)) as {
  createMockServer: (options?: object) => Promise<BuiltMock>;
};
const { operations: own } = await createMockServer();
const operations: Partial<Operations> = {
  createExportJob: withUnflushedStore(own.createExportJob),
  cancelExportJob: withUnflushedStore(own.cancelExportJob),
};
const mock = await createMockServer({ ...values, seed: 'empty', operations });
console.log(`Listening on ${await mock.listen()}/data/core/ups`);
