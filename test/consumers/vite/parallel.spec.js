import { expect, test } from '@playwright/test';
import { connectMockServer } from 'aep-export-jobs-mock/testing';

const mock = connectMockServer('http://127.0.0.1:4010');

for (const [scenario, status] of [
  ['succeeds', 'SUCCEEDED'],
  ['fails', 'FAILED'],
]) {
  test(`a job that ${scenario} is shown as ${status}`, async ({ page }, { testId }) => {
    const sandbox = mock.sandbox(testId);
    const { pathname } = new URL(sandbox.url); // /as/{org}/{sandbox}
    await page.route('/data/core/ups/**', (route) => {
      const url = new URL(route.request().url());
      return route.continue({ url: `${url.origin}${pathname}${url.pathname}${url.search}` });
    });
    await sandbox.use(scenario);
    await sandbox.clock.freeze();

    await page.goto('/');
    await page.getByRole('button', { name: 'Export' }).click();
    await expect(page.getByRole('listitem')).toHaveText(/NEW/);
    await sandbox.clock.advance('1m');
    await expect(page.getByRole('listitem')).toHaveText(new RegExp(status));
    await sandbox.expectNoViolations();
  });
}
