/** Runs the built mock in a process of its own, which tells by messages what the fuzz asks of it. */
import type { Question } from './child.js';

/** The package itself, as whoever installs it imports it. Not a literal: types are checked before it is built. */
const BUILT_PACKAGE = 'aep-export-jobs-mock' as string;

interface Mock {
  listen(): Promise<string>;
  sandbox(name: { org: string; name: string }): { reset(): Promise<void> };
  health(): { contractViolations: number };
}

const { createMockServer } = (await import(BUILT_PACKAGE)) as {
  createMockServer: (options: object) => Promise<Mock>;
};
const mock = await createMockServer({
  memory: true,
  newMs: 1,
  processingMs: 1,
  randomSeed: 1,
  logLevel: 'info',
});
const url = await mock.listen();

async function answer(question: Question): Promise<unknown> {
  if (question.ask === 'reset') {
    await Promise.all(question.sandboxes.map((name) => mock.sandbox(name).reset()));
    return undefined;
  }
  gc?.();
  return {
    heapInBytes: process.memoryUsage().heapUsed,
    contractViolations: mock.health().contractViolations,
  };
}

process.on('message', (question: Question) => {
  void answer(question).then((told) => process.send?.({ told }));
});
process.send?.({ told: Number(new URL(url).port) });
