import { expect, test } from '@playwright/test';

// The page is on another port than the mock, and so of another origin.
const MOCK = 'http://127.0.0.1:4010';
const HEADERS = {
  Authorization: 'Bearer any',
  'x-api-key': 'any',
  'x-gw-ims-org-id': '1BD6382559DF0C130A49422D@AdobeOrg',
  'x-sandbox-name': 'prod',
};

/** Calls from the page. Resolves to what a script in it can read of the answer. */
const call = (page, path, init = {}) =>
  page.evaluate(
    async ([url, given]) => {
      try {
        const response = await fetch(url, given);
        const { status, headers } = response;
        const text = await response.text();
        return {
          status,
          headers: Object.fromEntries(headers),
          body: text === '' ? undefined : JSON.parse(text),
        };
      } catch (error) {
        return { refused: error.name };
      }
    },
    [MOCK + path, { ...init, headers: { ...HEADERS, ...init.headers } }],
  );

test.beforeEach(async ({ page, request }) => {
  await request.post(`${MOCK}/__admin/reset`);
  await page.goto('/client.html');
});

test('a page of another origin creates, retrieves, lists and deletes, and reads our headers', async ({
  page,
}) => {
  const created = await call(page, '/data/core/ups/export/jobs', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'x-request-id': 'from-a-page' },
    body: JSON.stringify({ destination: { datasetId: 'dataset' }, schema: { name: '_xdm.context.profile' } }),
  });
  expect(created).toMatchObject({
    status: 200,
    headers: { 'x-request-id': 'from-a-page' },
    body: { status: 'NEW' },
  });
  expect(created.headers['x-location']).toContain(`/export/jobs/${created.body.id}`);

  const one = `/data/core/ups/export/jobs/${created.body.id}`;
  expect(await call(page, one)).toMatchObject({ status: 200, body: { id: created.body.id } });
  expect(await call(page, '/data/core/ups/export/jobs?limit=1')).toMatchObject({
    status: 200,
    body: { records: [{ id: created.body.id }] },
  });
  expect(await call(page, one, { method: 'DELETE' })).toMatchObject({ status: 204 });
});

test('a page of another origin reads what is refused, and when to come back', async ({ page }) => {
  const busy = await call(page, '/data/core/ups/export/jobs', { headers: { Prefer: 'code=429' } });
  expect(busy.status).toBe(429);
  expect(Number(busy.headers['retry-after'])).toBeGreaterThan(0);
  expect(busy.headers['preference-applied']).toBe('code=429');

  const refused = await call(page, '/data/core/ups/export/jobs', { headers: { Authorization: 'Basic x' } });
  expect(refused).toMatchObject({ status: 401, body: { error_code: '401013' } });
  expect(await call(page, '/data/core/ups/export/jobs?limit=none')).toMatchObject({ status: 400 });
});

test('no page of another origin turns the control plane', async ({ page, request }) => {
  const { now } = await (await request.get(`${MOCK}/__admin/clock`)).json();
  expect(await call(page, '/__admin/clock')).toEqual({ refused: 'TypeError' });
  // Such a call needs no preflight: only the mock itself can refuse it.
  await page.evaluate(
    (url) => fetch(url, { method: 'POST', mode: 'no-cors', body: '{"by":"365d"}' }),
    `${MOCK}/__admin/clock/advance`,
  );
  const later = await (await request.get(`${MOCK}/__admin/clock`)).json();
  expect(Date.parse(later.now) - Date.parse(now)).toBeLessThan(86_400_000);
});
