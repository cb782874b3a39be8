import type { CheckList } from '../check-list.js';
import { HEADERS, SMALLEST_REQUEST } from '../mock-client.js';

type Check = CheckList['check'];

/** Makes the calls that everyone begins with. `base` is the address of the API, base path included. */
export async function makeCalls(base: string, check: Check): Promise<void> {
  const call = async (expected: number, method: string, path: string, body?: object) => {
    const response = await fetch(base + path, {
      method,
      headers: HEADERS,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.status !== expected) throw new Error(`${response.status} ${await response.text()}`);
    return response;
  };
  await check('it is healthy', async () => {
    const response = await fetch(new URL('/__admin/health', base));
    const { status } = (await response.json()) as { status: string };
    if (response.status !== 200 || status !== 'ok') throw new Error(`${response.status} ${status}`);
  });
  await check('it lists the documented jobs', async () => {
    const response = await call(200, 'GET', '/export/jobs?limit=2');
    const { records } = (await response.json()) as { records: { id: number }[] };
    const ids = records.map(({ id }) => id).join(', ');
    if (ids !== '11037, 100') throw new Error(`the jobs are ${ids}`);
  });
  let job = '/export/jobs/0';
  await check('it creates a job', async () => {
    const { headers } = await call(200, 'POST', '/export/jobs', SMALLEST_REQUEST);
    job = (headers.get('x-location') ?? '').replace(new URL(base).pathname, '');
  });
  await check('it shows the job, where it said that it is', () => call(200, 'GET', job));
  await check('it cancels the job', () => call(204, 'DELETE', job));
  await check('it refuses a call that the contract does not allow', () =>
    call(400, 'GET', '/export/jobs?limt=2'),
  );
}
