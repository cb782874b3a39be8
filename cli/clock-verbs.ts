import { Argument } from 'commander';
import type { components } from '../generated/control.js';
import { instant, milliseconds } from './arguments.js';
import { told, type AddVerb } from './verb.js';

export function addClockVerbs(verb: AddVerb): void {
  verb(
    'advance',
    'move the clock forward',
    [new Argument('<duration>', 'how far: 2h, 1h30m, 500ms, PT2H, or milliseconds').argParser(milliseconds)],
    async (mock, by: number) => told(await mock.call('post', '/clock/advance', { body: { by } }), clockLine),
  );
  verb('freeze', 'stop the clock', [], async (mock) =>
    told(await mock.call('post', '/clock/freeze'), clockLine),
  );
  verb('resume', 'let a frozen clock run again', [], async (mock) =>
    told(await mock.call('post', '/clock/resume'), clockLine),
  );
  verb(
    'clock',
    'show the clock, or set it',
    [new Argument('[instant]', 'instant to set it to, as RFC 3339 or Unix milliseconds').argParser(instant)],
    async (mock, now?: number) =>
      told(
        now === undefined
          ? await mock.call('get', '/clock')
          : await mock.call('put', '/clock', { body: { now } }),
        clockLine,
      ),
  );
}

function clockLine({ now, frozen, realTime }: components['schemas']['Clock']): string {
  if (frozen) return `The clock stands at ${now}.`;
  const isAsReal = Math.abs(Date.parse(now) - Date.parse(realTime)) < 1000;
  return `The clock goes, and says ${now}.${isAsReal ? '' : ` Real time is ${realTime}.`}`;
}
