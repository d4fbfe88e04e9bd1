// Who gets a call, and who gets its line.
import { expect, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { callId } from '../../src/base/ids.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { id, incoming, rig, settled } from './rig.ts';

test('a webhook that comes twice answers with the same call', () => {
  const { switchboard, live, connect } = rig();
  const [first, second] = [switchboard.answer(incoming), switchboard.answer(incoming)];
  expect(live.sessions).toHaveLength(1);
  expect(first).not.toEqual(second);
  connect(second);
  expect(switchboard.callCount).toBe(1);
});

test('a guessed token, a token used twice and a token of a call that is over open no line', () => {
  const { switchboard, clock, connect, ...all } = rig();
  const line = new FakeLine(clock);
  const attach = (token: string) => switchboard.attach({ callId: id, token }, line);
  const verb = switchboard.answer(incoming);
  const spare = switchboard.answer(incoming);
  expect(attach('guess')).toBe(false);
  const first = connect(verb);
  expect(attach(verb.do === 'stream' ? verb.token : '')).toBe(false);
  first.stop();
  expect(attach(spare.do === 'stream' ? spare.token : '')).toBe(false);
  expect(all.of('line-opened')).toHaveLength(1);
});

test('a profile that asks for what the model lacks is answered with words, not silence', () => {
  const { switchboard, live } = rig();
  live.refusal = new LivelineError('LIVE_SETUP_UNSUPPORTED', 'no');
  expect(switchboard.answer(incoming)).toMatchObject({ do: 'say-and-hang-up' });
  expect(switchboard.callCount).toBe(0);
});

test('a number that no profile answers is told so', () => {
  const { switchboard } = rig();
  expect(switchboard.answer({ ...incoming, to: '+15550100199' })).toEqual({
    do: 'say-and-hang-up',
    text: expect.stringContaining('not in service') as string,
    language: 'en-US',
  });
});

test('asked about a call nobody knows, it apologises; one that is over it lets be', () => {
  const { afterStream, switchboard } = rig();
  expect(afterStream()).toMatchObject({ do: 'say-and-hang-up' });
  expect(afterStream('completed')).toEqual({ do: 'hang-up' });
  expect(switchboard.attach({ callId: callId('CA9'), token: '' }, new FakeLine(new ManualClock()))).toBe(
    false,
  );
});

test.each([
  ['over', 0, 'caller-hung-up'],
  ['asked', 1, undefined],
] as const)(
  'nobody can be called, and the caller who is to be taken back is %s: %i calls are left',
  async (takeBack, calls, reason) => {
    const { answered, afterStream, clock, switchboard, ...all } = rig({
      destinations: { desk: { to: '+12025550111', description: 'The desk.', transfer: 'warm' } },
      takeBack,
    });
    const { session } = answered();
    const args = { destination: 'desk', reason: 'an invoice', briefing: 'Ada asks.' };
    session.callTools({ id: 'go', name: 'transfer_call', args });
    await settled();
    session.idle();
    clock.advance(3_000);
    expect(afterStream()).toMatchObject({ do: 'hold' });
    await settled();
    await settled();
    expect(switchboard.callCount).toBe(calls);
    expect(all.of('call-ended').map((end) => end.reason)).toEqual(reason ? [reason] : []);
  },
);

test('[OP4] no more calls at once than the profile’s limit; one that ends makes room for the next', () => {
  const { switchboard, connect } = rig({ limits: { calls_at_once: 1 } });
  const next = { ...incoming, id: callId('CA2') };
  const line = connect(switchboard.answer(incoming));
  expect(switchboard.answer(next)).toMatchObject({
    do: 'say-and-hang-up',
    text: expect.stringContaining('busy') as string,
  });
  expect(switchboard.answer(incoming), 'the carrier asks again').toMatchObject({ do: 'stream' });
  line.stop();
  expect(switchboard.answer(next)).toMatchObject({ do: 'stream' });
});

test('[EN8] a call of limited length: the model is told to say goodbye, and a minute later it is over', () => {
  const { answered, clock, of } = rig({ limits: { call_minutes: 2 } });
  const { session } = answered();
  const before = session.prompts.length;
  clock.advance(119_000);
  expect(session.prompts).toHaveLength(before);
  clock.advance(1_000);
  expect(session.prompts.slice(before)).toEqual([expect.stringContaining('say goodbye')]);
  clock.advance(60_000);
  expect(of('call-ended')).toMatchObject([{ reason: 'time-limit', durationMs: 180_000 }]);
});

test('whoever is not answered leaves a notice all the same: who called, and why not', () => {
  const { switchboard, live, of } = rig({ limits: { calls_at_once: 1 } });
  const to = '+15550100199';
  switchboard.answer({ ...incoming, id: callId('CA1'), to });
  live.refusal = new LivelineError('LIVE_SETUP_UNSUPPORTED', 'no');
  switchboard.answer({ ...incoming, id: callId('CA2') });
  live.refusal = undefined;
  switchboard.answer(incoming);
  switchboard.answer({ ...incoming, id: callId('CA3') });
  void switchboard.drain();
  switchboard.answer({ ...incoming, id: callId('CA4') });
  expect(of('call-refused')).toMatchObject([
    { callId: 'CA1', why: 'not-in-service', profile: '', from: incoming.from, to, keepDays: 90 },
    { callId: 'CA2', why: 'no-session', profile: 'reception' },
    { callId: 'CA3', why: 'lines-busy', profile: 'reception' },
    { callId: 'CA4', why: 'server-stopping', profile: '' },
  ]);
});
