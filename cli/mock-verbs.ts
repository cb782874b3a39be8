import { Option } from 'commander';
import type { components } from '../generated/control.js';
import { DOCUMENTED_SANDBOX } from '../server/platform/sandbox-name.js';
import type { ControlClient } from './control-client.js';
import { told, type AddVerb, type Told } from './verb.js';
import { table } from '../contract/text.js';

export function addMockVerbs(verb: AddVerb): void {
  const remove = new Option('--remove <name>', 'delete this sandbox of the organisation');
  verb('sandboxes', 'list the sandboxes, or delete one', [remove], listOrDelete);
  verb('url', 'print the address of the mock, if it is healthy', [], async (mock) =>
    told(await mock.call('get', '/health'), () => mock.url),
  );
}

async function listOrDelete(
  mock: ControlClient,
  { remove: name, org = DOCUMENTED_SANDBOX.org }: { remove?: string; org?: string },
): Promise<Told> {
  if (name === undefined) return told(await mock.call('get', '/sandboxes'), sandboxesTable);
  const answer = await mock.call('delete', '/sandboxes/{org}/{name}', { path: { org, name } });
  return told(answer, () => `Sandbox ${name} of ${org} is deleted.`);
}

function sandboxesTable({ sandboxes }: components['schemas']['SandboxList']): string {
  if (sandboxes.length === 0) return 'There are no sandboxes yet: one comes into being at its first call.';
  return table(
    ['ORGANISATION', 'NAME', 'JOBS', 'CLOCK', ''],
    sandboxes.map(({ org, name, records, now, frozen }) => [
      org,
      name,
      records['jobs'] ?? 0,
      now,
      frozen ? 'frozen' : '',
    ]),
  );
}
