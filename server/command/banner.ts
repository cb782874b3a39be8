import { join } from 'node:path';
import { boundLines, lifeLine } from './life-lines.js';
import type { MockServerOptions } from '../options/options.js';
import { packageRoot } from '../package-root.js';
import type { MockServer } from '../programmatic-api.js';
import { DOCUMENTED_SANDBOX } from '../sandbox/sandbox-name.js';

/** What is printed once a mock listens: what it is, where, how it is called, and what is not as usual. */
export function banner(mock: MockServer, options: MockServerOptions): string {
  const { version, contract } = mock.health();
  const { org, name } = DOCUMENTED_SANDBOX;
  const token = options.auth === 'minted' ? '<access token>' : 'any';
  const key = options.credentials === undefined ? 'any' : '<API key>';
  return `aep-export-jobs-mock ${version} (contract ${contract.version}, ${contract.hash})
Listening on ${mock.url}/data/core/ups
${[stateLine(mock), ...callerLines(mock, options), ...adminLines(mock, options)].join('\n')}

Try it:
  curl '${mock.url}/data/core/ups/export/jobs?limit=2' -H 'Authorization: Bearer ${token}' -H 'x-api-key: ${key}' \\
    -H 'x-gw-ims-org-id: ${org}' -H 'x-sandbox-name: ${name}'

${lifeLine(mock.lifetimes, options)}
Ids in its request that give it another story:
${boundLines(mock.scenarios().scenarios).join('\n')}
Docs: ${join(packageRoot, 'README.md')}
`;
}

function stateLine({ state: { directory, found } }: MockServer): string {
  if (directory === undefined) return 'State is kept in memory, and is gone when the mock stops.';
  const goesOn = found === 0 ? '' : ` What was there goes on: ${found} sandbox${found === 1 ? '' : 'es'}.`;
  return `State is kept in ${directory}.${goesOn} --fresh starts anew.`;
}

/** What is to be said of who may call, if not everyone may. */
function callerLines({ url }: MockServer, { auth, credentials }: MockServerOptions): string[] {
  const form = 'client_id=…&client_secret=…&grant_type=client_credentials&scope=…';
  return [
    ...(auth === 'minted'
      ? [`Access tokens are minted here alone: curl '${url}/ims/token/v3' -d '${form}'`]
      : []),
    ...(credentials === undefined ? [] : [`The API keys that there are stand in ${credentials}.`]),
  ];
}

/** What is to be said of who may use the control plane, if it is not as usual. */
function adminLines({ adminAccess }: MockServer, { host = '' }: MockServerOptions): string[] {
  switch (adminAccess) {
    case 'loopback':
      return [];
    case 'token':
      return ['The control plane (/__admin) asks for the token of --admin-token.'];
    case 'closed':
      return [
        `The control plane (/__admin) is off on ${host}: --admin-token <token> opens it to who has the token.`,
      ];
    case 'off':
      return ['The control plane (/__admin) is off.'];
  }
}
