/**
 * Preloaded with `node --import`: counts the operations that write below a folder, and at a chosen one kills the
 * process, has the disk refuse, or copies the folder, which is what a kill at that moment leaves behind. Controlled
 * through `globalThis.failingDisk`, or by the environment variables FAILING_DISK, the folder, and DISK_SABOTAGE; SIGUSR2 sets sabotage to `late`.
 */
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, URL } from 'node:url';
import { callbackify } from 'node:util';

const QUIET_MS = 10;
const LATE_MS = 100;
/** A full disk does not refuse these. */
const WITHOUT_ROOM = ['unlink', 'rmdir', 'sync', 'datasync', 'fsync', 'fdatasync'];
/** Each is one operation of the system, on the first path that is below the folder. */
const ON_PATHS = ['rename', 'link', 'symlink', 'mkdir', 'mkdtemp', 'rmdir', 'unlink', 'truncate', 'copyFile'];
const SYNC_ONLY = ['rm', 'writeFile', 'appendFile', 'write', 'writev', 'fsync', 'fdatasync', 'ftruncate'];

let folder = process.env.FAILING_DISK && resolve(process.env.FAILING_DISK);
let plan = { mode: 'count' };
let seen = { operations: [], images: [], refusals: 0 };
let inFlight = 0;
let lastEnd = 0;
let late = Promise.resolve();
/** By FileHandle and by file descriptor. */
const openPaths = new Map();
const real = { ...fs, promises: { ...fs.promises } };

const disk = (globalThis.failingDisk = {
  /** `in-place`: a rename copies, as if the file were written in place. `late`: all is done later than it says. */
  sabotage: process.env.DISK_SABOTAGE,
  /**
   * Begins to count. The n-th operation (`at`) from now on is refused in mode `refuse`, with all after it that need room
   * in mode `full`, and kills in mode `kill`. In mode `images` the folder is copied to one below `images` at each.
   */
  watch(newFolder, newPlan = { mode: 'count' }) {
    [folder, plan, seen] = [newFolder, newPlan, { operations: [], images: [], refusals: 0 }];
  },
  /** Resolves once nothing is being written any more. */
  async settle() {
    await late;
    while (inFlight > 0 || performance.now() - lastEnd < QUIET_MS) await sleep(2);
    return seen;
  },
  /** Copies a folder without sockets, which nobody listens at in a copy. */
  copy(from, to) {
    real.mkdirSync(to, { recursive: true });
    for (const entry of real.readdirSync(from, { withFileTypes: true })) {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) disk.copy(source, target);
      if (entry.isFile()) real.copyFileSync(source, target);
    }
  },
});

process.on('SIGUSR2', () => (disk.sabotage = 'late'));

function toPath(file) {
  if (typeof file === 'string' || Buffer.isBuffer(file)) return resolve(String(file));
  return file instanceof URL ? fileURLToPath(file) : openPaths.get(file);
}

function isBelow(file) {
  const path = folder === undefined ? undefined : toPath(file);
  return path !== undefined && (path === folder || path.startsWith(folder + sep));
}

function takeImage(where) {
  const directory = join(plan.images, String(seen.images.length));
  disk.copy(folder, directory);
  seen.images.push({ where, directory });
}

/** Kills, or throws, when it is time to; else gives what is to be done when the operation has ended. */
function begin(name, file) {
  const { mode, at } = plan;
  if (mode === 'full' && WITHOUT_ROOM.includes(name)) return () => undefined;
  const path = toPath(file);
  const operation = `${seen.operations.length + 1}: ${name} ${relative(folder, path)}`;
  const count = seen.operations.push(operation);
  if (mode === 'images') takeImage(`before ${operation}`);
  if (mode === 'kill' && count === at) process.kill(process.pid, 'SIGKILL');
  if ((mode === 'refuse' && count === at) || (mode === 'full' && count >= at)) {
    seen.refusals++;
    const [code, errno] = mode === 'full' ? ['ENOSPC', -28] : ['EIO', -5];
    throw Object.assign(new Error(`${code}: ${name} '${path}'`), { code, errno, syscall: name, path });
  }
  inFlight++;
  return () => {
    inFlight--;
    lastEnd = performance.now();
    // Others are under way: the next image may have them done too.
    if (mode === 'images' && plan.mode === mode && inFlight > 0) takeImage(`after ${operation}`);
  };
}

async function operate(name, file, act) {
  if (!isBelow(file)) return act();
  const end = begin(name, file);
  return act().finally(end);
}

function operateSync(name, file, act) {
  if (!isBelow(file)) return act();
  const end = begin(name, file);
  try {
    return act();
  } finally {
    end();
  }
}

function isForWriting(flags = 'r') {
  return typeof flags === 'string'
    ? /[wa+]/.test(flags)
    : (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) > 0;
}

/** None when it makes a folder that is there already. */
function getTarget(name, parameters) {
  const target = parameters.slice(0, 2).find(isBelow);
  return name === 'mkdir' && target !== undefined && real.existsSync(target) ? undefined : target;
}

const writeFileWith = (flag) => async (file, data, options) => {
  if (typeof file.fd === 'number') return file.writeFile(data, options);
  const handle = await patched.open(file, options?.flag ?? flag, options?.mode);
  return handle.writeFile(data, options).finally(() => handle.close());
};
const patched = {
  async open(file, flags, permissions) {
    const open = () => real.promises.open(file, flags, permissions);
    const handle = await (isForWriting(flags) ? operate('open', file, open) : open());
    openPaths.set(handle, toPath(file));
    return handle;
  },
  async rm(file, options) {
    const stats = isBelow(file) ? await real.promises.lstat(file).catch(() => undefined) : undefined;
    if (!stats || (stats.isDirectory() && !options?.recursive)) return real.promises.rm(file, options);
    if (!stats.isDirectory()) return patched.unlink(file);
    for (const name of await real.promises.readdir(file)) await patched.rm(join(toPath(file), name), options);
    return patched.rmdir(file);
  },
  writeFile: writeFileWith('w'),
  appendFile: writeFileWith('a'),
};
for (const name of [...ON_PATHS, ...SYNC_ONLY]) {
  if (ON_PATHS.includes(name)) {
    patched[name] = (...parameters) =>
      operate(name, getTarget(name, parameters), () => real.promises[name](...parameters));
  }
  const sync = `${name}Sync`;
  fs[sync] = (...parameters) =>
    operateSync(name, getTarget(name, parameters), () => real[sync](...parameters));
}
const { rename } = patched;
patched.rename = async (from, to) => {
  const isInPlace = disk.sabotage === 'in-place' && isBelow(to) && (await real.promises.lstat(from)).isFile();
  if (!isInPlace) return rename(from, to);
  await patched.writeFile(to, await real.promises.readFile(from));
  await patched.unlink(from);
};
fs.promises.open = patched.open;
for (const [name, operation] of Object.entries(patched)) {
  if (name === 'open') continue;
  fs.promises[name] = async (...parameters) => {
    if (disk.sabotage !== 'late' || !parameters.slice(0, 2).some(isBelow)) return operation(...parameters);
    const due = sleep(LATE_MS);
    late = Promise.all([late, due]).then(() => operation(...parameters));
    late = late.catch(() => undefined);
  };
  fs[name] = callbackify(fs.promises[name]);
}
fs.openSync = (file, flags, permissions) => {
  const open = () => real.openSync(file, flags, permissions);
  const descriptor = isForWriting(flags) ? operateSync('open', file, open) : open();
  openPaths.set(descriptor, toPath(file));
  return descriptor;
};
syncBuiltinESMExports();

const someHandle = await real.promises.open(fileURLToPath(import.meta.url));
const FileHandle = Object.getPrototypeOf(someHandle);
await someHandle.close();
for (const name of ['write', 'writev', 'truncate', 'sync', 'datasync']) {
  const method = FileHandle[name];
  FileHandle[name] = function (...parameters) {
    return operate(name, this, () => method.apply(this, parameters));
  };
}
for (const name of ['writeFile', 'appendFile']) {
  const method = FileHandle[name];
  FileHandle[name] = async function (data, options) {
    if (!isBelow(this)) return method.call(this, data, options);
    const encoding = typeof options === 'string' ? options : (options?.encoding ?? 'utf8');
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data);
    // Half of it may be there when the process is killed or the disk full.
    await this.write(bytes.subarray(0, bytes.length >> 1));
    await this.write(bytes.subarray(bytes.length >> 1));
  };
}
