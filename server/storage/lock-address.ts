import { basename } from 'node:path';

/** Where a process listens that has, or asks for, the file of a lock. */
export type LockAddress = (file: string) => string;

/** The file is itself a socket. */
const inDirectory: LockAddress = (file) => file;

/** Windows has no sockets in directories, only pipes, which stand in none: the file is empty, and names its pipe. */
const onWindows: LockAddress = (file) => `\\\\.\\pipe\\aep-export-jobs-mock-${basename(file)}`;

export const lockAddress = process.platform === 'win32' ? onWindows : inDirectory;
