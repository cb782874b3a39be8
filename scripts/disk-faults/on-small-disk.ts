/** The checks of scripts/disk-faults.ts, to be run where the folder that it is given may be mounted on. */
import { CheckList } from '../check-list.js';
import { MockOnDisk } from './mock-on-disk.js';
import { SmallDisk } from './small-disk.js';

/** More than there is room for. */
const MOST_CREATES = 1000;

const checks = new CheckList();
const { check } = checks;

async function checkFullDisk(disk: SmallDisk, mock: MockOnDisk): Promise<void> {
  await disk.takeHalf();
  await check('on a disk that is full, a create is refused', () => mock.createUntilRefused(MOST_CREATES));
  await disk.fill();
  await check('the log says why: ENOSPC', () => mock.logged(/"reason":"ENOSPC[^]*could not be stored/));
  await check('so are many at once', () => mock.createInVain());
  await check('so is the first one of a sandbox', () => mock.createInVain('another'));
  const [first = 0, second = 0] = mock.acknowledged;
  await check('so is a cancel', () => mock.cancelInVain(first));
  await check('there is what was acknowledged, and nothing else', () => mock.checkJobs());

  await disk.free();
  const before = mock.acknowledged;
  await check('with room again, it stores again: a create', () => mock.create());
  await check('and a cancel, in the file of the one that was refused', () => mock.cancel(second));
  await check('a cancelled job is there for as long as its clock stands', () =>
    mock.checkJobs([...before, ...mock.acknowledged.slice(-1)]),
  );
  await mock.kill();
  await disk.fill();
  await check('killed, it starts on a full disk too', () => mock.start());
  await check('exactly what was acknowledged is there', () => mock.checkJobs());
  await check('a create is refused', () => mock.createInVain());
  await disk.free();
  await check('with room again, it is not', () => mock.create());
}

async function checkReadOnlyDisk(disk: SmallDisk, mock: MockOnDisk): Promise<void> {
  await disk.makeReadOnly();
  await check('on a disk that became read-only, a create is refused', () => mock.createInVain());
  await check('the log says why: EROFS', () => mock.logged(/"reason":"EROFS[^]*could not be stored/));
  await check('so is the first one of a sandbox', () => mock.createInVain('another'));
  const [first = 0, second = 0] = mock.acknowledged;
  await check('so is the deletion of a finished job', () => mock.cancelInVain(first));
  await check('there is what was acknowledged, and nothing else', () => mock.checkJobs());

  await disk.makeWritable();
  await check('writable again, it stores again: a create', () => mock.create());
  await check('and a deletion', () => mock.cancel(second));
  await check('there is what was acknowledged, and nothing else', () => mock.checkJobs());
  await disk.makeReadOnly();
  await mock.kill();
  await check('killed, it does not start on a read-only disk, and says why', () =>
    mock.startInVain(1, /The state directory .* EROFS/),
  );
  await disk.makeWritable();
  await check('it does once that is writable', () => mock.start());
  await check('exactly what was acknowledged is there', () => mock.checkJobs());
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const disk = await SmallDisk.mount(process.argv[2] ?? '');
const mock = new MockOnDisk(disk.directory);
try {
  await mock.start();
  await checkFullDisk(disk, mock);
  await checkReadOnlyDisk(disk, mock);
} catch (error) {
  checks.fail((error as Error).message);
} finally {
  await mock.kill();
}
process.exitCode = checks.conclude();
