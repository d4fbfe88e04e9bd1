// Calls that we place: what waits while it rings, who answers, and what becomes of a machine; at the switchboard, on one clock.
import { describe, expect, test } from 'vitest';
import type { AnsweredBy, CarrierVerdict } from '../../src/call/answered-by.ts';
import { callId } from '../../src/base/ids.ts';
import type { PlacedCall } from '../../src/call/placed-calls.ts';
import { TAKEN_ELSEWHERE_AFTER_MS } from '../../src/call/placed-desk.ts';
import { JUDGED_WITHIN_MS, MESSAGE_WITHIN_MS } from '../../src/call/placed-talk.ts';
import type { CarrierCall } from '../../src/carrier/webhooks.ts';
import { framesOf, quiet, tone, voice } from '../doubles/answer-sounds.ts';
import type { FakeLine } from '../doubles/fake-line.ts';
import type { ManualClock } from '../doubles/manual-clock.ts';
import { rig, settled, type RigOptions } from './rig.ts';

const CALL = callId(`CA${'9'.repeat(32)}`);
const RING_S = 30;
const dialled = { id: CALL, from: '+15550100100', to: '+15550100123', ringS: RING_S };
const answered: CarrierCall = {
  ...{ id: CALL, from: dialled.from, to: dialled.to },
  ...{ direction: 'outbound', status: 'in-progress', attempt: 'a1' },
};
const placed: PlacedCall = {
  ...{ attempt: 'a1', profile: 'reminder', campaign: 'check-ups', variables: { name: 'Ada' } },
};
const FIRST_WORDS = {
  identity: 'This is Harbour Dental.',
  assistant: 'I am an AI assistant.',
  callback: 'You can reach us at 1 555 010 0100.',
  opt_out: 'Say stop, and we never call again.',
};
const SAID =
  'This is Harbour Dental. I am an AI assistant. You can reach us at 1 555 010 0100. Say stop, and we never call again.';
const GREETING = `${SAID} Hello Ada!`;
const machine: CarrierVerdict = { by: 'machine', messageEnded: undefined };
const MESSAGE = 'This is Harbour Dental for Ada. We call again.';
const leaves = {
  on_voicemail: { leave_message: 'This is Harbour Dental for {{campaign.name | you}}. We call again.' },
};

function office(fields: Readonly<Record<string, unknown>> = {}, options: RigOptions = {}) {
  const facts: (readonly [what: string, ...rest: unknown[]])[] = [];
  const all = rig({
    ...options,
    others: [
      {
        ...{ name: 'reminder', direction: 'outbound', instructions: 'Remind {{campaign.name | them}}.' },
        ...{ greeting: 'Hello {{campaign.name | there}}!', silence: { ask_after_s: 'off' } },
        ...{ dead_air_ms: 'off', tools: ['end_call', 'record_outcome'], look_up_caller: 'off' },
        ...fields,
      },
    ],
    more: {
      ...options.more,
      placedFacts: {
        answeredBy: (_call, by: AnsweredBy) => void facts.push(['answered-by', by]),
        spoke: (_call, ...when) => void facts.push(['spoke', ...when]),
        messageLeft: () => void facts.push(['message-left']),
        firstWordsMissing: (_call, parts) => void facts.push(['first-words-missing', ...parts]),
      },
    },
  });
  const { switchboard, clock, live, connect } = all;
  return {
    ...all,
    facts,
    /** They answer, the line opens, and what was kept is heard. */
    pickUp: async (of: PlacedCall | undefined = placed): Promise<FakeLine> => {
      const isExpected = switchboard.expects(CALL);
      const line = connect(switchboard.answer(answered, undefined, of), undefined, CALL);
      if (!isExpected) live.last.ready();
      await settled();
      return line;
    },
    is: (): string[] => all.of('placed-call').map(({ is }) => is),
    ask: (status: CarrierCall['status'] = 'in-progress') =>
      switchboard.afterStream({ call: { ...answered, status }, step: undefined, outcome: { of: 'stream' } }),
    hears: (line: FakeLine, ...sounds: readonly Uint8Array[]) => hears(clock, line, ...sounds),
  };
}

function hears(clock: ManualClock, line: FakeLine, ...sounds: readonly Uint8Array[]): void {
  for (const frame of framesOf(...sounds)) {
    line.speak(frame);
    clock.advance(20);
  }
}

describe('[PC1] while it rings', () => {
  test('the session is opened with what belongs to the call, and greets ahead', async () => {
    const { switchboard, live, pickUp, facts, clock, ...all } = office({ first_words: FIRST_WORDS });
    switchboard.expect(dialled, placed);
    live.last.ready();
    expect(live.setups[0]!.instructions).toContain('Remind Ada.');
    expect(live.last.prompts).toEqual([expect.stringContaining(GREETING)]);
    live.last.say(4_000);
    live.last.agentSaid(GREETING);
    live.last.idle();
    clock.advance(8_000);
    expect(all.told).toEqual([]);
    const line = await pickUp();
    expect(live.sessions).toHaveLength(1);
    expect(live.last.prompts).toHaveLength(1);
    clock.advance(100);
    expect(line.heardMs).toBeGreaterThan(0);
    expect(facts).toEqual([['spoke', 0]]);
    clock.advance(5_000);
    expect(all.of('transcript').at(-1)?.entry).toMatchObject({ who: 'agent', text: GREETING, state: 'done' });
  });

  test.each(['busy', 'no-answer', 'failed', 'canceled'] as const)(
    'nothing is left, and nothing written down, of a call that is %s',
    (status) => {
      const { switchboard, live, lent, told, facts, clock } = office();
      switchboard.expect(dialled, placed);
      expect(switchboard.expects(CALL)).toBe(true);
      switchboard.carrierStatus({ ...answered, status });
      expect(switchboard.expects(CALL)).toBe(false);
      expect(live.last.closed).toBe(true);
      expect(lent.out).toBe(0);
      expect([told, facts]).toEqual([[], []]);
      expect(clock.pending).toBe(0);
    },
  );

  test('one that another node has taken is let go of 15 s after the longest ring', () => {
    const { switchboard, live, clock } = office();
    switchboard.expect(dialled, placed);
    clock.advance(RING_S * 1_000 + TAKEN_ELSEWHERE_AFTER_MS - 1);
    expect(live.last.closed).toBe(false);
    clock.advance(1);
    expect(live.last.closed).toBe(true);
  });

  test.each(['busy', 'completed'] as const)(
    'nothing is opened for a call of which the carrier says that it is over, %s, before it says that it rings',
    (status) => {
      const { switchboard, live, lent } = office({ limits: { calls_at_once: 1 } });
      switchboard.carrierStatus({ ...answered, status });
      switchboard.expect(dialled, placed);
      expect(live.sessions).toHaveLength(0);
      expect(lent.out).toBe(0);
      switchboard.expect({ ...dialled, id: callId('CA8') }, { ...placed, attempt: 'a2' });
      expect(live.sessions).toHaveLength(1);
    },
  );

  test('nothing is opened for a call that was answered, and is over', async () => {
    const { switchboard, live, pickUp } = office();
    (await pickUp()).stop();
    switchboard.expect(dialled, placed);
    expect(switchboard.expects(CALL)).toBe(false);
    expect(live.sessions).toHaveLength(1);
  });

  test('it takes the room of a call of its profile', () => {
    const { switchboard, live } = office({ limits: { calls_at_once: 1 } });
    switchboard.expect(dialled, placed);
    switchboard.expect({ ...dialled, id: callId('CA8') }, { ...placed, attempt: 'a2' });
    expect(live.sessions).toHaveLength(1);
    switchboard.carrierStatus({ ...answered, status: 'busy' });
    switchboard.expect({ ...dialled, id: callId('CA8') }, { ...placed, attempt: 'a2' });
    expect(live.sessions).toHaveLength(2);
  });

  test('a session that fails meanwhile is opened anew as they answer', async () => {
    const { switchboard, live, pickUp, ended } = office();
    switchboard.expect(dialled, placed);
    live.last.fail();
    expect(switchboard.expects(CALL)).toBe(false);
    await pickUp();
    expect(live.sessions).toHaveLength(2);
    expect(ended).toBeUndefined();
  });

  describe('a server that stops', () => {
    const stopping = (all: ReturnType<typeof office>) => {
      const seen = { empty: false };
      void all.switchboard.drain().then(() => (seen.empty = true));
      return seen;
    };

    test('waits for who rings, talks with them, and goes when they have', async () => {
      const all = office();
      all.switchboard.expect(dialled, placed);
      all.live.last.ready();
      const seen = stopping(all);
      await settled();
      expect(seen.empty).toBe(false);
      const line = await all.pickUp();
      expect(all.live.sessions).toHaveLength(1);
      await settled();
      expect(seen.empty).toBe(false);
      line.stop();
      await settled();
      expect(seen.empty).toBe(true);
    });

    test.each(['busy', 'no-answer', 'failed', 'canceled'] as const)(
      'need not wait for who is %s',
      async (status) => {
        const all = office();
        all.switchboard.expect(dialled, placed);
        const seen = stopping(all);
        all.switchboard.carrierStatus({ ...answered, status });
        await settled();
        expect(seen.empty).toBe(true);
      },
    );

    test('talks with who answers though nothing waits for them here, and nobody is abandoned', async () => {
      const all = office();
      all.switchboard.expect({ ...dialled, id: callId('CA8') }, { ...placed, attempt: 'a2' });
      const seen = stopping(all);
      await all.pickUp();
      all.switchboard.carrierStatus({ ...answered, id: callId('CA8'), status: 'busy' });
      await settled();
      expect(seen.empty).toBe(false);
      expect(all.of('call-started')).toHaveLength(1);
      expect(all.of('call-refused')).toEqual([]);
    });

    test('one that the carrier takes only then is waited for, when it is asked again', async () => {
      const all = office();
      const first = stopping(all);
      await settled();
      expect(first.empty).toBe(true);
      all.switchboard.expect(dialled, placed);
      const seen = stopping(all);
      await settled();
      expect(seen.empty).toBe(false);
      all.clock.advance(RING_S * 1_000 + TAKEN_ELSEWHERE_AFTER_MS);
      await settled();
      expect(seen.empty, 'rung out').toBe(true);
    });

    test('at the end of its time lets them go, and talks with nobody any more', async () => {
      const all = office();
      all.switchboard.expect(dialled, placed);
      const seen = stopping(all);
      all.switchboard.shutDown();
      await settled();
      expect(seen.empty).toBe(true);
      expect(all.live.last.closed).toBe(true);
      all.switchboard.expect(dialled, placed);
      expect(all.live.sessions).toHaveLength(1);
      expect(all.switchboard.answer(answered, undefined, placed)).toEqual({ do: 'hang-up' });
      expect(all.facts).toEqual([
        ['spoke', undefined, undefined, 'nobody talked with them: this server stops'],
      ]);
    });
  });
});

describe('[PC2] who answers', () => {
  test('and has opted out while it rang hears no more of us, and the call ends', async () => {
    const { switchboard, live, pickUp, facts, clock, of, ask } = office();
    switchboard.expect(dialled, placed);
    live.last.ready();
    await pickUp();
    switchboard.withdraw(CALL);
    await settled();
    expect(live.last.closed).toBe(true);
    expect(of('call-ended')).toMatchObject([{ reason: 'agent-hung-up' }]);
    expect(ask()).toEqual({ do: 'hang-up' });
    clock.advance(1_000);
    expect(facts.filter(([fact]) => fact === 'spoke')).toEqual([]);
    switchboard.withdraw(CALL);
  });

  test('on a node that expects nothing is talked with by the profile of the attempt', async () => {
    const { live, pickUp, of } = office();
    await pickUp();
    expect(live.setups[0]!.instructions).toContain('Remind Ada.');
    expect(of('call-started')[0]).toMatchObject({ profile: 'reminder', direction: 'outbound' });
  });

  test.each([
    ['without first words is hung up on', {}, { do: 'hang-up' }],
    [
      'hears who called',
      { first_words: FIRST_WORDS },
      {
        do: 'say-and-hang-up',
        text: expect.stringContaining('This is Harbour Dental. You can reach us') as string,
      },
    ],
  ])('when there is no room %s, and is told of no busy lines', (_, fields, verb) => {
    const { switchboard, facts, of } = office({ limits: { calls_at_once: 1 }, ...fields });
    switchboard.answer({ ...answered, id: callId('CA8') }, undefined, placed);
    expect(switchboard.answer(answered, undefined, placed)).toMatchObject(verb);
    expect(of('call-refused')[0]).toMatchObject({ why: 'lines-busy' });
    expect(facts).toEqual([
      ['spoke', undefined, undefined, 'nobody talked with them: its profile is in too many calls'],
    ]);
  });

  test('for a profile that is gone is hung up on', () => {
    const { switchboard } = office();
    expect(switchboard.answer(answered, undefined, { ...placed, profile: 'gone' })).toEqual({
      do: 'hang-up',
    });
  });

  test('record_outcome is for calls that we placed alone', async () => {
    const { live, pickUp, switchboard } = office({ direction: 'both', numbers: ['+15550100177'] });
    await pickUp();
    const names = (n: number) => live.setups[n]!.tools.map(({ name }) => name);
    expect(names(0)).toContain('record_outcome');
    switchboard.answer({ ...answered, id: callId('CA8'), direction: 'inbound', to: '+15550100177' });
    expect(names(1)).not.toContain('record_outcome');
  });
});

describe('[PC3] the first words', () => {
  const talks = { first_words: FIRST_WORDS };

  test('are not interrupted', async () => {
    const { live, pickUp, clock, of } = office(talks);
    const line = await pickUp();
    live.last.say(3_000);
    live.last.agentSaid(GREETING);
    clock.advance(500);
    live.last.interrupt();
    clock.advance(4_000);
    expect(line.heardMs).toBeGreaterThanOrEqual(3_000);
    expect(of('barge-in')).toEqual([]);
  });

  test('that were left out are asked for at once; that they are still missing is noted', async () => {
    const { live, pickUp, clock, is, of, facts } = office(talks);
    await pickUp();
    const says = (text: string): void => {
      live.last.say(1_000);
      live.last.agentSaid(text);
      live.last.idle();
      clock.advance(1_500);
    };
    says('This is Harbour Dental. Say stop, and we never call again. Hello Ada!');
    expect(live.last.prompts.at(-1)).toMatch(/word for word.*I am an AI assistant\. You can reach us/);
    says('I am an AI assistant. How are you?');
    expect(is()).toEqual(['first-words-missing']);
    expect(of('placed-call')[0]!.why).toBe('callback');
    says('Goodbye.');
    expect(is()).toHaveLength(1);
    expect(facts.filter(([what]) => what !== 'spoke')).toEqual([['first-words-missing', 'callback']]);
  });

  test('that were said the second time are not noted, and words that come late ask for nothing twice', async () => {
    const { live, pickUp, clock, is, facts } = office(talks);
    await pickUp();
    live.last.say(1_000);
    live.last.agentSaid('This is Harbour Dental. Say stop, and we never call again.');
    live.last.idle();
    clock.advance(1_500);
    live.last.agentSaid(' I am an AI assistant.');
    expect(live.last.prompts).toHaveLength(2);
    live.last.say(1_000);
    live.last.agentSaid('You can reach us at 1 555 010 0100.');
    live.last.idle();
    clock.advance(1_500);
    expect(is()).toEqual([]);
    expect(facts).toEqual([['spoke', 0]]);
    expect(live.last.prompts).toHaveLength(2);
  });

  test('of whoever hangs up meanwhile nothing is said', async () => {
    const { live, pickUp, clock, is } = office(talks);
    const line = await pickUp();
    live.last.say(3_000);
    live.last.agentSaid(GREETING);
    clock.advance(500);
    line.stop();
    expect(is()).toEqual([]);
  });
});

describe('[PC4] our first word', () => {
  test('is told with the time since they answered', async () => {
    const { live, pickUp, clock, facts } = office();
    await pickUp();
    clock.advance(700);
    live.last.say(500);
    live.last.say(500);
    expect(facts).toEqual([['spoke', 700]]);
  });

  test('that never came is told when the call is over, with how long they had waited', async () => {
    const { pickUp, clock, facts } = office();
    const line = await pickUp();
    clock.advance(900);
    line.stop();
    expect(facts).toEqual([
      ['answered-by', 'unknown'],
      ['spoke', undefined, 900],
    ]);
  });

  test('is none of a comforting sound, nor of an apology', async () => {
    const { pickUp, clock, facts, live } = office();
    const line = await pickUp();
    live.last.lose();
    clock.advance(9_000);
    expect(line.heardMs).toBeGreaterThan(0);
    expect(facts).toEqual([]);
    live.last.fail();
    clock.advance(9_000);
    expect(facts).toContainEqual(['spoke', undefined, undefined]);
  });

  test.each<[string, object]>([
    ['apologises', {}],
    ['takes a message', { fallback: { steps: ['voicemail', 'apology'] }, voicemail: {} }],
  ])(
    'that never came as the model failed at once was kept back by us, also where somebody %s',
    async (_, fields) => {
      const { pickUp, clock, facts, live } = office({ ...fields });
      await pickUp();
      clock.advance(300);
      live.last.fail();
      await settled();
      clock.advance(30_000);
      await settled();
      expect(facts.filter(([what]) => what === 'spoke')).toEqual([['spoke', undefined, undefined]]);
    },
  );

  test('is none of a sound that fills the silence before the agent is there', () => {
    const { switchboard, connect, clock, facts, live } = office({ dead_air_ms: 1_000 });
    const line = connect(switchboard.answer(answered, undefined, placed), undefined, CALL);
    clock.advance(5_000);
    expect(line.heardMs).toBeGreaterThan(0);
    expect(facts).toEqual([]);
    live.last.ready();
    live.last.say(1_000);
    clock.advance(1_000);
    expect(facts).toEqual([['spoke', expect.any(Number)]]);
    expect(facts[0]![1]).toBeGreaterThanOrEqual(5_000);
  });

  test('that never came because this server stops at once is told without a time', async () => {
    const { pickUp, clock, facts, switchboard } = office();
    await pickUp();
    clock.advance(900);
    switchboard.shutDown();
    expect(facts).toContainEqual(['spoke', undefined, undefined]);
  });
});

describe('[PC5] a machine', () => {
  test('is hung up on, and the agent says nothing more', async () => {
    const { live, pickUp, switchboard, clock, facts, is, ask, of } = office();
    await pickUp();
    live.last.say(5_000);
    clock.advance(300);
    live.last.callTools({ id: 't', name: 'end_call' });
    switchboard.answeredBy(CALL, machine);
    expect(live.last.closed).toBe(true);
    expect(of('call-ended').map(({ reason }) => reason)).toEqual(['agent-hung-up']);
    expect(ask()).toEqual({ do: 'hang-up' });
    expect(is()).toEqual(['answered-by-machine']);
    expect(facts).toEqual([
      ['spoke', 0],
      ['answered-by', 'machine'],
    ]);
  });

  test('gets the message after its beep, in the words of the profile', async () => {
    const { live, pickUp, switchboard, hears: listen, ask, is, facts, ended, ...all } = office(leaves);
    const line = await pickUp();
    live.last.say(400);
    listen(line, quiet(600));
    switchboard.answeredBy(CALL, machine);
    expect(live.last.closed).toBe(true);
    listen(line, voice('agent/opening-hours'));
    expect([ended, is()]).toEqual([undefined, ['answered-by-machine']]);
    listen(line, quiet(400), tone(1_000, 500), quiet(1_200));
    expect(is()).toEqual(['answered-by-machine', 'message-left']);
    expect(all.of('call-ended')).toHaveLength(1);
    expect(ask()).toEqual({ do: 'say-and-hang-up', text: MESSAGE, language: 'en-US' });
    expect(facts).toContainEqual(['message-left']);
  });

  test('gets it at once when the carrier has waited for its end, or the beep is known already', async () => {
    for (const early of [true, false]) {
      const { pickUp, switchboard, hears: listen, ask } = office(leaves);
      const line = await pickUp();
      if (early) listen(line, voice('agent/goodbye'), quiet(200), tone(850, 400), quiet(1_200));
      switchboard.answeredBy(CALL, early ? machine : { by: 'machine', messageEnded: 'silence' });
      expect(ask()).toMatchObject({ do: 'say-and-hang-up' });
    }
  });

  test.each([60, 140, 200, 500, 900])(
    'that goes on %i ms after a first tone gets nothing yet, and has it after its beep',
    async (gapMs) => {
      const { pickUp, switchboard, hears: listen, is } = office(leaves);
      const line = await pickUp();
      switchboard.answeredBy(CALL, machine);
      listen(line, voice('agent/goodbye'), quiet(300), tone(850, 250), quiet(gapMs));
      listen(line, voice('agent/opening-hours'));
      expect(is()).toEqual(['answered-by-machine']);
      listen(line, quiet(300), tone(850, 400), quiet(1_200));
      expect(is()).toEqual(['answered-by-machine', 'message-left']);
    },
  );

  test.each([100, 250])('that counts its messages in beeps of %i ms is heard to the last one', async (ms) => {
    const { pickUp, switchboard, hears: listen, is } = office(leaves);
    const line = await pickUp();
    switchboard.answeredBy(CALL, machine);
    listen(line, voice('agent/goodbye'), quiet(300), tone(1_000, 250));
    for (let beep = 0; beep < 5; beep += 1) listen(line, quiet(400), tone(1_000, ms));
    expect(is()).toEqual(['answered-by-machine']);
    listen(line, quiet(1_200));
    expect(is()).toEqual(['answered-by-machine', 'message-left']);
  });

  test.each([
    ['hang-up', []],
    ['call-again', []],
    ['leave-message', ['message-left']],
    [undefined, ['message-left']],
  ] as const)('of a campaign that says %s', async (machines, left) => {
    const { pickUp, switchboard, is, ask } = office(leaves);
    await pickUp({ ...placed, machines });
    switchboard.answeredBy(CALL, { by: 'machine', messageEnded: 'beep' });
    expect(is()).toEqual(['answered-by-machine', ...left]);
    expect(ask()).toMatchObject({ do: left.length > 0 ? 'say-and-hang-up' : 'hang-up' });
  });

  test('of a campaign that leaves messages gets none that its profile does not have', async () => {
    const { pickUp, switchboard, ask } = office();
    await pickUp({ ...placed, machines: 'leave-message' });
    switchboard.answeredBy(CALL, { by: 'machine', messageEnded: 'beep' });
    expect(ask()).toEqual({ do: 'hang-up' });
  });

  test('that falls silent for 4 s gets it too', async () => {
    const { pickUp, switchboard, hears: listen, is } = office(leaves);
    const line = await pickUp();
    listen(line, voice('agent/goodbye'));
    switchboard.answeredBy(CALL, machine);
    listen(line, quiet(3_500));
    expect(is()).toEqual(['answered-by-machine']);
    listen(line, quiet(1_000));
    expect(is()).toContain('message-left');
  });

  test('that never comes to its end is hung up on after a minute, and gets nothing', async () => {
    const { pickUp, switchboard, clock, is, ask, facts } = office(leaves);
    await pickUp();
    switchboard.answeredBy(CALL, machine);
    clock.advance(MESSAGE_WITHIN_MS);
    expect(ask()).toEqual({ do: 'hang-up' });
    expect(is()).toEqual(['answered-by-machine', 'message-not-left']);
    expect(facts).not.toContainEqual(['message-left']);
  });

  test('of whose line we know only later is waited for', () => {
    const { switchboard, connect, ask, of } = office();
    switchboard.answeredBy(CALL, machine);
    const verb = switchboard.answer(answered, undefined, placed);
    expect(of('call-ended')).toEqual([]);
    connect(verb, undefined, CALL);
    return settled().then(() => {
      expect(of('call-ended')).toHaveLength(1);
      expect(ask()).toEqual({ do: 'hang-up' });
    });
  });

  test('hears the message in the voice of the agent, where these very words are recorded', async () => {
    const { live, pickUp, switchboard, connect, clock, ask, is, of } = office({
      ...leaves,
      greeting: 'This is Harbour Dental for {{campaign.name | you}}. We call again.',
    });
    // An earlier call has greeted in these words, and they were heard to their end.
    const before = { ...answered, id: callId('CA8') };
    connect(switchboard.answer(before, undefined, placed), undefined, before.id);
    live.last.ready();
    live.last.say(1_000);
    live.last.agentSaid(MESSAGE);
    live.last.idle();
    clock.advance(2_000);
    const line = await pickUp();
    switchboard.answeredBy(CALL, { by: 'machine', messageEnded: 'beep' });
    const heardMs = line.heardMs;
    expect(of('call-ended')).toEqual([]);
    clock.advance(1_500);
    expect(line.heardMs - heardMs).toBeGreaterThanOrEqual(1_000);
    expect(ask()).toEqual({ do: 'hang-up' });
    expect(of('call-ended').map(({ reason }) => reason)).toEqual(['agent-hung-up']);
    expect(is()).toEqual(['answered-by-machine', 'message-left']);
  });

  test('that only sends faxes gets no message', async () => {
    const { pickUp, hears: listen, facts, ask } = office(leaves);
    const line = await pickUp();
    listen(line, quiet(500), tone(2_100, 2_500));
    expect(facts).toContainEqual(['answered-by', 'fax']);
    expect(ask()).toEqual({ do: 'hang-up' });
  });

  test('is known by its words alone, when nothing speaks against it', async () => {
    const { live, pickUp, facts } = office();
    await pickUp();
    live.last.callerSaid('Please leave a message ');
    live.last.callerSaid('after the tone.');
    expect(facts).toContainEqual(['answered-by', 'machine']);
  });
});

describe('[AM3][AM7] a person', () => {
  test('who has answered twice is talked with, whatever the carrier says', async () => {
    const { live, pickUp, switchboard, hears: listen, clock, of } = office();
    const line = await pickUp();
    for (const text of ['Yes, who is this?', 'I see. Go on.']) {
      live.last.say(600);
      live.last.idle();
      clock.advance(900);
      listen(line, voice('caller/yes'), quiet(800));
      live.last.callerSaid(text);
    }
    switchboard.answeredBy(CALL, machine);
    expect(of('call-ended')).toEqual([]);
    expect(of('placed-call').map(({ is }) => is)).toEqual(['answered-by-human']);
  });

  test('who says hello again while we talk is not hung up on for the word of the carrier', async () => {
    const { live, pickUp, switchboard, hears: listen, of } = office({ first_words: FIRST_WORDS });
    const line = await pickUp();
    live.last.say(15_000);
    listen(line, quiet(300), voice('caller/yes'), quiet(650), voice('caller/yes'), quiet(2_000));
    switchboard.answeredBy(CALL, machine);
    expect(of('call-ended')).toEqual([]);
  });

  test('who presses a key is one', async () => {
    const { pickUp, switchboard, of } = office();
    const line = await pickUp();
    line.press('1');
    switchboard.answeredBy(CALL, machine);
    expect(of('call-ended')).toEqual([]);
  });

  test('is told of a minute after the answer, once; what is said then changes nothing', async () => {
    const { pickUp, switchboard, clock, facts, of } = office();
    await pickUp();
    switchboard.answeredBy(CALL, { by: 'human', messageEnded: undefined });
    clock.advance(JUDGED_WITHIN_MS);
    switchboard.answeredBy(CALL, machine);
    switchboard.answeredBy(CALL, machine);
    expect(facts).toEqual([['answered-by', 'human']]);
    expect(of('call-ended')).toEqual([]);
  });
});

test('[PC3] a profile that also answers calls greets these without first words, and may be interrupted', () => {
  const { switchboard, connect, live, clock } = office({
    ...{ first_words: FIRST_WORDS, direction: 'both', numbers: ['+15550100177'], greeting: 'Hello there!' },
  });
  const came: CarrierCall = { ...answered, direction: 'inbound', to: '+15550100177', attempt: undefined };
  const line = connect(switchboard.answer(came), undefined, CALL);
  live.last.ready();
  expect(live.last.prompts).toEqual([expect.stringMatching(/in these words: Hello there!$/)]);
  live.last.say(3_000);
  clock.advance(500);
  live.last.interrupt();
  clock.advance(4_000);
  expect(line.heardMs).toBeLessThan(1_000);
});

test('[PC1] a greeting that was recorded while it rang is not heard twice', async () => {
  const { switchboard, live, pickUp, connect, clock } = office();
  switchboard.expect(dialled, placed);
  const waiting = live.last;
  waiting.ready();
  waiting.say(1_000);
  waiting.agentSaid('Hello Ada!');
  waiting.idle();
  // Meanwhile another call has greeted in the same words.
  const before = { ...answered, id: callId('CA8') };
  connect(switchboard.answer(before, undefined, placed), undefined, before.id);
  live.last.ready();
  live.last.say(1_000);
  live.last.agentSaid('Hello Ada!');
  live.last.idle();
  clock.advance(2_000);
  const line = await pickUp();
  clock.advance(4_000);
  expect(waiting.informed).toEqual([]);
  expect(line.heardMs).toBeLessThan(1_100);
});
