// What a contender costs: time and garbage of one 20 ms frame both ways, µ-law included.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Contender } from './contender.ts';

const ROUNDS = 101;
const FRAMES_PER_ROUND = 50;
/** So few that the garbage of all stays below what V8 gathers before it collects. */
const GARBAGE_FRAMES = 200;

interface Frames {
  readonly mulaw: Uint8Array;
  readonly pcm24k: Uint8Array;
}

const openBothWays = (contender: Contender, { mulaw, pcm24k }: Frames): (() => void) => {
  const up = contender.openMulaw('up');
  const down = contender.openMulaw('down');
  return () => {
    up(mulaw);
    down(pcm24k);
  };
};

const microsOf = (frame: () => void, count: number): number => {
  const from = process.hrtime.bigint();
  for (let i = 0; i < count; i++) frame();
  return Number(process.hrtime.bigint() - from) / 1_000 / count;
};

export interface Micros {
  readonly median: number;
  readonly best: number;
}

/** Microseconds per frame, of rounds in which everybody has a turn, so that a busy machine hits all alike. */
export function cpuMicros(contenders: readonly Contender[], frames: Frames): Micros[] {
  const running = contenders.map((contender) => ({
    frame: openBothWays(contender, frames),
    rounds: [] as number[],
  }));
  for (const { frame } of running) microsOf(frame, 20 * FRAMES_PER_ROUND);
  for (let round = 0; round < ROUNDS; round++)
    for (const { frame, rounds } of running) rounds.push(microsOf(frame, FRAMES_PER_ROUND));
  return running.map(({ rounds }) => {
    const sorted = rounds.sort((a, b) => a - b);
    return { median: sorted[ROUNDS >> 1]!, best: sorted[0]! };
  });
}

/** Bytes of memory that one frame leaves behind: the median of rounds, since a collection may fall into one. */
export function garbageBytes(contender: Contender, frames: Frames): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const frame = openBothWays(contender, frames);
  for (let i = 0; i < 1_000; i++) frame();
  const used = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const rounds = Array.from({ length: 9 }, () => {
    collect();
    const before = used();
    for (let i = 0; i < GARBAGE_FRAMES; i++) frame();
    return (used() - before) / GARBAGE_FRAMES;
  });
  return rounds.sort((a, b) => a - b)[rounds.length >> 1]!;
}
