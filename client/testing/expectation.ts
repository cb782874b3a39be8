/** What comes of an expectation, and whether anyone has asked for it. */
export class Expectation extends Promise<void> {
  /** `then` is to make no expectations. */
  static override get [Symbol.species]() {
    return Promise;
  }

  #isOver = false;
  #isAwaited = false;

  static of(outcome: Promise<void>): Expectation {
    const expectation = new Expectation((resolve) => resolve(outcome));
    const over = () => void (expectation.#isOver = true);
    // One that nobody asks for is told of by us, and not by the process.
    void Promise.prototype.then.call(expectation, over, over);
    return expectation;
  }

  /** Whether the test may have ended without having heard what came of it. */
  get isForgotten(): boolean {
    return !this.#isOver || !this.#isAwaited;
  }

  override then<Kept = void, Failed = never>(
    ...callbacks: Parameters<typeof Promise.prototype.then<Kept, Failed>>
  ): Promise<Kept | Failed> {
    this.#isAwaited = true;
    return super.then(...callbacks);
  }
}
