// Who may import whom. Type imports count as much as any other. test/import-rules.test.ts breaks each rule once.

/** Matches packages by name, wherever they are installed, their types included. */
const packages = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)`;

/** Matches the folders that hold code of ours. */
const OURS = '^(bench|client|generated|scripts|server|test)/';

/** More dependents than a file of ours will have: a rule that says "fewer than this" speaks of the file itself. */
const ANY_NUMBER = 100;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'The domain imports only itself and generated types.',
      severity: 'error',
      from: { path: '^server/domain/', pathNot: '^server/domain/random\\.ts$' },
      to: { pathNot: ['^server/domain/', '^generated/'] },
    },
    {
      name: 'random-imports-only-hashing',
      comment: 'The seeded source of chance imports node:crypto, besides what the rest of the domain may.',
      severity: 'error',
      from: { path: '^server/domain/random\\.ts$' },
      to: { pathNot: ['^server/domain/', '^generated/', '^(node:)?crypto$'] },
    },
    {
      name: 'operations-know-only-the-domain',
      comment: 'Operations import the domain, generated types and each other: no HTTP, no files, no storage.',
      severity: 'error',
      from: { path: '^server/operations/' },
      to: { pathNot: ['^server/(domain|operations)/', '^generated/'] },
    },
    {
      name: 'storage-knows-only-its-interface',
      comment:
        'Storage implements an interface of the domain, with lowdb and what Node has for files and locks.',
      severity: 'error',
      from: { path: '^server/storage/' },
      to: {
        pathNot: [
          '^server/storage/',
          '^server/domain/(export-job|job-store|paging)\\.ts$',
          '^(node:)?(crypto|events|fs|net|path)(/|$)',
          packages('lowdb'),
        ],
      },
    },
    {
      name: 'storage-decides-no-rule',
      comment: 'Of the domain, storage takes types only, and from paging the order of jobs.',
      severity: 'error',
      from: { path: '^server/storage/' },
      to: {
        path: '^server/domain/',
        pathNot: '^server/domain/paging\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'control-knows-only-the-programmatic-api',
      comment: 'Each route of the control plane is one line onto what the programmatic API offers.',
      severity: 'error',
      from: { path: '^server/control/' },
      to: {
        pathNot: [
          '^server/control/',
          '^generated/',
          '^server/http/(api|body|request-check)\\.ts$',
          '^server/domain/',
          '^server/contract/',
          '^server/health\\.ts$',
          '^server/options/options\\.ts$',
          '^server/sandbox/sandbox-(handle|name)\\.ts$',
        ],
      },
    },
    {
      name: 'verbs-know-only-the-contract',
      comment:
        'The verbs of the command speak to a running mock over HTTP: they load nothing of what a mock is made of.',
      severity: 'error',
      from: { path: '^server/verbs/' },
      to: {
        pathNot: [
          '^server/verbs/',
          '^generated/',
          '^server/command/(default-directory|environment|surroundings)\\.ts$',
          '^server/contract/contract-violations\\.ts$',
          '^server/domain/(duration|instant)\\.ts$',
          '^server/options/options\\.ts$',
          '^server/sandbox/sandbox-name\\.ts$',
          '^(node:)?(fs|path)(/|$)',
          packages('commander'),
        ],
      },
    },
    {
      name: 'verify-knows-only-the-contract',
      comment:
        'What looks at any server knows the contract and asks over HTTP: it loads nothing of what a mock is made of.',
      severity: 'error',
      from: { path: '^server/verify/' },
      to: {
        pathNot: [
          '^server/verify/',
          '^server/command/(environment|surroundings)\\.ts$',
          '^server/contract/',
          '^server/domain/errors\\.ts$',
          '^server/options/options\\.ts$',
          '^server/(package-root|shown)\\.ts$',
          '^server/sandbox/sandbox-name\\.ts$',
          '^server/verbs/(arguments|verb-output)\\.ts$',
          '^(node:)?(crypto|fs|http|https|net|path|timers|util|zlib)(/|$)',
          packages('commander'),
        ],
      },
    },
    {
      name: 'express-only-in-http-and-control',
      comment:
        'Only http/ and control/ import express, its parts and its middleware, and what the benchmark compares with.',
      severity: 'error',
      from: {
        path: '^(client|scripts|server)/',
        pathNot: ['^server/(http|control)/', '^scripts/bench/contenders/'],
      },
      to: { path: packages('express', 'express-serve-static-core', 'body-parser', 'router', 'cors') },
    },
    {
      name: 'validators-only-in-http-and-contract',
      comment: 'Only http/ and contract/ know what checks against the contract, and the judge of the fuzz.',
      severity: 'error',
      from: {
        path: '^(client|scripts|server)/',
        pathNot: ['^server/(contract|http)/', '^scripts/fuzz/contract\\.ts$'],
      },
      to: { path: packages('ajv', 'express-openapi-validator', 'fastest-levenshtein') },
    },
    {
      name: 'lowdb-only-in-storage',
      comment: 'Only storage/ imports lowdb, and the composition root, to choose an adapter.',
      severity: 'error',
      from: { path: '^(client|scripts|server)/', pathNot: ['^server/storage/', '^server/mock-server\\.ts$'] },
      to: { path: packages('lowdb') },
    },
    {
      name: 'mock-server-is-the-root',
      comment:
        'Only cli.ts, the thread of the test kit and tests import mock-server.ts, which knows all the others.',
      severity: 'error',
      from: { path: OURS, pathNot: ['^server/(cli|mock-thread)\\.ts$', '^test/'] },
      to: { path: '^server/mock-server\\.ts$' },
    },
    {
      name: 'client-stands-alone',
      comment: 'The client imports only itself, generated types and packages: it runs without the server.',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/testing/' },
      to: { pathNot: ['^client/', '^generated/', '(^|/)node_modules/'] },
    },
    {
      name: 'kit-speaks-http',
      comment:
        'The test kit imports no server either: it starts the built one in a thread, and speaks HTTP to it.',
      severity: 'error',
      from: { path: '^client/testing/' },
      to: { pathNot: ['^client/', '^generated/', '^(node:)?(http|url|worker_threads)$'] },
    },
    {
      name: 'client-knows-no-kit',
      comment: 'The client runs in browsers and in production: it has nothing of the test kit.',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/testing(\\.ts$|/)' },
      to: { path: '^client/testing(\\.ts$|/)' },
    },
    {
      name: 'server-knows-no-workshop',
      comment: 'The server imports no tests, no scripts and no benchmarks.',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^(bench|scripts|test)/' },
    },
    {
      name: 'no-development-dependencies',
      comment: 'What is published imports no package that is installed for development only.',
      severity: 'error',
      from: { path: '^(client|server)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'only-declared-packages',
      comment:
        'A package that is there only because another needs it may be gone tomorrow: package.json names ours.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'only-the-cli-knows-the-process',
      comment:
        'Only cli.ts reads arguments and environment, so the others import neither them nor what loads any module.',
      severity: 'error',
      from: { path: '^(client|server)/', pathNot: '^server/cli\\.ts$' },
      to: { path: '^(node:)?(module|process)$' },
    },
    {
      name: 'no-cycles',
      comment: 'No file imports itself, by whatever way round.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'names-say-what-is-inside',
      comment: 'No file or folder is called utils, helpers or types, nor something-utils.',
      severity: 'error',
      from: {},
      module: {
        path: `${OURS}(.*[-_/.])?(utils?|helpers?|types)(/|\\.)`,
        numberOfDependentsLessThan: ANY_NUMBER,
      },
    },
    {
      name: 'sources-end-in-ts',
      comment: 'What we publish is made of .ts files, which every check reads: no .mts, .cts, .tsx or .js.',
      severity: 'error',
      from: {},
      module: {
        path: '^(client|generated|server)/',
        pathNot: '\\.ts$',
        numberOfDependentsLessThan: ANY_NUMBER,
      },
    },
    {
      name: 'no-barrels',
      comment: 'No index.ts but the tables of operations and of control routes.',
      severity: 'error',
      from: {},
      module: {
        path: `${OURS}(.*/)?index\\.`,
        pathNot: '^server/(operations|control)/index\\.ts$',
        numberOfDependentsLessThan: ANY_NUMBER,
      },
    },
    {
      name: 'everything-is-found',
      comment: 'An import that leads nowhere would escape the other rules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    exclude: { path: '^(coverage|dist|test/consumers)/' },
    doNotFollow: { path: '(^|/)node_modules/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
