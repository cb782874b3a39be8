import { expect, test } from '@playwright/test';

const CLOCK = 'http://127.0.0.1:4010/__admin/clock';

test('a job goes from NEW to SUCCEEDED before our eyes', async ({ page, request }) => {
  await request.post(`${CLOCK}/freeze`);
  await page.clock.install();
  await page.goto('/');
  await page.getByRole('button', { name: 'Export' }).click();
  await expect(page.getByRole('listitem')).toHaveText(/NEW/);

  await request.post(`${CLOCK}/advance`, { data: { by: 'PT1M' } }); // the mock's time
  await page.clock.fastForward('01:00'); // the page's, so that it polls
  await expect(page.getByRole('listitem')).toHaveText(/SUCCEEDED/);
});
