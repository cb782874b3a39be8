/**
 * Resolves after a time in milliseconds, or rejects with the signal's reason when it is aborted first.
 */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<unknown>;

/** More than this a timer can't hold, and would go off at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const sleep: Sleep = (ms, signal) => {
  let timer: ReturnType<typeof setTimeout>;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMER));
  });
  return unlessAborted(elapsed, signal).finally(() => clearTimeout(timer));
};

/** What a promise comes to, unless the signal is aborted first: then it rejects with the signal's reason. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    // A reason need not be an Error, and is the caller's own.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Why a work was ended by `inTime`. */
export const OUT_OF_TIME = Symbol('out of time');

/**
 * What a work comes to, unless it takes longer than a time in milliseconds or the caller's signal is aborted. It is told of
 * both by the signal that it gets.
 * @throws OUT_OF_TIME; the signal's reason when it was aborted.
 */
export async function inTime<T>(
  work: (signal: AbortSignal) => Promise<T>,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => controller.abort(OUT_OF_TIME), Math.min(ms, LONGEST_TIMER));
  try {
    return await unlessAborted(work(controller.signal), controller.signal);
  } catch (error) {
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/**
 * A delay that grows with each time, up to a most, of which chance takes any part ("full jitter"), so that clients that
 * failed together do not come back together.
 */
export function backoff(times: number, { firstMs, mostMs }: { firstMs: number; mostMs: number }): number {
  return Math.random() * Math.min(mostMs, firstMs * 2 ** (times - 1));
}

/**
 * Waits, and knows for how long it has been at it: the real time that has passed, or the time that it was asked to wait if
 * that is more, as it is where `sleep` takes no time or the clock of the process stands still.
 */
export class Patience {
  private readonly began = performance.now();
  private asked = 0;

  constructor(
    private readonly sleep: Sleep,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** In milliseconds. */
  get elapsed(): number {
    return Math.max(this.asked, performance.now() - this.began);
  }

  /** Waits for whole milliseconds, which clocks that tests turn by them may want. */
  async wait(ms: number): Promise<void> {
    this.signal?.throwIfAborted();
    const whole = Math.ceil(ms);
    this.asked += whole;
    await unlessAborted(this.sleep(whole, this.signal), this.signal);
  }
}
