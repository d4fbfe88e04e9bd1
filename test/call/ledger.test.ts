import { expect, test } from 'vitest';
import { turnId } from '../../src/base/ids.ts';
import { Ledger } from '../../src/call/ledger.ts';

const one = turnId(1);
/** PCM16 at 24 kHz: 48 bytes a millisecond, two a sample. */
const ledger = (): Ledger => {
  const sent = new Ledger(48, 2);
  sent.sent(one, new Uint8Array(4_800), 0);
  return sent;
};
const bytesOf = (unheard: ReturnType<Ledger['recall']>): number[] =>
  unheard.map((what) => ('end' in what ? 0 : what.bytes.length));

test('what is recalled begins at a whole sample, and a rounding error of the clock repeats none', () => {
  expect(bytesOf(ledger().recall(10 - 1e-9))).toEqual([4_320]);
  expect(bytesOf(ledger().recall(10 + 1e-9))).toEqual([4_320]);
  expect(bytesOf(ledger().recall(10 + 1 / 48 + 1e-3))).toEqual([4_318]);
});

test('a cut counts whole samples only', () => {
  const sent = ledger();
  sent.cut(10 + 1.9 / 48);
  expect(sent.account(one, 1_000)).toMatchObject({ sentBytes: 480, heardBytes: 480 });
});

test('nothing is recalled, and nothing changes, once all was heard', () => {
  const sent = ledger();
  const end = sent.mark(one, true);
  expect(sent.recall(100)).toEqual([]);
  expect(sent.recall(100 - 1e-9)).toEqual([]);
  expect(sent.marked(end, 110)).toEqual([one]);
});
