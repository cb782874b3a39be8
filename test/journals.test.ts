import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContract, type Contract } from '../server/contract.js';
import { Clock } from '../server/domain/clock.js';
import { Journals } from '../server/journals.js';
import { CONTRACT_FILE } from './support/contracts.js';

let contract: Contract;
beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
});

const ONE = { org: 'o', name: 'one' };

describe('the records of calls', () => {
  test('become a sandbox’s own when it comes into being', () => {
    const journals = new Journals(contract, 10, 5000);
    const before = journals.of(ONE);
    expect(before.clock.now()).toBe(5000);
    const clock = new Clock(7000);
    const begun = journals.begin(ONE, clock);
    expect([begun.journal, begun.coverage]).toEqual([before.journal, before.coverage]);
    expect(begun.journal).toBe(before.journal);
    expect(journals.of(ONE)).toBe(begun);
    expect(journals.of(ONE).clock).toBe(clock);
  });

  test('are kept apart by organisation and name', () => {
    const journals = new Journals(contract);
    const names = [ONE, { org: 'one', name: 'o' }, { org: 'o', name: 'two' }, { org: '', name: 'oone' }];
    expect(new Set(names.map((name) => journals.of(name).journal)).size).toBe(names.length);
  });

  test('of a sandbox that is no more are forgotten', () => {
    const journals = new Journals(contract);
    const { journal } = journals.begin(ONE, new Clock());
    journals.end(ONE);
    expect(journals.of(ONE).journal).not.toBe(journal);
  });

  test('without a sandbox are so many at most: the oldest go first, and those of sandboxes stay', () => {
    const journals = new Journals(contract);
    const own = journals.begin(ONE, new Clock()).journal;
    const name = (index: number) => ({ org: 'o', name: String(index) });
    const first = Array.from({ length: 101 }, (_, index) => journals.of(name(index)).journal);
    expect(journals.of(name(100)).journal).toBe(first[100]);
    expect(journals.of(name(1)).journal).toBe(first[1]);
    expect(journals.of(name(0)).journal).not.toBe(first[0]);
    expect(journals.of(ONE).journal).toBe(own);
  });
});
