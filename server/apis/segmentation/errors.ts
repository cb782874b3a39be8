/** The errors of the export jobs, beside those that any api has. */
import { serviceError } from '../../platform/errors.js';

export const exportJobNotFound = (id: string | number) =>
  serviceError(404, 'export-job-not-found', 'Export job not found', [
    {
      message: `There is no export job ${JSON.stringify(id)} in this sandbox.`,
      pointer: '/path/exportJobId',
      sent: id,
    },
  ]);

export const jobFinished = (id: number, status: string) =>
  serviceError(409, 'export-job-finished', 'The export job has finished', [
    {
      message: `The export job ${id} is ${status}, and cannot change any more.`,
      pointer: '/path/id',
      sent: id,
      allowed: 'an export job that is NEW or PROCESSING',
    },
  ]);

export const statusNotReached = (id: number, status: string, present: string) =>
  serviceError(408, 'status-not-reached', 'The export job did not reach the status in time', [
    {
      message: `The export job ${id} is still ${present}, and not ${status}.`,
      pointer: '/query/status',
      sent: status,
    },
  ]);

export const statusOutOfReach = (id: number, status: string, present: string) =>
  serviceError(409, 'status-out-of-reach', 'The export job will never reach the status', [
    {
      message: `The export job ${id} is ${present}, and will never be ${status}.`,
      pointer: '/query/status',
      sent: status,
      allowed: `only ${present}, now that it has finished`,
    },
  ]);
