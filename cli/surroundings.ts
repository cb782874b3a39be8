import type { Environment } from './flags.js';
import type { LogLevel, MockServerOptions } from '../server/options.js';
import type { MockServer } from '../server/mock-server.js';

/** What the command needs of the process that it runs in. */
export interface Surroundings {
  environment: Environment;
  workingDirectory: string;
  /** Writes a text to standard output, and a line's end or what else is given. Ends the process when nobody reads it. */
  print: (text: string, end?: string) => void;
  /** Writes a line to standard output, and goes on when nobody reads it. */
  printOn: (line: string) => void;
  /** Writes a text to standard error. */
  tell: (text: string) => void;
  /** Writes a warning to the log, where it is kept from that level on. */
  warn: (text: string, level: LogLevel) => void;
  /** All of standard input. */
  readInput: () => Promise<string>;
  /** Where the signals of the process arrive. */
  signals: Pick<NodeJS.Process, 'on' | 'off'>;
  /** Whether a person's terminal is at the other end: it signals all that runs in it, and lets only that read from it. */
  isInTerminal: boolean;
  /** Ends the process at once. */
  exit: (code: number) => void;
  createMock: (options: MockServerOptions) => Promise<MockServer>;
}
