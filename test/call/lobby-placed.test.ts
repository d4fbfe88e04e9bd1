// Calls that we placed, as they are answered: whose they are is asked for, and who cannot be told apart is hung up on.
import { describe, expect, test } from 'vitest';
import type { CallId } from '../../src/base/ids.ts';
import { createLog } from '../../src/base/log.ts';
import { Lobby, LOOK_UP_WITHIN_MS } from '../../src/call/lobby.ts';
import type { PlacedCall, PlacedCalls } from '../../src/call/placed-calls.ts';
import type { CarrierCall } from '../../src/carrier/webhooks.ts';
import type { Contact } from '../../src/crm/crm.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { incoming, settled } from './rig.ts';

const answered: CarrierCall = { ...incoming, direction: 'outbound', status: 'in-progress', attempt: 'a1' };
const placed: PlacedCall = { attempt: 'a1', profile: 'reminder', campaign: undefined, variables: {} };
const ADA: Contact = { id: 'c1', name: 'Ada Moreno', phone: '+15550100100', facts: {} };

function lobbyOf(
  find: PlacedCalls['find'] | undefined,
  options: { expects?: boolean; looksUp?: boolean } = {},
) {
  const clock = new ManualClock();
  const given: (PlacedCall | undefined)[] = [];
  const late: unknown[] = [];
  const looked: string[] = [];
  const lines: string[] = [];
  const asked: CallId[] = [];
  const withdrawn: CallId[] = [];
  const spoke: unknown[] = [];
  const lobby = new Lobby({
    switchboard: {
      has: () => given.length > 0,
      expects: () => options.expects ?? false,
      looksUp: () => options.looksUp ?? false,
      profileOf: () => undefined,
      answer: (_call, _lookedUp, of) => {
        given.push(of);
        return { do: 'stream', token: String(given.length) };
      },
      withdraw: (call) => void withdrawn.push(call),
      missed: () => undefined,
      lookedUpLate: (_id, lookedUp) => void late.push(lookedUp),
    },
    crm: {
      findByPhone: (phone) => {
        looked.push(phone);
        return Promise.resolve(ADA);
      },
    },
    placed: find && {
      find: (attempt, call, signal) => {
        asked.push(call);
        return find(attempt, call, signal);
      },
    },
    placedFacts: { spoke: (_call, ...when) => void spoke.push(when) },
    clock,
    log: createLog({ level: 'debug', secrets: [], destination: { write: (line) => void lines.push(line) } }),
  });
  return { lobby, clock, given, late, looked, lines, asked, withdrawn, spoke };
}

const HANG_UP = { do: 'hang-up' };

describe('[PC2] an answered call that names an attempt', () => {
  test('of ours is handed on with what is known of it', async () => {
    const { lobby, given, looked, clock } = lobbyOf(() => Promise.resolve(placed));
    expect(await lobby.answer(answered)).toEqual({ do: 'stream', token: '1' });
    expect(given).toEqual([placed]);
    expect(looked).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test.each<[string, PlacedCalls['find'], withdrawn: boolean]>([
    ['is ours', () => Promise.resolve(placed), false],
    ['is void, or whose callee has opted out while it rang', () => Promise.resolve(undefined), true],
    ['nobody can say anything of', () => Promise.reject(new Error('away')), false],
  ])('whose session waits is answered at once, and then ended when it %s: %#', async (_, find, ends) => {
    const found = Promise.withResolvers<undefined>();
    const { lobby, asked, given, withdrawn, clock } = lobbyOf(
      (...of) => found.promise.then(() => find(...of)),
      { expects: true },
    );
    expect(await lobby.answer(answered)).toEqual({ do: 'stream', token: '1' });
    await settled();
    expect([asked, given, withdrawn]).toEqual([[answered.id], [undefined], []]);
    found.resolve(undefined);
    await settled();
    expect(withdrawn).toEqual(ends ? [answered.id] : []);
    expect(clock.pending).toBe(0);
  });

  test('that is void, or of which this server places none, is hung up on', async () => {
    for (const find of [() => Promise.resolve(undefined), undefined]) {
      const { lobby, given, lines } = lobbyOf(find);
      expect(await lobby.answer(answered)).toEqual(HANG_UP);
      expect(given).toEqual([]);
      expect(lines.join()).toContain('"attempt":"a1"');
    }
  });

  test.each<[string, PlacedCalls['find']]>([
    ['rejects', () => Promise.reject(new Error('away'))],
    [
      'throws',
      () => {
        throw new Error('away');
      },
    ],
  ])('when finding it %s, it is hung up on, with an error in the log', async (_, find) => {
    const { lobby, given, lines } = lobbyOf(find);
    expect(await lobby.answer(answered)).toEqual(HANG_UP);
    expect(given).toEqual([]);
    expect(lines.some((line) => line.includes('"level":50') || line.includes('"level":"error"'))).toBe(true);
  });

  test('that cannot be known within 1.5 s is hung up on, and is not answered later', async () => {
    const found = Promise.withResolvers<PlacedCall>();
    const signals: AbortSignal[] = [];
    const { lobby, given, clock, lines } = lobbyOf((_attempt, _call, signal) => {
      signals.push(signal);
      return found.promise;
    });
    const verb = lobby.answer(answered);
    await settled();
    clock.advance(LOOK_UP_WITHIN_MS - 1);
    await settled();
    expect(signals[0]!.aborted).toBe(false);
    clock.advance(1);
    expect(await verb).toEqual(HANG_UP);
    expect(signals[0]!.aborted).toBe(true);
    found.resolve(placed);
    await settled();
    expect(given).toEqual([]);
    expect(lines.join()).toContain('nobody can say whether it is still ours');
  });

  test('that is asked about twice is found once, and answered as the same call', async () => {
    const found = Promise.withResolvers<PlacedCall>();
    const { lobby, asked, given } = lobbyOf(() => found.promise);
    const both = [lobby.answer(answered), lobby.answer(answered)];
    await settled();
    found.resolve(placed);
    expect(await Promise.all(both)).toEqual([
      { do: 'stream', token: '1' },
      { do: 'stream', token: '2' },
    ]);
    expect([asked.length, given]).toEqual([1, [placed, undefined]]);
  });

  test('and that is over meanwhile opens nothing', async () => {
    const found = Promise.withResolvers<PlacedCall>();
    const { lobby, given, spoke, clock } = lobbyOf(() => found.promise);
    const verb = lobby.answer(answered);
    await settled();
    clock.advance(300);
    lobby.carrierStatus({ ...answered, status: 'completed' });
    found.resolve(placed);
    expect(await verb).toEqual(HANG_UP);
    expect(given).toEqual([]);
    expect(spoke, 'they did not wait for us').toEqual([[undefined, 300]]);
  });

  test('is not kept waiting for the records: what they say joins it', async () => {
    const { lobby, late, looked } = lobbyOf(() => Promise.resolve(placed), { looksUp: true });
    await lobby.answer(answered);
    await settled();
    expect(looked).toEqual([answered.to]);
    expect(late).toMatchObject([{ contact: ADA }]);
  });
});
