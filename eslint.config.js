import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// The rules of the house, beside those for imports in .dependency-cruiser.cjs.

const ENVIRONMENT = 'Only cli/main.ts reads process.argv and process.env.';
const CLOCK = 'Time comes from the sandbox’s clock (server/sandbox/clock.ts).';
const SEED = 'Chance comes from the sandbox’s seed (server/sandbox/random.ts).';
const READABLE = 'An import that no check can read escapes the rules of who may import whom.';

const property = (object, message, ...names) => names.map((name) => ({ object, property: name, message }));
const PROCESS = property('process', ENVIRONMENT, 'argv', 'argv0', 'env', 'execArgv');
const NOW_AND_CHANCE = [
  ...property('Date', CLOCK, 'now'),
  ...property('performance', CLOCK, 'now'),
  ...property('Math', SEED, 'random'),
];
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({ name, message: CLOCK }));
const NEW_DATE = { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: CLOCK };
const EXPORT_ALL = { selector: 'ExportAllDeclaration', message: 'Export by name what a file defines.' };
const COMPUTED_IMPORT = { selector: 'ImportExpression:not([source.type="Literal"])', message: READABLE };

/** The business rules: time, ids and chance come in as parameters. */
const PURE = ['server/apis/segmentation/*.ts', 'server/sandbox/rule*.ts', 'server/storage/*.ts'];

export default defineConfig(
  globalIgnores(['coverage/', 'dist/', 'generated/', 'test/consumers/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.cjs'],
    languageOptions: { globals: { module: 'writable', require: 'readonly' } },
  },
  {
    files: ['**/*.{ts,mts,cts}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-restricted-syntax': ['error', EXPORT_ALL],
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
    files: ['test/**/*.{ts,mts,cts}'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-imports': [
        'error',
        {
          name: 'fast-check',
          message: 'Properties come from test/support/property.ts, which gives them their seed.',
        },
      ],
    },
  },
  { files: ['test/support/property.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['{cli,client,contract,server,verify}/**/*.ts'],
    ignores: ['cli/main.ts'],
    rules: {
      'no-restricted-properties': ['error', ...PROCESS],
      'no-restricted-syntax': ['error', EXPORT_ALL, COMPUTED_IMPORT],
    },
  },
  {
    files: PURE,
    rules: {
      'no-restricted-properties': ['error', ...PROCESS, ...NOW_AND_CHANCE],
      'no-restricted-syntax': ['error', EXPORT_ALL, COMPUTED_IMPORT, NEW_DATE],
    },
  },
  {
    files: ['server/apis/segmentation/*.ts'],
    ignores: ['server/apis/segmentation/job-control.ts'],
    rules: { 'no-restricted-globals': ['error', ...TIMERS] },
  },
);
