import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { ExportJob } from '../server/apis/segmentation/stored-job.js';
import {
  createMockServer,
  type MockServer,
  type MockServerOptions,
  type SandboxHandle,
} from '../server/mock-server.js';
import { BASE, callerOf, credentials, SMALLEST_REQUEST } from './support/mock.js';

const POLLERS = 100;
const JOBS = 50;
const IN_ORDER = ['NEW', 'PROCESSING', 'SUCCEEDED'];

const agent = new Agent({ keepAlive: true, maxSockets: POLLERS });
afterAll(() => agent.destroy());

async function answered(url: string): Promise<{ records: ExportJob[] } & ExportJob> {
  const response = await new Promise<AsyncIterable<Buffer>>((resolve, reject) => {
    get(url, { agent, headers: credentials() }, resolve).once('error', reject);
  });
  return JSON.parse(await text(response)) as { records: ExportJob[] } & ExportJob;
}

/** What pollers of 50 jobs saw, one after another. */
class Watch {
  /** Of each job, every view that was answered, and how often. */
  readonly views = new Map<number, Map<string, number>>();
  readonly outOfOrder: string[] = [];
  #answers = 0;

  constructor(
    private readonly url: string,
    private readonly onAnswer: (count: number) => void,
  ) {}

  /** Polls the list and single jobs in turns, from a job of its own on, until all have ended. */
  async poll(poller: number): Promise<void> {
    const reached = new Map<number, number>();
    for (let turn = poller; [...reached.values()].filter((at) => at === 2).length < JOBS; turn++) {
      const isList = turn % 5 === 0;
      const path = isList ? `?limit=${JOBS}` : `/${1 + ((poller + turn * 7) % JOBS)}`;
      const answer = await answered(`${this.url}${BASE}/export/jobs${path}`);
      for (const job of isList ? answer.records : [answer]) this.#see(job, reached);
      this.onAnswer(++this.#answers);
    }
  }

  #see(job: ExportJob, reached: Map<number, number>): void {
    const at = IN_ORDER.indexOf(job.status);
    if (at < (reached.get(job.id) ?? 0)) this.outOfOrder.push(`${job.id} is ${job.status} again`);
    reached.set(job.id, at);
    const views = this.views.get(job.id) ?? new Map<string, number>();
    const view = JSON.stringify(job);
    this.views.set(job.id, views.set(view, (views.get(view) ?? 0) + 1));
  }

  /** Of each job, the statuses of its different views, with how often each was answered. */
  seen(): [status: string, times: number][][] {
    const statusOf = (view: string) => (JSON.parse(view) as ExportJob).status;
    return [...this.views.values()].map((views) =>
      [...views].map(([view, times]): [string, number] => [statusOf(view), times]).sort(),
    );
  }
}

describe('a hundred pollers of fifty jobs', () => {
  let mock: MockServer;
  afterEach(() => mock.close());

  async function watch(options: MockServerOptions, move: (sandbox: SandboxHandle, count: number) => void) {
    mock = await createMockServer({ seed: 'empty', clock: '2026-01-01T00:00:00Z', ...options });
    const sandbox = mock.sandbox();
    const { post } = callerOf(mock);
    for (let job = 0; job < JOBS; job++) {
      await post(SMALLEST_REQUEST);
      sandbox.clock.advance(1);
    }
    const watching = new Watch(await mock.listen(), (count) => {
      sandbox.clock.advance(1);
      move(sandbox, count);
    });
    await Promise.all(Array.from({ length: POLLERS }, (_, poller) => watching.poll(poller)));
    expect(watching.outOfOrder).toEqual([]);
    return watching.seen();
  }

  /** Each status was entered once, as its view is always the same, and was seen. */
  const once = IN_ORDER.map((status) => [status, expect.any(Number)]);

  test('by time see each in order, and none skipped or entered twice', async () => {
    const seen = await watch({ newMs: 300, processingMs: 300 }, () => undefined);
    expect(seen).toEqual(Array.from({ length: JOBS }, () => once));
  });

  test('by polls see each status exactly as often as it is to be seen', async () => {
    const polls = 60;
    const seen = await watch({ progress: 'polls', polls }, () => undefined);
    const exactly = [
      ['NEW', polls],
      ['PROCESSING', polls],
      ['SUCCEEDED', expect.any(Number)],
    ];
    expect(seen).toEqual(Array.from({ length: JOBS }, () => exactly));
  });

  test('by hand see each in order, and none skipped or entered twice', async () => {
    let moves = 0;
    const seen = await watch({ progress: 'hand' }, ({ jobs }, count) => {
      if (count % 4 === 0 && moves < 2 * JOBS) void jobs.step(1 + (moves++ % JOBS));
    });
    expect(moves).toBe(2 * JOBS);
    expect(seen).toEqual(Array.from({ length: JOBS }, () => once));
  });
});
