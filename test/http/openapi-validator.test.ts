import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { RequestHandler } from 'express';
import { loadContract } from '../../server/contract.js';
import { validatorOf, warmUp } from '../../server/http/openapi-validator.js';
import { packageRoot } from '../../server/package-root.js';

const loaded = await loadContract(join(packageRoot, 'spec/openapi.yaml'));

describe('a validator that works otherwise than the mock knows stops the start', () => {
  const passesAll: RequestHandler = (_req, _res, next) => next();
  test.each<[string, string, RequestHandler[], string]>([
    [
      'a check that checks nothing',
      'requestMiddleware',
      [named('requestMiddleware', passesAll)],
      'no call of',
    ],
    ['no check', 'requestMiddleware', [], 'other parts'],
    ['a route that is not told', 'metadataMiddleware', [], 'no call of'],
  ])('%s', async (_case, name, replacement, message) => {
    const contract = { ...loaded };
    const handlers = validatorOf(contract);
    handlers.splice(
      handlers.findIndex((handler) => handler.name === name),
      1,
      ...replacement,
    );
    await expect(warmUp(contract)).rejects.toThrow(message);
  });
});

function named(name: string, handler: RequestHandler): RequestHandler {
  return Object.defineProperty(handler, 'name', { value: name });
}
