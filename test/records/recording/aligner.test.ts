// Where the agent's sound is in a recording, against an ear that is known.
//
// The caller's sound is in the file sample by sample as it came.
// What the ear heard of the agent is in the file within 20 ms of where it heard it, and nothing else is, while marks return.
// Where the sound broke off (a clear, a lost line), the file breaks off within 20 ms of that; within 40 ms over a network whose
// delay changes by more than 5 ms.
// Between two lines both are silent, for as long as the clock says.
// Nothing of before the start is in the file.
// While hushed, both are silent.
// Without marks the sound is there all the same, once nobody can wait for them any longer.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MULAW_8K } from '../../../src/audio/format.ts';
import { Aligner } from '../../../src/records/recording/aligner.ts';
import { AlignedCall, blocksIn, FRAME_BYTES, SILENCE, type Heard } from './aligner-rig.ts';

const WITHIN = 160;

/** Those of `some` for which there is no sample of the same block near enough in `others`. */
function strays(some: readonly Heard[], others: readonly Heard[], within: number): Heard[] {
  const places = new Map<number, number[]>();
  for (const { block, at } of others) places.set(block, [...(places.get(block) ?? []), at]);
  return some.filter(({ block, at }) => !places.get(block)?.some((other) => Math.abs(other - at) <= within));
}

const isNear = (at: number, places: readonly number[], within: number): boolean =>
  places.some((place) => Math.abs(place - at) <= within);

/** `atBreaks`: within so many samples of where sound broke off it may be missing, or go on. */
function check(call: AlignedCall, atBreaks = WITHIN, within = WITHIN): void {
  const { caller, agent } = call.file;
  const bases = call.basesIn(caller);
  const said = Buffer.concat(call.said);
  const gaps = caller.length - said.length;
  expect(gaps).toBeGreaterThanOrEqual(0);
  call.lines.forEach(({ base }, n) => {
    if (base < 0) return;
    const next = call.lines.slice(n + 1).find((line) => line.base >= 0)?.base ?? call.said.length;
    const ofLine = Buffer.concat(call.said.slice(base, next));
    expect(Buffer.from(caller.subarray(bases[n], bases[n]! + ofLine.length)).equals(ofLine)).toBe(true);
  });
  const ear = call.ear(bases);
  const inFile = blocksIn(agent, 0);
  const brokeOff = call.breaks(bases);
  const isWhole = ({ at }: Heard): boolean => !isNear(at, brokeOff, atBreaks);
  expect({
    missing: strays(ear, inFile, within).filter(isWhole).slice(0, 2),
    tooMuch: strays(inFile, ear, within).filter(isWhole).slice(0, 2),
  }).toEqual({ missing: [], tooMuch: [] });
}

type Step =
  | { readonly do: 'say' | 'wait' | 'gap'; readonly ms: number }
  | { readonly do: 'stall'; readonly ms: number; readonly thenMs: number }
  | { readonly do: 'bargeIn' | 'lower' | 'raise' | 'lose' };

const tens = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: min / 20, max: max / 20 }).map((n) => n * 20);
const odd = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

const steps = (...more: fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: tens(20, 1_500).map((ms): Step => ({ do: 'say', ms })) },
      { weight: 4, arbitrary: odd(1_200).map((ms): Step => ({ do: 'wait', ms })) },
      fc.constantFrom<Step>({ do: 'bargeIn' }, { do: 'bargeIn' }, { do: 'lower' }, { do: 'raise' }),
      ...more,
    ),
    { minLength: 1, maxLength: 14 },
  );

function go(call: AlignedCall, all: readonly Step[]): void {
  call.clock.advance(40);
  for (const step of all) {
    if (step.do === 'say') call.say(step.ms);
    if (step.do === 'wait') call.clock.advance(step.ms);
    if (step.do === 'bargeIn') call.bargeIn();
    if (step.do === 'lower') call.playout.lower(-12);
    if (step.do === 'raise') call.playout.raise();
    if (step.do === 'stall') {
      const turn = call.say(step.thenMs, { ends: false });
      call.clock.advance(step.thenMs + step.ms);
      call.say(step.thenMs, { turn });
    }
    if (step.do === 'lose') {
      call.lose();
      call.clock.advance(700);
      call.open();
      call.clock.advance(400);
    }
  }
  call.hangUp();
}

const delays = fc.record({
  downMs: fc.integer({ min: 0, max: 400 }),
  upMs: fc.integer({ min: 0, max: 400 }),
});

/** The same delays in the same order whenever the same case is run. */
const jittered = (base: number, jitter: readonly number[]): (() => number) => {
  let n = 0;
  return () => base + jitter[n++ % jitter.length]!;
};

const stall = fc
  .record({ ms: odd(900), thenMs: tens(20, 500) })
  .map((times): Step => ({ do: 'stall', ...times }));
const lose = fc.constant<Step>({ do: 'lose' });

test('whatever is said, cut, lowered and waited for, over any distance', () => {
  fc.assert(
    fc.property(delays, steps(stall), ({ downMs, upMs }, all) => {
      const call = new AlignedCall({ downMs: () => downMs, upMs: () => upMs });
      go(call, all);
      check(call);
    }),
    { numRuns: 300 },
  );
});

const jitter = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 3, maxLength: 9 });

test('the same over a network whose delay changes with everything that is sent', () => {
  fc.assert(
    fc.property(delays, jitter, jitter, steps(), ({ downMs, upMs }, down, up, all) => {
      const call = new AlignedCall({ downMs: jittered(downMs, down), upMs: jittered(upMs, up) });
      go(call, all);
      // Of a turn that was cut off within its first frame nobody knows how much of that was heard, nor where within a frame of
      // the caller's it broke off.
      check(call, 2 * WITHIN);
    }),
    {
      numRuns: 300,
      examples: [
        // What comes back late comes back together: not all of it was set free by the clear.
        [
          { downMs: 0, upMs: 0 },
          [0, 36, 0, 0, 0],
          [0, 11, 0],
          [{ do: 'wait', ms: 381 }, { do: 'say', ms: 20 }, { do: 'wait', ms: 5 }, { do: 'bargeIn' }],
        ],
      ],
    },
  );
});

test('the same where the agent falters, and nothing is cut', () => {
  fc.assert(
    fc.property(delays, jitter, jitter, steps(stall), ({ downMs, upMs }, down, up, all) => {
      const call = new AlignedCall({ downMs: jittered(downMs, down), upMs: jittered(upMs, up) });
      go(
        call,
        all.filter((step) => !['bargeIn', 'lower', 'raise'].includes(step.do)),
      );
      // A pause of less than a frame cannot be told from none.
      check(call, 0, 2 * WITHIN);
    }),
    { numRuns: 300 },
  );
});

test('the same within 20 ms, where no delay changes by more than 5 ms', () => {
  const little = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 9 });
  fc.assert(
    fc.property(delays, little, little, steps(), ({ downMs, upMs }, down, up, all) => {
      const call = new AlignedCall({ downMs: jittered(downMs, down), upMs: jittered(upMs, up) });
      go(call, all);
      check(call);
    }),
    { numRuns: 300 },
  );
});

test('the same over lines that are lost one after the other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), steps(lose), (wayMs, all) => {
      const call = new AlignedCall({ downMs: () => wayMs, upMs: () => wayMs });
      go(call, all);
      check(call);
    }),
    { numRuns: 300 },
  );
});

test('the time without a line is silence', () => {
  const call = new AlignedCall({ downMs: () => 0, upMs: () => 0 });
  call.clock.advance(1_000);
  call.lose();
  call.clock.advance(60_000);
  call.open();
  call.clock.advance(1_000);
  call.hangUp();
  const { caller } = call.file;
  const [, second] = call.basesIn(caller);
  expect(second).toBe(61_000 * 8);
  expect(new Set(caller.subarray(8_000, second))).toEqual(new Set([SILENCE]));
});

test('a recording that starts late has nothing of before, also of the frame in which it was started', () => {
  const call = new AlignedCall({ downMs: () => 60, upMs: () => 60 }, { starts: false });
  call.say(600);
  call.clock.advance(1_000);
  call.aligner.start();
  call.say(600);
  call.clock.advance(2_000);
  call.hangUp();
  const { caller, agent } = call.file;
  expect(blocksIn(agent, 0).filter(({ block }) => block < 120)).toEqual([]);
  expect(new Set(blocksIn(agent, 0).map(({ block }) => block))).toEqual(
    new Set(Array.from({ length: 120 }, (_, n) => 120 + n)),
  );
  const firstFrame = Buffer.from(caller.subarray(0, FRAME_BYTES));
  const before = call.said.findIndex((frame) => firstFrame.equals(frame));
  expect(before).toBeGreaterThan(40);
  expect(Buffer.concat(call.said.slice(before)).equals(caller)).toBe(true);
});

test('what is never started leaves nothing', () => {
  const call = new AlignedCall({ downMs: () => 60, upMs: () => 60 }, { starts: false });
  call.say(600);
  call.clock.advance(2_000);
  call.hangUp();
  expect(call.file.caller).toHaveLength(0);
});

test('while a secret is typed both are silent, and only then', () => {
  const call = new AlignedCall({ downMs: () => 60, upMs: () => 60 });
  call.say(4_000);
  call.clock.advance(1_000);
  call.tape.hush(true);
  call.clock.advance(2_000);
  call.tape.hush(false);
  call.clock.advance(3_000);
  call.hangUp();
  const { caller, agent } = call.file;
  const hushedFrom = (1_000 - 60) * 8;
  const quiet = [hushedFrom + FRAME_BYTES, hushedFrom + 16_000 - FRAME_BYTES] as const;
  expect(new Set(caller.subarray(...quiet))).toEqual(new Set([SILENCE]));
  expect(new Set(agent.subarray(...quiet))).toEqual(new Set([SILENCE]));
  expect(caller.subarray(0, quiet[0] - 2 * FRAME_BYTES)).not.toContain(SILENCE);
  expect(caller.subarray(quiet[1] + 2 * FRAME_BYTES, 30_000)).not.toContain(SILENCE);
  expect(blocksIn(agent, 0).length).toBeGreaterThan(7_500);
});

test('a carrier that returns no mark does not hold up the file', () => {
  const given: number[] = [];
  let nowMs = 0;
  const aligner = new Aligner(
    MULAW_8K,
    { sound: (bytes) => void given.push(bytes.length / 2), silence: () => undefined },
    () => nowMs,
  );
  aligner.start();
  aligner.opened();
  aligner.played(new Uint8Array(1_600).fill(1));
  aligner.marked('1');
  for (; nowMs < 4_000; nowMs += 20) aligner.heard(new Uint8Array(FRAME_BYTES));
  expect(given.reduce((sum, samples) => sum + samples, 0)).toBeGreaterThan(16_000);
});
