import { fileURLToPath } from 'node:url';
import { Command } from '../command.js';
import { MockClient, originOf, SMALLEST_REQUEST, type Answer } from '../mock-client.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOT_STORED = 'urn:aep-export-jobs-mock:error:change-not-stored';
const FIRST_CLOCK = Date.UTC(2026, 0, 1);
/** More than a job takes to end, and a cancelled one to be gone. */
const BETWEEN_CLOCKS_IN_MS = 3_600_000;
const AT_ONCE = 8;

/** The built command with its state in a directory, killed and started again, and what it has acknowledged. */
export class MockOnDisk {
  /** The ids that it is to have after a restart. */
  readonly #acknowledged = new Set<number>();
  #starts = 0;
  #command: Command | undefined;
  #client = new MockClient('');

  constructor(private readonly directory: string) {}

  /** The ids that are to be there after a restart, the lowest first. */
  get acknowledged(): number[] {
    return [...this.#acknowledged].sort((a, b) => a - b);
  }

  /** Its clock stands an hour later at each start. */
  async start(): Promise<void> {
    this.#client = new MockClient(await originOf(this.#spawn()));
  }

  /** Starts it where that has to fail, and checks how it ends. */
  async startInVain(code: number, message: RegExp): Promise<void> {
    const command = this.#spawn();
    const ended = await command.ended();
    if (ended !== code) throw new Error(`the exit code is ${ended ?? 'none'}: ${command.output}`);
    if (!message.test(command.output)) throw new Error(`it printed ${command.output}`);
  }

  async kill(): Promise<void> {
    this.#client.close();
    await this.#command?.kill();
  }

  /** Resolves once the log has it. */
  async logged(pattern: RegExp): Promise<void> {
    await this.#command?.printed(pattern);
  }

  /** Creates until one is refused. */
  async createUntilRefused(most: number): Promise<void> {
    let answer = await this.#create();
    for (let made = 1; answer.status === 200 && made < most; made++) answer = await this.#create();
    checkRefused(answer);
  }

  async create(): Promise<void> {
    const answer = await this.#create();
    if (answer.status !== 200) throw new Error(inWords(answer));
  }

  async createInVain(sandbox?: string): Promise<void> {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => this.#create(sandbox)));
    answers.forEach(checkRefused);
  }

  async cancel(id: number): Promise<void> {
    const answer = await this.#client.cancel(id);
    if (answer.status !== 204) throw new Error(inWords(answer));
    this.#acknowledged.delete(id);
  }

  async cancelInVain(id: number): Promise<void> {
    checkRefused(await this.#client.cancel(id));
  }

  /** Checks that there is what was acknowledged, and nothing else. */
  async checkJobs(expected = this.acknowledged): Promise<void> {
    const { body } = await this.#client.list();
    const ids = (body as { records: { id: number }[] }).records.map(({ id }) => id).sort((a, b) => a - b);
    if (ids.join() !== expected.join()) throw new Error(`the jobs are ${ids.join()}, not ${expected.join()}`);
    const next = Math.max(...expected) + 1;
    const statuses = [expected[0] ?? 0, next].map(async (id) => (await this.#client.retrieve(id)).status);
    const [first, unknown] = await Promise.all(statuses);
    if (first !== 200) throw new Error(`the retrieve of job ${expected[0] ?? 0} is answered ${first ?? ''}`);
    if (unknown !== 404) throw new Error(`the retrieve of job ${next} is answered ${unknown ?? ''}`);
  }

  #spawn(): Command {
    const clock = new Date(FIRST_CLOCK + this.#starts++ * BETWEEN_CLOCKS_IN_MS).toISOString();
    const flags = ['--port', '0', '--db', this.directory, '--seed', 'empty', '--clock', clock];
    return (this.#command = new Command(process.execPath, ['dist/cli/main.js', ...flags], ROOT));
  }

  async #create(sandbox?: string): Promise<Answer> {
    const answer = await this.#client.create(SMALLEST_REQUEST, sandbox);
    if (answer.status === 200) this.#acknowledged.add((answer.body as { id: number }).id);
    return answer;
  }
}

function checkRefused(answer: Answer): void {
  const { type } = (answer.body ?? {}) as { type?: unknown };
  if (answer.status !== 503 || type !== NOT_STORED) throw new Error(inWords(answer));
}

function inWords({ status, body }: Answer): string {
  return `it was answered ${status}: ${JSON.stringify(body)}`;
}
