import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VoiceActivity, type VoiceActivityEvent } from '../../src/audio/voice-activity.ts';
import { pcm16Bytes } from '../../src/audio/samples.ts';

const OPTIONS = { startMs: 60, endMs: 500 };
const SAMPLES_PER_MS = 16;

/** The same numbers in every run: -0.5 to 0.5. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

interface Stretch {
  readonly ms: number;
  /** Of full scale; undefined is no voice. */
  readonly voiceDb?: number;
}

/** A voice: a 140 Hz buzz whose loudness rises and falls four times a second, as syllables do. */
function sound(stretches: readonly Stretch[], noiseDb = -Infinity, offset = 0): Uint8Array {
  const random = noise(1);
  // White noise of width 1 has a power of 1/12.
  const hiss = 32_768 * 10 ** (noiseDb / 20) * Math.sqrt(12);
  const samples = stretches.flatMap(({ ms, voiceDb }) =>
    Array.from({ length: ms * SAMPLES_PER_MS }, (_, i) => {
      const t = i / 16_000;
      const syllable = 0.55 - 0.45 * Math.cos(2 * Math.PI * 4 * t);
      const buzz = Math.sin(2 * Math.PI * 140 * t) + Math.sin(2 * Math.PI * 700 * t) / 2;
      const voice = voiceDb === undefined ? 0 : 32_768 * 10 ** (voiceDb / 20) * 1.8 * syllable * buzz;
      return Math.round(Math.max(-32_768, Math.min(32_767, offset + voice + hiss * random())));
    }),
  );
  return pcm16Bytes(Int16Array.from(samples));
}

const heard = (pcm: Uint8Array, options = OPTIONS): VoiceActivityEvent[] =>
  new VoiceActivity(options).push(pcm);
const kinds = (events: readonly VoiceActivityEvent[]): string[] => events.map(({ type }) => type);

/** Within a syllable's rise of the truth. */
function expectNear(events: readonly VoiceActivityEvent[], truth: readonly number[]): void {
  expect(kinds(events)).toEqual(truth.map((_, i) => (i % 2 === 0 ? 'started' : 'ended')));
  for (const [i, { atMs }] of events.entries()) expect(Math.abs(atMs - truth[i]!)).toBeLessThanOrEqual(80);
}

describe.each([-Infinity, -60, -52])('in line noise of %d dB', (noiseDb) => {
  test.each([-15, -30])('a voice at %d dB starts and ends where it does', (voiceDb) => {
    const pcm = sound(
      [{ ms: 1_000 }, { ms: 1_500, voiceDb }, { ms: 2_000 }, { ms: 800, voiceDb }, { ms: 1_000 }],
      noiseDb,
    );
    expectNear(heard(pcm), [1_000, 2_500, 4_500, 5_300]);
  });

  test('no voice, no event', () => {
    expect(heard(sound([{ ms: 20_000 }], noiseDb))).toEqual([]);
  });
});

test('pauses shorter than endMs are within speech, longer ones end it', () => {
  const twice = (pauseMs: number): Uint8Array =>
    sound(
      [{ ms: 500 }, { ms: 750, voiceDb: -20 }, { ms: pauseMs }, { ms: 750, voiceDb: -20 }, { ms: 2_000 }],
      -60,
    );
  expect(kinds(heard(twice(350)))).toEqual(['started', 'ended']);
  expect(kinds(heard(twice(700)))).toEqual(['started', 'ended', 'started', 'ended']);
  expect(kinds(heard(twice(700), { startMs: 60, endMs: 1_000 }))).toEqual(['started', 'ended']);
});

test('clicks shorter than startMs are nothing, however many', () => {
  const clicks = Array.from({ length: 20 }, () => [{ ms: 20, voiceDb: -10 }, { ms: 80 }]).flat();
  expect(heard(sound([{ ms: 500 }, ...clicks], -60))).toEqual([]);
});

test('speech from the first sample on is heard from there', () => {
  expectNear(heard(sound([{ ms: 1_000, voiceDb: -20 }, { ms: 1_000 }])), [0, 1_000]);
});

test('the event comes as soon as startMs and endMs allow, and no sooner', () => {
  const voice = new VoiceActivity(OPTIONS);
  expect(voice.push(sound([{ ms: 500 }]))).toEqual([]);
  const tone = pcm16Bytes(
    Int16Array.from({ length: 40 * SAMPLES_PER_MS }, (_, i) => (i % 20 < 10 ? 8_000 : -8_000)),
  );
  expect(voice.push(tone)).toEqual([]);
  expect(voice.push(tone.subarray(0, 640))).toEqual([{ type: 'started', atMs: 500 }]);
  expect(voice.push(sound([{ ms: 480 }]))).toEqual([]);
  expect(voice.push(sound([{ ms: 20 }]))).toEqual([{ type: 'ended', atMs: 560 }]);
});

test('a line that turns noisy is heard as speech at first and then learnt', () => {
  const events = heard(sound([{ ms: 1_000 }, { ms: 10_000 }], -44));
  expect(kinds(events).length).toBeLessThanOrEqual(2);
  const later = new VoiceActivity(OPTIONS);
  later.push(sound([{ ms: 8_000 }], -44));
  expectNear(
    later.push(sound([{ ms: 1_000 }, { ms: 1_000, voiceDb: -18 }, { ms: 2_000 }], -44)).map((event) => ({
      ...event,
      atMs: event.atMs - 8_000,
    })),
    [1_000, 2_000],
  );
});

test('a hole of zeros in a noisy line does not make its noise a voice', () => {
  const noisy = sound([{ ms: 6_000 }], -48);
  noisy.fill(0, 3_000 * 32, 3_060 * 32);
  expect(heard(noisy)).toEqual([]);
});

test('an offset of the line is not a voice', () => {
  expect(heard(sound([{ ms: 5_000 }], -70, 3_000))).toEqual([]);
});

test('full scale from end to end breaks nothing', () => {
  const square = Int16Array.from({ length: 16_000 }, (_, i) => (i % 40 < 20 ? 32_767 : -32_768));
  expect(kinds(heard(pcm16Bytes(square)))).toEqual(['started']);
});

test('the same events however the sound is cut', () => {
  const pcm = sound(
    [{ ms: 700 }, { ms: 900, voiceDb: -22 }, { ms: 900 }, { ms: 400, voiceDb: -22 }, { ms: 700 }],
    -58,
  );
  const expected = heard(pcm);
  expect(expected).toHaveLength(4);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(9), fc.nat(9_000)), { minLength: 1, maxLength: 60 }), (lengths) => {
      const voice = new VoiceActivity(OPTIONS);
      const events: VoiceActivityEvent[] = [];
      let at = 0;
      for (let i = 0; at < pcm.length; i++) {
        const end = i < lengths.length ? at + lengths[i]! : pcm.length;
        events.push(...voice.push(pcm.subarray(at, end)));
        at = end;
      }
      expect(events).toEqual(expected);
    }),
  );
});

test('whatever comes, starts and ends take turns and time goes on', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ ms: fc.nat(600), loud: fc.nat(32_767) }), { maxLength: 20 }),
      (parts) => {
        const random = noise(9);
        const events = heard(
          pcm16Bytes(
            Int16Array.from(
              parts.flatMap(({ ms, loud }) =>
                Array.from({ length: ms * SAMPLES_PER_MS }, () => Math.round(2 * loud * random())),
              ),
            ),
          ),
          { startMs: 40, endMs: 100 },
        );
        for (const [i, { type, atMs }] of events.entries()) {
          expect(type).toBe(i % 2 === 0 ? 'started' : 'ended');
          if (i > 0) expect(atMs).toBeGreaterThan(events[i - 1]!.atMs - 1e-9);
        }
      },
    ),
    { numRuns: 60 },
  );
});
