/** ES modules need `node --experimental-vm-modules`, as `npm test` gives it. Types are checked by `npm run typecheck`. */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  testTimeout: 20_000,
  maxWorkers: '100%',
  // Node never lets go of the ES modules that a test file has loaded: a worker's heap grows to a gigabyte, and its
  // garbage collection with it.
  workerIdleMemoryLimit: '300MB',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['ts-jest', { useESM: true, transpilation: true }] },
  // Our own imports name the file that TypeScript would write.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};
