import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import type * as Client from '../../client/client.js';
import { packageRoot } from '../../contract/package-root.js';
import { BASE, ORG, SMALLEST_REQUEST, startMock } from '../support/mock.js';

/** What the client may find on a page. No page has `process`, `Buffer` or `require`. */
const PAGE = {
  ...{ fetch, Request, Response, Headers, FormData, URL, URLSearchParams, TextDecoder },
  ...{ AbortController, crypto, performance, setTimeout, clearTimeout },
};

test('the client needs nothing that a page does not have', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(packageRoot, 'dist/client/client.js')],
    bundle: true,
    // Fails for whatever only Node has.
    platform: 'browser',
    format: 'iife',
    globalName: 'client',
    write: false,
  });
  const page = createContext({ ...PAGE });
  runInContext(outputFiles[0]?.text ?? '', page);
  const { createExportJobsClient, ExportJobsError } = page['client'] as typeof Client;

  const { mock } = await startMock();
  const client = createExportJobsClient({
    baseUrl: (await mock.listen()) + BASE,
    accessToken: 'any',
    apiKey: 'any',
    orgId: ORG,
    sandboxName: 'prod',
    sleep: (ms) => {
      mock.sandbox().clock.advance(ms);
      return Promise.resolve();
    },
  });
  const { id } = await client.createExportJob(SMALLEST_REQUEST);
  await expect(client.waitForJob(id)).resolves.toMatchObject({ outcome: 'succeeded', job: { id } });
  await expect(client.retrieveExportJob(1)).rejects.toBeInstanceOf(ExportJobsError);
  await mock.close();
});
