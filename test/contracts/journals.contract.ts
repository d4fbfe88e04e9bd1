// What journals keep to, wherever they are kept. Each adapter's test opens a place for them, empty, and lets its time pass.
import { describe, expect, test, type TestContext } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import type { JournalKeeper } from '../../src/call/journal-keeper.ts';
import type { JournalEntry } from '../../src/call/journal.ts';
import { NO_KEYS } from '../../src/ivr/keypad.ts';

export interface JournalsRig {
  /** A process of its own. */
  readonly node: (name: string) => JournalKeeper;
  /** All that was kept is written. */
  readonly settle: () => Promise<void>;
  /** Makes so much time pass for what is written. */
  readonly pass: (ms: number) => Promise<void>;
  /** What its node has of the call is deleted, as when a number is forgotten. */
  readonly erase: (name: string) => Promise<void>;
}

const HOUR_MS = 3_600_000;
const WITHIN_MS = 5_000;
const dead = { planned: false, withinMs: WITHIN_MS } as const;

export const journalEntryOf = (name: string, over: Partial<JournalEntry> = {}): JournalEntry => ({
  call: {
    ...{ id: callId(`CA-${name}`), from: '+15550100123', to: '+15550100100' },
    ...{ direction: 'inbound', status: 'in-progress' },
  },
  ...{ profile: 'Harbour Dental', profileVersion: 'ab12', answeredAtMs: 1_790_000_000_000, greeted: true },
  ...{ memory: undefined, said: [], before: 0, partFrom: 0, entries: 0, open: [], speaking: undefined },
  ...{ owed: false, leaving: undefined, elsewhere: undefined, operator: false, typing: false, notes: [] },
  ...{ tools: [], keypad: NO_KEYS, contact: undefined, handOvers: 0 },
  ...over,
});

const saying = (name: string, text: string): JournalEntry =>
  journalEntryOf(name, { said: [{ who: 'caller', text }] });

/** Counts how often somebody was told. */
function teller(): (() => void) & { count: number } {
  const tell = (): void => void (tell.count += 1);
  tell.count = 0;
  return tell;
}

const ID = callId('CA-a');

export function journalsContract(
  adapter: string,
  open: (context: Pick<TestContext, 'onTestFinished'>) => JournalsRig | Promise<JournalsRig>,
): void {
  describe(`${adapter} keeps the rules of journals`, () => {
    test('[JO1] whoever opens a journal owns the call, for all; of another nobody has written', async (context) => {
      const { node, settle } = await open(context);
      const [one, other] = [node('one'), node('other')];
      one.open(journalEntryOf('a'), teller());
      expect(await one.ownerOf(ID, WITHIN_MS)).toBe('one');
      await settle();
      expect(await other.ownerOf(ID, WITHIN_MS)).toBe('one');
      expect(await other.ownerOf(callId('CA-b'), WITHIN_MS)).toBeUndefined();
      expect(await other.callsOf('one')).toEqual([ID]);
      expect(await other.callsOf('other')).toEqual([]);
    });

    test('[JO2] what is taken is what was kept last, with a higher fence, and a count of the rejoins', async (context) => {
      const { node, settle, pass } = await open(context);
      const [one, other, third] = [node('one'), node('other'), node('third')];
      const first = one.open(journalEntryOf('a'), teller());
      for (let n = 0; n < 5; n += 1) first.keep(saying('a', `odd \0 \ud800 “${n}”`));
      await settle();
      await pass(7_000);
      const taken = (await other.take(ID, dead, teller()))!;
      expect(taken).toMatchObject({ rejoins: 1, from: 'one' });
      expect(taken.entry).toEqual(saying('a', 'odd \ufffd \ufffd “4”'));
      expect(taken.awayMs).toBeGreaterThanOrEqual(6_999);
      expect(taken.tenure.fence).toBeGreaterThan(first.fence);
      expect(await third.ownerOf(ID, WITHIN_MS)).toBe('other');
      const again = (await third.take(ID, { ...dead, planned: true }, teller()))!;
      expect(again.rejoins).toBe(1);
      expect(again.awayMs).toBeLessThan(6_000);
      expect(again.tenure.fence).toBeGreaterThan(taken.tenure.fence);
    });

    test('[JO3] whose call was taken is told once, and writes nothing more of it', async (context) => {
      const { node, settle } = await open(context);
      const [one, other, third] = [node('one'), node('other'), node('third')];
      const lost = teller();
      const first = one.open(saying('a', 'first'), lost);
      await settle();
      const kept = teller();
      const second = (await other.take(ID, dead, kept))!.tenure;
      second.keep(saying('a', 'second'));
      await settle();
      first.keep(saying('a', 'too late'));
      await settle();
      await first.flush(WITHIN_MS);
      first.keep(saying('a', 'later still'));
      first.end();
      expect(await first.handTo('third', WITHIN_MS)).toBe(false);
      await settle();
      expect([lost.count, kept.count]).toEqual([1, 0]);
      expect(await one.ownerOf(ID, WITHIN_MS)).toBe('other');
      expect((await third.take(ID, dead, teller()))?.entry).toEqual(saying('a', 'second'));
    });

    test('[JO4] of twenty who take it at once one gets it', async (context) => {
      const { node, settle } = await open(context);
      node('one').open(journalEntryOf('a'), teller());
      await settle();
      const nodes = Array.from({ length: 20 }, (_, n) => node(`other ${n}`));
      const takes = await Promise.all(
        nodes.map((other) => other.take(ID, { ...dead, from: 'one' }, teller())),
      );
      expect(takes.filter((taken) => taken !== undefined)).toHaveLength(1);
      const at = takes.findIndex((taken) => taken !== undefined);
      expect(await nodes[0]!.ownerOf(ID, WITHIN_MS)).toBe(`other ${at}`);
    });

    test('[JO5] it is taken from the node that is named, and from no other', async (context) => {
      const { node, settle } = await open(context);
      const [one, other, third] = [node('one'), node('other'), node('third')];
      one.open(journalEntryOf('a'), teller());
      await settle();
      expect(await other.take(ID, { ...dead, from: 'third' }, teller())).toBeUndefined();
      expect(await other.take(ID, { ...dead, from: 'one' }, teller())).toBeDefined();
      expect(await third.take(ID, { ...dead, from: 'one' }, teller())).toBeUndefined();
    });

    test('[JO6] what is handed to a node is its, with the latest entry, and nobody is told of a loss', async (context) => {
      const { node, settle } = await open(context);
      const [one, other] = [node('one'), node('other')];
      const lost = teller();
      const first = one.open(journalEntryOf('a'), lost);
      first.keep(saying('a', 'last words'));
      const handing = first.handTo('other', WITHIN_MS);
      await settle();
      expect(await handing).toBe(true);
      first.keep(saying('a', 'too late'));
      await settle();
      expect(await one.ownerOf(ID, WITHIN_MS)).toBe('other');
      const taken = (await other.take(ID, { ...dead, planned: true }, teller()))!;
      expect(taken).toMatchObject({ rejoins: 0, from: 'other' });
      expect(taken.entry).toEqual(saying('a', 'last words'));
      expect(taken.tenure.fence).toBeGreaterThan(first.fence + 1);
      expect(lost.count).toBe(0);
    });

    test('[JO7] a call that is over is nobody’s, cannot be taken or handed on, and nothing brings it back', async (context) => {
      const { node, settle } = await open(context);
      const [one, other] = [node('one'), node('other')];
      const lost = teller();
      const first = one.open(journalEntryOf('a'), lost);
      await settle();
      first.end();
      expect(await one.ownerOf(ID, WITHIN_MS)).toBeUndefined();
      expect(await one.take(ID, dead, teller())).toBeUndefined();
      await settle();
      first.keep(saying('a', 'too late'));
      expect(await first.handTo('other', WITHIN_MS)).toBe(false);
      await settle();
      expect(await other.ownerOf(ID, WITHIN_MS)).toBeUndefined();
      expect(await other.take(ID, dead, teller())).toBeUndefined();
      expect(await other.callsOf('one')).toEqual([]);
      const late = teller();
      other.open(journalEntryOf('a'), late);
      await settle();
      expect([lost.count, late.count]).toEqual([0, 1]);
    });

    test('[JO8] a call that is over before anything was written of it leaves nothing', async (context) => {
      const { node, settle } = await open(context);
      const [one, other] = [node('one'), node('other')];
      one.open(journalEntryOf('a'), teller()).end();
      await settle();
      expect(one.backlog.calls).toBe(0);
      expect(await other.take(ID, dead, teller())).toBeUndefined();
    });

    test('[JO9] of two that open it at once one has it, and the other is told', async (context) => {
      const { node, settle } = await open(context);
      const [one, other] = [node('one'), node('other')];
      const lost = [teller(), teller()];
      one.open(journalEntryOf('a'), lost[0]!);
      other.open(journalEntryOf('a'), lost[1]!);
      await settle();
      expect(lost.map(({ count }) => count).sort()).toEqual([0, 1]);
      expect(await node('third').ownerOf(ID, WITHIN_MS)).toBe(lost[0]!.count === 0 ? 'one' : 'other');
    });

    test('[JO10] a token that a stream has shown is good for no other node', async (context) => {
      const { node, settle } = await open(context);
      const [one, other, third] = [node('one'), node('other'), node('third')];
      one.open(journalEntryOf('a'), teller()).spent('first');
      await settle();
      expect(await other.take(ID, { ...dead, token: 'first' }, teller())).toBeUndefined();
      const taken = await other.take(ID, { ...dead, token: 'second' }, teller());
      expect(taken).toBeDefined();
      expect(await third.take(ID, { ...dead, token: 'second' }, teller())).toBeUndefined();
      taken?.tenure.spent('third');
      await settle();
      for (const token of ['first', 'second', 'third'])
        expect(await third.take(ID, { ...dead, token }, teller())).toBeUndefined();
      const last = await third.take(ID, { ...dead, token: 'fourth' }, teller());
      expect(last?.entry).toEqual(journalEntryOf('a'));
      for (let n = 0; n < 20; n += 1) last?.tenure.spent(`more ${n}`);
      await settle();
      expect(await one.take(ID, { ...dead, token: 'more 19' }, teller())).toBeUndefined();
      expect(await one.take(ID, { ...dead, token: 'new' }, teller())).toBeDefined();
    });

    test('[JO11] a journal that was deleted is no loss: the call goes on, and nothing more is written of it', async (context) => {
      const { node, settle, erase } = await open(context);
      const [one, other] = [node('one'), node('other')];
      const lost = teller();
      const tenure = one.open(journalEntryOf('a'), lost);
      await settle();
      await erase('CA-a');
      tenure.keep(saying('a', 'number'));
      await settle();
      tenure.keep(saying('a', 'number'));
      await tenure.flush(WITHIN_MS);
      await settle();
      tenure.end();
      await settle();
      expect(lost.count).toBe(0);
      expect(one.backlog.calls).toBe(0);
      expect(await other.take(ID, dead, teller())).toBeUndefined();
    });

    test('[JO12] it is kept as long as a call can last, since it was last written', async (context) => {
      const { node, settle, pass } = await open(context);
      const [one, other] = [node('one'), node('other')];
      const tenure = one.open(journalEntryOf('a'), teller());
      await settle();
      await pass(4 * HOUR_MS);
      tenure.keep(saying('a', 'still here'));
      await settle();
      await pass(4 * HOUR_MS);
      const taken = await other.take(ID, dead, teller());
      expect(taken?.entry).toEqual(saying('a', 'still here'));
      await pass(5 * HOUR_MS + 1_000);
      expect(await one.take(ID, dead, teller())).toBeUndefined();
    });

    test('[JO13] many calls of many nodes: each is taken as its own node wrote it', async (context) => {
      const { node, settle } = await open(context);
      const names = ['one', 'other', 'third'];
      const nodes = names.map((name) => node(name));
      const tenures = Array.from({ length: 60 }, (_, n) =>
        nodes[n % 3]!.open(saying(`${n}`, 'first'), teller()),
      );
      await settle();
      for (const [n, tenure] of tenures.entries()) {
        if (n % 2 === 0) tenure.keep(saying(`${n}`, `second of ${n}`));
        if (n % 5 === 0) tenure.end();
      }
      await settle();
      const fourth = node('fourth');
      const taken = await Promise.all(tenures.map((_, n) => fourth.take(callId(`CA-${n}`), dead, teller())));
      expect(taken.map((one) => one && [one.from, one.entry.said[0]?.text])).toEqual(
        tenures.map((_, n) =>
          n % 5 === 0 ? undefined : [names[n % 3], n % 2 === 0 ? `second of ${n}` : 'first'],
        ),
      );
      expect(await fourth.callsOf('one')).toEqual([]);
    });
  });
}
