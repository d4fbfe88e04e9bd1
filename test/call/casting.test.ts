import { expect, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { callId } from '../../src/base/ids.ts';
import { id, incoming, rig, settled, type RigOptions } from './rig.ts';

const BILLING = {
  ...{ name: 'Rechnung', numbers: ['+15550100171'], instructions: 'Du hilfst.', greeting: 'Guten Tag.' },
  ...{ voice: 'Charon', language: 'de-DE', tools: ['hand_over', 'take_message'], dead_air_ms: 'off' },
  history: [{ agent: 'Schön, dass Sie da sind.' }],
  hand_over_to: { back: { agent: 'reception', description: 'All else' } },
};
const FIELDS = {
  tools: ['hand_over', 'end_call'],
  hand_over_to: { billing: { agent: 'Rechnung', description: 'Invoices' } },
};

function desk(options: RigOptions = {}) {
  const all = rig({ fields: FIELDS, others: [BILLING], ...options });
  const handTo = async (agent: string, reason = 'an invoice'): Promise<void> => {
    const session = all.live.last;
    session.callTools({ id: `go${all.live.sessions.length}`, name: 'hand_over', args: { agent, reason } });
    await settled();
    await settled();
    all.clock.advance(6_000);
  };
  return Object.assign(all, { handTo });
}

test('[HO2] the other agent is opened as its profile says, with what was heard, and its own talk before it', async () => {
  const { answered, live, of, clock, handTo } = desk();
  const { session } = answered();
  session.say(500);
  session.agentSaid('Hello!');
  session.idle();
  clock.advance(600);
  session.callerSaid('My invoice');
  await handTo('billing', 'an invoice\nis wrong');
  expect(live.setups).toHaveLength(2);
  expect(live.setups[1]).toMatchObject({ voice: 'Charon', language: 'de-DE' });
  expect(live.setups[1]?.tools.map(({ name }) => name)).toEqual(['hand_over', 'take_message']);
  expect(live.setups[1]?.history).toEqual([
    { who: 'agent', text: 'Schön, dass Sie da sind.' },
    { who: 'agent', text: 'Hello!' },
    { who: 'caller', text: 'My invoice' },
  ]);
  const { instructions = '' } = live.setups[1] ?? {};
  expect(instructions).toMatch(/^Du hilfst\.\n\n[^]*another agent, reception, [^]*"an invoice is wrong"/);
  expect(live.last.prompts).toHaveLength(1);
  expect(live.last.prompts[0]).not.toContain('Guten Tag');
  expect(of('handed-over')).toMatchObject([{ from: 'reception', to: 'Rechnung' }]);
});

test('a long call is told from its newest words on', async () => {
  const { answered, live, clock, handTo } = desk();
  const { session } = answered();
  for (let n = 0; n < 30; n++) {
    session.callerSaid(`${n}: ${'x'.repeat(1_000)}`);
    session.say(40);
    session.agentSaid(`Yes ${n}.`);
    session.idle();
    clock.advance(100);
  }
  await handTo('billing');
  const history = live.setups[1]?.history ?? [];
  expect(history.at(-1)?.text).toBe('Yes 29.');
  const characters = history.reduce((sum, { text }) => sum + text.length, 0);
  expect(characters).toBeGreaterThan(10_000);
  expect(characters).toBeLessThan(12_100);
});

test('[HO6] whom a caller cannot be handed to, the old agent is told of, and goes on', async () => {
  const { answered, live, of, handTo, clock } = desk();
  answered();
  live.refusal = new LivelineError('LIVE_SETUP_UNSUPPORTED', 'voice: it has none like Charon');
  await handTo('billing');
  expect(live.sessions).toHaveLength(1);
  expect(live.last.closed).toBe(false);
  expect(live.last.prompts.at(-1)).toMatch(
    /not be handed over to billing: That agent cannot be reached just now/,
  );
  expect(of('handed-over')).toEqual([]);
  live.refusal = undefined;
  live.last.say(200);
  live.last.idle();
  clock.advance(300);
  live.last.callTools({ id: 'again', name: 'hand_over', args: { agent: 'billing', reason: 'x' } });
  await settled();
  await settled();
  clock.advance(6_000);
  expect(of('handed-over')).toHaveLength(1);
});

test.each([
  ['full', { limits: { calls_at_once: 1 } }, /as many calls as it can take/],
  [
    'closed',
    { hours: { mon: '03:00-03:01' }, closed: { greeting: 'Zu.', then: 'hang_up' } },
    /no calls at this time/,
  ],
])('[HO6] one that is %s takes nobody', async (_how, more, words) => {
  const all = desk({ others: [{ ...BILLING, ...more }] });
  // Somebody else is with it already.
  const other = { ...incoming, id: callId(`CA${'2'.repeat(32)}`), to: '+15550100171' };
  all.switchboard.answer(other);
  all.answered();
  await all.handTo('billing');
  expect(all.of('handed-over')).toEqual([]);
  expect(all.live.last.prompts.at(-1)).toMatch(words);
});

test('[HO6] five times in a call, round and round; a call counts for the agent that has it', async () => {
  const all = desk({ limits: { calls_at_once: 1 } });
  all.answered();
  for (let n = 0; n < 5; n++) {
    await all.handTo(n % 2 === 0 ? 'billing' : 'back');
    all.live.last.ready();
  }
  expect(all.of('handed-over')).toHaveLength(5);
  expect(
    all.switchboard.answer({ ...incoming, id: callId(`CA${'2'.repeat(32)}`) }).do,
    'reception is free',
  ).toBe('stream');
  const answers = all.live.sessions[5]!;
  answers.callTools({ id: 'sixth', name: 'hand_over', args: { agent: 'back', reason: 'x' } });
  await settled();
  await settled();
  expect(answers.answers).toMatchObject([
    { response: { status: 'error', message: expect.stringMatching(/too often/) as string } },
  ]);
  all.clock.advance(10_000);
  expect(all.of('handed-over')).toHaveLength(5);
  expect(all.switchboard.has(id)).toBe(true);
});

test('the tools of all agents are lent until the call is over, and then given back', async () => {
  const { answered, live, lent, switchboard, of, handTo } = desk();
  const { line } = answered();
  await handTo('billing');
  expect(lent).toEqual({ lists: 2, out: 2 });
  line.stop();
  await settled();
  expect(of('call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]);
  expect(live.sessions.map(({ closed }) => closed)).toEqual([true, true]);
  expect(lent).toEqual({ lists: 2, out: 0 });
  expect(switchboard.callCount).toBe(0);
});

test('[HO7] by a key of the profile', () => {
  const all = desk({ fields: { ...FIELDS, keypad: { shortcuts: { 3: { agent: 'billing' } } } } });
  const { line } = all.answered();
  line.press('3');
  expect(all.of('handed-over')).toMatchObject([{ to: 'Rechnung', reason: 'they pressed 3' }]);
});

test('of a session that cannot be opened nothing stays lent', async () => {
  const { answered, live, lent, handTo } = desk();
  answered();
  live.refusal = new LivelineError('LIVE_SETUP_UNSUPPORTED', 'no');
  await handTo('billing');
  expect(lent).toEqual({ lists: 2, out: 1 });
});

test('[HO6] attempts that failed are no hand-overs: the sixth that is to be had takes the caller', async () => {
  const all = desk();
  all.answered();
  all.live.refusal = new LivelineError('LIVE_SETUP_UNSUPPORTED', 'no');
  for (let n = 0; n < 5; n++) {
    all.live.last.callTools({ id: `try${n}`, name: 'hand_over', args: { agent: 'billing', reason: 'x' } });
    await settled();
    await settled();
    all.clock.advance(6_000);
    all.live.last.say(200);
    all.live.last.idle();
    all.clock.advance(300);
  }
  expect(all.of('handed-over')).toEqual([]);
  all.live.refusal = undefined;
  await all.handTo('billing');
  expect(all.of('handed-over')).toHaveLength(1);
});

test('[HO2] the other agent knows what was typed, what an operator noted and what tools answered', async () => {
  const { answered, live, switchboard, clock, handTo } = desk({
    fields: { ...FIELDS, tools: [...FIELDS.tools, 'look_up_contact'] },
  });
  const { session, line } = answered();
  line.press('4');
  line.press('7');
  clock.advance(3_000);
  switchboard.operator(id)?.tell('They are a member of the board.', false);
  session.callTools({ id: 'look', name: 'look_up_contact' });
  await settled();
  await settled();
  session.say(100);
  session.idle();
  clock.advance(200);
  await handTo('billing');
  const { instructions = '' } = live.setups[1] ?? {};
  const [, notes = ''] = instructions.split('another agent, reception');
  expect(notes).toMatch(
    /keypad keys: 47\n[^]*"They are a member of the board\."\n[^]*look_up_contact\(\{\}\) answered: \{[^\n]*Ada Moreno/,
  );
  expect(notes, 'what asks something of the call is done with').not.toContain('hand_over');
  expect(live.setups[1]?.history?.map(({ text }) => text).join(), 'it was not said').not.toContain('47');
});
