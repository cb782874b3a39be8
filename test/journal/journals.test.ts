import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContract, type Contract } from '../../contract/contract.js';
import { Clock } from '../../server/sandbox/clock.js';
import { Journals } from '../../server/journal/journals.js';
import { CONTRACT_FILE } from '../support/contracts.js';
import { recordedCall } from '../support/recorded-call.js';

let contract: Contract;
beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
});

const ONE = { org: 'o', name: 'one' };

describe('the records of calls', () => {
  test('become a sandbox’s own when it comes into being', () => {
    const journals = new Journals(contract.operations, 10, { now: () => 5000 });
    const before = journals.get(ONE);
    expect(before.clock.now()).toBe(5000);
    const clock = new Clock(7000);
    const begun = journals.open(ONE, clock);
    expect([begun.journal, begun.coverage]).toEqual([before.journal, before.coverage]);
    expect(begun.journal).toBe(before.journal);
    expect(journals.get(ONE)).toBe(begun);
    expect(journals.get(ONE).clock).toBe(clock);
  });

  test('are kept apart by organisation and name', () => {
    const journals = new Journals(contract.operations);
    const names = [ONE, { org: 'one', name: 'o' }, { org: 'o', name: 'two' }, { org: '', name: 'oone' }];
    expect(new Set(names.map((name) => journals.get(name).journal)).size).toBe(names.length);
  });

  test('of a sandbox that is no more are forgotten', () => {
    const journals = new Journals(contract.operations);
    const { journal } = journals.open(ONE, new Clock());
    journals.close(ONE);
    expect(journals.get(ONE).journal).not.toBe(journal);
  });

  test('without a sandbox are so many at most: the oldest go first, and those of sandboxes stay', () => {
    const journals = new Journals(contract.operations);
    const own = journals.open(ONE, new Clock()).journal;
    const name = (index: number) => ({ org: 'o', name: String(index) });
    const first = Array.from({ length: 101 }, (_, index) => journals.get(name(index)).journal);
    expect(journals.get(name(100)).journal).toBe(first[100]);
    expect(journals.get(name(1)).journal).toBe(first[1]);
    expect(journals.get(name(0)).journal).not.toBe(first[0]);
    expect(journals.get(ONE).journal).toBe(own);
  });

  test('hold so much at most all together: those that were not heard of for longest give theirs up first', () => {
    const journals = new Journals(contract.operations, 100, undefined, 100_000);
    const names = ['a', 'b', 'c', 'd'].map((name) => ({ org: 'o', name }));
    let answeredAt = 0;
    const fill = (index: number, calls: number) => {
      const { journal } = journals.get(names[index] ?? ONE);
      for (let count = 0; count < calls; count++) journal.add(recordedCall({ answeredAt: ++answeredAt }));
    };
    const counts = () => names.map((name) => journals.get(name).journal.count());
    const held = () => names.reduce((sum, name) => sum + journals.get(name).journal.heldBytes, 0);
    for (const index of [0, 1, 2]) fill(index, 50);
    expect(counts()).toEqual([50, 50, 50, 0]);
    fill(1, 1);
    fill(3, 50);
    expect(held()).toBeLessThanOrEqual(100_000);
    expect(counts()).toEqual([25, 51, 25, 50]);
    for (let count = 0; count < 1000; count++) {
      fill(3, 1);
      expect(held()).toBeLessThanOrEqual(100_000);
    }
    expect(journals.get(names[3] ?? ONE).journal.entries({ limit: 1 })).toMatchObject([{ id: 1050 }]);
  });

  test('of one sandbox alone are held to that, too', () => {
    const journals = new Journals(contract.operations, 100_000, undefined, 100_000);
    const { journal } = journals.open(ONE, new Clock());
    for (let count = 0; count < 1000; count++) {
      journal.add(recordedCall());
      expect(journal.heldBytes).toBeLessThanOrEqual(100_000);
    }
    expect(journal.count()).toBeGreaterThan(50);
  });
});
