import { Command, type ErrorOptions } from 'commander';

/** A command that says of a flag with a value that it takes none: commander takes both together for the name of one. */
export class MockCommand extends Command {
  override createCommand(name?: string): MockCommand {
    return new MockCommand(name);
  }

  override error(message: string, options?: ErrorOptions): never {
    const [, flag] = /^error: unknown option '(--[^=]+)=/.exec(message) ?? [];
    const isKnown = flag !== undefined && this.options.some(({ long }) => long === flag);
    super.error(isKnown ? `error: the flag ${flag} takes no value` : message, options);
  }
}
