import { Argument, InvalidArgumentError, Option } from 'commander';
import type { components } from '../generated/control.js';
import { DURATIONS, parseDuration } from '../contract/duration.js';
import { parseInstant } from '../contract/instant.js';

const OPERATIONS = [
  'listExportJobs',
  'createExportJob',
  'retrieveExportJob',
  'cancelExportJob',
] satisfies components['schemas']['OperationId'][];

// How what is written after a verb is read. What is not allowed ends the command with a message of its own.

/** A length of time, in milliseconds. */
export function milliseconds(text: string): number {
  const length = /^\d{1,15}$/.test(text) ? Number(text) : parseDuration(text);
  if (length === undefined) throw new InvalidArgumentError(`Allowed is ${DURATIONS}, or milliseconds.`);
  return length;
}

/** A moment, in Unix milliseconds. */
export function instant(text: string): number {
  const moment = /^\d{1,15}$/.test(text) ? Number(text) : parseInstant(text);
  if (moment !== undefined) return moment;
  throw new InvalidArgumentError(
    'Allowed is a timestamp as RFC 3339 writes it, such as 2026-01-31T12:00:00Z, or Unix milliseconds.',
  );
}

export function count(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed is a whole number in decimal digits, from 1.');
}

export function jobIdFrom(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed is the id of an export job, in decimal digits.');
}

export function jobId(): Argument {
  return new Argument('<id>', 'id of an export job').argParser(jobIdFrom);
}

export function operationOption(help: string): Option {
  return new Option('--operation <operation>', help).choices(OPERATIONS);
}

/** Where a mock is: no more of an address than that, should somebody give that of the API or of a call. */
export function mockUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ['http:', 'https:'].includes(url.protocol)) return url.origin;
  throw new InvalidArgumentError('Allowed is the address of a mock, such as http://127.0.0.1:4010.');
}

/** What is sent in a header. */
export function headerText(text: string): string {
  if (/^[!-~]([ -~]*[!-~])?$/.test(text)) return text;
  throw new InvalidArgumentError('Allowed is text of printable ASCII characters.');
}
