import { findSourceMap } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

const { env } = process;

/** Jest listens to these, and goes on to if a file throws while it is imported. */
const ERRORS = ['uncaughtException', 'unhandledRejection'];

/** A line of a stack trace, with its place in the TypeScript. */
function describeFrame(frame) {
  const text = frame.toString();
  const [file, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
  const entry = file && findSourceMap(file)?.findEntry(line - 1, column - 1);
  if (!entry?.originalSource?.startsWith('file:')) return text;
  const place = `${fileURLToPath(entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  return text.replace(`${file}:${line}:${column}`, () => place);
}

/** The environment of a test file: Node as it is, put back as it was when the file has ended. */
export default class NativeEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  #globals = Object.getOwnPropertyDescriptors(globalThis);
  #env = { ...env };
  #process = { exit: process.exit, exitCode: process.exitCode };
  #directory = process.cwd();
  #listeners = ERRORS.map((event) => process.rawListeners(event));

  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  setup() {
    // Jest's own does not know the source maps that Node has read, and Node's names functions that Jest then hides.
    Error.prepareStackTrace = (error, frames) =>
      [Error.prototype.toString.call(error), ...frames.map(describeFrame)].join('\n    at ');
  }

  teardown() {
    this.fakeTimersModern.dispose();
    this.moduleMocker.restoreAllMocks();
    this.#restoreGlobals();
    this.#restoreProcess();
  }

  #restoreGlobals() {
    for (const key of Reflect.ownKeys(globalThis)) {
      if (!(key in this.#globals)) Reflect.deleteProperty(globalThis, key);
    }
    for (const [key, before] of Object.entries(this.#globals)) {
      const { value, get } = Object.getOwnPropertyDescriptor(globalThis, key) ?? {};
      if (value !== before.value || get !== before.get) Object.defineProperty(globalThis, key, before);
    }
  }

  #restoreProcess() {
    process.env = env;
    for (const key of Object.keys(env)) if (!(key in this.#env)) delete env[key];
    Object.assign(env, this.#env);
    Object.assign(process, this.#process);
    process.chdir(this.#directory);
    for (const [at, event] of ERRORS.entries()) {
      process.removeAllListeners(event);
      for (const listener of this.#listeners[at]) process.on(event, listener);
    }
  }

  exportConditions() {
    return ['node'];
  }

  getVmContext() {
    return null;
  }
}
