import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Rules of the house, beside those for imports in .dependency-cruiser.cjs. Each is named by what it allows.

const ENVIRONMENT_IS_READ_BY_THE_CLI = 'Only server/cli.ts reads process.argv and process.env.';
const TIME_COMES_FROM_THE_CLOCK = 'Time comes from the sandbox’s clock (server/domain/clock.ts).';
const CHANCE_COMES_FROM_THE_SEED = 'Chance comes from the sandbox’s seed (server/domain/random.ts).';
const THE_DOMAIN_IS_PURE = 'The domain is pure: what it needs of the outside is handed to it.';

const environment = ['argv', 'env'].map((property) => ({
  object: 'process',
  property,
  message: ENVIRONMENT_IS_READ_BY_THE_CLI,
}));
const processModule = ['process', 'node:process'].map((name) => ({
  name,
  message: ENVIRONMENT_IS_READ_BY_THE_CLI,
}));

const timers = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance'].map((name) => ({
  name,
  message: TIME_COMES_FROM_THE_CLOCK,
}));
const outside = ['process', 'crypto', 'fetch', 'globalThis', 'global'].map((name) => ({
  name,
  message: THE_DOMAIN_IS_PURE,
}));
const chance = [{ object: 'Math', property: 'random', message: CHANCE_COMES_FROM_THE_SEED }];

/** The globals, the properties and the modules that a part of the domain may not touch. */
function domainRules({ time }, nodeModules = [{ regex: '^node:', message: THE_DOMAIN_IS_PURE }]) {
  const now = [{ object: 'Date', property: 'now', message: TIME_COMES_FROM_THE_CLOCK }];
  const today = ['NewExpression', 'CallExpression'].map((type) => ({
    selector: `${type}[callee.name="Date"][arguments.length=0]`,
    message: TIME_COMES_FROM_THE_CLOCK,
  }));
  return {
    'no-restricted-globals': ['error', ...outside, ...(time ? [] : timers)],
    'no-restricted-properties': ['error', ...chance, ...(time ? [] : now)],
    'no-restricted-syntax': ['error', ...(time ? [] : today)],
    'no-restricted-imports': ['error', { patterns: nodeModules }],
  };
}

export default defineConfig(
  globalIgnores(['coverage/', 'dist/', 'generated/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.cjs'],
    languageOptions: { globals: { module: 'writable', require: 'readonly' } },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Types of ours are empty where the contract declares nothing.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      // Express and Node describe by interfaces what is made without a constructor.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // It asks for the `!` that another rule forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allow: ['URL', 'URLSearchParams'] },
      ],
    },
  },
  {
    // Tests read bodies as they come, and say by their expectations what is in them.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['server/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 150, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['server/**/*.ts'],
    ignores: ['server/cli.ts', 'server/domain/**'],
    rules: {
      'no-restricted-properties': ['error', ...environment],
      'no-restricted-imports': ['error', { paths: processModule }],
    },
  },
  {
    files: ['server/domain/**/*.ts'],
    rules: domainRules({ time: false }),
  },
  {
    files: ['server/domain/clock.ts'],
    rules: domainRules({ time: true }),
  },
  {
    files: ['server/domain/random.ts'],
    rules: domainRules({ time: false }, [
      { regex: '^node:(?!crypto$)', message: THE_DOMAIN_IS_PURE },
      { regex: '^node:crypto$', allowImportNames: ['createHash'], message: CHANCE_COMES_FROM_THE_SEED },
    ]),
  },
);
