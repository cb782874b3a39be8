// Who may import whom. Type imports count as much as any other. ARCHITECTURE.md describes the layout that these rules hold.

/** Matches packages by name, wherever they are installed, their types included. */
const packages = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)`;

/** Matches what is published. */
const PUBLISHED = '^(cli|client|contract|generated|server|verify)/';

/** The rooms of the house from top to bottom. A room may import those below it, never one above. */
const ROOMS = ['cli', 'verify', 'server', 'contract', 'client', 'generated'];

/** Those of the server, below its composition root. Rooms on one floor do not import each other. */
const SERVER_FLOORS = [
  ['apis'],
  ['http'],
  ['pipeline'],
  ['sandbox'],
  ['journal', 'storage', 'auth'],
  ['platform'],
];

/** The apis know nothing of each other. */
const APIS = ['segmentation', 'identity', 'control'];

/** One rule for each room: it imports nothing of the floors above it, nor of the rooms beside it. */
const downwards = (floors, prefix) =>
  floors.flatMap((floor, index) =>
    floor.map((room) => ({
      name: `arrows-point-down-from-${room}`,
      comment: `${prefix}${room}/ imports nothing of the rooms above and beside it.`,
      severity: 'error',
      from: { path: `^${prefix}${room}/` },
      to: {
        path: `^${prefix}(${[...floors.slice(0, index), floor].flat().join('|')})/`,
        pathNot: `^${prefix}${room}/`,
      },
    })),
  );

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...downwards(
      ROOMS.map((room) => [room]),
      '',
    ),
    ...downwards(SERVER_FLOORS, 'server/'),
    ...downwards([APIS], 'server/apis/'),
    {
      name: 'no-folder-cycles',
      comment: 'No two folders import each other, by whatever way round.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'only-the-root-composes',
      comment: 'The rooms of the server know neither its composition root nor its options.',
      severity: 'error',
      from: { path: '^server/[^/]+/' },
      to: { path: '^server/[^/]+$' },
    },
    {
      name: 'no-cycles',
      comment: 'No file imports itself, by whatever way round.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'published-knows-no-workshop',
      comment: 'What is published imports no tests, no scripts and no benchmarks.',
      severity: 'error',
      from: { path: PUBLISHED },
      to: { path: '^(bench|scripts|test)/' },
    },
    {
      name: 'express-only-in-http',
      comment:
        'Only http/ imports express, its parts and its middleware, and what the benchmark compares with.',
      severity: 'error',
      from: { path: `${PUBLISHED}|^scripts/`, pathNot: ['^server/http/', '^scripts/bench'] },
      to: { path: packages('express', 'express-serve-static-core', 'body-parser', 'router', 'cors') },
    },
    {
      name: 'validators-only-in-contract-and-http',
      comment: 'Only contract/ and http/ know the validators.',
      severity: 'error',
      from: { path: `${PUBLISHED}|^scripts/`, pathNot: ['^contract/', '^server/http/'] },
      to: { path: packages('ajv', 'express-openapi-validator') },
    },
    {
      name: 'lowdb-only-in-storage',
      comment: 'Only storage/ imports lowdb.',
      severity: 'error',
      from: { path: PUBLISHED, pathNot: '^server/storage/' },
      to: { path: packages('lowdb') },
    },
    {
      name: 'client-runs-without-node',
      comment:
        'The client imports itself, generated types and packages; the test kit what it needs of Node besides.',
      severity: 'error',
      from: { path: '^client/' },
      to: {
        pathNot: ['^client/', '^generated/', '(^|/)node_modules/', '^(node:)?(http|url|worker_threads)$'],
      },
    },
    {
      name: 'client-knows-no-kit',
      comment: 'The client runs in browsers and in production: it has nothing of the test kit.',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/testing(\\.ts$|/)' },
      to: { path: ['^client/testing(\\.ts$|/)', '^(node:)?(http|url|worker_threads)$'] },
    },
    {
      name: 'only-the-command-knows-the-process',
      comment: 'Only cli/main.ts reads arguments and environment, so the others import neither.',
      severity: 'error',
      from: { path: PUBLISHED, pathNot: '^cli/main\\.ts$' },
      to: { path: '^(node:)?(module|process)$' },
    },
    {
      name: 'no-development-dependencies',
      comment: 'What is published imports no package that is installed for development only.',
      severity: 'error',
      from: { path: PUBLISHED },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'only-declared-packages',
      comment: 'package.json names each package that is imported.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'names-say-what-is-inside',
      comment: 'No file or folder is called utils, helpers or types, and there are no barrels.',
      severity: 'error',
      from: {},
      module: {
        path: `${PUBLISHED}(.*[-_/.])?((utils?|helpers?|types)(/|\\.)|/index\\.)`,
        numberOfDependentsLessThan: 100,
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
