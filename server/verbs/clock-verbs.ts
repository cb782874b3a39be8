import { Argument } from 'commander';
import type { components } from '../../generated/control.js';
import { instant, milliseconds } from './arguments.js';
import { told, type AddVerb } from './verb.js';

export function addClockVerbs(verb: AddVerb): void {
  verb(
    'advance',
    'turn the clock forward',
    [
      new Argument('<duration>', 'by how much: 2h, 1h30m, 500ms, PT2H, or milliseconds').argParser(
        milliseconds,
      ),
    ],
    async (mock, by: number) => told(await mock.call('post', '/clock/advance', { body: { by } }), clockLine),
  );
  verb('freeze', 'make the clock stand still', [], async (mock) =>
    told(await mock.call('post', '/clock/freeze'), clockLine),
  );
  verb('resume', 'let a frozen clock go on from where it stands', [], async (mock) =>
    told(await mock.call('post', '/clock/resume'), clockLine),
  );
  verb(
    'clock',
    'tell what the clock says, or turn it',
    [new Argument('[instant]', 'to where, as RFC 3339 writes it or in Unix milliseconds').argParser(instant)],
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
