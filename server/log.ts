import { pino, type DestinationStream, type Logger } from 'pino';
import { PinoPretty as pretty } from 'pino-pretty';
import { logLines } from './log-lines.js';
import type { LogLevel } from './options.js';

/** Writes to standard error: for reading on a terminal, else a JSON object a line. */
export function createLog(level: LogLevel): Logger {
  // What is logged names its fields one by one; this is for what an error may carry along.
  const redact = ['req.headers', 'request.headers', 'err.headers', 'err.authorization', 'err["x-api-key"]'];
  return pino({ level, redact, base: null }, process.stderr.isTTY ? terminal() : logLines());
}

function terminal(): DestinationStream {
  return pretty({
    destination: 2,
    sync: true,
    singleLine: true,
    ignore: 'method,url,status',
    translateTime: 'HH:MM:ss.l',
  });
}
