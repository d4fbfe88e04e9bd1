// A playout between a test that speaks and lines that play, and the caller's ear as a record of what was heard.
import { MULAW_8K, bytesOfMs, type AudioFormat } from '../../src/audio/format.ts';
import { turnId, type TurnId } from '../../src/base/ids.ts';
import { Pacer } from '../../src/call/pacer.ts';
import { Playout } from '../../src/call/playout.ts';
import { Played } from '../../src/call/played.ts';
import type { Delays } from '../doubles/carrier-playback.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

export const t = turnId;

const UNIT_BYTES = bytesOfMs(MULAW_8K, 1);

/** One millisecond of a turn, so that what is heard says which it is. */
export interface Unit {
  readonly turn: number;
  readonly ms: number;
}

/** The stretch of a turn from `fromMs` on; every millisecond of it is like no other. */
export function speech(turn: number, fromMs: number, forMs: number): Uint8Array {
  const bytes = Buffer.alloc(forMs * UNIT_BYTES);
  for (let ms = 0; ms < forMs; ms++) {
    bytes.writeUInt16LE(turn, ms * UNIT_BYTES);
    bytes.writeUInt32LE(fromMs + ms, ms * UNIT_BYTES + 2);
  }
  return bytes;
}

/** Of sound that `speech` made and that was cut at whole milliseconds. */
export function unitsOf(sound: Uint8Array): Unit[] {
  const bytes = Buffer.from(sound);
  return Array.from({ length: bytes.length / UNIT_BYTES }, (_, n) => ({
    turn: bytes.readUInt16LE(n * UNIT_BYTES),
    ms: bytes.readUInt32LE(n * UNIT_BYTES + 2),
  }));
}

/** After how much sound each mark was sent. */
export const marksAtMs = (line: FakeLine): number[] => {
  const pieces = line.played.map(({ bytes }) => bytes.length / 8);
  let ms = 0;
  return line.log.flatMap((what) => {
    if (what === 'play') ms += pieces.shift()!;
    return what === 'mark' ? [ms] : [];
  });
};

/** Which turns were heard, and how much of each, in the order of the ear. */
export const stretches = (line: FakeLine): [turn: number, ms: number][] => {
  const found: [number, number][] = [];
  for (const { turn } of unitsOf(line.heard)) {
    const last = found.at(-1);
    if (last?.[0] === turn) last[1] += 1;
    else found.push([turn, 1]);
  }
  return found;
};

export function playoutRig(delays: Delays = {}, format: AudioFormat = MULAW_8K) {
  const clock = new ManualClock();
  /** The turns that were reported as heard, each with when. */
  const heard: { turn: TurnId; atMs: number }[] = [];
  const lines: FakeLine[] = [];
  const saidMs = new Map<number, number>();
  const played = new Played(format);
  const playout = new Playout({
    format,
    clock,
    pacer: new Pacer(clock),
    onTurnHeard: (turn) => {
      heard.push({ turn, atMs: clock.nowMs() });
      rig.onHeard(turn);
    },
    played,
  });
  const rig = {
    /** For a test that looks at the very moment. */
    onHeard: (_turn: TurnId): void => undefined,
    clock,
    playout,
    played,
    heard,
    lines,
    /** How much of each turn the playout was given. */
    saidMs,
    open: (through: Delays = delays): FakeLine => {
      const line = new FakeLine(clock, { ...through, format });
      line.listen({
        onAudio: () => undefined,
        onEvent: (event) => {
          if (event.type === 'marked') playout.marked(event.name);
        },
      });
      lines.push(line);
      playout.attach(line);
      return line;
    },
    say: (turn: number, forMs: number): void => {
      const fromMs = saidMs.get(turn) ?? 0;
      saidMs.set(turn, fromMs + forMs);
      playout.accept(t(turn), speech(turn, fromMs, forMs));
    },
    /** As barge-in does it. */
    cut: (turn: number): void => {
      playout.cut(t(turn));
      lines.at(-1)?.clear();
    },
    lose: (line: FakeLine): void => {
      playout.detach();
      line.drop();
    },
    /** How much of a turn reached the caller's ear, nothing counted twice. */
    earMs: (turn: number): number => {
      const ms = lines.flatMap((line) => unitsOf(line.heard)).filter((unit) => unit.turn === turn);
      return new Set(ms.map((unit) => unit.ms)).size;
    },
  };
  return rig;
}

export type PlayoutRig = ReturnType<typeof playoutRig>;
