import { parentPort, workerData } from 'node:worker_threads';
import { createMockServer, type MockServerOptions } from './mock-server.js';

// Run in a thread of its own by the test kit, which is told where the mock listens, or why it could not start.

async function start(options: MockServerOptions): Promise<{ url: string }> {
  const mock = await createMockServer(options);
  return { url: await mock.listen() };
}

parentPort?.postMessage(
  await start(workerData as MockServerOptions).catch((error: unknown) => {
    const { name, message } = error as Error;
    return { error: { name, message } };
  }),
);
