import { expect, test } from '@jest/globals';
import { banner, WINDOWS } from '../../cli/banner.js';
import { createMockServer } from '../../server/mock-server.js';

test('the calls to try stand as the shells of Windows take them: in one line, in double quotes', async () => {
  const mock = await createMockServer();
  const url = await mock.listen();
  const lines = banner(mock, { auth: 'minted' }, WINDOWS).split('\n');
  await mock.close();
  expect(lines.filter((line) => line.includes('curl'))).toEqual([
    `Access tokens are minted here alone: curl.exe "${url}/ims/token/v3" -d ` +
      `"client_id=…&client_secret=…&grant_type=client_credentials&scope=…"`,
    `  curl.exe "${url}/data/core/ups/export/jobs?limit=2" -H "Authorization: Bearer <access token>" -H "x-api-key: any" ` +
      `-H "x-gw-ims-org-id: 1BD6382559DF0C130A49422D@AdobeOrg" -H "x-sandbox-name: prod"`,
  ]);
});
