import { isObject } from './answer-error.js';

/** Says what is wrong with the body of a success, as far as the client relies on it: where, and what is to be there. */
export type ShapeCheck = (body: unknown) => string | undefined;

export const jobProblem: ShapeCheck = (body) => {
  if (!isObject(body)) return 'the body is to be an export job';
  if (!Number.isSafeInteger(body['id'])) return '/id is to be an integer';
  return typeof body['status'] === 'string' ? undefined : '/status is to be a text';
};

export const listProblem: ShapeCheck = (body) => {
  if (!isObject(body)) return 'the body is to be a list of export jobs';
  const { records, page, link } = body;
  if (!Array.isArray(records)) return '/records is to be an array';
  const at = records.findIndex((record) => jobProblem(record) !== undefined);
  if (at >= 0) return `/records/${at} is to be an export job with an integer id and a status`;
  if (!isObject(page)) return '/page is to be an object';
  return isObject(link) && typeof link['next'] === 'string' ? undefined : '/link/next is to be a text';
};
