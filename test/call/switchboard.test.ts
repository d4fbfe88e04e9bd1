// Who gets a call, and who gets its line.
import { expect, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { callId } from '../../src/base/ids.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { id, incoming, rig } from './rig.ts';

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
