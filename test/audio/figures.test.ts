// The figures that the benchmark prints, held to their targets (shared with it, so that both mean the same).
import { describe, expect, test } from 'vitest';
import { liveline, type Direction } from '../../bench/codec/contender.ts';
import {
  cut,
  delayMs,
  distortionDb,
  foldedSpeechDb,
  inFrames,
  voiceBand,
  worstFoldBackDb,
  wrappedPercent,
} from '../../bench/codec/figures.ts';
import { speech } from '../../bench/codec/signals.ts';

const voice = speech().samples.subarray(0, 24_000 * 8);
const DIRECTIONS: readonly Direction[] = ['up', 'down'];

test('no tone from 4.1 to 11.9 kHz folds back louder than -80 dB', () => {
  expect(worstFoldBackDb(liveline)).toBeLessThanOrEqual(-80);
});

test('speech above the telephone band folds back below the 16-bit floor', () => {
  expect(foldedSpeechDb(liveline, voice)).toBeLessThanOrEqual(-68);
});

test('images and noise of the voice band stay under -85 dB', () => {
  expect(voiceBand(liveline, 'up').unwantedDb).toBeLessThanOrEqual(-85);
});

describe.each(DIRECTIONS)('%s', (direction) => {
  test('ripple from 300 to 3400 Hz is at most 0.05 dB', () => {
    expect(voiceBand(liveline, direction).rippleDb).toBeLessThanOrEqual(0.05);
  });

  test('distortion and noise of 1 kHz are at most -90 dB', () => {
    expect(distortionDb(liveline, direction)).toBeLessThanOrEqual(-90);
  });

  test('delay is the filter and nothing more', () => {
    expect(delayMs(liveline, direction)).toBeCloseTo(direction === 'up' ? 35 / 16 : 24 / 8, 2);
  });

  test('random pieces make the same bits and lose nothing', () => {
    const samples = direction === 'down' ? voice : inFrames(liveline, 'down', voice);
    expect(cut(liveline, direction, samples)).toEqual({ snrDb: Infinity, driftPerHour: 0 });
  });
});

test('a full-scale square and speech four times too loud wrap nowhere', () => {
  expect(wrappedPercent(liveline, voice, inFrames(liveline, 'down', voice))).toBe(0);
});
