import { expect, test } from 'vitest';
import { MULAW_ENCODE } from '../../src/audio/g711.ts';
import { CallSound, type Sounded } from '../../src/console/call-sound.ts';
import { LastHour } from '../../src/console/spread.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const FRAME_MS = 20;
const QUIET = new Uint8Array(160).fill(0xff);
const VOICE = new Uint8Array(160).map((_, n) => MULAW_ENCODE[(n % 8 < 4 ? 8_000 : -8_000) & 0xffff]!);

/** So many milliseconds of who speaks; what was measured. */
function listening() {
  const sound = new CallSound();
  return {
    sound,
    hear: (who: 'nobody' | 'caller' | 'agent' | 'both', ms: number): Sounded[] => {
      const [caller, agent] = [who === 'caller' || who === 'both', who === 'agent' || who === 'both'];
      return Array.from({ length: ms / FRAME_MS }, () =>
        sound.heard(caller ? VOICE : QUIET, agent ? VOICE : QUIET),
      ).filter((each) => each !== undefined);
    },
  };
}

test('the first word, and then each answer: from the last of the caller to the first of the agent', () => {
  const { hear } = listening();
  expect(hear('nobody', 400)).toEqual([]);
  expect(hear('agent', 2_000)).toEqual([{ isFirstWord: true, answeredMs: undefined }]);
  hear('nobody', 500);
  hear('caller', 1_000);
  hear('nobody', 600);
  expect(hear('agent', 1_000)).toEqual([{ isFirstWord: false, answeredMs: 620 }]);
  hear('nobody', 600);
  expect(hear('agent', 1_000)).toEqual([]);
});

test('who speaks at the same time, or goes on, answers nothing; and a click is not a word', () => {
  const { hear } = listening();
  hear('agent', 1_000);
  hear('both', 400);
  expect(hear('agent', 1_000)).toEqual([]);
  hear('nobody', 500);
  hear('caller', 60);
  hear('nobody', 300);
  expect(hear('agent', 400)).toEqual([]);
  hear('nobody', 500);
  hear('caller', 600);
  expect(hear('both', 200)).toEqual([]);
});

test('who interrupts is answered by what comes after they stopped', () => {
  const { hear } = listening();
  hear('agent', 1_000);
  hear('both', 200);
  hear('caller', 800);
  hear('nobody', 400);
  expect(hear('agent', 200)).toEqual([{ isFirstWord: false, answeredMs: 420 }]);
});

test('levels are of the loudest since they were taken, and nothing is left of them', () => {
  const { sound, hear } = listening();
  hear('caller', 100);
  hear('nobody', 100);
  const [caller, agent] = sound.takeLevels();
  expect(caller).toBeGreaterThan(0.7);
  expect(caller).toBeLessThan(0.8);
  expect(agent).toBe(0);
  expect(sound.takeLevels()).toEqual([0, 0]);
});

test('the middle and the worst are of the last hour', () => {
  const clock = new ManualClock();
  const hour = new LastHour(clock);
  expect(hour.spread).toBeNull();
  hour.add(9_000);
  clock.advance(3_000_000);
  for (let n = 1; n <= 100; n++) hour.add(n * 10);
  expect(hour.spread).toEqual({ count: 101, p50Ms: 510, p95Ms: 960 });
  clock.advance(700_000);
  expect(hour.spread).toEqual({ count: 100, p50Ms: 500, p95Ms: 950 });
});
