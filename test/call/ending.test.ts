import { describe, expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import type { Verb } from '../../src/carrier/webhooks.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { frame, hangingCrm, incoming, rig, settled } from './rig.ts';

const HANG_UP: Verb = { do: 'hang-up' };

/** A call in which `end_call` has just been answered. */
async function leaving(
  before: (session: ReturnType<ReturnType<typeof rig>['answered']>['session']) => void = () => undefined,
) {
  const all = rig();
  const { line, session } = all.answered();
  before(session);
  session.callTools({ id: 'bye', name: 'end_call' });
  await settled();
  return Object.assign(all, { line, session });
}

describe('the goodbye', () => {
  test('[EN1][EN4] is heard whole; half a second of silence later the call is hung up', async () => {
    const { session, line, clock, afterStream, ...all } = await leaving();
    session.say(1_500);
    session.agentSaid('Goodbye!');
    session.idle();
    clock.advance(2_019);
    expect(line.log).not.toContain('close');
    clock.advance(1);
    expect(line.heardMs).toBe(1_520);
    expect(line.log.at(-1)).toBe('close');
    expect(all.of('call-ended')).toMatchObject([{ reason: 'agent-hung-up', atMs: 2_020 }]);
    expect(afterStream()).toEqual(HANG_UP);
    expect(afterStream(), 'asked again').toEqual(HANG_UP);
    expect(all.hungUp, 'the line’s end does it').toEqual([]);
  });

  test('[EN1] that was being spoken when the tool was called is heard whole, however long', async () => {
    const all = await leaving((session) => void session.say(9_000));
    all.session.idle();
    all.clock.advance(20_000);
    expect(all.line.heardMs).toBe(9_020);
    expect(all.ended).toEqual({ reason: 'agent-hung-up', atMs: 9_520 });
  });

  test('[EN1] may begin after the model once called itself idle', async () => {
    const { session, clock, line, ...all } = await leaving();
    session.idle();
    clock.advance(1_600);
    session.say(1_500);
    session.idle();
    clock.advance(1_600);
    expect(line.heardMs).toBe(1_520);
    expect(all.of('call-ended')).toEqual([]);
  });

  test('[EN2] that never comes is waited for 6 s', async () => {
    const all = await leaving();
    all.clock.advance(60_000);
    expect(all.ended).toEqual({ reason: 'agent-hung-up', atMs: 6_000 });
  });

  test('[EN2] is waited for 3 s once the model is idle', async () => {
    const all = await leaving();
    all.clock.advance(1_000);
    all.session.idle();
    all.clock.advance(60_000);
    expect(all.ended).toEqual({ reason: 'agent-hung-up', atMs: 4_000 });
  });

  test('[EN2] that was heard is followed by 3 s in which the model may say more', async () => {
    const all = await leaving();
    all.session.say(1_000);
    all.session.endTurn();
    all.clock.advance(60_000);
    expect(all.ended).toEqual({ reason: 'agent-hung-up', atMs: 1_020 + 3_000 });
  });

  test('[EN2] that never ends is cut after 30 s', async () => {
    const all = await leaving();
    all.clock.advance(1_000);
    all.session.say(60_000);
    all.clock.advance(60_000);
    expect(all.ended).toEqual({ reason: 'agent-hung-up', atMs: 31_000 });
    expect(all.line.heardMs).toBe(30_000);
  });

  test.each([
    ['while it is spoken', 700],
    ['just after its last syllable', 1_900],
  ])('[EN3] interrupted %s leaves the call going', async (_when, afterMs) => {
    const all = await leaving();
    all.session.say(1_500);
    all.session.idle();
    all.clock.advance(afterMs);
    all.session.interrupt();
    all.clock.advance(60_000);
    expect(all.ended).toBeUndefined();
    all.session.say(500);
    all.session.idle();
    all.clock.advance(60_000);
    expect(all.ended).toBeUndefined();
  });
});

test('[EN4] when the line closes, what the carrier is to do is already written', async () => {
  const { switchboard, connect, live, clock, afterStream } = rig();
  const asked: Verb[] = [];
  class AskingLine extends FakeLine {
    override close(): void {
      asked.push(afterStream());
      super.close();
    }
  }
  connect(switchboard.answer(incoming), new AskingLine(clock));
  live.last.ready();
  live.last.callTools({ id: 'bye', name: 'end_call' });
  await settled();
  clock.advance(6_000);
  expect(asked).toEqual([HANG_UP]);
});

describe('[EN5] the call ends at once', () => {
  const call = { ...incoming };
  test.each<[string, (of: ReturnType<typeof rig>, line: FakeLine) => unknown]>([
    ['by the carrier’s stop', (_all, line) => line.stop()],
    ['by status completed', ({ switchboard }) => switchboard.carrierStatus({ ...call, status: 'completed' })],
    ['by status busy', ({ switchboard }) => switchboard.carrierStatus({ ...call, status: 'busy' })],
    ['by status failed', ({ switchboard }) => switchboard.carrierStatus({ ...call, status: 'failed' })],
    ['by status no-answer', ({ switchboard }) => switchboard.carrierStatus({ ...call, status: 'no-answer' })],
    ['by status canceled', ({ switchboard }) => switchboard.carrierStatus({ ...call, status: 'canceled' })],
    ['by a question that says completed', ({ afterStream }) => afterStream('completed')],
  ])('%s', (_how, end) => {
    const all = rig();
    const { line, session } = all.answered();
    all.clock.advance(1_000);
    end(all, line);
    expect(all.ended).toEqual({ reason: 'caller-hung-up', atMs: 1_000 });
    expect(session.closed).toBe(true);
    expect(line.log).toContain('close');
    expect(all.hungUp, 'the carrier knows').toEqual([]);
    expect(all.switchboard.callCount).toBe(0);
  });

  test.each<[string, (all: ReturnType<typeof rig>) => void]>([
    ['while it rings', ({ switchboard }) => void switchboard.answer(incoming)],
    ['while the line is away', ({ answered }) => answered().line.drop()],
  ])('%s, and nobody is told to hang up what is over', (_when, begin) => {
    const all = rig();
    begin(all);
    all.switchboard.carrierStatus({ ...call, status: 'completed' });
    expect(all.ended).toMatchObject({ reason: 'caller-hung-up' });
    expect(all.hungUp).toEqual([]);
    expect(all.clock.pending).toBe(0);
  });

  test.each(['queued', 'ringing', 'in-progress'] as const)('but not by status %s', (status) => {
    const all = rig();
    all.answered();
    all.switchboard.carrierStatus({ ...call, status });
    all.switchboard.carrierStatus({ ...call, id: callId('CA-another'), status: 'completed' });
    expect(all.ended).toBeUndefined();
  });

  test('once, by all of them together', () => {
    const all = rig();
    const { line } = all.answered();
    line.stop();
    line.drop(1000);
    all.switchboard.carrierStatus({ ...call, status: 'completed' });
    expect(all.afterStream('completed')).toEqual(HANG_UP);
    expect(all.ended).toMatchObject({ reason: 'caller-hung-up' });
    all.clock.advance(0);
    expect(all.clock.pending).toBe(0);
  });
});

describe('[EN6] on the way out', () => {
  test('tools are told to give up, the session is closed, the transcript is finished, no timer is left', async () => {
    const signals: AbortSignal[] = [];
    const all = rig({ crm: hangingCrm(signals), bargeIn: { greeting_interruptible: false } });
    const { line, session } = all.answered();
    session.say(2_000);
    session.agentSaid('One two three four');
    session.callerSaid('Hello? Is');
    session.callTools({ id: 'a', name: 'look_up_contact' });
    await settled();
    all.clock.advance(1_000);
    line.stop();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(session.closed).toBe(true);
    const last = new Map(all.of('transcript').map(({ entry }) => [entry.n, entry]));
    expect([...last.values()]).toMatchObject([
      { who: 'agent', state: 'cut', heard: 'One two' },
      { who: 'caller', state: 'done', text: 'Hello? Is' },
    ]);
    expect(all.told.at(-1)).toMatchObject({ type: 'call-ended', durationMs: 1_000 });
    all.clock.advance(0);
    expect(all.clock.pending).toBe(0);
  });

  test('what comes in late changes nothing', async () => {
    const all = rig();
    const { line, session } = all.answered();
    session.callTools({ id: 'a', name: 'look_up_contact' });
    line.stop();
    const before = all.told.length;
    await settled();
    session.say(1_000);
    line.speak(frame());
    line.drop(1000);
    all.clock.advance(60_000);
    expect(all.told).toHaveLength(before);
    expect(session.answers).toEqual([]);
    expect(line.heardMs).toBe(0);
  });

  test('a line whose stop came with its start is closed too', () => {
    const { switchboard, connect, clock, ...all } = rig();
    const verb = switchboard.answer(incoming);
    const line = new FakeLine(clock);
    line.stop();
    connect(verb, line);
    expect(line.log).toEqual(['close']);
    expect(all.of('call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]);
  });

  test('a line that was lost before anybody listened is awaited like any other', () => {
    const { switchboard, connect, clock, ...all } = rig();
    const verb = switchboard.answer(incoming);
    const line = new FakeLine(clock);
    line.drop();
    connect(verb, line);
    clock.advance(15_000);
    expect(all.of('call-ended')).toMatchObject([{ reason: 'line-lost', atMs: 15_000 }]);
  });
});
