import { CallTokens, type AccessTokenSource } from './access-token.js';
import { errorOf, isGone, type Answer } from './answer-error.js';
import { exchange, type Fetch, type Limits, type Message } from './exchange.js';
import { ExportJobsError } from './export-jobs-error.js';
import { isPassing, repeated, type Bounds } from './repeating.js';
import { inTime, OUT_OF_TIME, Patience, type Sleep } from './waiting.js';

/** How calls are made. Times are in milliseconds. */
export interface SendingRules {
  fetch: Fetch;
  accessToken: string | AccessTokenSource;
  apiKey: string;
  attempts: number;
  retryForMs: number;
  timeoutMs: number;
  sleep: Sleep;
}

/** Bounds of a call that stand in for those of the rules; an attempt is cut short where they end. */
export type CallBounds = Bounds | undefined;

/** In less no answer can be expected, and what comes would be left to chance. */
const SHORTEST_ATTEMPT_MS = 1000;

/** One call: its message, and what came of its attempts. */
export class Sending {
  private readonly tokens: CallTokens;
  /** Whether an attempt may have been carried out of which no answer tells. */
  private mayBeDone = false;

  constructor(
    private readonly message: Message,
    readonly who: string,
    private readonly rules: SendingRules,
    private readonly signal: AbortSignal | undefined,
    private readonly bounds: CallBounds,
  ) {
    this.tokens = new CallTokens(rules.accessToken);
  }

  /** What must never be told. */
  get secrets(): string[] {
    return [this.rules.apiKey, ...this.tokens.sent];
  }

  /**
   * Makes the call, as often as its method allows, until it succeeds.
   * @throws ExportJobsError when it did not; the signal's reason when it was aborted.
   */
  send(): Promise<Answer> {
    const { attempts, retryForMs, sleep } = this.rules;
    const bounds = { attempts, untilMs: retryForMs, patience: new Patience(sleep, this.signal) };
    return repeated(
      () => this.attempt(),
      (error) => this.mayRepeatAfter(error),
      this.bounds ?? bounds,
    );
  }

  private async attempt(): Promise<Answer | ExportJobsError> {
    try {
      const answer = await this.answerToAuthorised();
      if (answer.status >= 200 && answer.status < 300) return answer;
      const failure = errorOf(answer, { ...this.limits, outcome: this.outcomeOf(answer) });
      // Deleted by an attempt whose answer was lost: gone is what was asked for.
      if (this.message.method === 'DELETE' && this.mayBeDone && isGone(failure)) return answer;
      return this.noted(failure);
    } catch (error) {
      if (error instanceof ExportJobsError) return this.noted(error);
      throw error;
    }
  }

  private async answerToAuthorised(): Promise<Answer> {
    const first = await this.inTime((signal) => this.tokens.authorise(this.message, signal));
    const answer = await exchange(first, this.limits);
    if (answer.status !== 401) return answer;
    const second = await this.inTime((signal) => this.tokens.renewed(this.message, signal));
    return second ? exchange(second, this.limits) : answer;
  }

  /** Holds what waits for an access token to the time of an attempt. */
  private async inTime<T>(authorise: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { timeoutMs, who, requestId } = this.limits;
    try {
      return await inTime(authorise, timeoutMs, this.signal);
    } catch (error) {
      if (error !== OUT_OF_TIME) throw error;
      const message = `${who} was given no access token in ${Math.round(timeoutMs)} ms`;
      throw new ExportJobsError({ kind: 'token', message, requestId });
    }
  }

  /** What holds for each attempt, and what an error tells when no answer tells more. */
  get limits(): Limits {
    const { signal, who, secrets, isCreate } = this;
    const { fetch } = this.rules;
    const left = this.bounds ? this.bounds.untilMs - this.bounds.patience.elapsed : Infinity;
    const timeoutMs = Math.min(this.rules.timeoutMs, Math.max(SHORTEST_ATTEMPT_MS, left));
    const requestId = this.message.headers.get('x-request-id') ?? undefined;
    return { fetch, timeoutMs, signal, who, secrets, requestId, outcome: isCreate ? 'unknown' : undefined };
  }

  private get isCreate(): boolean {
    return this.message.method === 'POST';
  }

  private outcomeOf({ status }: Answer): 'unknown' | undefined {
    return this.isCreate && status >= 500 ? 'unknown' : undefined;
  }

  private noted(error: ExportJobsError): ExportJobsError {
    const wasSent = error.kind !== 'token';
    this.mayBeDone ||= wasSent && (error.status === undefined || error.status >= 500);
    return error;
  }

  /** A second POST could create a second job: it is sent again only when the first was surely not carried out. */
  private mayRepeatAfter(error: ExportJobsError): boolean {
    // Where tokens come from has its own attempts; only a wait has more time than they take.
    if (error.kind === 'token' && !this.bounds) return false;
    return this.isCreate ? error.status === 429 : isPassing(error);
  }
}
