export { aCreateExportJobRequest, anExportJob } from './testing/builders.js';
export { RefusalError } from './testing/control-plane.js';
export type { KitClientOptions } from './testing/kit-client.js';
export { connectMockServer, startMockServer, type ConnectedMock, type StartedMock } from './testing/mock.js';
export { MockStartError, type MockOptions } from './testing/mock-options.js';
export type { Sandbox } from './testing/sandbox.js';
export type { TestHooks } from './testing/test-hooks.js';
export type { TestMock } from './testing/test-mock.js';
export { useMockServer, type UseMockOptions } from './testing/use-mock-server.js';
