import { beforeAll, describe, expect, test } from '@jest/globals';
import { controlOf, type Control, type Method } from '../../support/control.js';
import { startMock } from '../../support/mock.js';

let control: Control;
beforeAll(async () => {
  control = controlOf((await startMock()).mock);
});

const INSTANTS = /RFC 3339|integer|Unix milliseconds/;
const DURATIONS = /a length of time such as 2h/;

describe('what the control plane does not allow is refused with what is allowed', () => {
  test.each<[what: string, method: Method, path: string, body: unknown, pointer: string, allowed: RegExp]>([
    ['no instant', 'put', '/clock', {}, '/body/now', /it is required/],
    ['no body where one is needed', 'put', '/clock', undefined, '/body', /object/],
    ['an instant that is none', 'put', '/clock', { now: 'tomorrow' }, '/body/now', INSTANTS],
    ['a day that there is not', 'put', '/clock', { now: '2026-02-30T00:00:00Z' }, '/body/now', INSTANTS],
    ['a time before 1970', 'put', '/clock', { now: -1 }, '/body/now', /at least 0/],
    [
      'a time that no date can be',
      'put',
      '/clock',
      { now: 8.64e15 },
      '/body',
      /allowed are Unix milliseconds/,
    ],
    ['another property', 'put', '/clock', { now: 0, stand: true }, '/body/stand', /one of now, frozen/],
    ['a switch that is none', 'put', '/clock', { now: 0, frozen: 'yes' }, '/body/frozen', /boolean/],
    ['a duration that is none', 'post', '/clock/advance', { by: 'soon' }, '/body/by', DURATIONS],
    ['a month, which has no one length', 'post', '/clock/advance', { by: 'P1M' }, '/body/by', DURATIONS],
    ['a duration back', 'post', '/clock/advance', { by: -5 }, '/body/by', /at least 0/],
    [
      'a part that there is not',
      'post',
      '/reset',
      { only: ['job'] },
      '/body/only/0',
      /jobs, clock, rules, journal/,
    ],
    ['a name of a snapshot', 'put', '/snapshots/a%20b', undefined, '/path/name', /text that matches/],
    ['an id that is none', 'post', '/jobs/seven/step', undefined, '/path/id', /integer/],
    [
      'an id in another spelling',
      'post',
      '/jobs/0x10/step',
      undefined,
      '/path/id',
      /integer in decimal digits/,
    ],
    [
      'errors that are none',
      'post',
      '/jobs/1/fail',
      { errors: [{ code: '1' }] },
      '/body/errors/0/msg',
      /required/,
    ],
    [
      'no error at all',
      'post',
      '/jobs/1/fail',
      { errors: [] },
      '/body/errors',
      /at least this many items: 1/,
    ],
    ['no status to wait for', 'get', '/jobs/1/wait', undefined, '/query/status', /it is required/],
    [
      'a status that there is not',
      'get',
      '/jobs/1/wait?status=DONE',
      undefined,
      '/query/status',
      /NEW, PROCESSING/,
    ],
    [
      'a wait without end',
      'get',
      '/jobs/1/wait?status=NEW&timeout=900000',
      undefined,
      '/query/timeout',
      /at most 600000/,
    ],
    ['a rule about nothing', 'post', '/rules', {}, '/body', /one of scenario, progress, fault/],
    [
      'a rule about two things',
      'post',
      '/rules',
      { scenario: 'fails', fault: 'slow' },
      '/body',
      /one of scenario/,
    ],
    [
      'a scenario that is not known',
      'post',
      '/rules',
      { scenario: 'fail' },
      '/body/scenario',
      /fails, .*stuck/,
    ],
    ['a fault that is not known', 'post', '/rules', { fault: 'answer-last' }, '/body/fault', /answer-lost/],
    [
      'an operation that is not known',
      'post',
      '/rules',
      { fault: 'slow', operation: 'list' },
      '/body/operation',
      /listExportJobs/,
    ],
    ['no time at all', 'post', '/rules', { fault: 'slow', times: 0 }, '/body/times', /at least 1/],
    ['polls without the progress', 'post', '/rules', { fault: 'slow', polls: 2 }, '/body/polls', /progress/],
    ['a rule id that is none', 'delete', '/rules/one', undefined, '/path/id', /text that matches/],
    [
      'a filter that is none',
      'get',
      '/journal?violations=yes',
      undefined,
      '/query/violations',
      /true, false/,
    ],
    ['an unknown filter', 'get', '/journal?path=/jobs', undefined, '/query/path', /one of operation, status/],
    ['a state of another form', 'put', '/state', { format: 1 }, '/body/format', /only 2/],
  ])('%s', async (_what, method, path, body, pointer, allowed) => {
    const answer = await control[method](path, body);
    expect(answer.status).toBe(400);
    const entries = answer.body.errors['400'] as { pointer: string; allowed?: string; message: string }[];
    const entry = entries.find((each) => each.pointer === pointer);
    expect(entries.map((each) => each.pointer)).toContain(pointer);
    expect(`${entry?.message} ${entry?.allowed}`).toMatch(allowed);
  });

  test.each<[what: string, method: Method, path: string, body: unknown, status: number]>([
    ['a job that there is not', 'post', '/jobs/99999/step', undefined, 404],
    ['a job that has finished', 'post', '/jobs/100/step', undefined, 409],
    ['a status that a job will never reach', 'get', '/jobs/100/wait?status=FAILED', undefined, 409],
    ['a snapshot that there is not', 'post', '/snapshots/none/restore', undefined, 404],
    ['a snapshot to delete that there is not', 'delete', '/snapshots/none', undefined, 404],
    ['a rule that there is not', 'delete', '/rules/r99', undefined, 404],
    ['a sandbox that there is not', 'delete', '/sandboxes/nobody/prod', undefined, 404],
    ['a path that there is not', 'get', '/clocks', undefined, 404],
    ['a method that there is not', 'delete', '/clock', undefined, 405],
  ])('%s', async (_what, method, path, body, status) => {
    const answer = await control[method](path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.errors[status][0].message).toBeTruthy();
  });

  test('a body that is not JSON', async () => {
    const answer = await control
      .post('/clock/advance')
      .set('Content-Type', 'application/json')
      .send('{"by":');
    expect(answer.status).toBe(400);
    expect(answer.body.errors['400'][0]).toMatchObject({ pointer: '/body' });
  });

  test('what curl sends without being told its type is taken as JSON', async () => {
    const type = 'application/x-www-form-urlencoded';
    const answer = await control.post('/clock/advance').set('Content-Type', type).send('{"by":"1s"}');
    expect(answer.status).toBe(200);
  });
});
