// The ear for whoever picks up, on voices, tones and silence.
import { describe, expect, test } from 'vitest';
import { MULAW_8K } from '../../src/audio/format.ts';
import { judge, NO_SIGNS } from '../../src/call/answered-by.ts';
import { AnswerEar } from '../../src/call/answer-ear.ts';
import { framesOf, quiet, tone, voice } from '../doubles/answer-sounds.ts';

function heard(...sounds: readonly Uint8Array[]): AnswerEar {
  const ear = new AnswerEar(MULAW_8K);
  for (const frame of framesOf(...sounds)) ear.hear(frame);
  return ear;
}

const NONE = { faxTone: false, beep: false, monologue: false, shortGreeting: false };
const announcement = voice('agent/opening-hours');

describe('a person', () => {
  test('says a few words and waits', () => {
    expect(heard(quiet(400), voice('caller/yes'), quiet(1_500)).signs).toEqual({
      ...NONE,
      shortGreeting: true,
    });
  });

  test.each([550, 650, 750, 850, 950])('says hello, and after %i ms again, and waits', (gapMs) => {
    const { signs } = heard(quiet(400), voice('caller/yes'), quiet(gapMs), voice('caller/yes'), quiet(1_500));
    expect(signs).toEqual({ ...NONE, shortGreeting: true });
    expect(judge({ ...NO_SIGNS, ...signs, words: true, carrier: 'machine' }).by).toBe('unknown');
  });

  test.each([
    [440, 300],
    [425, 200],
    [480, 250],
  ])('has another call waiting, %i Hz for %i ms, and is no machine', (hz, ms) => {
    const { signs } = heard(quiet(400), voice('caller/yes'), tone(hz, ms), quiet(1_500));
    expect(signs).toEqual({ ...NONE, shortGreeting: true });
  });

  test('who says nothing shows nothing', () => {
    expect(heard(quiet(8_000)).signs).toEqual(NONE);
  });

  test.each(['caller/hello-opening-hours', 'caller/look-me-up', 'caller/leave-a-message'])(
    'who says %s is no machine',
    (name) => {
      const { signs } = heard(quiet(300), voice(name), quiet(1_200));
      expect(signs.beep || signs.faxTone).toBe(false);
      expect(judge({ ...NO_SIGNS, ...signs, words: true }).by).not.toBe('machine');
    },
  );
});

describe('a machine', () => {
  test('talks on without a pause', () => {
    expect(heard(quiet(500), announcement).signs).toEqual({ ...NONE, monologue: true });
  });

  test.each([
    [440, 250],
    [850, 400],
    [1_000, 200],
    [1_000, 1_000],
    [1_400, 500],
    [2_100, 600],
  ])('beeps at %i Hz for %i ms after its announcement', (hz, ms) => {
    const ear = heard(quiet(300), announcement, quiet(300), tone(hz, ms), quiet(200));
    expect(ear.signs.beep).toBe(true);
    expect(ear.quietSinceBeepMs).toBe(0);
  });

  test('that pauses in its announcement has not greeted shortly', () => {
    const parts = [
      voice('agent/goodbye'),
      quiet(600),
      voice('agent/goodbye'),
      quiet(600),
      voice('agent/goodbye'),
    ];
    expect(heard(...parts, quiet(2_000)).signs.shortGreeting).toBe(false);
  });

  test('that goes on after a beep has not come to its end', () => {
    const ear = heard(
      announcement,
      quiet(300),
      tone(1_000, 300),
      quiet(300),
      voice('agent/goodbye'),
      quiet(500),
    );
    expect(ear.signs.beep).toBe(true);
    expect(ear.quietSinceBeepMs).toBe(0);
  });

  test('that falls silent is heard to be', () => {
    expect(heard(announcement, quiet(4_500)).quietMs).toBeGreaterThan(4_000);
    expect(heard(announcement).quietMs).toBe(0);
  });
});

test('how long nothing was said behind the last beep is known', () => {
  const beeped = [announcement, quiet(300), tone(1_000, 300)];
  expect(heard(...beeped, quiet(1_000)).quietSinceBeepMs).toBeGreaterThan(850);
  expect(heard(...beeped, quiet(1_000), tone(1_000, 60), quiet(1_000)).quietSinceBeepMs).toBeGreaterThan(850);
  expect(heard(...beeped, quiet(1_000), tone(1_000, 100), quiet(400)).quietSinceBeepMs).toBeLessThan(450);
  expect(heard(...beeped, quiet(1_000), tone(1_000, 160)).quietSinceBeepMs).toBe(0);
  expect(heard(quiet(3_000)).quietSinceBeepMs).toBe(0);
});

test('a tone before anything was said is no beep; nor is one of 100 ms, or of 2 s', () => {
  expect(heard(quiet(300), tone(1_000, 500), quiet(300)).signs.beep).toBe(false);
  expect(heard(announcement, quiet(200), tone(1_000, 100), quiet(300)).signs.beep).toBe(false);
  expect(heard(announcement, quiet(200), tone(1_000, 2_000), quiet(300)).signs.beep).toBe(false);
});

describe('a fax', () => {
  test('that is called sends 2,100 Hz for seconds', () => {
    expect(heard(quiet(1_000), tone(2_100, 3_000), quiet(200)).signs.faxTone).toBe(true);
  });

  test('that calls sends 1,100 Hz again and again', () => {
    const calling = [tone(1_100, 500), quiet(3_000)];
    expect(heard(quiet(500), ...calling).signs.faxTone).toBe(false);
    expect(heard(quiet(500), ...calling, ...calling).signs.faxTone).toBe(true);
  });
});
