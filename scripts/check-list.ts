/** Makes checks one after the other, prints a line for each, and keeps count. */
export class CheckList {
  #passed = 0;
  #failed = 0;

  /** Makes a check, which fails by rejecting. Resolves in either case. */
  readonly check = async (what: string, test: () => Promise<unknown>): Promise<void> => {
    try {
      await test();
      this.#passed++;
      console.log(`ok    ${what}`);
    } catch (error) {
      this.fail(`${what}: ${(error as Error).message}`);
    }
  };

  fail(what: string): void {
    this.#failed++;
    console.log(`FAIL  ${what}`);
  }

  /** Prints the counts, and gives the exit code. */
  conclude(): number {
    console.log(`${this.#passed} checks passed, ${this.#failed} failed`);
    return this.#failed === 0 ? 0 : 1;
  }
}
