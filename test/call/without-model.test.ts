import { describe, expect, test } from 'vitest';
import { APOLOGY_BYTE, APOLOGY_MS, BILLING, CALL, callRig, type CallRigOptions } from './call-rig.ts';
import type { FakeLine } from '../doubles/fake-line.ts';

const LADDER: CallRigOptions = { fallback: { withinMs: 8_000, hasLadder: true } };
const FAILED = { to: 'fallback', because: 'model-failed' };
const LATE = { to: 'fallback', because: 'model-late' };
const apologises = (line: FakeLine): boolean =>
  line.played.some(({ bytes }) => bytes.every((byte) => byte === APOLOGY_BYTE));

describe('[WM1] a model that is gone for good, in a profile with a ladder', () => {
  test('what was said is heard to its end; then no apology, but the ladder', () => {
    const all = callRig(LADDER);
    const line = all.answered();
    all.session.say(3_000);
    all.session.callTools({ id: 'a', name: 'look' });
    all.clock.advance(1_000);
    all.session.fail();
    expect([...all.running.keys()]).toEqual([]);
    all.clock.advance(2_019);
    expect(all.ended).toBeUndefined();
    all.clock.advance(1);
    expect(all.ended?.reason).toBe('model-failed');
    expect(line.heardMs).toBe(520 + 3_020);
    expect(apologises(line)).toBe(false);
    expect(line.log.at(-1)).toBe('close');
    expect(all.journal).toEqual([FAILED]);
    expect(all.hungUp).toEqual([]);
  });

  test('with nothing left to be heard: at once', () => {
    const all = callRig(LADDER);
    const line = all.answered();
    all.session.fail();
    expect(all.ended?.reason).toBe('model-failed');
    expect(all.journal).toEqual([FAILED]);
    expect(line.log.at(-1)).toBe('close');
  });

  test('before the line opens: as it does', () => {
    const all = callRig(LADDER);
    all.session.fail('LIVE_REFUSED');
    all.clock.advance(3_000);
    expect(all.ended).toBeUndefined();
    const line = all.connect();
    expect(all.ended?.reason).toBe('model-failed');
    expect(line.log).toEqual(['close']);
    expect(all.journal).toEqual([FAILED]);
  });

  test('over a recorded greeting: after it', () => {
    const all = callRig({ ...LADDER, greetingMs: 2_000 });
    const line = all.connect();
    all.clock.advance(500);
    all.session.fail();
    all.clock.advance(1_499);
    expect(all.ended).toBeUndefined();
    all.clock.advance(1);
    expect(line.heardMs).toBe(2_000);
    expect(all.journal).toEqual([FAILED]);
  });

  test.each<[string, number, (all: ReturnType<typeof callRig>, line: FakeLine) => void]>([
    ['the line is lost', 0, (_all, line) => line.drop()],
    ['the carrier asks first', 0, ({ call }) => call.carrierAsks()],
    ['marks do not come back', 6_020, (_all, line) => line.swallow()],
  ])('when %s meanwhile, the ladder is not kept waiting', (_what, ms, act) => {
    const all = callRig(LADDER);
    const line = all.answered();
    all.clock.advance(1_000);
    all.session.say(5_000);
    all.clock.advance(1_000);
    all.session.fail();
    act(all, line);
    all.clock.advance(ms);
    expect(all.ended?.reason).toBe('model-failed');
    expect(all.journal).toEqual([FAILED]);
    expect(all.hungUp).toEqual([]);
  });

  test('a line that never opens is hung up on by the carrier', () => {
    const all = callRig(LADDER);
    all.session.fail();
    all.clock.advance(30_000);
    expect(all.ended?.reason).toBe('line-never-opened');
    expect(all.hungUp).toEqual([CALL]);
  });

  test.each([
    ['said', 1_000, 'agent-hung-up', { to: 'hang-up' }],
    ['not yet said', 0, 'model-failed', FAILED],
  ])('with a goodbye %s', (_what, ms, reason, intent) => {
    const all = callRig(LADDER);
    all.answered();
    all.session.callTools({ id: 'bye', name: 'end_call' });
    all.toolDone('bye', { type: 'hangUp' });
    if (ms > 0) all.session.say(ms);
    all.session.fail();
    all.clock.advance(10_000);
    expect(all.ended?.reason).toBe(reason);
    expect(all.journal).toEqual([intent]);
  });

  test.each([true, false])('who was to go elsewhere goes there, ladder or not (%s)', (hasLadder) => {
    const all = callRig({ fallback: { hasLadder } });
    const line = all.answered();
    all.session.callTools({ id: 'go', name: 'transfer_call' });
    all.toolDone('go', BILLING);
    all.session.fail();
    all.clock.advance(10_000);
    // Nobody is there whom the caller could come back to.
    expect(all.ended?.reason).toBe('transferred');
    expect(all.journal).toMatchObject([{ to: 'destination', name: 'billing' }]);
    expect(all.hungUp).toEqual([]);
    expect(apologises(line)).toBe(false);
  });

  test('in mid-goodbye on a connection that was being renewed: the call does not go on for ever', () => {
    const all = callRig();
    all.answered();
    all.session.callTools({ id: 'bye', name: 'end_call' });
    all.toolDone('bye', { type: 'hangUp' });
    all.session.say(1_000);
    all.session.lose();
    all.session.fail();
    all.clock.advance(10_000);
    expect(all.ended?.reason).toBe('agent-hung-up');
  });

  test('without a ladder: the apology, and the end', () => {
    const all = callRig({ fallback: { withinMs: 8_000 } });
    const line = all.answered();
    all.session.fail();
    all.clock.advance(APOLOGY_MS);
    expect(apologises(line)).toBe(true);
    expect(all.journal).toEqual([{ to: 'hang-up' }]);
  });
});

describe('[WM2] a model that is late', () => {
  test('at answer time: it has so long from the line’s opening', () => {
    const all = callRig(LADDER);
    all.clock.advance(5_000);
    const line = all.connect();
    all.clock.advance(7_999);
    expect(all.ended).toBeUndefined();
    all.clock.advance(1);
    expect(all.ended).toMatchObject({ reason: 'model-failed', atMs: 13_000 });
    expect(all.journal).toEqual([LATE]);
    expect(all.of('session-failed')).toMatchObject([{ code: 'LIVE_CONNECT_TIMEOUT' }]);
    expect(all.session.closed).toBe(true);
    expect(line.log.at(-1)).toBe('close');
  });

  test('is timed from the line’s first opening, however often it opens', () => {
    const all = callRig(LADDER);
    all.connect();
    all.clock.advance(5_000);
    all.lines[0]?.drop();
    all.call.carrierAsks();
    all.connect();
    all.clock.advance(3_000);
    expect(all.ended).toMatchObject({ reason: 'model-failed', atMs: 8_000 });
  });

  test('in time is not', () => {
    const all = callRig(LADDER);
    all.connect();
    all.clock.advance(7_999);
    all.session.ready();
    all.clock.advance(60_000);
    expect(all.ended).toBeUndefined();
  });

  test('in mid-call: from every loss, and what it says later is not heard', () => {
    const all = callRig(LADDER);
    const line = all.answered();
    all.session.lose();
    all.clock.advance(7_999);
    all.session.comeBack();
    all.clock.advance(10_000);
    expect(all.ended).toBeUndefined();
    all.session.lose();
    all.clock.advance(8_000);
    expect(all.ended?.reason).toBe('model-failed');
    expect(all.journal).toEqual([LATE]);
    const played = line.played.length;
    all.session.comeBack();
    all.session.say(1_000);
    expect(line.played).toHaveLength(played);
  });

  test('what it had said is heard to its end first, and nothing more of it', () => {
    const all = callRig({ fallback: { withinMs: 2_000, hasLadder: true } });
    const line = all.answered();
    all.session.say(6_000);
    all.session.lose();
    all.clock.advance(3_000);
    expect(all.ended).toBeUndefined();
    all.session.lateSound(2_000);
    all.clock.advance(3_020);
    expect(all.ended?.reason).toBe('model-failed');
    expect(line.heardMs).toBe(520 + 6_020);
  });

  test('without a ladder is apologised for', () => {
    const all = callRig({ fallback: { withinMs: 8_000 } });
    const line = all.connect();
    all.clock.advance(8_000 + APOLOGY_MS);
    expect(apologises(line)).toBe(true);
    expect(all.ended?.reason).toBe('model-failed');
    expect(all.journal).toEqual([{ to: 'hang-up' }]);
  });

  test('is waited for as long as the session tries where the profile names no time', () => {
    const all = callRig({ fallback: { hasLadder: true } });
    all.connect();
    all.clock.advance(60_000);
    all.session.ready();
    all.session.lose();
    all.clock.advance(60_000);
    expect(all.ended).toBeUndefined();
  });
});

describe('[WM3] a model that answers nothing', () => {
  test('is gone, where there is a ladder', () => {
    const all = callRig(LADDER);
    all.answered();
    all.session.callerSpeech('ended');
    all.session.watchdog('no answer', 'reminded');
    all.session.watchdog('no answer', 'renewed');
    expect(all.ended).toBeUndefined();
    all.session.watchdog('no answer', 'gave up');
    expect(all.ended?.reason).toBe('model-failed');
    expect(all.journal).toEqual([LATE]);
  });

  test('without one the caller may try again, and no answer is owed', () => {
    const all = callRig({ rules: { deadAirMs: 1_000 } });
    const line = all.answered();
    all.session.callerSpeech('ended');
    all.session.watchdog('no answer', 'gave up');
    all.clock.advance(30_000);
    expect(all.ended).toBeUndefined();
    expect(line.heardMs, 'no comfort').toBe(520);
  });
});

describe('[WM4] a line that is lost for good', () => {
  const lose = (options: CallRigOptions) => {
    const all = callRig(options);
    all.answered();
    for (let n = 1; n <= 3; n++) {
      all.lines.at(-1)?.drop();
      all.call.carrierAsks();
      all.connect();
    }
    return all;
  };

  test.each<[string, (all: ReturnType<typeof callRig>) => void]>([
    ['as we see it', ({ lines }) => lines.at(-1)?.drop()],
    [
      'by the carrier’s word',
      ({ clock, call }) => {
        clock.advance(1_000);
        call.carrierAsks();
      },
    ],
  ])('leads to the ladder: %s', (_how, act) => {
    const all = lose(LADDER);
    act(all);
    expect(all.ended?.reason).toBe('line-lost');
    expect(all.journal).toEqual([{ to: 'fallback', because: 'line-lost' }]);
    expect(all.hungUp).toEqual([]);
  });

  test('without a ladder it is hung up', () => {
    const all = lose({});
    all.lines.at(-1)?.drop();
    expect(all.journal).toEqual([{ to: 'hang-up' }]);
    expect(all.hungUp).toEqual([CALL]);
  });

  test('whoever was to go somewhere goes there', () => {
    const all = lose(LADDER);
    all.session.callTools({ id: 'go', name: 'transfer_call' });
    all.toolDone('go', BILLING);
    all.lines.at(-1)?.drop();
    expect(all.ended?.reason).toBe('line-lost');
    expect(all.journal).toMatchObject([{ to: 'destination', name: 'billing' }]);
  });
});
