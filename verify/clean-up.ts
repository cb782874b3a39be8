import type { Inspection } from './inspection.js';
import { idIn } from './leftovers.js';
import { MOST_JOBS } from './list-page.js';
import { LeftBehind, NoAnswer, NotChecked, Outage, type Reply } from './question.js';

const CANCEL = 'cancelExportJob';
const LIST = 'listExportJobs';

/**
 * Cancels a job of ours. Rejects with NotChecked when that is not answered as it should be: what is not known to be gone
 * then is still a leftover.
 */
export async function cancelJob(inspection: Inspection, id: string): Promise<void> {
  const { ids, perhapsGone } = inspection.leftovers;
  // The call that was kept for it.
  ids.delete(id);
  let isGone = false;
  try {
    const reply = await inspection.ask({ operation: CANCEL, id, cleansUp: true });
    const { status, earlier } = reply;
    if ([...earlier, status].some((each) => each >= 500)) perhapsGone.add(id);
    isGone = status === 404 || (status >= 200 && status < 300);
    // An earlier call, whose answer did not say so, has done it.
    if (status === 404 && perhapsGone.has(id)) return;
    inspection.hold(reply, [204, 200], 'That export job was created');
  } catch (error) {
    if (error instanceof NoAnswer) perhapsGone.add(id);
    throw error;
  } finally {
    if (!isGone) ids.add(id);
  }
}

/** Cancels what is left. Rejects with LeftBehind, or Outage, when something is or may be left after that. */
export async function cleanUp(inspection: Inspection): Promise<string> {
  const { leftovers } = inspection;
  if (!leftovers.hasCreated) throw new NotChecked('nothing was created');
  const notFound = await findUnknown(inspection);
  const ids = [...leftovers.ids];
  for (const id of ids) {
    await cancelJob(inspection, id).catch(passOverNotChecked);
    // From now on, calls are kept for the others alone.
    if (leftovers.ids.delete(id)) leftovers.behind.push(id);
  }
  const [perhaps, surely] = [true, false].map((isPerhaps) =>
    leftovers.behind.filter((id) => leftovers.perhapsGone.has(id) === isPerhaps).join(', '),
  );
  const told = [
    ...(surely ? [`left behind: ${surely}`] : []),
    ...(perhaps ? [`may be left behind: ${perhaps}`] : []),
    ...(notFound ? [`may be left behind: ${notFound}`] : []),
  ].join('; ');
  if (leftovers.behind.length > 0) throw new LeftBehind(told);
  if (told !== '') throw new Outage(told);
  return ids.length === 0 ? 'nothing was left' : `export jobs ${ids.join(', ')}`;
}

/** Finds the jobs of creates whose outcome is unknown. Resolves to what is to be told of those that are not found. */
async function findUnknown(inspection: Inspection): Promise<string> {
  const { leftovers, options } = inspection;
  const sought = new Set(leftovers.unknown);
  if (sought.size === 0) return '';
  // The call that was kept for it.
  leftovers.isListed = true;
  const question = { operation: LIST, query: `?limit=${MOST_JOBS}`, cleansUp: true };
  const reply = await inspection.ask(question).catch(passOverNotChecked);
  leftovers.unknown.clear();
  // A header that is given for all calls may be that of others' jobs, too.
  const records = options.headers['x-request-id'] === undefined ? recordsIn(reply) : [];
  for (const record of records) {
    const [id, { requestId }] = [idIn(record), record];
    if (id === undefined || typeof requestId !== 'string' || !sought.has(requestId)) continue;
    leftovers.ids.add(id);
    sought.delete(requestId);
  }
  return sought.size === 0 ? '' : `export jobs whose requestId is ${[...sought].join(' or ')}`;
}

function recordsIn(reply: Reply | undefined): Record<string, unknown>[] {
  const { records } = (reply?.body ?? {}) as { records?: unknown };
  if (!Array.isArray(records)) return [];
  return records.filter(
    (record): record is Record<string, unknown> => typeof record === 'object' && record !== null,
  );
}

function passOverNotChecked(error: unknown): undefined {
  if (!(error instanceof NotChecked)) throw error;
}
