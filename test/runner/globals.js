/**
 * What tests import as `@jest/globals`. Modules are loaded once for many test files, and Jest makes these functions anew
 * for each file, so these bindings change; importers see it, as they do with any ES module.
 */
export let afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test;

export function setGlobals(globals) {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } = globals);
}
