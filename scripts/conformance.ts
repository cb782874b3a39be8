/**
 * Checks the built mock against the contract with a judge that shares no code with it: Prism stands between, and
 * reports each answer that breaks the contract. Every declared status of every operation has to be seen. The same check
 * is given wrong answers first, to show that it finds them.
 */
import { fileURLToPath } from 'node:url';
import { sendEveryCall } from './conformance/calls.js';
import { readDeclaredOperations } from './conformance/contract.js';
import { startPrism } from './conformance/prism.js';
import { Session, type BuiltMock } from './conformance/session.js';
import { judgePreparedAnswers, startPreparedUpstream } from './conformance/wrong-answers.js';

/** The package itself, as whoever installs it imports it. Not a literal: types are checked before it is built. */
const BUILT_PACKAGE = 'aep-export-jobs-mock' as string;
const CONTRACT = fileURLToPath(new URL('../spec/openapi.yaml', import.meta.url));
const BASE_PATH = '/data/core/ups';

/** What is to be stopped, whatever happens. */
const started: (() => Promise<unknown>)[] = [];

async function run(): Promise<boolean> {
  const { createMockServer } = (await import(BUILT_PACKAGE)) as {
    createMockServer: (options: { clock: string; randomSeed: number }) => Promise<BuiltMock>;
  };
  const mock = await createMockServer({ clock: '2026-01-01T00:00:00Z', randomSeed: 1 });
  const upstream = (await mock.listen()) + BASE_PATH;
  started.push(() => mock.close());
  const prepared = await startPreparedUpstream();
  started.push(() => new Promise((resolve) => prepared.server.close(resolve)));
  const [prism, reportingPrism, preparedPrism] = await Promise.all([
    prismBefore(upstream, { errors: true }),
    prismBefore(upstream, { errors: false }),
    prismBefore(prepared.url, { errors: true }),
  ]);

  const { judgedWell, misjudged } = await judgePreparedAnswers(preparedPrism);
  const operations = await readDeclaredOperations(CONTRACT);
  const session = new Session({ mock, operations, prism, reportingPrism });
  await sendEveryCall(session);

  const { passed, failed } = session.counts;
  const unseen = session.unseen();
  for (const declared of unseen) console.log(`FAIL  ${declared} is declared, and no answer was one`);
  const { version, contract } = mock.health();
  console.log(`aep-export-jobs-mock ${version} (contract ${contract.version}, ${contract.hash})`);
  const declared = operations.flatMap(({ statuses }) => statuses).length;
  console.log(
    `${passed} exchanges passed, ${failed} failed; ` +
      `${declared - unseen.length} of ${declared} declared answers seen; ` +
      `${judgedWell} of ${judgedWell + misjudged} prepared answers judged well`,
  );
  return failed + misjudged + unseen.length === 0;
}

function prismBefore(upstream: string, options: { errors: boolean }): Promise<string> {
  const { url, stop } = startPrism(CONTRACT, upstream, options);
  started.push(stop);
  return url;
}

async function stopAll(): Promise<void> {
  await Promise.allSettled(started.splice(0).map((stop) => stop()));
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interruption.abort();
    void stopAll().then(() => process.exit(130));
  });
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  if (!interruption.signal.aborted) console.error(error);
  process.exitCode = 1;
} finally {
  await stopAll();
}
