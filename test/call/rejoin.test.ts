// Calls that outlive their processes: two switchboards on one database in memory, of which one dies, stands still or hands on.
import { describe, expect, test } from 'vitest';
import type { CallTaker } from '../../src/call/call-recordings.ts';
import type { Crm } from '../../src/crm/crm.ts';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import { toldOnReturn } from '../../src/call/restored.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { id, incoming, settled, type RigOptions } from './rig.ts';
import { journalEntryOf } from './journal-entries.ts';
import { nodesRig } from './nodes-rig.ts';

const GREETING_MS = 1_000;

/** A call at the first process, greeted, with the second one beside it. */
async function talking(options: RigOptions = {}) {
  const nodes = nodesRig(options);
  const [first, second] = [nodes.start('a'), nodes.start('b')];
  const line = new FakeLine(first.clock);
  await nodes.streams(first, first.switchboard.answer(incoming), line);
  const session = first.live.last;
  session.ready();
  session.say(GREETING_MS);
  session.agentSaid('Hello, this is reception.');
  session.idle();
  await nodes.advance(GREETING_MS + 500);
  return { ...nodes, first, second, line, session };
}

/** The first process is killed, and the carrier asks the second. */
async function rejoined(all: Awaited<ReturnType<typeof talking>>, goneMs = 300) {
  const { first, second, kill, advance, asks, streams } = all;
  kill(first);
  await advance(goneMs);
  const verb = await asks(second);
  expect(verb.do).toBe('stream');
  const session = second.live.last;
  const line = new FakeLine(second.clock);
  session.ready('kept');
  expect(await streams(second, verb, line)).toBe(true);
  await advance(50);
  return { line, session, told: [...session.prompts, ...session.informed].join('\n') };
}

describe('[RJ1] what is written', () => {
  test('of a profile that keeps no records: nothing; nobody goes on with its calls', async () => {
    const all = await talking({ fields: { keep_records_days: 'off' } });
    all.kill(all.first);
    expect(await all.second.switchboard.takeUp(id)).toBe(false);
  });

  test('the end of a call: nobody takes it up', async () => {
    const all = await talking();
    all.line.stop();
    await all.advance(500);
    expect(await all.second.switchboard.takeUp(id)).toBe(false);
  });
});

describe('[RJ2] a call is taken up', () => {
  test('once, however many ask; and goes on as the same call', async () => {
    const all = await talking();
    all.kill(all.first);
    const { switchboard, live, of } = all.second;
    const asked = [switchboard.takeUp(id), switchboard.takeUp(id), switchboard.takeUp(id)];
    expect(await Promise.all(asked)).toEqual([true, true, true]);
    expect(live.sessions).toHaveLength(1);
    expect(of('call-started')).toEqual([]);
    expect(of('call-rejoined')).toMatchObject([{ node: 'b', planned: false, rejoins: 1 }]);
    expect(of('call-rejoined')[0]!.atMs).toBeGreaterThanOrEqual(GREETING_MS);
  });

  test('by one of two processes', async () => {
    const all = await talking();
    const third = all.start('c');
    all.kill(all.first);
    await Promise.all([all.second.switchboard.takeUp(id), third.switchboard.takeUp(id)]);
    await all.advance(1_000);
    const here = [all.second, third].filter(({ switchboard }) => switchboard.has(id));
    expect(here).toHaveLength(1);
    expect(here[0]!.of('call-rejoined').at(-1), 'counted once').toMatchObject({ rejoins: 1 });
  });

  test('by a database that takes its time: who asked is told that it is not, and the carrier is asked once it is', async () => {
    const all = await talking();
    all.kill(all.first);
    const take = all.shared.table.take.bind(all.shared.table);
    const slow = Promise.withResolvers<undefined>();
    all.shared.table.take = async (...args) => {
      await slow.promise;
      return take(...args);
    };
    const asked: string[] = [];
    all.second.switchboard.routes.point = (call) => void asked.push(call);
    const taking = all.second.switchboard.takeUp(id);
    await all.advance(4_000);
    expect([await taking, asked]).toEqual([false, []]);
    slow.resolve(undefined);
    await all.advance(100);
    expect([all.second.switchboard.has(id), asked]).toEqual([true, [id]]);
  });

  test('and by nobody who looks for calls of a process that has it no more', async () => {
    const all = await talking();
    const third = all.start('c');
    all.kill(all.first);
    expect(await third.switchboard.takeUp(id, 'a')).toBe(true);
    expect(await all.second.switchboard.takeUp(id, 'a')).toBe(false);
    expect(third.switchboard.has(id)).toBe(true);
  });

  test('and the process that had it lets go: no end, nothing asked of the carrier', async () => {
    const all = await talking();
    const asked: string[] = [];
    all.first.notices.subscribe(({ type }) => asked.push(type));
    await all.second.switchboard.takeUp(id);
    all.session.say(400);
    await all.advance(1_000);
    expect(all.first.switchboard.has(id)).toBe(false);
    expect(all.session.closed).toBe(true);
    expect(all.line.log).toContain('close');
    expect(asked).toContain('call-moved');
    expect(asked).not.toContain('call-ended');
    expect(all.first.hungUp).toEqual([]);
    expect(all.second.switchboard.has(id)).toBe(true);
  });

  test('handed on, by a process that lives', async () => {
    const all = await talking();
    expect(await all.first.switchboard.handOn(id, 'b', 1_000)).toBe(true);
    expect(all.first.of('call-ended')).toEqual([]);
    const verb = await all.asks(all.second);
    expect(verb.do).toBe('stream');
    expect(all.second.of('call-rejoined')).toMatchObject([{ planned: true, rejoins: 0 }]);
  });
});

describe('[MV3] handed on', () => {
  /** The database answers when it is let. */
  const handing = async () => {
    const all = await talking();
    const { table } = all.shared;
    const handOver = table.handOver.bind(table);
    const answer = Promise.withResolvers<boolean>();
    table.handOver = async (...given) => (await answer.promise) && handOver(...given);
    all.session.callerSaid('One more thing.');
    const handed = all.first.switchboard.handOn(id, 'b', 1_000);
    await all.advance(100);
    all.line.stop();
    await all.advance(100);
    expect(all.first.ended).toBeUndefined();
    return { ...all, answer, handed };
  };

  test('with the last word; what comes while it is, is the other’s', async () => {
    const { answer, handed, first, second, asks } = await handing();
    answer.resolve(true);
    expect(await handed).toBe(true);
    await settled();
    expect(first.of('call-ended')).toEqual([]);
    expect((await asks(second)).do).toBe('stream');
    expect(second.live.last.recalled().at(-1)).toEqual({ who: 'caller', text: 'One more thing.' });
  });

  test('in vain: the call goes on here, with what has come meanwhile', async () => {
    const { answer, handed, first } = await handing();
    answer.resolve(false);
    expect(await handed).toBe(false);
    await settled();
    expect(first.ended).toMatchObject({ reason: 'caller-hung-up' });
  });
});

test('[MV6] a line that is closed for another to be opened is no loss, however often', async () => {
  const all = await talking();
  for (let n = 0; n < 10; n += 1) {
    all.first.switchboard.reopen(id);
    await all.advance(100);
    await all.streams(all.first, await all.asks(all.first), new FakeLine(all.first.clock));
    await all.advance(200);
  }
  expect(all.first.of('line-lost')).toEqual([]);
  expect(all.first.switchboard.awaitsLine(id)).toBe(false);
  expect(all.first.ended).toBeUndefined();
});

describe('[MV5] a process that ends now', () => {
  test('lets go of a call without a word: another goes on with it', async () => {
    const all = await talking();
    all.first.switchboard.abandon();
    await all.advance(500);
    expect([all.first.of('call-moved').length, all.first.ended]).toEqual([1, undefined]);
    expect(await all.second.switchboard.takeUp(id)).toBe(true);
  });

  test('ends one whose journal was deleted, as nobody finds it', async () => {
    const all = await talking();
    all.shared.table.erase(id);
    all.session.callerSaid('Forget me.');
    await all.advance(500);
    all.first.switchboard.abandon();
    await all.advance(500);
    expect(all.first.of('call-moved')).toEqual([]);
    expect(all.first.ended).toMatchObject({ reason: 'shut-down' });
  });
});

describe('[RJ3] the agent goes on', () => {
  test('told where it broke off, and not greeting', async () => {
    const all = await talking();
    all.session.say(4_000);
    all.session.agentSaid(' We are open from nine to five, on every day of the week but Sunday.');
    await all.advance(2_000);
    const { told, session } = await rejoined(all);
    expect(session.prompts).toHaveLength(1);
    expect(told).toMatch(/The last that they heard of it is: ".*We are open/);
    expect(told).not.toContain('Sunday');
    expect(told).toContain('Do not greet');
    expect(told, 'a short gap').not.toContain('cut off for a moment');
  });

  test('with the phrase, when the gap was long', async () => {
    const all = await talking({ fields: { rejoin: { phrase: 'Here I am again.' } } });
    const { told } = await rejoined(all, 3_000);
    expect(told).toContain('Here I am again.');
  });

  test('in silence, when nobody was speaking and the gap was short', async () => {
    const { session } = await rejoined(await talking());
    expect(session.prompts).toEqual([]);
    expect(session.informed).toHaveLength(1);
  });

  test('and asks a caller who was cut off', async () => {
    const all = await talking();
    all.session.callerSpeech('started');
    await all.advance(600);
    const { told } = await rejoined(all);
    expect(told).toContain('ask them to say it again');
  });

  test('greeting who has heard no greeting', async () => {
    const nodes = nodesRig();
    const [first, second] = [nodes.start('a'), nodes.start('b')];
    await nodes.streams(first, first.switchboard.answer(incoming), new FakeLine(first.clock));
    await nodes.advance(500);
    nodes.kill(first);
    const verb = await nodes.asks(second);
    second.live.last.ready();
    await nodes.streams(second, verb, new FakeLine(second.clock));
    await nodes.advance(50);
    expect(second.live.last.prompts).toEqual([expect.stringContaining('Greet the caller now')]);
  });

  test.each(['the stream', 'the question'])(
    'greeting whose process is gone before they have a line: %s reaches the other',
    async (what) => {
      const nodes = nodesRig();
      const [first, second] = [nodes.start('a'), nodes.start('b')];
      const verb = first.switchboard.answer(incoming);
      await nodes.advance(50);
      nodes.kill(first);
      const line = new FakeLine(second.clock);
      const given = what === 'the stream' ? verb : await nodes.asks(second);
      expect(await nodes.streams(second, given, line)).toBe(true);
      second.live.last.ready();
      await nodes.advance(50);
      expect(second.live.last.prompts).toEqual([expect.stringContaining('Greet the caller now')]);
      second.live.last.say(600);
      await nodes.advance(1_000);
      expect(line.heardMs).toBeGreaterThan(0);
    },
  );

  test('opened with what was said, and with what the model remembers', async () => {
    const all = await talking();
    all.session.callerSaid('I am Ada.');
    all.session.remember();
    await all.advance(500);
    await rejoined(all);
    expect(all.second.live.setups.at(-1)!.resume).toMatchObject({ memory: { known: 2 }, pending: [] });
    expect(all.second.live.last.recalled()).toEqual([
      { who: 'agent', text: 'Hello, this is reception.' },
      { who: 'caller', text: 'I am Ada.' },
    ]);
  });

  test('where it is elsewhere still, after one more process is gone', async () => {
    const all = await talking();
    await rejoined(all);
    all.second.live.last.callerSaid('And now?');
    await all.advance(500);
    const third = all.start('c');
    all.kill(all.second);
    expect((await all.asks(third)).do).toBe('stream');
    expect(third.live.last.recalled().at(-1)).toEqual({ who: 'caller', text: 'And now?' });
    expect(third.of('call-rejoined')).toMatchObject([{ rejoins: 2 }]);
  });
});

describe('[RJ3][HO5] a caller who was handed to another agent', () => {
  const BILLING = {
    ...{
      name: 'billing',
      numbers: ['+15550100171'],
      instructions: 'You know invoices.',
      greeting: 'Billing.',
    },
    ...{ tools: ['hand_over', 'end_call'], dead_air_ms: 'off', silence: { ask_after_s: 'off' } },
    ...{ keep_records_days: 'off', limits: { call_minutes: 60 } },
  };
  const handed = async () => {
    const all = await talking({
      limits: { call_minutes: 1 },
      fields: {
        tools: ['hand_over', 'end_call'],
        hand_over_to: { billing: { agent: 'billing', description: 'Invoices' } },
      },
      others: [BILLING],
    });
    all.session.callerSaid('My invoice.');
    const args = { agent: 'billing', reason: 'an invoice' };
    all.session.callTools({ id: 'go', name: 'hand_over', args });
    await all.advance(7_000);
    const session = all.first.live.last;
    expect(session).not.toBe(all.session);
    session.ready();
    session.say(600);
    session.agentSaid('Which invoice?');
    session.idle();
    await all.advance(1_000);
    session.callerSaid('The last one.');
    await all.advance(500);
    return all;
  };

  test('goes on with that one, which knows what is its own and what the first said', async () => {
    const all = await handed();
    await rejoined(all);
    const setup = all.second.live.setups.at(-1)!;
    expect(setup.instructions).toContain('You know invoices.');
    expect(setup.history?.map(({ text }) => text)).toEqual(['Hello, this is reception.', 'My invoice.']);
    expect(all.second.live.last.recalled().map(({ text }) => text)).toEqual([
      'Which invoice?',
      'The last one.',
    ]);
    expect(all.second.live.last.prompts.join(), 'no greeting').not.toContain('Billing.');
  });

  test('and the length of the call and its record are those of the first, also after two processes', async () => {
    const all = await handed();
    await rejoined(all);
    const third = all.start('c');
    await all.advance(500);
    all.kill(all.second);
    const verb = await all.asks(third);
    expect(third.of('call-rejoined')).toMatchObject([{ profile: 'billing', keepDays: 90 }]);
    const session = third.live.last;
    session.ready('kept');
    await all.streams(third, verb, new FakeLine(third.clock));
    await all.advance(125_000);
    expect(third.ended).toMatchObject({ reason: 'time-limit' });
  });
});

/** A CRM that counts how often it is asked, and answers when it is let. */
function slowCrm(): { crm: Crm; asked: string[]; answer: PromiseWithResolvers<undefined> } {
  const asked: string[] = [];
  const answer = Promise.withResolvers<undefined>();
  const memory = createMemoryCrm({ contacts: [] });
  return {
    ...{ asked, answer },
    crm: {
      ...memory,
      findByName: async (name, limit, signal) => {
        asked.push(name);
        await answer.promise;
        return memory.findByName(name, limit, signal);
      },
    },
  };
}

test('[RJ2] what its tools were about to do is not begun by the process that had it', async () => {
  const { crm, asked, answer } = slowCrm();
  const all = await talking({ crm });
  const names = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eve'];
  const calls = names.map((name, n) => ({ id: `t${n}`, name: 'look_up_contact', args: { name } }));
  all.session.callTools(...calls);
  await all.advance(500);
  expect(asked, 'the last waits its turn').toEqual(names.slice(0, 4));
  await all.second.switchboard.takeUp(id);
  all.session.callerSaid('Hello?');
  await all.advance(1_000);
  answer.resolve(undefined);
  await all.advance(1_000);
  expect(asked).toEqual(names.slice(0, 4));
  expect(all.first.of('tool-done')).toEqual([]);
});

test('[RJ4] a tool that was at work is asked again, once the caller is back', async () => {
  const { crm, asked, answer } = slowCrm();
  const all = await talking({ crm });
  all.session.callTools({ id: 't1', name: 'look_up_contact', args: { name: 'Ada' } });
  await all.advance(500);
  expect(asked).toEqual(['Ada']);
  const { told } = await rejoined(all);
  expect(told).toContain('They wait for you to answer');
  expect(asked).toEqual(['Ada', 'Ada']);
  expect(all.second.live.setups.at(-1)!.resume?.pending).toMatchObject([
    { id: 't1', name: 'look_up_contact' },
  ]);
  answer.resolve(undefined);
  await settled();
  expect(all.second.of('tool-done')).toMatchObject([{ id: 't1' }]);
});

test.each<[string, readonly string[]]>([
  ['not begun', ['Call me.']],
  ['begun, and nobody knows whether it was done', []],
])(
  '[RJ4][TO3] who hangs up before they are back: what they asked for is done, where it was %s',
  async (_which, done) => {
    const messages: string[] = [];
    const memory = createMemoryCrm({ contacts: [] });
    const claimed = Promise.withResolvers<never>();
    const all = await talking({
      fields: { tools: ['take_message', 'end_call'] },
      crm: {
        ...memory,
        createObject: (object, key, signal) => {
          if (all.first.runs) return new Promise(() => undefined);
          messages.push(object.text);
          return memory.createObject(object, key, signal);
        },
      },
    });
    const { effects } = all.shared;
    const claim = effects.claim.bind(effects);
    if (done.length > 0) effects.claim = () => claimed.promise;
    all.session.callTools({ id: 't1', name: 'take_message', args: { message: 'Call me.' } });
    await all.advance(500);
    all.kill(all.first);
    effects.claim = claim;
    expect((await all.asks(all.second)).do).toBe('stream');
    all.second.live.last.ready('kept');
    await all.advance(100);
    expect(messages, 'they may be back').toEqual([]);
    expect((await all.asks(all.second, 'completed')).do).toBe('hang-up');
    await all.advance(1_000);
    expect(all.second.ended).toMatchObject({ reason: 'caller-hung-up' });
    expect(messages).toEqual(done);
  },
);

test('[RJ4] whoever keeps what tools have done hears that another process has had the call', async () => {
  const all = await talking();
  const heard: string[] = [];
  all.shared.effects.takenUp = (call) => heard.push(call);
  await rejoined(all);
  expect(heard).toEqual([id]);
});

describe('[RJ5] what the caller has typed', () => {
  test('goes on as one group', async () => {
    const all = await talking();
    all.line.press('4');
    all.line.press('2');
    await all.advance(500);
    const { line, session } = await rejoined(all);
    line.press('7');
    await all.advance(3_000);
    expect(session.prompts.join('\n')).toContain('[The caller pressed keypad keys: 427]');
  });

  test('alone: told when no more follows', async () => {
    const all = await talking();
    all.line.press('4');
    await all.advance(500);
    const { session } = await rejoined(all);
    await all.advance(3_000);
    expect(session.prompts.join('\n')).toContain('[The caller pressed keypad keys: 4]');
  });
});

test('[RJ5] who was typing a secret is asked for it anew, and for nothing else', () => {
  const words = { phrase: 'Here I am again.', greeting: 'Hello!' };
  const typing = toldOnReturn(journalEntryOf('1', { typing: true }), 300, words);
  expect(typing.told).toContain('ask them to type it anew');
  expect(typing.answer).toBe(true);
  expect(toldOnReturn(journalEntryOf('1'), 300, words).told).not.toContain('type');
});

const PEOPLE = { front_desk: { to: '+12025550111', description: 'Everything else.' } };

describe('[RJ6] a caller who is on the way', () => {
  test('is hung up on after the goodbye all the same', async () => {
    const all = await talking();
    all.session.callTools({ id: 't1', name: 'end_call', args: { reason: 'done' } });
    await all.advance(300);
    const { told, session } = await rejoined(all);
    expect(told).toContain('You were saying goodbye');
    session.say(600);
    session.idle();
    await all.advance(2_000);
    expect(all.second.ended).toMatchObject({ reason: 'agent-hung-up' });
  });

  test('and is with a person already stays there, and nobody waits for a line', async () => {
    const all = await talking({ destinations: PEOPLE });
    const args = { destination: 'front_desk', reason: 'a bill', briefing: 'Ada has a bill.' };
    all.session.callTools({ id: 't1', name: 'transfer_call', args });
    await all.advance(300);
    all.session.say(400);
    all.session.idle();
    await all.advance(1_500);
    expect(all.first.of('departed')).toHaveLength(1);
    all.kill(all.first);
    expect(await all.second.switchboard.takeUp(id)).toBe(true);
    expect(all.second.switchboard.awaitsLine(id)).toBe(false);
    await all.advance(60_000);
    expect(all.second.ended).toBeUndefined();
  });

  /** They are let go, and their process is gone before the journal says so. */
  const letGo = async (options: RigOptions, tool: { name: string; args: Record<string, unknown> }) => {
    const all = await talking(options);
    all.session.callTools({ id: 't1', ...tool });
    await all.advance(300);
    all.session.say(400);
    all.session.idle();
    while (all.first.of('departed').length === 0) await all.advance(50);
    all.kill(all.first);
    return all;
  };
  const toPerson = () =>
    letGo(
      { destinations: PEOPLE },
      {
        name: 'transfer_call',
        args: { destination: 'front_desk', reason: 'a bill', briefing: 'Ada has a bill.' },
      },
    );

  test.each([
    ['they are there', 'once the carrier has asked'],
    ['they are to go', 'before the carrier asks'],
  ])('and of whom only their route says so yet (%s) goes on there, taken up %s', async (_where, when) => {
    const all = await toPerson();
    const takeUp = () => all.second.switchboard.takeUp(id, 'a');
    if (when === 'before the carrier asks') expect(await takeUp()).toBe(true);
    const dialled = await all.asks(all.second);
    expect(dialled.do).toBe('dial');
    expect(await takeUp()).toBe(true);
    expect(all.second.switchboard.awaitsLine(id)).toBe(false);
    await all.advance(60_000);
    expect([all.second.hungUp, all.second.ended]).toEqual([[], undefined]);
    const step = 'step' in dialled ? dialled.step : undefined;
    const back = all.second.switchboard.afterStream({
      ...{ call: incoming, step, outcome: { of: 'dial', result: 'busy', talkedS: 0 } },
    });
    expect(back.do).toBe('stream');
    const session = all.second.live.last;
    session.ready('kept');
    await all.streams(all.second, back, new FakeLine(all.second.clock));
    await all.advance(50);
    expect(session.prompts).toEqual([expect.stringContaining('the line there is busy')]);
  });

  test('and of whom nothing is known so yet is not hung up on', async () => {
    const all = await talking();
    all.kill(all.first);
    expect(await all.second.switchboard.takeUp(id, 'a')).toBe(true);
    expect(all.second.switchboard.awaitsLine(id)).toBe(true);
    await all.advance(60_000);
    expect(all.second.hungUp).toEqual([]);
    expect(all.second.ended).toMatchObject({ reason: 'line-lost' });
  });

  test('with whom an operator spoke is spoken to', async () => {
    const all = await talking();
    all.first.switchboard.operator(id)!.takeOver({ name: 'Eve', onOver: () => undefined });
    await all.advance(500);
    const { told } = await rejoined(all);
    expect(told).toContain('A colleague of yours');
  });
});

test('[RJ6] a call of limited length gets no more of it from the process that goes on', async () => {
  const all = await talking({ limits: { call_minutes: 1 } });
  await all.advance(30_000);
  const { session } = await rejoined(all);
  await all.advance(27_000);
  const goodbyes = (): number => session.prompts.filter((text) => text.includes('say goodbye')).length;
  expect(goodbyes()).toBe(0);
  await all.advance(2_000);
  expect(goodbyes()).toBe(1);
  await all.advance(60_000);
  expect(all.second.ended).toMatchObject({ reason: 'time-limit' });
});

describe('[RJ7] a process that stood still', () => {
  const stood = async (ms: number) => {
    const all = await talking();
    all.kill(all.first);
    await all.advance(ms);
    return all;
  };

  test('and whose call another has: a hang-up that it hears of late ends nothing', async () => {
    const all = await stood(10_000);
    await all.second.switchboard.takeUp(id);
    all.wake(all.first);
    all.line.stop();
    await all.advance(1_500);
    expect(all.first.ended).toBeUndefined();
    expect(all.first.of('call-moved')).toHaveLength(1);
    expect(all.second.switchboard.has(id)).toBe(true);
  });

  test('and gets no answer in 1 s goes on with what has come', async () => {
    const all = await stood(10_000);
    all.first.journals.callsOf = () => new Promise(() => undefined);
    all.wake(all.first);
    all.line.stop();
    await all.advance(950);
    expect(all.first.ended).toBeUndefined();
    await all.advance(100);
    expect(all.first.ended).toMatchObject({ reason: 'caller-hung-up' });
  });

  test('and whose call is its own still goes on with what has come', async () => {
    const all = await stood(10_000);
    all.wake(all.first);
    all.line.stop();
    await all.advance(1_500);
    expect(all.first.ended).toMatchObject({ reason: 'caller-hung-up' });
  });
});

test('[RJ8] after too many of them comes the ladder', async () => {
  const all = await talking({ fields: { rejoin: { most: 0 } } });
  all.kill(all.first);
  const verb = await all.asks(all.second);
  expect(verb.do).not.toBe('stream');
  expect(all.second.of('call-ended')).toMatchObject([{ reason: 'line-lost' }]);
  expect(await all.second.switchboard.takeUp(id)).toBe(false);
});

describe('[RJ9] a line that is back', () => {
  const back = async (goneMs: number, hungMs?: number) => {
    const all = await talking();
    if (hungMs !== undefined) {
      all.line.hang();
      await all.advance(hungMs);
    }
    all.line.drop();
    await all.advance(goneMs);
    const verb = await all.asks(all.first);
    await all.streams(all.first, verb, new FakeLine(all.first.clock));
    await all.advance(50);
    return all.session.prompts.slice(1);
  };

  test('after seconds: the caller is asked', async () =>
    expect(await back(3_000)).toEqual([expect.stringContaining('Ask them to say it again')]));
  test('at once, and it carried no sound for seconds before: the caller is asked', async () =>
    expect(await back(100, 2_500)).toEqual([expect.stringContaining('Ask them to say it again')]));
  test('at once: nothing is said', async () => expect(await back(500)).toEqual([]));
});

test('[FA2] the stop of a stream that carried nothing any more is the carrier opening another, as it was asked to', async () => {
  const all = await talking();
  all.line.hang();
  await all.advance(100);
  all.line.stop();
  await all.advance(50);
  const verb = await all.asks(all.first);
  expect(verb.do).toBe('stream');
  await all.streams(all.first, verb, new FakeLine(all.first.clock));
  expect(all.first.ended).toBeUndefined();
  const next = await all.asks(all.first, 'completed');
  expect([next.do, all.first.ended?.reason]).toEqual(['hang-up', 'caller-hung-up']);
});

describe('[RJ11] a line that was gone for as long as a word', () => {
  const into = 'If they said something just then';
  const gone = async (goneMs: number) => {
    const all = await talking();
    all.line.drop();
    await all.advance(goneMs);
    const verb = await all.asks(all.first);
    await all.streams(all.first, verb, new FakeLine(all.first.clock));
    const asked = (): number => all.session.prompts.filter((text) => text.includes(into)).length;
    return { ...all, asked };
  };

  test('nobody speaks for 3 s: the caller is asked, once', async () => {
    const all = await gone(800);
    await all.advance(2_900);
    expect(all.asked()).toBe(0);
    await all.advance(200);
    expect(all.asked()).toBe(1);
    await all.advance(20_000);
    expect(all.asked()).toBe(1);
  });

  test('it was gone for less: nothing is asked', async () => {
    const all = await gone(200);
    await all.advance(20_000);
    expect(all.asked()).toBe(0);
  });

  test.each<[string, (session: Awaited<ReturnType<typeof gone>>['session']) => void]>([
    ['the caller has spoken', (session) => session.callerSpeech('ended')],
    ['the agent has spoken', (session) => session.say(500)],
  ])('%s: nothing is asked', async (_who, speaks) => {
    const all = await gone(800);
    await all.advance(1_000);
    speaks(all.session);
    await all.advance(20_000);
    expect(all.asked()).toBe(0);
  });
});

test('[RJ10] nothing is recorded by the process that goes on, which says so once', async () => {
  const opened: string[] = [];
  const none = {
    marksClears: true,
    opened() {},
    heard() {},
    played() {},
    marked() {},
    markBack() {},
    cleared() {},
    lost() {},
  };
  const start: CallTaker['start'] = (tell) => queueMicrotask(() => tell('began'));
  const taker = { ...none, hushed() {}, closed() {}, start };
  const recordings = { open: (call: { id: string }) => (opened.push(call.id), taker) };
  const all = await talking({ fields: { recording: { announcement: 'none' } }, more: { recordings } });
  await rejoined(all);
  const third = all.start('c');
  await rejoined({ ...all, first: all.second, second: third });
  expect(opened).toHaveLength(1);
  const told = [all.first, all.second, third].map((node) => node.of('recording').map(({ is }) => is));
  expect(told).toEqual([['began'], ['left-behind'], []]);
});
