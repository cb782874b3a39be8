import { Argument, Option } from 'commander';
import type { components } from '../generated/control.js';
import type { ControlClient } from './control-client.js';
import { told, type AddVerb, type Told } from './verb.js';
import { counted, table } from '../contract/text.js';

type Schemas = components['schemas'];

export function addSnapshotVerbs(verb: AddVerb): void {
  const named = () => new Argument('<name>', 'name of the snapshot');
  verb('snapshot', 'save jobs, clock, rules and the last id under a name', [named()], save);
  verb('restore', 'restore the sandbox to a snapshot', [named()], restore);
  const remove = new Option('--remove <name>', 'delete this snapshot');
  verb('snapshots', 'list the snapshots, or delete one', [remove], listOrRemove);
}

async function save(mock: ControlClient, name: string): Promise<Told> {
  const answer = await mock.call('put', '/snapshots/{name}', { path: { name } });
  return told(answer, (snapshot) => `Saved ${contents(snapshot)}`);
}

async function restore(mock: ControlClient, name: string): Promise<Told> {
  const answer = await mock.call('post', '/snapshots/{name}/restore', { path: { name } });
  return told(answer, (snapshot) => `Restored ${contents(snapshot)}`);
}

async function listOrRemove(mock: ControlClient, { remove: name }: { remove?: string }): Promise<Told> {
  if (name === undefined) return told(await mock.call('get', '/snapshots'), snapshotsTable);
  const answer = await mock.call('delete', '/snapshots/{name}', { path: { name } });
  return told(answer, () => `Snapshot ${name} is forgotten.`);
}

function contents({ name, records, now }: Schemas['Snapshot']): string {
  return `${name}: ${counted(records['jobs'] ?? 0, 'job')}, the clock at ${now}.`;
}

function snapshotsTable({ snapshots }: Schemas['SnapshotList']): string {
  if (snapshots.length === 0) return 'There are no snapshots.';
  return table(
    ['NAME', 'JOBS', 'CLOCK', 'SAVED'],
    snapshots.map(({ name, records, now, savedAt }) => [name, records['jobs'] ?? 0, now, savedAt]),
  );
}
