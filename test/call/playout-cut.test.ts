import { describe, expect, test } from 'vitest';
import type { FakeLine } from '../doubles/fake-line.ts';
import { marksAtMs, playoutRig, stretches, t, unitsOf } from './playout-rig.ts';

const sentMs = (line: FakeLine): number => line.played.reduce((sum, { bytes }) => sum + bytes.length / 8, 0);

describe('a cut', () => {
  test('[BI2] drops late sound and a late end of a dead turn; the next turn is heard', () => {
    const { clock, playout, say, cut, open, heard } = playoutRig();
    const line = open();
    say(1, 1_000);
    clock.advance(200);
    cut(1);
    const sent = line.played.length;
    say(1, 200);
    playout.endTurn(t(1));
    clock.advance(500);
    expect(line.played.length).toBe(sent);
    expect([playout.isDead(t(1)), playout.isDead(t(2))]).toEqual([true, false]);
    say(2, 60);
    playout.endTurn(t(2));
    clock.advance(100);
    expect(stretches(line)).toEqual([
      [1, 200],
      [2, 60],
    ]);
    expect(heard.map(({ turn }) => turn)).toEqual([2]);
  });

  test('[BI2] the dead stay dead when an older cut is repeated', () => {
    const { playout, cut } = playoutRig();
    cut(3);
    cut(1);
    expect(playout.isDead(t(3))).toBe(true);
  });

  test('[PL2] what follows a cut goes out at once, a whole lead of it', () => {
    const { clock, say, cut, open } = playoutRig();
    const line = open();
    say(1, 5_000);
    clock.advance(1_007);
    cut(1);
    const before = sentMs(line);
    say(2, 5_000);
    expect(sentMs(line) - before).toBeGreaterThan(300);
  });

  test('in the middle of a millisecond counts the whole samples that were heard', () => {
    const { clock, playout, say, cut, open } = playoutRig();
    open();
    say(1, 1_000);
    clock.advance(100.1);
    cut(1);
    expect(playout.account(t(1)).heardMs).toBe(100);
  });
});

describe('[PL6] a lost line', () => {
  test('is followed by one that goes on behind the last mark that came back', () => {
    const { clock, playout, say, open, lose, heard } = playoutRig();
    const line = open();
    say(1, 1_000);
    playout.endTurn(t(1));
    clock.advance(500);
    lose(line);
    expect(playout.account(t(1))).toMatchObject({ heardMs: 420, sentMs: 420 });
    clock.advance(3_000);
    const next = open();
    clock.advance(580);
    expect(unitsOf(next.heard).map(({ ms }) => ms)).toEqual(Array.from({ length: 580 }, (_, n) => 420 + n));
    expect(heard).toEqual([{ turn: 1, atMs: 4_080 }]);
    expect(playout.account(t(1))).toMatchObject({ heardMs: 1_000, sentMs: 1_000, acceptedMs: 1_000 });
  });

  test('with more than one turn under way: each is heard to its end, and reported then', () => {
    const { clock, playout, say, open, lose, heard } = playoutRig();
    const line = open();
    say(1, 200);
    playout.endTurn(t(1));
    say(2, 5_000);
    playout.endTurn(t(2));
    clock.advance(100);
    lose(line);
    const next = open();
    clock.advance(10_000);
    expect(stretches(next)).toEqual([
      [1, 180],
      [2, 5_000],
    ]);
    expect(heard).toEqual([
      { turn: 1, atMs: 280 },
      { turn: 2, atMs: 5_280 },
    ]);
  });

  test('that had played all of a turn and could not say so: its end is reported on the next line', () => {
    const { clock, playout, say, open, lose, heard } = playoutRig({ upMs: 100 });
    const line = open();
    say(1, 100);
    playout.endTurn(t(1));
    clock.advance(150);
    expect(line.heardMs).toBe(100);
    lose(line);
    const next = open();
    clock.advance(1_000);
    expect(heard).toHaveLength(1);
    expect(next.heardMs, 'one mark had come back: that of the first frame').toBe(80);
  });

  test('after a cut in the middle of a frame: the next turn is heard whole although it stalls', () => {
    const { clock, playout, say, cut, open, lose } = playoutRig();
    const line = open();
    say(1, 1_000);
    clock.advance(107);
    cut(1);
    say(2, 600);
    clock.advance(150);
    lose(line);
    const next = open();
    clock.advance(1_000);
    say(2, 3_000);
    playout.endTurn(t(2));
    clock.advance(10_000);
    expect(stretches(next)).toEqual([[2, 3_580]]);
    for (const { bytes } of next.played) expect(bytes.length % 160).toBe(0);
  });

  test('takes nothing back of what was heard before a cut', () => {
    const { clock, playout, say, cut, open, lose } = playoutRig();
    const line = open();
    say(1, 1_000);
    clock.advance(107);
    cut(1);
    lose(line);
    expect(playout.account(t(1))).toMatchObject({ heardMs: 107, sentMs: 107 });
  });

  test('that is lost twice is lost once, and nothing is timed while there is none', () => {
    const { clock, playout, say, open, lose } = playoutRig();
    const line = open();
    say(1, 3_000);
    clock.advance(70);
    lose(line);
    playout.detach();
    expect(clock.pending).toBe(0);
    const next = open();
    clock.advance(5_000);
    expect(next.heardMs).toBe(2_980);
  });

  test('[PL3] leaves the next one with marks of its own, every 200 ms', () => {
    const { clock, say, open, lose } = playoutRig();
    const line = open();
    say(1, 1_000);
    // 400 ms were sent: a mark behind 20 and 220, and 180 ms more.
    lose(line);
    const next = open();
    clock.advance(2_000);
    expect(marksAtMs(next)).toEqual([200, 400, 600, 800, 1_000]);
  });
});
