import { describe, expect, test } from 'vitest';
import { FakeLine } from '../doubles/fake-line.ts';
import { frame, incoming, rig } from './rig.ts';

test('[BI1][BI2] barge-in: clear on the line, late sound dropped, the next turn heard from its first sample', () => {
  const { answered, clock, of } = rig();
  const { line, session } = answered();
  session.say(3_000);
  session.agentSaid('One two three four five six seven eight nine ten');
  clock.advance(800);
  session.interrupt();
  expect(line.log.slice(-1)).toEqual(['clear']);
  const played = line.played.length;
  session.lateSound(400);
  clock.advance(500);
  expect(line.played.length).toBe(played);
  const sentMs = line.played.reduce((sum, { bytes }) => sum + bytes.length / 8, 0);
  expect(of('barge-in')).toMatchObject([{ turn: 1, heardMs: 800, sentMs, atMs: 800 }]);
  expect(of('transcript').at(-1)).toMatchObject({ entry: { state: 'cut', heard: 'One two' } });
  session.say(200);
  session.idle();
  clock.advance(400);
  expect(line.heardMs).toBe(800 + 220);
});

test('[BI1] a cut of two turns is told of the one in the caller’s ear; of the other nothing was heard', () => {
  const { answered, clock, of } = rig();
  const { session } = answered();
  session.say(1_000);
  session.agentSaid('One two three four');
  session.endTurn();
  session.say(1_000);
  session.agentSaid('Five six');
  clock.advance(510);
  session.interrupt();
  expect(of('barge-in')).toMatchObject([{ turn: 1, heardMs: 510 }]);
  const last = new Map(of('transcript').map(({ entry }) => [entry.n, entry]));
  expect([...last.values()]).toMatchObject([
    { state: 'cut', heard: 'One two' },
    { state: 'cut', heard: '' },
  ]);
});

test('[BI1] the line is cleared before anybody is told', () => {
  const { answered, clock, notices } = rig();
  const { line, session } = answered();
  session.say(3_000);
  session.agentSaid('One two three');
  clock.advance(500);
  const clearedWhenTold: boolean[] = [];
  notices.subscribe(() => void clearedWhenTold.push(line.log.includes('clear')));
  session.interrupt();
  expect(clearedWhenTold).toEqual([true, true]);
});

test('[BI1] marks that a hasty carrier returns from within the clear do not count as heard', () => {
  const { switchboard, connect, live, clock, of } = rig();
  class HastyLine extends FakeLine {
    override clear(): void {
      super.clear();
      clock.advance(0);
    }
  }
  connect(switchboard.answer(incoming), new HastyLine(clock));
  live.last.ready();
  live.last.say(300);
  live.last.agentSaid('One two three');
  live.last.endTurn();
  clock.advance(100);
  live.last.interrupt();
  expect(of('transcript').map(({ entry }) => entry.state)).toEqual(['open', 'open', 'cut']);
  expect(of('barge-in')).toMatchObject([{ heardMs: 100 }]);
});

test('[BI4] an interruption when all was heard clears the line, tells nobody, and the talk goes on', () => {
  const { answered, clock, of } = rig();
  const { line, session } = answered();
  session.say(300);
  session.agentSaid('Hello.');
  session.idle();
  clock.advance(1_000);
  session.interrupt();
  expect(line.log.at(-1)).toBe('clear');
  expect(of('barge-in')).toEqual([]);
  expect(of('transcript').at(-1)).toMatchObject({ entry: { state: 'done', heard: 'Hello.' } });
  session.say(300);
  session.idle();
  clock.advance(1_000);
  expect(line.heardMs).toBe(640);
});

test('[BI4] an interruption of sound that no line has taken yet drops it', () => {
  const { switchboard, live, connect, clock, of } = rig();
  const verb = switchboard.answer(incoming);
  live.last.ready();
  live.last.say(500);
  live.last.agentSaid('Hello.');
  live.last.interrupt();
  const line = connect(verb);
  clock.advance(1_000);
  expect(line.heardMs).toBe(0);
  expect(of('barge-in')).toMatchObject([{ turn: 1, heardMs: 0 }]);
});

describe('[BI3] the first milliseconds of a turn', () => {
  const answering = () => {
    const all = rig({ bargeIn: { min_heard_ms: 300 } });
    const { line, session } = all.answered();
    session.say(200);
    session.idle();
    all.clock.advance(1_000);
    const beforeMs = line.heardMs;
    session.say(10_000);
    session.agentSaid('One two three');
    return { ...all, line, session, beforeMs };
  };

  test('are heard although the caller spoke, and no more than them', () => {
    const { clock, session, line, beforeMs, of } = answering();
    clock.advance(250);
    session.interrupt();
    expect(line.log).not.toContain('clear');
    clock.advance(20_000);
    expect(line.heardMs - beforeMs).toBe(300);
    expect(of('barge-in')).toMatchObject([{ turn: 2, heardMs: 300 }]);
  });

  test('once heard protect it no longer', () => {
    const { clock, session, line, beforeMs } = answering();
    clock.advance(300);
    session.interrupt();
    expect(line.log.at(-1)).toBe('clear');
    clock.advance(5_000);
    expect(line.heardMs - beforeMs).toBe(300);
  });

  test('are over when the answer to the interruption begins', () => {
    const { clock, session, line, beforeMs } = answering();
    clock.advance(100);
    session.interrupt();
    clock.advance(100);
    session.say(500);
    session.idle();
    clock.advance(5_000);
    expect(line.heardMs - beforeMs).toBe(200 + 520);
  });

  test('are those of the turn in the caller’s ear, not of one that waits behind it', () => {
    const { clock, session, line, beforeMs } = answering();
    session.endTurn();
    clock.advance(1_000);
    session.say(8_000);
    session.endTurn();
    clock.advance(500);
    session.interrupt();
    clock.advance(20_000);
    expect(line.heardMs - beforeMs).toBe(1_500);
  });
});

describe('[BI3] a protected greeting', () => {
  const protectedGreeting = { bargeIn: { greeting_interruptible: false } };

  test('is heard to its end, whatever the model does', () => {
    const { answered, clock } = rig(protectedGreeting);
    const { line, session } = answered();
    session.say(6_000);
    clock.advance(1_000);
    session.interrupt();
    clock.advance(1_000);
    session.say(1_000);
    clock.advance(500);
    session.interrupt();
    expect(line.log).not.toContain('clear');
    clock.advance(20_000);
    expect(line.heardMs).toBeGreaterThanOrEqual(6_000);
  });

  test('keeps what the caller says meanwhile, and hands it on whole and in order when it was heard', () => {
    const said = Array.from({ length: 8 }, (_, n) => frame(0x10 * (n + 1)));
    const open = rig();
    open.answered().line.speak(...said);
    const asHeard = Buffer.concat(open.live.last.sent);

    const { switchboard, live, connect, clock } = rig(protectedGreeting);
    const line = connect(switchboard.answer(incoming));
    line.speak(said[0]!);
    live.last.ready();
    live.last.say(500);
    live.last.endTurn();
    line.speak(said[1]!);
    clock.advance(400);
    line.speak(said[2]!, said[3]!, said[4]!);
    const meanwhile = live.last.sent.splice(0);
    expect(meanwhile.map(({ length }) => length)).toEqual([640, 640, 640, 640, 640]);
    expect(Buffer.concat(meanwhile).every((byte) => byte === 0)).toBe(true);
    clock.advance(119);
    expect(live.last.sent, 'not a moment before').toEqual([]);
    clock.advance(1);
    expect(live.last.sent).toHaveLength(5);
    line.speak(...said.slice(5));
    expect(Buffer.concat(live.last.sent)).toEqual(asHeard);
    expect(asHeard.some((byte) => byte !== 0)).toBe(true);
  });

  test('that does not come to an end keeps the caller from the model for 20 s and no longer', () => {
    const { answered, clock } = rig(protectedGreeting);
    const { line, session } = answered();
    session.say(60_000);
    line.speak(frame(0x10));
    clock.advance(19_999);
    expect(Buffer.concat(session.sent).every((byte) => byte === 0)).toBe(true);
    clock.advance(1);
    line.speak(frame(0x20));
    expect(session.sent).toHaveLength(3);
    expect(Buffer.concat(session.sent.slice(1)).every((byte) => byte === 0)).toBe(false);
    session.interrupt();
    expect(line.log.at(-1), 'and may be interrupted from then on').toBe('clear');
  });

  test('is not what answers a caller who spoke before its first sound', () => {
    const { answered, clock } = rig(protectedGreeting);
    const { line, session } = answered();
    session.interrupt();
    session.say(5_000);
    clock.advance(1_000);
    session.interrupt();
    clock.advance(6_000);
    expect(line.heardMs).toBe(1_000);
  });

  test('protects no later turn', () => {
    const { answered, clock } = rig(protectedGreeting);
    const { line, session } = answered();
    session.say(300);
    session.idle();
    clock.advance(1_000);
    session.say(5_000);
    clock.advance(1_000);
    session.interrupt();
    clock.advance(6_000);
    expect(line.heardMs).toBe(320 + 1_000);
  });
});

test('a profile whose caller does not interrupt says so to the model', () => {
  const { live, switchboard } = rig({ bargeIn: { caller_interrupts: false } });
  switchboard.answer(incoming);
  expect(live.setups[0]).toMatchObject({ callerInterrupts: false });
});
