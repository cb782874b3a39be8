import type { Listener } from './http/listener.js';
import type { State } from './state.js';

interface Opening {
  listen(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Opens and closes a listener once, in that order: a close waits for a listener that is still opening. State is closed
 * last, when all calls are answered.
 */
export function openingOf(
  listener: Pick<Listener, 'listen' | 'close'>,
  state: Pick<State, 'announce' | 'close'>,
  port: number,
  host: string,
): Opening {
  let opened: Promise<string> | undefined;
  let closed: Promise<void> | undefined;

  async function open(): Promise<string> {
    try {
      const url = await listener.listen(port, host);
      state.announce(url);
      return url;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  }

  async function close(): Promise<void> {
    await opened?.catch(() => undefined);
    await listener.close();
    await state.close();
  }

  return {
    listen: () =>
      closed ? Promise.reject(new Error('The mock is closed: make another.')) : (opened ??= open()),
    close: () => (closed ??= close()),
  };
}
