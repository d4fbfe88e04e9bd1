// Behind a network the clock and the caller's ear are not at one; the marks say by how much.
import { describe, expect, test } from 'vitest';
import { playoutRig, t } from './playout-rig.ts';

describe('[PL5] marks correct the clock', () => {
  test('down, for a carrier that plays 150 ms after it was sent', () => {
    const { clock, playout, say, open, earMs } = playoutRig({ downMs: 150 });
    open();
    say(1, 5_000);
    clock.advance(169);
    expect(playout.account(t(1)).heardMs, 'as far as the clock knows').toBe(169);
    expect(earMs(1)).toBe(19);
    clock.advance(1);
    expect(playout.account(t(1)).heardMs, 'the mark of the first frame came').toBe(20);
    for (let ms = 0; ms < 4_000; ms += 10) {
      expect(playout.account(t(1)).heardMs).toBeCloseTo(earMs(1), 6);
      clock.advance(10);
    }
  });

  test('up, for a mark that came sooner than the clock thought', () => {
    const { clock, playout, say, open } = playoutRig({ upMs: 100 });
    const line = open();
    say(1, 5_000);
    clock.advance(190);
    expect(playout.account(t(1)).heardMs, '20 ms were heard when the mark set out, 100 ms ago').toBe(90);
    const [next] = line.pendingMarks;
    playout.marked(next!);
    expect(playout.account(t(1)).heardMs).toBe(220);
    clock.advance(50);
    expect(playout.account(t(1)).heardMs, 'and goes on from there').toBe(270);
  });

  test('again for every pause: what follows is heard when it arrives', () => {
    const { clock, playout, say, open, earMs } = playoutRig({ downMs: 150 });
    open();
    say(1, 100);
    clock.advance(1_000);
    expect(playout.account(t(1)).heardMs).toBe(100);
    playout.endTurn(t(1));
    clock.advance(1_000);
    say(2, 1_000);
    clock.advance(400);
    expect(playout.account(t(2)).heardMs).toBeCloseTo(earMs(2), 6);
  });

  test('[TU1] a turn is heard when the mark says so, and not when the clock does', () => {
    const { clock, playout, say, open, heard } = playoutRig({ downMs: 150, upMs: 50 });
    open();
    say(1, 300);
    playout.endTurn(t(1));
    clock.advance(499);
    expect(heard).toEqual([]);
    clock.advance(1);
    expect(heard).toEqual([{ turn: 1, atMs: 500 }]);
  });
});

describe('[PL5] a mark that is overdue stops the clock', () => {
  test('at the sound before it, 300 ms after it was due', () => {
    const { clock, playout, say, open } = playoutRig();
    const line = open();
    say(1, 5_000);
    clock.advance(300);
    line.swallow();
    // The mark behind 420 ms is due at 420.
    clock.advance(420);
    expect(playout.account(t(1)).heardMs).toBe(720);
    clock.advance(1);
    expect(playout.account(t(1)).heardMs).toBe(420);
    clock.advance(60_000);
    expect(playout.account(t(1)).heardMs).toBe(420);
  });

  test('and the clock goes on when it comes after all', () => {
    const { clock, playout, say, open, earMs } = playoutRig({ downMs: 400 });
    open();
    say(1, 5_000);
    clock.advance(419);
    expect(playout.account(t(1)).heardMs, 'the mark of the first frame').toBe(20);
    clock.advance(1);
    for (let ms = 0; ms < 2_000; ms += 10) {
      expect(playout.account(t(1)).heardMs).toBeCloseTo(earMs(1), 6);
      clock.advance(10);
    }
  });

  test('[PL6] on a line that swallows 2 s before it is known to be lost: what was not heard is sent again', () => {
    const { clock, playout, say, open, lose, earMs, heard } = playoutRig({ downMs: 40, upMs: 60 });
    const line = open();
    say(1, 6_000);
    playout.endTurn(t(1));
    clock.advance(1_000);
    line.swallow();
    const earBeforeMs = line.heardMs;
    let worstMs = 0;
    for (let ms = 0; ms < 2_000; ms += 10) {
      clock.advance(10);
      worstMs = Math.max(worstMs, playout.account(t(1)).heardMs - earBeforeMs);
    }
    expect(worstMs, 'wrongly counted meanwhile').toBeLessThanOrEqual(200 + 300);
    lose(line);
    const next = open();
    clock.advance(8_000);
    expect(earMs(1)).toBe(6_000);
    expect(earBeforeMs + next.heardMs - 6_000, 'heard twice').toBeLessThanOrEqual(200 + 60);
    expect(heard).toHaveLength(1);
    expect(playout.account(t(1)).heardMs).toBe(6_000);
  });
});

describe('[PL4] a mark of before counts for nothing', () => {
  test('when it was under way as the line was cleared', () => {
    const { clock, playout, say, cut, open, heard } = playoutRig({ downMs: 50, upMs: 100 });
    open();
    say(1, 100);
    playout.endTurn(t(1));
    clock.advance(200);
    cut(1);
    // The mark of turn 1's end is on its way; so are, behind it, those of the next turn.
    say(2, 1_000);
    clock.advance(60);
    expect(heard).toEqual([]);
    expect(playout.account(t(2)).heardMs).toBe(60);
    clock.advance(1_500);
    expect(heard).toEqual([]);
    expect(playout.account(t(2)).heardMs).toBe(1_000);
  });

  test('when its line was lost, and it comes after the next has opened', () => {
    const { clock, playout, say, open, lose, heard } = playoutRig();
    const line = open();
    say(1, 300);
    playout.endTurn(t(1));
    clock.advance(100);
    const late = line.pendingMarks;
    expect(late).toHaveLength(2);
    lose(line);
    open();
    for (const name of late) playout.marked(name);
    expect(heard).toEqual([]);
    expect(playout.account(t(1)).heardMs).toBe(20);
    clock.advance(280);
    expect(heard).toHaveLength(1);
  });
});
