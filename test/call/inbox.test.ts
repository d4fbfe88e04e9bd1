import { expect, test } from 'vitest';
import { Inbox } from '../../src/call/inbox.ts';

test('a fact that arises while another is worked on waits its turn, in the order in which they came', () => {
  const log: string[] = [];
  const inbox = new Inbox<string>((fact) => {
    log.push(`${fact} begins`);
    if (fact === 'a') for (const more of ['b', 'c']) inbox.take(more);
    if (fact === 'b') inbox.take('d');
    log.push(`${fact} ends`);
  });
  inbox.take('a');
  inbox.take('e');
  expect(log).toEqual(['a', 'b', 'c', 'd', 'e'].flatMap((fact) => [`${fact} begins`, `${fact} ends`]));
});

test('a fact may be anything that is there: none is taken for the end', () => {
  const seen: unknown[] = [];
  const inbox = new Inbox<number | string | boolean>((fact) => void seen.push(fact));
  for (const fact of [0, '', false]) inbox.take(fact);
  expect(seen).toEqual([0, '', false]);
});

test('work that throws is told, and the next fact is worked on all the same', () => {
  const seen: number[] = [];
  const inbox = new Inbox<number>((fact) => {
    if (fact === 1) throw new Error('a fault of ours');
    seen.push(fact);
  });
  expect(() => inbox.take(1)).toThrow('a fault of ours');
  inbox.take(2);
  expect(seen).toEqual([2]);
});
