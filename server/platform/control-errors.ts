/** The errors that only the control plane answers with; the others are in the catalogue beside. */
import { serviceError } from './api-error.js';

const ADMIN_TOKEN_ALLOWED = "the header 'Authorization: Bearer <token>', with the token of --admin-token";

export const adminTokenMissing = () =>
  serviceError(
    401,
    'admin-token-missing',
    'The control plane needs a token',
    [
      {
        message: 'The token of the control plane is missing.',
        pointer: '/headers/authorization',
        allowed: ADMIN_TOKEN_ALLOWED,
      },
    ],
    { 'WWW-Authenticate': 'Bearer' },
  );

export const adminTokenNotValid = () =>
  serviceError(
    401,
    'admin-token-not-valid',
    'The token of the control plane is another',
    [{ message: 'The token is another.', pointer: '/headers/authorization', allowed: ADMIN_TOKEN_ALLOWED }],
    { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  );

export const adminCallForeign = (header: string, sent: string | undefined, allowed: string) =>
  serviceError(403, 'admin-call-foreign', 'The control plane is closed to this caller', [
    {
      message: `The ${header} is of another site than this machine: a web page may have made the call.`,
      pointer: `/headers/${header}`,
      sent,
      allowed,
    },
  ]);

export const adminClosed = (host: string) =>
  serviceError(403, 'admin-closed', 'The control plane is closed on this host', [
    {
      message: `The mock listens on ${host}, where others than this machine may call, and has no token for them.`,
      allowed: 'nothing, unless the mock is started with --admin-token <token>, or on 127.0.0.1',
    },
  ]);

export const snapshotNotFound = (name: string) =>
  serviceError(404, 'snapshot-not-found', 'Snapshot not found', [
    {
      message: `There is no snapshot ${JSON.stringify(name)} of this sandbox.`,
      pointer: '/path/name',
      sent: name,
    },
  ]);

export const ruleNotFound = (id: string) =>
  serviceError(404, 'rule-not-found', 'Rule not found', [
    { message: `There is no rule ${JSON.stringify(id)} in this sandbox.`, pointer: '/path/id', sent: id },
  ]);

export const sandboxNotFound = (org: string, name: string) =>
  serviceError(404, 'sandbox-not-found', 'Sandbox not found', [
    {
      message: `The organisation ${JSON.stringify(org)} has no sandbox ${JSON.stringify(name)}.`,
      pointer: '/path/name',
    },
  ]);

export const jobFinished = (id: number, status: string) =>
  serviceError(409, 'export-job-finished', 'The export job has finished', [
    {
      message: `The export job ${id} is ${status}, and moves no more.`,
      pointer: '/path/id',
      sent: id,
      allowed: 'an export job that is NEW or PROCESSING',
    },
  ]);

export const statusNotReached = (id: number, status: string, present: string) =>
  serviceError(408, 'status-not-reached', 'The export job has not reached the status in time', [
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
