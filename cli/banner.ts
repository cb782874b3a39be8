import { join } from 'node:path';
import { boundLines, lifeLine } from './life-lines.js';
import type { MockServerOptions } from '../server/options.js';
import { packageRoot } from '../contract/package-root.js';
import type { MockServer } from '../server/mock-server.js';
import { DOCUMENTED_SANDBOX } from '../server/platform/sandbox-name.js';

/** What is printed once a mock listens: what it is, where, how it is called, and what is not as usual. */
export function banner(mock: MockServer, options: MockServerOptions, shell = SHELL): string {
  const { version, contract } = mock.health();
  return `aep-export-jobs-mock ${version} (contract ${contract.version}, ${contract.hash})
Listening on ${mock.url}/data/core/ups
${[stateLine(mock), ...callerLines(mock, options, shell), ...adminLines(mock, options)].join('\n')}

Try it:
  ${firstCall(mock, options, shell)}

${lifeLine(mock.lifetimes, options)}
Ids in its request that give it another story:
${boundLines(mock.scenarios().scenarios).join('\n')}
Docs: ${join(packageRoot, 'README.md')}
`;
}

/** How the shells of a platform call curl. */
interface Shell {
  curl: string;
  /** Puts a text without quotation marks in some. */
  quoted: (text: string) => string;
  /** What goes on in the next line. */
  goesOn: string;
}

const POSIX: Shell = { curl: 'curl', quoted: (text) => `'${text}'`, goesOn: ' \\\n    ' };
/** For cmd as for PowerShell, which has another command by the name of curl. */
export const WINDOWS: Shell = { curl: 'curl.exe', quoted: (text) => `"${text}"`, goesOn: ' ' };
const SHELL = process.platform === 'win32' ? WINDOWS : POSIX;

function firstCall({ url }: MockServer, options: MockServerOptions, { curl, quoted, goesOn }: Shell): string {
  const { org, name } = DOCUMENTED_SANDBOX;
  const token = options.auth === 'minted' ? '<access token>' : 'any';
  const key = options.credentials === undefined ? 'any' : '<API key>';
  const header = (line: string) => `-H ${quoted(line)}`;
  const call = [
    `${curl} ${quoted(`${url}/data/core/ups/export/jobs?limit=2`)}`,
    header(`Authorization: Bearer ${token}`),
    header(`x-api-key: ${key}`),
  ];
  return `${call.join(' ')}${goesOn}${header(`x-gw-ims-org-id: ${org}`)} ${header(`x-sandbox-name: ${name}`)}`;
}

function stateLine({ state: { directory, found } }: MockServer): string {
  if (directory === undefined) return 'State is kept in memory, and is gone when the mock stops.';
  const goesOn = found === 0 ? '' : ` What was there goes on: ${found} sandbox${found === 1 ? '' : 'es'}.`;
  return `State is kept in ${directory}.${goesOn} --fresh starts anew.`;
}

/** What is to be said of who may call, if not everyone may. */
function callerLines(
  { url }: MockServer,
  { auth, credentials }: MockServerOptions,
  { curl, quoted }: Shell,
): string[] {
  const form = 'client_id=…&client_secret=…&grant_type=client_credentials&scope=…';
  return [
    ...(auth === 'minted'
      ? [`Access tokens are minted here alone: ${curl} ${quoted(`${url}/ims/token/v3`)} -d ${quoted(form)}`]
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
