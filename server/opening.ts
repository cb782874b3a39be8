import type { Listener } from './http/listener.js';

interface Opening {
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** Opens and closes a listener once, in that order: a close waits for a listener that is still opening. */
export function openingOf(listener: Pick<Listener, 'listen' | 'close'>, port: number, host: string): Opening {
  let opened: Promise<string> | undefined;
  let closed: Promise<void> | undefined;

  async function open(): Promise<string> {
    try {
      return await listener.listen(port, host);
    } catch (error) {
      opened = undefined;
      throw error;
    }
  }

  async function close(): Promise<void> {
    await opened?.catch(() => undefined);
    await listener.close();
  }

  return {
    listen: () =>
      closed ? Promise.reject(new Error('The mock is closed: make another.')) : (opened ??= open()),
    close: () => (closed ??= close()),
  };
}
