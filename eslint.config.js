import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Rules of the house, beside those for imports in .dependency-cruiser.cjs. Each is named by what it allows.

const ENVIRONMENT_IS_READ_BY_THE_CLI = 'Only server/cli.ts reads process.argv and process.env.';
const TIME_COMES_FROM_THE_CLOCK = 'Time comes from the sandbox’s clock (server/domain/clock.ts).';
const CHANCE_COMES_FROM_THE_SEED = 'Chance comes from the sandbox’s seed (server/domain/random.ts).';
const NOTHING_FROM_OUTSIDE =
  'Domain and operations are pure: what they need of the outside is handed to them.';
const IMPORTS_ARE_READABLE = 'An import that no check can read escapes the rules of who may import whom.';
const SEEDED_PROPERTIES = 'Properties come from test/support/property.ts, which gives them their seed.';
const NO_BARRELS = 'Export by name what a file defines: no barrels.';

// Restrictions of globals: all members may be used but those in `not` (`true`: the global not at all), or `only` some;
// what is `constructed` may be, from given arguments.

const ENVIRONMENT = {
  process: {
    not: ['argv', 'argv0', 'env', 'execArgv', 'getBuiltinModule'],
    message: ENVIRONMENT_IS_READ_BY_THE_CLI,
  },
};
const DETOURS = {
  globalThis: { not: true, message: 'A global is called by its own name, so that the rules for it hold.' },
  global: { not: true, message: 'A global is called by its own name, so that the rules for it hold.' },
};
const NOW = {
  Date: { only: ['UTC', 'parse'], constructed: true, message: TIME_COMES_FROM_THE_CLOCK },
  performance: { not: true, message: TIME_COMES_FROM_THE_CLOCK },
};
const CHANCE = {
  Math: { not: ['random'], message: CHANCE_COMES_FROM_THE_SEED },
  crypto: { not: true, message: CHANCE_COMES_FROM_THE_SEED },
};
const WAITING = {
  ...Object.fromEntries(
    ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map((name) => [
      name,
      { not: true, message: TIME_COMES_FROM_THE_CLOCK },
    ]),
  ),
  AbortSignal: { not: ['timeout'], message: TIME_COMES_FROM_THE_CLOCK },
};
const OUTSIDE = {
  process: { not: true, message: NOTHING_FROM_OUTSIDE },
  fetch: { not: true, message: NOTHING_FROM_OUTSIDE },
};

/** Whether a reference to a global is one that its restriction lets pass. */
function isAllowed({ identifier, isTypeReference }, { not, only, constructed }) {
  const { parent } = identifier;
  if (isTypeReference || ['TSTypeQuery', 'TSQualifiedName'].includes(parent.type)) return true;
  if (not === true) return false;
  if (parent.type === 'NewExpression' && parent.callee === identifier) {
    return (
      constructed === true && parent.arguments.length > 0 && parent.arguments[0].type !== 'SpreadElement'
    );
  }
  if (parent.type === 'BinaryExpression') return parent.operator === 'instanceof';
  if (parent.type !== 'MemberExpression' || parent.object !== identifier) return false;
  const member = parent.computed ? parent.property.value : parent.property.name;
  return typeof member === 'string' && (only ? only.includes(member) : !not.includes(member));
}

/**
 * Restricts globals and parts of them. What is restricted in part may not be passed on as a whole
 * (`const p = process`), since its parts could then be used unseen.
 */
const restrictedGlobals = {
  meta: { type: 'problem', schema: [{ type: 'object' }], messages: { restricted: '{{message}}' } },
  create: (context) => ({
    'Program:exit'(program) {
      const scope = context.sourceCode.getScope(program);
      const builtIn = scope.variables
        .filter(({ defs }) => defs.length === 0)
        .flatMap(({ references }) => references);
      for (const reference of [...builtIn, ...scope.through]) {
        const { name } = reference.identifier;
        const restriction = Object.hasOwn(context.options[0], name) && context.options[0][name];
        if (!restriction || isAllowed(reference, restriction)) continue;
        context.report({ node: reference.identifier, messageId: 'restricted', data: restriction });
      }
    },
  }),
};

const processModule = ['process', 'node:process'].map((name) => ({
  name,
  message: ENVIRONMENT_IS_READ_BY_THE_CLI,
}));
const parseArgs = ['util', 'node:util'].map((name) => ({
  name,
  importNames: ['parseArgs'],
  message: ENVIRONMENT_IS_READ_BY_THE_CLI,
}));
const loaders = ['module', 'node:module'].map((name) => ({ name, message: IMPORTS_ARE_READABLE }));

const exportAll = { selector: 'ExportAllDeclaration', message: NO_BARRELS };
const computedImport = {
  selector: 'ImportExpression:not([source.type="Literal"])',
  message: IMPORTS_ARE_READABLE,
};

const THE_DOMAIN_AND_OPERATIONS = { ...OUTSIDE, ...DETOURS, ...NOW, ...CHANCE, ...WAITING };
const NO_NODE_MODULES = { patterns: [{ regex: '^node:', message: NOTHING_FROM_OUTSIDE }] };

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
      'no-restricted-syntax': ['error', exportAll],
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
      'no-restricted-imports': ['error', { name: 'fast-check', message: SEEDED_PROPERTIES }],
    },
  },
  { files: ['test/support/property.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['{client,server}/**/*.{ts,mts,cts}'],
    rules: {
      'max-lines': ['error', { max: 150, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['{client,server}/**/*.{ts,mts,cts}'],
    ignores: ['server/cli.ts'],
    plugins: { house: { rules: { 'restricted-globals': restrictedGlobals } } },
    rules: {
      'house/restricted-globals': ['error', { ...ENVIRONMENT, ...DETOURS }],
      'no-restricted-imports': ['error', { paths: [...processModule, ...parseArgs, ...loaders] }],
      'no-restricted-properties': [
        'error',
        { property: 'parseArgs', message: ENVIRONMENT_IS_READ_BY_THE_CLI },
      ],
      'no-restricted-syntax': ['error', exportAll, computedImport],
    },
  },
  {
    files: ['server/storage/**/*.{ts,mts,cts}', 'server/sandbox/sandboxes.ts'],
    rules: { 'house/restricted-globals': ['error', { ...ENVIRONMENT, ...DETOURS, ...NOW, ...CHANCE }] },
  },
  {
    files: ['server/{domain,operations}/**/*.{ts,mts,cts}'],
    rules: {
      'house/restricted-globals': ['error', THE_DOMAIN_AND_OPERATIONS],
      'no-restricted-imports': ['error', NO_NODE_MODULES],
    },
  },
  {
    files: ['server/domain/clock.ts'],
    rules: { 'house/restricted-globals': ['error', { ...OUTSIDE, ...DETOURS, ...CHANCE }] },
  },
  {
    files: ['server/domain/random.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^node:(?!crypto$)', message: NOTHING_FROM_OUTSIDE },
            { regex: '^node:crypto$', allowImportNames: ['createHash'], message: CHANCE_COMES_FROM_THE_SEED },
          ],
        },
      ],
    },
  },
);
