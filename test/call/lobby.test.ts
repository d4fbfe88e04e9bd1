// The lobby on a clock of the test's own; the switchboard behind it only notes what it is handed.
import { describe, expect, test } from 'vitest';
import { profileSchema } from '../../src/agents/profile.ts';
import { LivelineError } from '../../src/base/errors.ts';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { LookedUp } from '../../src/call/known-caller.ts';
import { LATE_WITHIN_MS, Lobby, LOOK_UP_WITHIN_MS, type Beyond } from '../../src/call/lobby.ts';
import type { CarrierCall } from '../../src/carrier/webhooks.ts';
import type { Contact } from '../../src/crm/crm.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { id, incoming, settled } from './rig.ts';

const ADA: Contact = { id: 'c1', name: 'Ada Moreno', phone: '+15550100123', facts: {} };

function lobbyOf(options: { looksUp?: 'on' | 'off'; known?: boolean; answers?: boolean } = {}) {
  const clock = new ManualClock();
  const asked: { phone: string; signal: AbortSignal; answer: PromiseWithResolvers<Contact | undefined> }[] =
    [];
  const answered: (LookedUp | undefined)[] = [];
  const late: LookedUp[] = [];
  const missed: string[] = [];
  const profile = profileSchema().parse({
    ...{ name: 'Desk', numbers: '*', instructions: 'Help.', greeting: 'Hello.' },
    look_up_caller: options.looksUp ?? 'on',
  });
  const switchboard: Beyond = {
    has: (call) => options.known ?? (call === id && answered.length > 0),
    expects: () => false,
    looksUp: () => false,
    profileOf: () => (options.answers === false ? undefined : profile),
    answer: (_call, lookedUp) => {
      answered.push(lookedUp);
      return { do: 'stream', token: String(answered.length) };
    },
    withdraw: () => undefined,
    missed: ({ id: call }) => missed.push(call),
    lookedUpLate: (_id, lookedUp) => late.push(lookedUp),
  };
  const crm = {
    findByPhone: (phone: string, signal: AbortSignal) => {
      const answer = Promise.withResolvers<Contact | undefined>();
      asked.push({ phone, signal, answer });
      return answer.promise;
    },
  };
  return {
    clock,
    asked,
    answered,
    late,
    missed,
    lobby: new Lobby({ switchboard, crm, clock, log: silentLog }),
  };
}

describe('[OP5] while the phone rings', () => {
  test('the records are asked for the caller, and the call is answered with what they say', async () => {
    const { lobby, asked, answered, late, clock } = lobbyOf();
    const verb = lobby.answer(incoming);
    await settled();
    expect(answered).toEqual([]);
    expect(asked.map(({ phone }) => phone)).toEqual(['+15550100123']);
    clock.advance(300);
    asked[0]!.answer.resolve(ADA);
    expect(await verb).toEqual({ do: 'stream', token: '1' });
    expect(answered).toEqual([{ contact: ADA, tookMs: 300 }]);
    clock.advance(LATE_WITHIN_MS);
    await settled();
    expect(late).toEqual([]);
    expect(asked[0]!.signal.aborted).toBe(false);
  });

  test('of a call that we place it is the one who is called', async () => {
    const { lobby, asked } = lobbyOf();
    void lobby.answer({ ...incoming, direction: 'outbound', from: '+15550100100', to: '+15550100177' });
    await settled();
    expect(asked.map(({ phone }) => phone)).toEqual(['+15550100177']);
  });

  test('a number that nobody has is known to be nobody’s', async () => {
    const { lobby, asked, answered } = lobbyOf();
    const verb = lobby.answer(incoming);
    await settled();
    asked[0]!.answer.resolve(undefined);
    await verb;
    expect(answered).toEqual([{ contact: undefined, tookMs: 0 }]);
  });

  test('records that cannot be asked: the call goes on without them, and the cause is told', async () => {
    const { lobby, asked, answered } = lobbyOf();
    const verb = lobby.answer(incoming);
    await settled();
    asked[0]!.answer.reject(new LivelineError('CRM_UNAVAILABLE', 'HubSpot answered 503'));
    expect(await verb).toMatchObject({ do: 'stream' });
    expect(answered).toEqual([{ cause: 'CRM_UNAVAILABLE: HubSpot answered 503', tookMs: 0 }]);
  });

  test('one that throws at once is no worse', async () => {
    const rig = lobbyOf();
    const crm = {
      findByPhone: (): Promise<undefined> => {
        throw new TypeError('at once');
      },
    };
    const answered: (LookedUp | undefined)[] = [];
    const lobby = new Lobby({
      crm,
      clock: rig.clock,
      log: silentLog,
      switchboard: {
        has: () => false,
        expects: () => false,
        looksUp: () => false,
        profileOf: () => profileSchema().parse({ name: 'D', numbers: '*', instructions: 'x', greeting: 'y' }),
        answer: (_call, lookedUp) => {
          answered.push(lookedUp);
          return { do: 'hang-up' };
        },
        missed: () => undefined,
        withdraw: () => undefined,
        lookedUpLate: () => undefined,
      },
    });
    await lobby.answer(incoming);
    expect(answered).toEqual([{ cause: 'at once', tookMs: 0 }]);
  });
});

describe('[OP5] late', () => {
  test('the call is answered at the deadline, and what comes afterwards joins it', async () => {
    const { lobby, asked, answered, late, clock } = lobbyOf();
    const verb = lobby.answer(incoming);
    clock.advance(LOOK_UP_WITHIN_MS - 1);
    await settled();
    expect(answered).toEqual([]);
    clock.advance(1);
    expect(await verb).toEqual({ do: 'stream', token: '1' });
    expect(answered).toEqual([undefined]);
    clock.advance(500);
    asked[0]!.answer.resolve(ADA);
    await settled();
    expect(late).toEqual([{ contact: ADA, tookMs: LOOK_UP_WITHIN_MS + 500 }]);
  });

  test('records that never answer are given up, whatever they make of their signal', async () => {
    const { lobby, asked, late, clock } = lobbyOf();
    void lobby.answer(incoming);
    await settled();
    clock.advance(LATE_WITHIN_MS);
    await settled();
    expect(asked[0]!.signal.aborted).toBe(true);
    expect(late).toEqual([{ cause: 'it did not answer in time', tookMs: LATE_WITHIN_MS }]);
  });
});

describe('[OP5] nobody is asked', () => {
  test.each<[string, Parameters<typeof lobbyOf>[0], Partial<CarrierCall>]>([
    ['for a withheld number', {}, { from: 'anonymous' }],
    ['for an address', {}, { from: 'sip:ada@example.com' }],
    ['where the profile does not want it', { looksUp: 'off' }, {}],
    ['for a call that is known', { known: true }, {}],
    ['for a number that no profile answers', { answers: false }, {}],
  ])('%s', async (_when, options, call) => {
    const { lobby, asked, answered } = lobbyOf(options);
    expect(await lobby.answer({ ...incoming, ...call })).toEqual({ do: 'stream', token: '1' });
    expect(asked).toEqual([]);
    expect(answered).toEqual([undefined]);
  });
});

test('a request that the carrier repeats waits for the same look-up, and gets a token of its own', async () => {
  const { lobby, asked, answered } = lobbyOf();
  const both = [lobby.answer(incoming), lobby.answer(incoming)];
  await settled();
  expect(asked).toHaveLength(1);
  asked[0]!.answer.resolve(ADA);
  expect(await Promise.all(both)).toEqual([
    { do: 'stream', token: '1' },
    { do: 'stream', token: '2' },
  ]);
  expect(answered).toEqual([{ contact: ADA, tookMs: 0 }, undefined]);
});

test('a caller who hangs up meanwhile is not answered, and nobody is looked up any longer', async () => {
  const { lobby, asked, answered, late, missed } = lobbyOf();
  const verbs = [lobby.answer(incoming), lobby.answer(incoming)];
  await settled();
  lobby.carrierStatus({ ...incoming, status: 'ringing' });
  lobby.carrierStatus({ ...incoming, status: 'completed' });
  expect(await Promise.all(verbs)).toEqual([{ do: 'hang-up' }, { do: 'hang-up' }]);
  expect(missed).toEqual([id]);
  expect(asked[0]!.signal.aborted).toBe(true);
  asked[0]!.answer.resolve(ADA);
  await settled();
  expect({ answered, late }).toEqual({ answered: [], late: [] });
  lobby.carrierStatus({ ...incoming, id, status: 'completed' });
});

test('a server that stops has nobody wait: who does is answered at once, as if the records were late', async () => {
  const { lobby, answered, asked } = lobbyOf();
  const verb = lobby.answer(incoming);
  await settled();
  await lobby.drain();
  expect(await verb).toEqual({ do: 'stream', token: '1' });
  expect(answered).toEqual([undefined]);
  asked[0]!.answer.resolve(undefined);
  await lobby.drain();
  expect(await lobby.answer({ ...incoming, id: callId('CA9') })).toEqual({ do: 'stream', token: '2' });
  expect(asked).toHaveLength(1);
});
