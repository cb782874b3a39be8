import type { ContractOperation } from '../contract/contract-operations.js';
import { checkAnswer, type Answer, type Breach } from './answer-check.js';
import { Findings, type Contradiction, type TracedCall } from './finding.js';
import { httpCall, reasonOf, type InspectionOptions } from './asked.js';
import { send } from './http-call.js';
import { Leftovers } from './leftovers.js';
import type { ContractPair } from './open-contract.js';
import { NoAnswer, NotChecked, refuseOutage, Stopped, type Question, type Reply } from './question.js';
import { Redaction } from './redaction.js';
import { waitAfter } from './repeating.js';

const CREATE = 'createExportJob';
/** The create, and if its outcome is unknown, one call that finds the job and one that cancels it. */
const CALLS_TO_CREATE = 3;

/** Asks a server, within a budget of calls, and holds each answer to the contract. */
export class Inspection {
  readonly findings: Findings;
  readonly redaction: Redaction;
  calls = 0;
  readonly leftovers = new Leftovers();

  constructor(
    readonly contracts: ContractPair,
    readonly options: InspectionOptions,
  ) {
    this.findings = new Findings(contracts.closed.document);
    this.redaction = new Redaction(options.headers, options.showBodies);
  }

  /** Without those that are kept for cleaning up. */
  get callsLeft(): number {
    return this.options.budget - this.calls - this.leftovers.calls;
  }

  operation(id: string): ContractOperation {
    const operation = this.contracts.closed.operations.find(({ operationId }) => operationId === id);
    if (!operation) throw new Error(`the contract has no operation ${id}`);
    return operation;
  }

  /** Rejects with NotChecked when the budget is spent, with NoAnswer when there is no answer that is whole. */
  async ask(question: Question): Promise<Reply> {
    const earlier: number[] = [];
    for (;;) {
      const reply = await this.#askOnce(question);
      const wait = waitAfter(reply, question, earlier.length + 1);
      if (wait === undefined || !this.#hasCallsFor(question)) return { ...reply, earlier };
      earlier.push(reply.status);
      await this.options.pause(wait, question.cleansUp ? undefined : this.options.signal);
    }
  }

  /** The same, for a call that is to be answered in one of some ways. Rejects with NotChecked when it is not. */
  async expect(question: Question, statuses: number[], why: string): Promise<Reply> {
    const reply = await this.ask(question);
    this.hold(reply, statuses, why);
    return reply;
  }

  /** Throws NotChecked when an answer is none of those that are to come, and tells of it. */
  hold(reply: Reply, statuses: number[], why: string): void {
    const { status, operation } = reply;
    if (statuses.includes(status)) return;
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
    { rule, came, ...told }: Contradiction,
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

  #hasCallsFor({ operation }: Question): boolean {
    return this.callsLeft >= (operation === CREATE ? CALLS_TO_CREATE : 1);
  }

  async #askOnce(question: Question): Promise<Reply> {
    if (this.options.signal.aborted && !question.cleansUp) throw new Stopped();
    if (!this.#hasCallsFor(question)) {
      const isSpent = this.callsLeft <= 0;
      const why = isSpent
        ? `of ${this.options.budget} calls is spent`
        : 'has no calls left to create and cancel';
      throw new NotChecked(`the budget ${why}`);
    }
    this.calls++;
    const operation = this.operation(question.operation);
    const sent = httpCall(operation, question, this.options);
    const { method, url, headers } = sent;
    const requestId = headers['x-request-id'] ?? '';
    const call: TracedCall = { method, url: this.redaction.text(url.href), requestId, status: null };
    const answer = await send(sent).catch((error: unknown) => {
      if (question.operation === CREATE) this.leftovers.add(requestId);
      this.contradict(
        { operation, call },
        { rule: operation.places.responses, message: 'There is no whole answer.', came: reasonOf(error) },
      );
      throw new NoAnswer(this.redaction.text(`there is no answer: ${reasonOf(error)}`));
    });
    const whole = { ...answer, body: parsed(answer.text) };
    if (question.operation === CREATE) this.leftovers.add(requestId, whole);
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
    const reply = { ...answer, body: known, operation, call, isSound, earlier: [] };
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
