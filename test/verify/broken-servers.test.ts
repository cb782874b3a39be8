import { describe, expect, test } from '@jest/globals';
import { loadContract } from '../../contract/contract.js';
import { ownContract } from '../../contract/contract-document.js';
import { unescapePointer } from '../../contract/json-pointer.js';
import { alteredMock } from '../support/altered-mock.js';
import type { Alter, PassedAnswer } from '../support/altering-server.js';
import { BASE, credentials, SMALLEST_REQUEST } from '../support/mock.js';
import { verifying } from '../support/verifying.js';

const { mock, server, url } = await alteredMock();

const isList = (path: string) => /\/export\/jobs\/?(\?|$)/.test(path);
const isRetrieve = (path: string) => /\/export\/jobs\/\d+$/.test(path);

/** Alters the answers 200 to lists, or those that retrieve a job. */
const lists =
  (change: (body: any, ask: (path: string) => Promise<PassedAnswer>) => unknown): Alter =>
  async (answer, { method, path }, ask) => {
    if (method === 'GET' && isList(path) && answer.status === 200) await change(answer.body, ask);
  };
const retrieved =
  (change: (job: any) => unknown): Alter =>
  (answer, { method, path }) => {
    if (method === 'GET' && isRetrieve(path) && answer.status === 200) change(answer.body);
  };

async function verified(alter: Alter, ...flags: string[]) {
  server.alter = alter;
  const { code, report, told } = await verifying([url, '--json', ...flags]);
  const contract = (await loadContract(ownContract('openapi'), 'when needed')).document;
  for (const { place } of report.findings) {
    const names = place
      .split('/')
      .slice(1)
      .map((part) => unescapePointer(decodeURIComponent(part)));
    const found = names.reduce<any>((holder, name) => holder?.[name], contract);
    expect({ place, isThere: found !== undefined }).toEqual({ place, isThere: true });
  }
  return { code, told, ...report };
}

/** After the list was read, so many jobs are created, and then one of those that were listed is on no page. */
const busy = (created: number, hidden?: number): Alter => {
  let first: number[] = [];
  return async ({ body }, { method, path }) => {
    if (method !== 'GET' || !isList(path)) return;
    const isFirst = path.endsWith('?limit=100') && first.length === 0;
    if (isFirst) first = body.records.map(({ id }: any) => id);
    const of = { method: 'POST', headers: { ...credentials(), 'content-type': 'application/json' } };
    for (let count = 0; isFirst && count < created; count++) {
      await fetch(`${mock.url}${BASE}/export/jobs`, { ...of, body: JSON.stringify(SMALLEST_REQUEST) });
    }
    if (!path.includes('limit=2') || hidden === undefined) return;
    body.records = body.records.filter(({ id }: any) => id !== first[hidden]);
  };
};
const PAGES = 'Pages, followed by link.next, hold every export job once';

describe('a list that grows while it is read', () => {
  test('loses nothing by that, and what is out of reach is not checked', async () => {
    const { code, findings, checks } = await verified(busy(8));
    expect({ code, findings }).toEqual({ code: 0, findings: [] });
    expect(checks.find(({ title }) => title === PAGES)).toMatchObject({
      result: 'not checked',
      note: '3 export jobs are further on than 7 pages lead: others came before them meanwhile',
    });
  });

  test.each([
    ['a page is past it', 8, 2],
    ['the last page is reached', 0, 8],
  ])('has lost what is on none of its pages when %s', async (_when, created, hidden) => {
    const { code, findings } = await verified(busy(created, hidden));
    expect(code).toBe(1);
    expect(findings.map(({ message }) => message)).toContain(
      'An export job of the list is on none of its pages.',
    );
  });

  test('has not lost what may still come', async () => {
    const { findings } = await verified(busy(8, 8));
    expect(findings.map(({ message }) => message)).not.toContain(
      'An export job of the list is on none of its pages.',
    );
  });
});

describe('a server that is broken on purpose is found out', () => {
  test('by a field of a wrong type', async () => {
    const { code, findings } = await verified(retrieved((job) => (job.creationTime = '2019-01-01')));
    expect(code).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({
        kind: 'contradiction',
        operation: 'retrieveExportJob',
        place: '#/components/schemas/UnixMilliseconds/type',
        pointer: '/body/creationTime',
        came: '2019-01-01',
        times: expect.any(Number),
      }),
    ]);
  });

  test('by a header that is missing', async () => {
    const { code, findings } = await verified((answer) => delete answer.headers['x-request-id']);
    expect(code).toBe(1);
    expect(findings).toContainEqual(
      expect.objectContaining({
        kind: 'contradiction',
        operation: 'listExportJobs',
        place: '#/components/headers/RequestId/required',
        pointer: '/headers/x-request-id',
        message: "The header 'x-request-id' is missing.",
      }),
    );
  });

  test('by a wrong order', async () => {
    const { code, findings } = await verified(
      lists(({ records }) => records.length > 3 && records.splice(1, 0, ...records.splice(2, 1))),
    );
    expect(code).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({
        operation: 'listExportJobs',
        place: '#/components/schemas/ExportJobList/properties/records',
        pointer: '/body/records/2/creationTime',
        came: expect.stringMatching(/^\d+ after \d+$/),
        allowed: 'newest first',
      }),
    ]);
  });

  test('by a page that is lost', async () => {
    const { code, findings } = await verified(
      lists(async ({ link }, ask) => {
        if (link.next !== '') link.next = (await ask(`${BASE}${link.next}`)).body.link.next;
      }),
    );
    expect(code).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({
        operation: 'listExportJobs',
        place: '#/components/schemas/PageLink/properties/next',
        message: 'An export job of the list is on none of its pages.',
        came: expect.stringMatching(/^\d export jobs, and not \d+$/),
      }),
    ]);
  });

  test('by a status that is not declared', async () => {
    const { code, findings } = await verified((answer, { path }) => {
      if (isRetrieve(path) && answer.status === 200) answer.status = 203;
    });
    expect(code).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({
        operation: 'retrieveExportJob',
        place: '#/paths/~1export~1jobs~1%7BexportJobId%7D/get/responses',
        pointer: '/status',
        came: 203,
        allowed: expect.stringContaining('200'),
      }),
    ]);
  });

  test.each([
    ['of a length', 'HTTP/1.1 204 No Content\r\n', 'Content-Length: 8\r\n\r\n{"a":12}'],
    [
      'in chunks',
      'HTTP/1.1 204 No Content\r\n',
      'Transfer-Encoding: chunked\r\n\r\n8\r\n{"a":12}\r\n0\r\n\r\n',
    ],
  ])('by a body on 204: %s', async (_how, head, rest) => {
    const { code, findings } = await verified(({ status, headers }, _call, _ask, { socket }) => {
      if (status !== 204) return undefined;
      const id = `x-request-id: ${headers['x-request-id'] ?? ''}\r\n`;
      socket?.write(head + id + rest);
      return 'sent';
    }, '--write');
    expect(code).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({
        operation: 'cancelExportJob',
        place: expect.stringMatching(/^#.*204$/),
        pointer: '/body',
        message: 'A 204 has no body.',
        came: expect.stringMatching(/^\d+ bytes$/),
      }),
    ]);
  });

  test('by a job that goes back in status', async () => {
    const { code, findings } = await verified(
      retrieved((job) => {
        if (job.status !== 'PROCESSING') return;
        job.status = 'NEW';
        job.metrics = { totalTime: { startTimeInMs: job.metrics.totalTime.startTimeInMs } };
        job.computeGatewayJobId = { exportJob: '' };
      }),
    );
    expect(code).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({
        operation: 'retrieveExportJob',
        place: '#/components/schemas/ExportJob/discriminator',
        pointer: '/body/status',
        message: 'An export job has gone back in status.',
        came: 'NEW after PROCESSING',
      }),
    ]);
  });

  test('by a created job that goes back after it has finished', async () => {
    let polls = 0;
    const { code, findings } = await verified(
      retrieved((job) => {
        if (job.status === 'SUCCEEDED' && job.id > 11037 && ++polls > 1) job.status = 'FAILED';
      }),
      '--write',
    );
    expect(code).toBe(1);
    expect(findings).toContainEqual(expect.objectContaining({ came: 'FAILED after SUCCEEDED' }));
  });

  test('by a property that the contract does not know, which is news, and fails when it is strict', async () => {
    const alter = lists(({ records }) =>
      records.forEach((job: any) => (job.metrics.owner = 'somebody@example.org')),
    );
    const { code, verdict, findings, told } = await verified(alter);
    expect({ code, verdict }).toEqual({ code: 0, verdict: 'passed' });
    expect(findings).toHaveLength(3);
    for (const finding of findings) {
      expect(finding).toMatchObject({
        kind: 'news',
        operation: 'listExportJobs',
        place: expect.stringMatching(/^#.*\/additionalProperties$/),
        pointer: expect.stringMatching(/^\/body\/records\/\d+\/metrics\/owner$/),
        came: 'a string',
      });
    }
    expect(told).not.toContain('somebody');
    expect(await verified(alter, '--strict')).toMatchObject({ code: 1, verdict: 'failed' });
  });
});
