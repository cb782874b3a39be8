// Makes mocks one after the other in this process, as tests do that make one each, and prints how long each takes to its
// first answer, in milliseconds.
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { argv, stdout } from 'node:process';
import { pathToFileURL } from 'node:url';

const [file, ...counts] = argv.slice(2);
const [warmUps, mocks] = counts.map(Number);
const { createMockServer } = await import(pathToFileURL(file));
const headers = {
  Authorization: 'Bearer any',
  'x-api-key': 'any',
  'x-gw-ims-org-id': '1BD6382559DF0C130A49422D@AdobeOrg',
  'x-sandbox-name': 'prod',
};

/** Not by fetch, whose own first call takes longer than a mock does. */
function list(url) {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/data/core/ups/export/jobs?limit=10`, { headers, agent: false }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`It answered ${answer.statusCode}.`));
      answer.resume().on('end', resolve);
    });
    call.on('error', reject).end();
  });
}

const times = [];
for (let made = -warmUps; made < mocks; made++) {
  const start = performance.now();
  const mock = await createMockServer();
  await list(await mock.listen());
  if (made >= 0) times.push(performance.now() - start);
  await mock.close();
}
stdout.write(JSON.stringify(times));
