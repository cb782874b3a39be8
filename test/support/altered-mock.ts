import { afterAll, afterEach, beforeEach, expect } from '@jest/globals';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { AlteringServer } from './altering-server.js';
import { BASE } from './mock.js';

export interface AlteredMock {
  mock: MockServer;
  /** What stands before it, and is asked in its place. */
  server: AlteringServer;
  /** The base URL there. */
  url: string;
}

/** A mock for the tests of a file, whose answers each of them may alter: before each, all is as it was at first. */
export async function alteredMock(): Promise<AlteredMock> {
  const mock = await createMockServer({ newMs: 0, processingMs: 0 });
  const server = await AlteringServer.start(await mock.listen());
  beforeEach(async () => {
    await mock.sandbox().reset();
    server.calls.length = 0;
    server.alter = () => undefined;
  });
  afterEach(() => expect(server.errors).toEqual([]));
  afterAll(async () => {
    await server.close();
    await mock.close();
  });
  return { mock, server, url: server.url + BASE };
}
