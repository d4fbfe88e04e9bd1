import { describe, expect, test } from 'vitest';
import type { FakeLine } from '../doubles/fake-line.ts';
import { marksAtMs, playoutRig, stretches, t } from './playout-rig.ts';

const sentMs = (line: FakeLine): number => line.played.reduce((sum, { bytes }) => sum + bytes.length / 8, 0);
describe('pacing', () => {
  test('[PL1] a long turn is heard in real time, and no timer runs when nothing plays', () => {
    const { clock, playout, say, open, heard } = playoutRig();
    const line = open();
    say(1, 5_000);
    playout.endTurn(t(1));
    clock.advance(4_999);
    expect(line.heardMs).toBe(4_999);
    expect(heard).toEqual([]);
    clock.advance(1);
    expect(heard).toEqual([{ turn: 1, atMs: 5_000 }]);
    clock.advance(100);
    expect(clock.pending).toBe(0);
  });

  test('[PL2] the first sound of a turn goes out at once, and so does what waited for the line', () => {
    const { say, open } = playoutRig();
    say(1, 100);
    const line = open();
    expect(sentMs(line)).toBe(100);
    say(1, 40);
    expect(sentMs(line)).toBe(140);
  });

  test('[PL1] sound that comes drop by drop is sent as it comes', () => {
    const { clock, say, open } = playoutRig();
    const line = open();
    for (let n = 1; n <= 100; n++) {
      say(1, 20);
      expect(sentMs(line)).toBe(20 * n);
      clock.advance(20);
    }
    expect(line.heardMs).toBe(2_000);
    expect(line.played, 'and no message is empty').toHaveLength(100);
  });

  test('[PL3] a mark follows the first frame, then every 200 ms, then the end', () => {
    const { clock, playout, say, open } = playoutRig();
    const line = open();
    say(1, 500);
    playout.endTurn(t(1));
    clock.advance(600);
    say(2, 20);
    playout.endTurn(t(2));
    expect(marksAtMs(line)).toEqual([20, 220, 420, 500, 520, 520]);
  });

  test('[TU3] the next turn follows without a gap, even when the end of the first was never said', () => {
    const { clock, playout, say, open, heard } = playoutRig();
    const line = open();
    say(1, 100);
    say(2, 100);
    playout.endTurn(t(2));
    clock.advance(200);
    expect(stretches(line)).toEqual([
      [1, 100],
      [2, 100],
    ]);
    expect(heard).toEqual([
      { turn: 1, atMs: 100 },
      { turn: 2, atMs: 200 },
    ]);
  });

  test('a turn without a sound is heard at once', () => {
    const { clock, playout, open, heard } = playoutRig();
    open();
    playout.endTurn(t(1));
    clock.advance(0);
    expect(heard).toEqual([{ turn: 1, atMs: 0 }]);
  });

  test('after close() nothing is sent and nothing is timed', () => {
    const { clock, playout, say, open } = playoutRig();
    const line = open();
    say(1, 5_000);
    clock.advance(100);
    playout.close();
    const sent = line.played.length;
    say(2, 100);
    line.drop();
    clock.advance(5_000);
    expect(line.played).toHaveLength(sent);
    expect(clock.pending).toBe(0);
  });
});

describe('what was heard', () => {
  test('[PL5] between marks the clock reckons, and never beyond what was sent', () => {
    const { clock, playout, say, open } = playoutRig();
    const line = open();
    say(1, 1_000);
    clock.advance(130);
    expect(playout.account(t(1))).toMatchObject({ heardMs: 130, sentMs: sentMs(line), acceptedMs: 1_000 });
    clock.advance(5_000);
    expect(playout.account(t(1))).toMatchObject({ heardMs: 1_000, sentMs: 1_000, acceptedMs: 1_000 });
  });

  test('[PL5] a pause in the middle of a turn does not count', () => {
    const { clock, playout, say, open } = playoutRig();
    open();
    say(1, 100);
    clock.advance(1_000);
    say(1, 100);
    clock.advance(50);
    expect(playout.account(t(1)).heardMs).toBe(150);
  });

  test('nothing was heard of a turn that there was not, or that no line took', () => {
    const { clock, playout, say } = playoutRig();
    say(1, 100);
    clock.advance(1_000);
    const none = { heardMs: 0, sentMs: 0 };
    expect(playout.account(t(1))).toEqual({ ...none, acceptedMs: 100 });
    expect(playout.account(t(9))).toEqual({ ...none, acceptedMs: 0 });
  });

  test('who is in the caller’s ear: the turn that plays, or the next that will; and how much is still to come', () => {
    const { clock, playout, say, open } = playoutRig();
    expect(playout.hearing()).toBeUndefined();
    say(1, 100);
    expect(playout.hearing(), 'no line yet').toBe(1);
    open();
    say(2, 1_000);
    clock.advance(99);
    expect(playout.hearing()).toBe(1);
    expect(playout.account(t(2))).toMatchObject({ heardMs: 0, acceptedMs: 1_000 });
    expect(playout.unheardMs).toBeCloseTo(1_001, 6);
    clock.advance(1);
    expect(playout.hearing()).toBe(2);
    clock.advance(990);
    expect(playout.unheardMs).toBeCloseTo(10, 6);
    clock.advance(10);
    expect(playout.hearing()).toBeUndefined();
    expect(playout.unheardMs).toBe(0);
    clock.advance(5_000);
    expect(playout.unheardMs).toBe(0);
  });

  test('[PL4] marks that a clear returns do not count', () => {
    const { clock, playout, say, cut, open, heard } = playoutRig();
    const line = open();
    say(1, 300);
    playout.endTurn(t(1));
    clock.advance(100);
    cut(1);
    clock.advance(1_000);
    expect(line.pendingMarks).toEqual([]);
    expect(heard).toEqual([]);
    expect(playout.account(t(1))).toMatchObject({ heardMs: 100, sentMs: 100, acceptedMs: 300 });
  });

  test('[PL4] marks of names nobody sent do not count', () => {
    const { clock, playout, say, open, heard } = playoutRig();
    const line = open();
    say(1, 300);
    playout.endTurn(t(1));
    for (const name of ['', '0', '99', ' 1', '1.0', '1x', '-1', '__proto__']) playout.marked(name);
    expect(heard).toEqual([]);
    expect(playout.account(t(1)).heardMs).toBe(0);
    clock.advance(300);
    expect(heard).toHaveLength(1);
    expect(line.heardMs).toBe(300);
  });
});
