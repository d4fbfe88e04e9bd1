import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EchoPath, MOST_LAG_FRAMES } from '../../src/audio/echo.ts';
import { BANDS, decibels } from '../../src/audio/spectrum.ts';
import { seeded, type Random } from '../../bench/barge-in/sounds.ts';

/** Bands that rise and fall as a voice's do: together, and each by itself. */
function talk(random: Random, frames: number): Float64Array[] {
  let together = -30;
  return Array.from({ length: frames }, () => {
    together = Math.max(-38, Math.min(-15, together + 24 * (random() - 0.5)));
    return Float64Array.from({ length: BANDS }, () => together + 16 * (random() - 0.5));
  });
}

/** Softer than any talker; what was sent more softly than that is not looked for. */
const NEVER_SPEECH_DB = -50;

const silent = new Float64Array(BANDS).fill(-90);
const heardOf = (sent: readonly Float64Array[], lag: number, gainDb: number): Float64Array[] =>
  sent.map((_, i) => (sent[i - lag] ?? silent).map((db) => Math.max(-80, db + gainDb)));

function pathAfter(caller: readonly Float64Array[], sent: readonly Float64Array[]): EchoPath {
  const path = new EchoPath();
  caller.forEach((bands, i) => path.push(bands, sent[i]!));
  return path;
}

test('whatever comes back later and softer is an echo, and is then explained', () => {
  fc.assert(
    fc.property(
      fc.nat(MOST_LAG_FRAMES),
      fc.double({ min: -16, max: -6, noNaN: true }),
      fc.nat(),
      (lag, gainDb, seed) => {
        const sent = talk(seeded(seed), 80);
        const caller = heardOf(sent, lag, gainDb);
        const path = pathAfter(caller.slice(0, 60), sent);
        expect(path.isEcho()).toBe(true);
        for (let i = 60; i < 80; i++) {
          path.push(caller[i]!, sent[i]!);
          expect(decibels(path.split().unexplained)).toBeLessThan(NEVER_SPEECH_DB);
        }
      },
    ),
  );
});

test('a talker over a known echo is not explained', () => {
  const sent = talk(seeded(1), 90);
  const caller = heardOf(sent, 9, -12);
  const path = pathAfter(caller.slice(0, 60), sent);
  expect(path.isEcho()).toBe(true);
  path.push(new Float64Array(BANDS).fill(-10), sent[60]!);
  expect(decibels(path.split().unexplained)).toBeGreaterThan(-10);
});

test('what is louder than we sent it is somebody speaking', () => {
  const sent = talk(seeded(2), 60);
  expect(pathAfter(heardOf(sent, 5, 3), sent).isEcho()).toBe(false);
});

test('nothing is an echo of silence, and silence is none', () => {
  const voice = talk(seeded(3), 60);
  const silence = voice.map(() => silent);
  expect(pathAfter(voice, silence).isEcho()).toBe(false);
  expect(pathAfter(silence, voice).isEcho()).toBe(false);
  expect(new EchoPath().isEcho()).toBe(false);
});

test('one voice is rarely taken for the echo of another', () => {
  const taken = Array.from({ length: 200 }, (_, n) =>
    pathAfter(talk(seeded(2 * n), 60), talk(seeded(2 * n + 1), 60)).isEcho(),
  ).filter(Boolean);
  expect(taken.length).toBeLessThanOrEqual(20);
});
