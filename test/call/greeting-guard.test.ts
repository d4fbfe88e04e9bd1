import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MULAW_8K } from '../../src/audio/format.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import { incoming, rig } from './rig.ts';

const hello = soundFromWav(
  readFileSync(new URL('../../fixtures/audio/caller/yes.wav', import.meta.url)),
  MULAW_8K,
);
const question = soundFromWav(
  readFileSync(new URL('../../fixtures/audio/caller/hello-opening-hours.wav', import.meta.url)),
  MULAW_8K,
);
const SILENCE = new Uint8Array(160).fill(0xff);

function pickedUp(options: Parameters<typeof rig>[0] = {}) {
  const all = rig({ bargeIn: { greeting_guard_ms: 1_500 }, ...options });
  const line = all.connect(all.switchboard.answer(incoming));
  const session = all.live.last;
  const say = (sound: Uint8Array): void => {
    for (let at = 0; at + 160 <= sound.length; at += 160) {
      line.speak(sound.subarray(at, at + 160));
      all.clock.advance(20);
    }
  };
  const quiet = (ms: number): void => {
    for (let left = ms; left > 0; left -= 20) say(SILENCE);
  };
  /** The loudest sample the model was sent. */
  const loudest = (): number => {
    let most = 0;
    for (const pcm of session.sent)
      for (const sample of new Int16Array(Uint8Array.from(pcm).buffer))
        most = Math.max(most, Math.abs(sample));
    return most;
  };
  return { ...all, line, session, say, quiet, loudest };
}

describe('[GR6] the greeting’s first milliseconds', () => {
  test('a reflex at pickup is not heard by the model, nor later; what follows the guard is', () => {
    const { session, say, quiet, loudest } = pickedUp();
    session.ready();
    session.say(4_000);
    say(hello);
    quiet(1_500 - hello.length / 8 + 400);
    expect(loudest(), 'silence, without a hole').toBeLessThan(50);
    expect(session.sent.length).toBeGreaterThan(70);
    say(hello);
    expect(loudest()).toBeGreaterThan(1_000);
    const all = session.sent.reduce((sum, pcm) => sum + pcm.length, 0);
    quiet(4_000);
    const later = session.sent.reduce((sum, pcm) => sum + pcm.length, 0) - all;
    expect(later, 'nothing is said twice').toBe(4_000 * 32);
  });

  test('who speaks when the guard ends is heard from the beginning', () => {
    const { session, say, quiet, loudest } = pickedUp();
    session.ready();
    session.say(4_000);
    quiet(1_500 - 200);
    say(hello.subarray(0, 8 * 240));
    quiet(40);
    expect(loudest()).toBeGreaterThan(1_000);
  });

  test('a question that was asked before the greeting came is heard', () => {
    const { session, say, quiet, loudest } = pickedUp();
    say(question);
    quiet(400);
    session.ready();
    session.say(4_000);
    quiet(1_600);
    expect(loudest()).toBeGreaterThan(1_000);
  });

  test('no comfort is played over a caller whom the model does not hear yet', () => {
    const { session, say, quiet, line } = pickedUp({ deadAirMs: 4_000 });
    session.ready();
    quiet(2_800);
    say(question);
    expect(line.played).toEqual([]);
  });

  test('it is the caller’s ear that counts: behind a slow network it lasts as much longer', () => {
    const { session, say, quiet, loudest } = pickedUp({
      bargeIn: { greeting_guard_ms: 1_500 },
      through: { downMs: 300, upMs: 300 },
    });
    session.ready();
    session.say(4_000);
    quiet(1_000);
    say(hello.subarray(0, 8 * 400));
    quiet(300);
    expect(loudest()).toBeLessThan(50);
  });

  test('a greeting that stalls: who hears nothing is heard', () => {
    const { session, say, quiet, loudest } = pickedUp();
    session.ready();
    session.say(500);
    quiet(2_000);
    say(hello);
    expect(loudest()).toBeGreaterThan(1_000);
  });

  test('a recorded greeting is guarded alike, the model there or not', () => {
    const { session, say, quiet, loudest } = pickedUp({
      greetingAudioMs: 4_000,
      bargeIn: { greeting_guard_ms: 1_500 },
    });
    say(hello);
    quiet(1_600 - hello.length / 8);
    session.ready();
    expect(loudest()).toBeLessThan(50);
    say(hello);
    expect(loudest()).toBeGreaterThan(1_000);
  });

  test('a greeting that never comes does not keep the caller unheard; nothing is lost', () => {
    const { session, say, quiet, loudest } = pickedUp();
    session.ready();
    say(hello);
    quiet(20_000);
    expect(loudest()).toBeGreaterThan(1_000);
  });

  test('a greeting shorter than its guard: what the caller said follows', () => {
    const { session, say, quiet, loudest } = pickedUp({ bargeIn: { greeting_guard_ms: 5_000 } });
    session.ready();
    session.say(1_000);
    session.idle();
    say(hello);
    quiet(1_200);
    expect(loudest()).toBeGreaterThan(1_000);
  });
});
