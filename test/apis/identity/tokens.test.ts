import { expect, test } from '@jest/globals';
import { decodeJwt, jwtVerify } from 'jose';
import { seededRandom } from '../../../server/sandbox/random.js';
import { Tokens } from '../../../server/apis/identity/tokens.js';

test('the oldest tokens are forgotten', async () => {
  const tokens = new Tokens('seed', 3);
  const minted: string[] = [];
  for (const client of ['a', 'b', 'c', 'd']) minted.push((await tokens.mint(client, 's')).access_token);
  expect(minted.map((token) => tokens.findOwner(token))).toEqual([undefined, 'b', 'c', 'd']);
});

test('a token is good until a day has gone by on the clock, and for that moment too', async () => {
  const tokens = new Tokens('seed');
  const { access_token: token } = await tokens.mint('a', 's');
  const day = 86_400_000;
  const aged = (age: number) => tokens.findOwner(token, { now: () => 5000 + age, readingAt: () => 5000 });
  expect([0, day, day + 1, -day].map(aged)).toEqual(['a', 'a', undefined, 'a']);
});

test('a clock is asked what it read at the real time of minting', async () => {
  const tokens = new Tokens('seed');
  const { access_token: token } = await tokens.mint('a', 's');
  const asked: number[] = [];
  tokens.findOwner(token, { now: () => 0, readingAt: (real) => asked.push(real) && 0 });
  expect(asked).toEqual([Number(decodeJwt(token)['created_at'])]);
});

test('tokens are signed by a key that follows from the random seed', async () => {
  const { access_token: token } = await new Tokens('seed').mint('a', 's');
  const key = new TextEncoder().encode(seededRandom('seed\ntokens').hex('key', 64));
  await expect(jwtVerify(token, key)).resolves.toMatchObject({ payload: { client_id: 'a' } });
  await expect(jwtVerify(token, key.toReversed())).rejects.toThrow();
});
