import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MULAW_8K, bytesOfMs } from '../../src/audio/format.ts';
import { turnId, type TurnId } from '../../src/base/ids.ts';
import { Pacer } from '../../src/call/pacer.ts';
import { Playout } from '../../src/call/playout.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const t = turnId;
const sound = (ms: number, fill: number): Uint8Array => new Uint8Array(bytesOfMs(MULAW_8K, ms)).fill(fill);

function rig({ attached = true } = {}) {
  const clock = new ManualClock();
  const heard: TurnId[] = [];
  const playout = new Playout({
    format: MULAW_8K,
    clock,
    pacer: new Pacer(clock),
    onTurnHeard: (turn) => heard.push(turn),
  });
  const open = (): FakeLine => {
    const line = new FakeLine(clock);
    line.listen({
      onAudio: () => {},
      onEvent: (event) => {
        if (event.type === 'marked') playout.marked(event.name);
      },
    });
    playout.attach(line);
    return line;
  };
  const cut = (line: FakeLine, upTo: TurnId): void => {
    playout.cut(upTo);
    line.clear();
  };
  return { clock, heard, playout, open, cut, line: attached ? open() : new FakeLine(clock) };
}

const sentMs = (line: FakeLine): number => line.played.reduce((sum, { bytes }) => sum + bytes.length / 8, 0);

describe('pacing', () => {
  test('[PL1] sound is at most 400 ms ahead of real time, in whole frames, and never late', () => {
    const { clock, playout, line, heard } = rig();
    playout.accept(t(1), sound(5_000, 1));
    playout.endTurn(t(1));
    for (let ms = 0; ms < 4_500; ms += 10) {
      const aheadMs = sentMs(line) - line.heardMs;
      expect(aheadMs).toBeLessThanOrEqual(400);
      expect(aheadMs).toBeGreaterThan(0);
      clock.advance(10);
    }
    clock.advance(600);
    expect(line.heardMs).toBe(5_000);
    expect(heard).toEqual([1]);
    for (const { bytes } of line.played) expect(bytes.length % 160).toBe(0);
    expect(clock.pending, 'no timer runs when nothing plays').toBe(0);
  });

  test('[PL2] the first sound of a turn goes out at once', () => {
    const { playout, line } = rig();
    playout.accept(t(1), sound(40, 1));
    expect(sentMs(line)).toBe(40);
  });

  test('[PL2] and so does what waited for the line', () => {
    const { playout, open } = rig({ attached: false });
    playout.accept(t(1), sound(100, 1));
    expect(sentMs(open())).toBe(100);
  });

  test('[PL3] a mark follows the first frame, then about every 200 ms, then the end', () => {
    const { clock, playout, line } = rig();
    playout.accept(t(1), sound(1_000, 1));
    playout.endTurn(t(1));
    expect(line.log.slice(0, 2)).toEqual(['play', 'mark']);
    clock.advance(1_500);
    const marks = line.log.filter((what) => what === 'mark').length;
    expect(marks).toBeGreaterThanOrEqual(6);
    expect(marks).toBeLessThanOrEqual(8);
    expect(line.log.at(-1)).toBe('mark');
  });

  test('[TU3] the next turn follows without a gap, even when the end of the first was never said', () => {
    const { clock, playout, line, heard } = rig();
    playout.accept(t(1), sound(100, 1));
    playout.accept(t(2), sound(100, 2));
    playout.endTurn(t(2));
    clock.advance(200);
    expect(line.heardMs).toBe(200);
    expect(heard).toEqual([1, 2]);
  });
});

describe('the ledger', () => {
  test('[PL5] between marks the clock reckons, and never beyond what was sent', () => {
    const { clock, playout } = rig();
    playout.accept(t(1), sound(1_000, 1));
    clock.advance(130);
    expect(playout.account(t(1)).heardMs).toBe(130);
    clock.advance(5_000);
    expect(playout.account(t(1))).toMatchObject({ heardMs: 1_000, sentMs: 1_000, shareHeard: 1 });
  });

  test('[PL5] a pause in the middle of a turn does not count as heard', () => {
    const { clock, playout } = rig();
    playout.accept(t(1), sound(100, 1));
    clock.advance(1_000);
    playout.accept(t(1), sound(100, 1));
    clock.advance(50);
    expect(playout.account(t(1)).heardMs).toBe(150);
  });

  test('[PL4] marks that a clear returns do not count as heard', () => {
    const { clock, playout, line, heard, cut } = rig();
    playout.accept(t(1), sound(300, 1));
    playout.endTurn(t(1));
    clock.advance(100);
    cut(line, t(1));
    clock.advance(1_000);
    expect(line.pendingMarks).toEqual([]);
    expect(heard).toEqual([]);
    expect(playout.account(t(1)).heardMs).toBe(100);
  });

  test('[BI2] late sound of a dead turn is dropped; the next turn is heard', () => {
    const { clock, playout, line, cut, heard } = rig();
    playout.accept(t(1), sound(1_000, 1));
    clock.advance(200);
    cut(line, t(1));
    const sent = line.played.length;
    playout.accept(t(1), sound(200, 1));
    playout.endTurn(t(1));
    clock.advance(500);
    expect(line.played.length).toBe(sent);
    playout.accept(t(2), sound(60, 2));
    playout.endTurn(t(2));
    clock.advance(100);
    expect([...line.heard.slice(-480)]).toEqual(new Array(480).fill(2));
    expect(heard).toEqual([2]);
  });

  test('[PL6] what a lost line had not played is played on the next one, from the very frame', () => {
    const { clock, playout, line, open, heard } = rig();
    const bytes = Uint8Array.from({ length: bytesOfMs(MULAW_8K, 1_000) }, (_, n) => Math.floor(n / 160));
    playout.accept(t(1), bytes);
    playout.endTurn(t(1));
    clock.advance(500);
    playout.detach();
    line.drop();
    clock.advance(3_000);
    const next = open();
    clock.advance(600);
    expect([...line.heard, ...next.heard]).toEqual([...bytes]);
    expect(heard).toEqual([1]);
    expect(playout.account(t(1))).toMatchObject({ sentMs: 1_000, heardMs: 1_000 });
  });

  test('[PL6] a turn whose end was sent but not reported is reported on the next line', () => {
    const { clock, playout, line, open, heard } = rig();
    playout.accept(t(1), sound(100, 1));
    playout.endTurn(t(1));
    clock.advance(50);
    playout.detach();
    line.drop();
    const next = open();
    clock.advance(100);
    expect(heard).toEqual([1]);
    expect(next.heardMs).toBe(60);
  });
});

test('[PL4][PL5][BI2] whatever is said, cut and lost: the ledger agrees with the caller’s ear to a frame', () => {
  const anyDeed = fc.oneof(
    fc.record({
      do: fc.constant('say' as const),
      ms: fc.integer({ min: 1, max: 45 }).map((frames) => frames * 20),
    }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 700 }) }),
    fc.constantFrom({ do: 'end' as const }, { do: 'cut' as const }, { do: 'lose' as const }),
  );
  fc.assert(
    fc.property(fc.array(anyDeed, { maxLength: 30 }), (deeds) => {
      const { clock, playout, open, cut, line: first } = rig();
      let line = first;
      const lines = [first];
      let turn = 1;
      for (const deed of deeds) {
        if (deed.do === 'say') playout.accept(t(turn), sound(deed.ms, turn));
        if (deed.do === 'wait') clock.advance(deed.ms);
        if (deed.do === 'end') playout.endTurn(t(turn++));
        if (deed.do === 'cut') cut(line, t(turn++));
        if (deed.do === 'lose') {
          playout.detach();
          line.drop();
          line = open();
          lines.push(line);
        }
        let reckoned = 0;
        for (let n = 1; n <= turn; n++) reckoned += playout.account(t(n)).heardMs;
        const ear = lines.reduce((sum, { heardMs }) => sum + heardMs, 0);
        const losses = lines.length - 1;
        expect(Math.abs(reckoned - ear)).toBeLessThanOrEqual(20 * (losses + 1));
      }
    }),
    { numRuns: 300 },
  );
});
