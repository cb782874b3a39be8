import type { ContractOperation } from '../contract/contract-operations.js';
import type { Fragment } from '../contract/contract-place.js';
import { checkAnswer, type Answer, type Breach } from './answer-check.js';
import { Findings, type Finding, type TracedCall } from './finding.js';
import { httpCall, reasonOf, type InspectionOptions } from './asked.js';
import { send } from './http-call.js';
import type { ContractPair } from './open-contract.js';
import { NoAnswer, NotChecked, refuseOutage, Stopped, type Question, type Reply } from './question.js';
import { Redaction } from './redaction.js';

const LONGEST_WAIT_IN_S = 30;
const MOST_TRIES = 3;
const IS_BUSY = [429, 503];

/** Asks a server, within a budget of calls, and holds each answer to the contract. */
export class Inspection {
  readonly findings: Findings;
  readonly redaction: Redaction;
  calls = 0;
  /** The jobs that were created and not yet cancelled: for each, a call of the budget is kept. */
  readonly toCancel = new Set<number>();

  constructor(
    readonly contracts: ContractPair,
    readonly options: InspectionOptions,
  ) {
    this.findings = new Findings(contracts.closed.document);
    this.redaction = new Redaction(options.headers, options.showBodies);
  }

  get callsLeft(): number {
    return this.options.budget - this.calls - this.toCancel.size;
  }

  operation(id: string): ContractOperation {
    const operation = this.contracts.closed.operations.find(({ operationId }) => operationId === id);
    if (!operation) throw new Error(`the contract has no operation ${id}`);
    return operation;
  }

  /** Rejects with NotChecked when the budget is spent, with NoAnswer when there is no answer that is whole. */
  async ask(question: Question): Promise<Reply> {
    let reply = await this.#askOnce(question);
    for (let tries = 1; IS_BUSY.includes(reply.status) && tries < MOST_TRIES; tries++) {
      const seconds = Number(reply.headers['retry-after'] ?? 1);
      if (!(seconds <= LONGEST_WAIT_IN_S) || this.callsLeft === 0) break;
      await this.options.pause(seconds * 1000);
      reply = await this.#askOnce(question);
    }
    return reply;
  }

  /** The same, for a call that is to be answered in one of some ways. Rejects with NotChecked when it is not. */
  async expect(question: Question, statuses: number[], why: string): Promise<Reply> {
    const reply = await this.ask(question);
    if (statuses.includes(reply.status)) return reply;
    const { status, operation } = reply;
    const wanted = statuses.join(' or ');
    refuseOutage(reply);
    // A status that is not declared has been told of.
    if (operation.responses.has(status)) {
      const rule = operation.responses.get(statuses[0] ?? 0)?.place ?? operation.places.responses;
      const message = `${why}: ${wanted} is to be answered.`;
      this.contradict(reply, { rule, message, pointer: '/status', came: status, allowed: wanted });
    }
    throw new NotChecked(`${status} came in place of ${wanted}`);
  }

  contradict(
    { operation, call }: Pick<Reply, 'operation' | 'call'>,
    {
      rule,
      came,
      ...told
    }: { rule: Fragment; came?: unknown } & Pick<Finding, 'message' | 'pointer' | 'allowed'>,
  ): void {
    const shown = came === undefined ? {} : { came: this.redaction.value(came) };
    const texts = Object.entries(told).map(([name, text]) => [name, this.redaction.text(text)]);
    this.findings.add({
      kind: 'contradiction',
      operation: operation.operationId,
      place: rule,
      ...(Object.fromEntries(texts) as typeof told),
      ...shown,
      call,
    });
  }

  async #askOnce(question: Question): Promise<Reply> {
    const { aborted: isStopped } = this.options.signal;
    if (isStopped && question.operation !== 'cancelExportJob') throw new Stopped();
    if (this.callsLeft <= 0) throw new NotChecked(`the budget of ${this.options.budget} calls is spent`);
    this.calls++;
    const operation = this.operation(question.operation);
    const sent = httpCall(operation, question, this.options);
    const { method, url, headers } = sent;
    const requestId = headers['x-request-id'] ?? '';
    const call: TracedCall = { method, url: this.redaction.text(url.href), requestId, status: null };
    const answer = await send(sent).catch((error: unknown) => {
      this.contradict(
        { operation, call },
        { rule: operation.places.responses, message: 'There is no whole answer.', came: reasonOf(error) },
      );
      throw new NoAnswer(this.redaction.text(`there is no answer: ${reasonOf(error)}`));
    });
    const whole = { ...answer, body: parsed(answer.text) };
    const bodies = this.options.showBodies
      ? {
          requestBody: this.redaction.body(question.body),
          answerBody: this.redaction.body(whole.body ?? whole.text),
        }
      : {};
    return this.#judged(operation, { ...call, status: answer.status, ...bodies }, whole);
  }

  #judged(operation: ContractOperation, call: TracedCall, answer: Answer): Reply {
    const { breaches, known } = checkAnswer(this.contracts, operation.operationId, answer);
    for (const breach of breaches) this.#tell(operation, call, breach);
    const isSound = breaches.every(({ kind }) => kind === 'news');
    const reply = { ...answer, body: known, operation, call, isSound };
    const id = operation.responses.get(answer.status)?.headers.find(({ name }) => name === 'x-request-id');
    const repeated = answer.headers['x-request-id'];
    if (id && repeated !== undefined && repeated !== call.requestId) {
      const message = "The answer does not repeat the call's 'x-request-id'.";
      const pointer = '/headers/x-request-id';
      this.contradict(reply, { rule: id.place, message, pointer, came: repeated, allowed: call.requestId });
    }
    return reply;
  }

  #tell({ operationId }: ContractOperation, call: TracedCall, breach: Breach): void {
    const { kind, rule, message, pointer, sent, allowed } = breach;
    const came = kind === 'news' ? this.redaction.kind(sent) : this.redaction.value(sent);
    this.findings.add({
      kind,
      operation: operationId,
      place: rule,
      message: this.redaction.text(message),
      ...(pointer !== undefined && { pointer: this.redaction.text(pointer) }),
      ...(sent !== undefined && { came }),
      ...(allowed !== undefined && { allowed }),
      call,
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
