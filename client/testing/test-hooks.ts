import { MockStartError } from './mock-options.js';

type Hook = (run: () => Promise<void>) => unknown;
/** One that takes as long as it is allowed to, in milliseconds. */
type LongHook = (run: () => Promise<void>, timeoutInMs?: number) => unknown;

/** What a test runner offers to be called before and after tests: the module of Vitest or of Jest, or `test` of node:test. */
export type TestHooks = { beforeEach: Hook; afterEach: Hook } & (
  { beforeAll: LongHook; afterAll: Hook } | { before: Hook; after: Hook }
);

// Jest has these, and Vitest with `globals: true`.
declare const beforeAll: LongHook | undefined;
declare const beforeEach: Hook | undefined;
declare const afterEach: Hook | undefined;
declare const afterAll: Hook | undefined;
// And Mocha these.
declare const before: Hook | undefined;
declare const after: Hook | undefined;
/** Vitest's own module, from which it gives each test file its `import.meta.vitest`. */
declare const __vitest_index__: TestHooks | undefined;

/** The hooks of the runner that runs this: those that are global, Vitest's without globals, or else those of node:test. */
export function ownHooks(): TestHooks {
  if (
    typeof beforeAll === 'function' &&
    typeof beforeEach === 'function' &&
    typeof afterEach === 'function' &&
    typeof afterAll === 'function'
  ) {
    return { beforeAll, beforeEach, afterEach, afterAll };
  }
  if (
    typeof before === 'function' &&
    typeof beforeEach === 'function' &&
    typeof afterEach === 'function' &&
    typeof after === 'function'
  ) {
    return { before, beforeEach, afterEach, after };
  }
  if (typeof __vitest_index__ === 'object') return __vitest_index__;
  // An import would load it in other runners too, where it is a handle that is open.
  return process.getBuiltinModule('node:test');
}

/** Throws MockStartError for hooks that lack one. */
export function checkHooks(hooks: unknown): asserts hooks is TestHooks {
  const has = (name: string) => typeof (hooks as Record<string, unknown> | null)?.[name] === 'function';
  const isAll = has('beforeEach') && has('afterEach');
  if (isAll && ((has('beforeAll') && has('afterAll')) || (has('before') && has('after')))) return;
  throw new MockStartError(
    'hooks are to have beforeAll or before, beforeEach, afterEach, and afterAll or after, as the module of a test runner has them',
  );
}
