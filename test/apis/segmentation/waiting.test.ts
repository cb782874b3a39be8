import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { controlOf, type Control } from '../../support/control.js';
import { SMALLEST_REQUEST, startMock, type Caller } from '../../support/mock.js';

let caller: Caller;
let control: Control;
let id: number;
beforeEach(async () => {
  caller = await startMock();
  control = controlOf(caller.mock);
  id = (await caller.post(SMALLEST_REQUEST)).body.id as number;
});
afterEach(() => caller.mock.close());

/** A wait that has begun: supertest sends when it is asked for a promise. */
const waiting = (query: string) => control.get(`/jobs/${id}/wait?${query}`).then((answer) => answer);

/** Lets the calls that were sent come to where they wait. */
const begun = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('who waits for a status is answered', () => {
  test('when the clock is turned by someone else', async () => {
    const answer = waiting('status=PROCESSING');
    await begun();
    await control.post('/clock/advance', { by: '3s' });
    expect((await answer).body).toMatchObject({
      id,
      status: 'PROCESSING',
      job: { id, status: 'PROCESSING' },
    });
  });

  test('when the clock has gone beyond it', async () => {
    const answer = waiting('status=PROCESSING');
    await begun();
    await control.post('/clock/advance', { by: '1h' });
    expect((await answer).body).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('when the job is moved by hand', async () => {
    const answers = [waiting('status=PROCESSING'), waiting('status=FAILED')];
    await begun();
    await control.post(`/jobs/${id}/step`);
    expect((await answers[0])?.body.status).toBe('PROCESSING');
    await control.post(`/jobs/${id}/fail`);
    expect((await answers[1])?.body.status).toBe('FAILED');
  });

  test('when the clock gets there by itself', async () => {
    const { clock } = caller.mock.sandbox();
    clock.advance(1_990);
    const answer = waiting('status=PROCESSING');
    clock.resume();
    expect((await answer).body.status).toBe('PROCESSING');
  });

  test('at once when it has it already', async () => {
    expect((await waiting('status=NEW&timeout=0')).body.status).toBe('NEW');
  });

  test('with 409 when it takes another end', async () => {
    const answer = waiting('status=SUCCEEDED');
    await begun();
    await control.post(`/jobs/${id}/fail`);
    expect((await answer).status).toBe(409);
  });

  test('with 404 when it is cancelled and gone', async () => {
    const answer = waiting('status=SUCCEEDED');
    await caller.delete(`/export/jobs/${id}`);
    await begun();
    await control.post('/clock/advance', { by: '1s' });
    expect((await answer).status).toBe(404);
  });

  test('with 408 when the time has run out, with what the job is', async () => {
    const answer = await waiting('status=SUCCEEDED&timeout=10');
    expect(answer.status).toBe(408);
    expect(answer.body.errors['408'][0].message).toContain('still NEW');
  });

  test('with 503 when the mock stops', async () => {
    const answer = waiting('status=SUCCEEDED');
    await begun();
    await caller.mock.close();
    expect((await answer).status).toBe(503);
  });
});

test('in code, too', async () => {
  const sandbox = caller.mock.sandbox();
  const waited = sandbox.waitFor(id, 'SUCCEEDED');
  sandbox.clock.advance('PT2H');
  expect(await waited).toMatchObject({ status: 'SUCCEEDED' });
  await expect(sandbox.waitFor(id, 'FAILED')).rejects.toMatchObject({ status: 409 });
});
