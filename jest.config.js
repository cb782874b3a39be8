/** Types are checked by `npm run typecheck`. */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  runtime: '<rootDir>/test/runner/runtime.js',
  testEnvironment: '<rootDir>/test/runner/environment.js',
  testTimeout: 20_000,
  maxWorkers: '100%',
  transform: {},
  // Node itself calls these of the process, so that streams would stand still.
  fakeTimers: { doNotFake: ['nextTick', 'queueMicrotask'] },
  // Our own imports name the file that TypeScript would write: Jest asks which tests a changed file is of.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};
