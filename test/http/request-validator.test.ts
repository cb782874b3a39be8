import { describe, expect, test } from '@jest/globals';
import type { RequestHandler } from 'express';
import { loadContract } from '../../contract/contract.js';
import { createMiddleware, warmUp } from '../../server/http/request-validator.js';
import { CONTRACT_FILE, CONTROL_FILE } from '../support/contracts.js';

const loaded = await loadContract(CONTRACT_FILE);

test('contracts are compiled together, and each once in a process', async () => {
  const compiled: string[][] = [];
  const make = (document: object) => {
    compiled.push(Object.keys((document as { paths: object }).paths));
    return createMiddleware(document);
  };
  const control = await loadContract(CONTROL_FILE, 'when needed');
  const [contract, other] = [{ ...loaded }, { ...control }];
  await Promise.all([warmUp([contract, other], make), warmUp([contract], make)]);
  await warmUp([other, contract], make);
  const paths = [contract, other].flatMap(({ basePath, document }) =>
    Object.keys(document.paths).map((path) => basePath + path),
  );
  expect(paths).toContain('/__admin/health');
  expect(compiled).toEqual([paths]);
});

test('a contract that was asked for with a broken one can be asked for again', async () => {
  const [broken, other] = [{ ...loaded }, { ...(await loadContract(CONTROL_FILE, 'when needed')) }];
  await expect(warmUp([broken, other], () => [])).rejects.toThrow('the validator does not check requests');
  await warmUp([other]);
});

describe('a validator that works otherwise than the mock knows stops the start', () => {
  const passesAll: RequestHandler = (_req, _res, next) => next();
  test.each<[string, string, RequestHandler[]]>([
    ['a check that checks nothing', 'requestMiddleware', [named('requestMiddleware', passesAll)]],
    ['no check', 'requestMiddleware', []],
    ['a route that is not set', 'metadataMiddleware', []],
  ])('%s', async (_case, name, replacement) => {
    const make = (document: object) =>
      createMiddleware(document).flatMap((handler) => (handler.name === name ? replacement : [handler]));
    await expect(warmUp([{ ...loaded }], make)).rejects.toThrow(
      'the validator does not check requests of listExportJobs',
    );
  });
});

function named(name: string, handler: RequestHandler): RequestHandler {
  return Object.defineProperty(handler, 'name', { value: name });
}
