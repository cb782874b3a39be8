/** ES modules need `node --experimental-vm-modules`, as `npm test` gives it. Types are checked by `npm run typecheck`. */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  testTimeout: 20_000,
  maxWorkers: '100%',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['ts-jest', { useESM: true, transpilation: true }] },
  // Our own imports name the file that TypeScript would write.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};
