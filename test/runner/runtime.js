import asyncHooks, { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire, register } from 'node:module';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import Runtime from 'jest-runtime';
import { setGlobals } from './globals.js';

register('./hooks.js', import.meta.url);
process.setSourceMapsEnabled(true);

const require = createRequire(import.meta.url);

let files = 0;
let storage;

class RememberedStorage extends AsyncLocalStorage {
  constructor() {
    super();
    storage = this;
  }
}

/**
 * Has Node import test files as it imports any module, not Jest into a VM context of their own. What is tested is loaded
 * once for all test files of a worker: the server alone would take a second for each of them.
 */
export default class NativeRuntime extends Runtime {
  #globals;

  setGlobalsForRuntime(globals) {
    this.#globals = globals;
  }

  /**
   * Loads jest-circus, which keeps the tests of one file: each file gets one of its own. Each makes a storage that follows
   * the process's promises until it is disabled, which would slow down the next file, and more with each one.
   */
  requireInternalModule(path) {
    storage?.disable();
    delete require.cache[path];
    const original = Object.getOwnPropertyDescriptor(asyncHooks, 'AsyncLocalStorage');
    Object.defineProperty(asyncHooks, 'AsyncLocalStorage', { value: RememberedStorage, configurable: true });
    try {
      return require(path);
    } finally {
      Object.defineProperty(asyncHooks, 'AsyncLocalStorage', original);
    }
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(path) {
    setGlobals({ ...this.#globals, jest: this.jestGlobals.jestObjectFor(path) });
    files += 1;
    return import(`${pathToFileURL(path).href}?file=${files}`);
  }
}
