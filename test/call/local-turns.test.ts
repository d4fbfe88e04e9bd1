// Local turn-taking through a whole call: real voices on the caller's side, a model that is played by the test.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { MULAW_8K } from '../../src/audio/format.ts';
import { MULAW_DECODE, MULAW_ENCODE } from '../../src/audio/g711.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import type { FakeLine } from '../doubles/fake-line.ts';
import { incoming, rig } from './rig.ts';

const FRAME = 160;
const SILENCE = new Uint8Array(FRAME).fill(0xff);
const sound = (path: string): Uint8Array =>
  soundFromWav(readFileSync(new URL(`../../fixtures/audio/${path}`, import.meta.url)), MULAW_8K);
const framesOf = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: Math.floor(bytes.length / FRAME) }, (_, n) => bytes.slice(n * FRAME, (n + 1) * FRAME));
/** A hiss at about -20 dB, by a generator of its own: noise is no speech. */
const hiss = (ms: number): Uint8Array => {
  let seed = 7;
  return Uint8Array.from({ length: ms * 8 }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return MULAW_ENCODE[(((seed >>> 16) / 65_536 - 0.5) * 11_000) & 0xffff]!;
  });
};

let interrupt: Uint8Array[];
beforeAll(() => {
  // What is said begins after a silence in the file.
  const said = framesOf(sound('caller/interrupt.wav'));
  interrupt = said.slice(
    Math.max(0, said.findIndex((frame) => frame.some((code) => (code & 0x7f) < 0x40)) - 1),
  );
});

function talking(options: Parameters<typeof rig>[0] = {}) {
  const all = rig({ turnTaking: 'local', ...options });
  const { line, session } = all.answered();
  /** The caller is there all the time; what they say is 20 ms long each. */
  const hear = (frames: readonly Uint8Array[]): void => {
    for (const frame of frames) {
      line.speak(frame);
      all.clock.advance(20);
    }
  };
  const quiet = (ms: number): void => hear(Array.from({ length: ms / 20 }, () => SILENCE));
  quiet(200);
  session.say(8_000);
  session.endTurn();
  quiet(1_000);
  return { ...all, line, session, hear, quiet };
}

/** Of every piece that was sent since, the middle one of its codes without their sign: higher is softer. */
const softness = (line: FakeLine, fromMs: number): number[] =>
  line.played
    .filter(({ atMs }) => atMs >= fromMs)
    .map(({ bytes }) => [...bytes].map((code) => code & 0x7f).sort((a, b) => a - b)[bytes.length >> 1]!);

describe('[LT1][LT2] the caller interrupts', () => {
  test('the voice is lowered within 100 ms, cut within 360, and the model is let hear', () => {
    const { session, line, hear, of, clock } = talking();
    expect(session.held, 'while the agent is heard').toBe(true);
    const onsetMs = clock.nowMs();
    const before = line.log.length;
    hear(interrupt.slice(0, 5));
    expect(line.log.slice(before), 'the line was cleared to play the rest softer').toContain('clear');
    expect(Math.min(...softness(line, onsetMs + 60))).toBeGreaterThan(softness(line, 0)[2]! + 20);
    expect(session.held).toBe(true);
    hear(interrupt.slice(5, 18));
    expect(of('sound-over-agent')).toMatchObject([{ is: 'speech' }]);
    const [bargeIn, ...more] = of('barge-in');
    expect(more).toEqual([]);
    expect(bargeIn!.atMs - onsetMs).toBeLessThanOrEqual(360);
    expect(session.held, 'the model hears it').toBe(false);
    const heardMs = line.heardMs;
    hear(interrupt.slice(18));
    expect(line.heardMs, 'nothing more of the agent is heard').toBe(heardMs);
  });

  test('[LT4] not before so much of the turn was heard as the profile protects; the model hears it all the same', () => {
    const { session, hear, quiet, of } = talking({ bargeIn: { min_heard_ms: 3_000 } });
    hear(interrupt.slice(0, 25));
    expect(of('barge-in')).toEqual([]);
    expect(session.held).toBe(false);
    quiet(2_000);
    const [cut] = of('barge-in');
    expect(cut!.heardMs).toBeCloseTo(3_000, -2);
  });

  test('[BI1] the model’s own word, which follows, changes nothing', () => {
    const { session, hear, of, line } = talking();
    hear(interrupt.slice(0, 20));
    session.interrupt();
    hear(interrupt.slice(20, 30));
    expect(of('barge-in')).toHaveLength(1);
    session.say(500);
    session.idle();
    const heardMs = line.heardMs;
    hear(Array.from({ length: 40 }, () => SILENCE));
    expect(line.heardMs - heardMs).toBe(520);
  });
});

describe('[LT3] any other sound', () => {
  test('a hiss: lowered, then as loud as before; every sample of the agent is heard once', () => {
    const { session, line, hear, quiet, of, clock } = talking();
    hear(framesOf(hiss(600)));
    quiet(600);
    expect(of('sound-over-agent')).toMatchObject([{ is: 'other' }]);
    expect(of('barge-in')).toEqual([]);
    expect(session.held, 'the model was told nothing').toBe(true);
    const fromMs = clock.nowMs();
    quiet(7_500);
    expect(line.heardMs).toBe(8_020);
    expect(Math.max(...softness(line, fromMs).slice(0, -1))).toBe(softness(line, 0)[2]);
  });

  test('a profile that lowers by nothing clears nothing', () => {
    const { line, hear, quiet } = talking({ bargeIn: { lower_voice_db: 0 } });
    const before = line.log.length;
    hear(framesOf(hiss(600)));
    quiet(600);
    expect(line.log.slice(before)).not.toContain('clear');
  });
});

test('[LT5] once the agent is silent, the caller is heard as they are; what lasts on is let through', () => {
  const { session, quiet, hear } = talking();
  quiet(6_900);
  expect(session.held).toBe(true);
  hear(framesOf(hiss(600)));
  expect(session.let).toEqual([Infinity]);
  expect(session.held).toBe(false);
});

test('with the model’s own detector nothing is held, lowered or cut by us', () => {
  const { session, line, hear, of } = talking({ turnTaking: 'server' });
  hear(interrupt);
  expect(session.held).toBe(false);
  expect(line.log).not.toContain('clear');
  expect(of('barge-in')).toEqual([]);
});

test('[LT2][GR4] a recorded greeting is cut before the model is there, and what was said waits for it', () => {
  const all = rig({ turnTaking: 'local', greetingAudioMs: 5_000 });
  const line = all.connect(all.switchboard.answer(incoming));
  const hear = (frames: readonly Uint8Array[]): void => {
    for (const frame of frames) {
      line.speak(frame);
      all.clock.advance(20);
    }
  };
  hear(Array.from({ length: 50 }, () => SILENCE));
  hear(interrupt.slice(0, 25));
  expect(all.of('barge-in')).toHaveLength(1);
  const { heardMs } = line;
  expect(heardMs).toBeLessThan(1_500);
  all.live.last.ready();
  hear(interrupt.slice(25));
  expect(line.heardMs).toBe(heardMs);
  expect(all.live.last.let[0]).toBeGreaterThan(300);
});

test.each([20, 60, 100, 160, 240])(
  '[LT3] a sound that begins %i ms before the agent’s end leaves the next turn as loud as ever',
  (ms) => {
    const { session, line, hear, quiet, clock } = talking();
    quiet(7_020 - ms - (ms % 20));
    hear(framesOf(hiss(400)));
    quiet(1_000);
    const fromMs = clock.nowMs();
    session.say(2_000);
    session.endTurn();
    quiet(2_500);
    const [, , loud] = softness(line, 0);
    // The second turn's sound is twice as loud as the first's: 6 dB, of which 12 would leave nothing.
    expect(softness(line, fromMs)[2]).toBeLessThan(loud!);
    expect(line.heardMs).toBeGreaterThanOrEqual(8_020 + 2_020);
  },
);

describe('[GR6] on a line with an echo', () => {
  const agent = sound('agent/opening-hours.wav');
  /** The greeting is a real voice, and comes back 160 ms later. */
  const echoing = (guardMs: number, db: number, more: readonly Uint8Array[] = []) => {
    const all = rig({ turnTaking: 'local', greetingAudio: agent, bargeIn: { greeting_guard_ms: guardMs } });
    const line = all.connect(all.switchboard.answer(incoming));
    const own = framesOf(agent);
    const decode = (code: number): number => MULAW_DECODE[code]!;
    const gain = 10 ** (db / 20);
    for (let n = 0; n < 200; n++) {
      const late = own[n - 8] ?? SILENCE;
      const said = more[n] ?? SILENCE;
      line.speak(late.map((code, i) => MULAW_ENCODE[(decode(code) * gain + decode(said[i]!)) & 0xffff]!));
      all.clock.advance(20);
    }
    return { ...all, line, session: all.live.last };
  };
  const loudest = (sent: readonly Uint8Array[]): number => {
    let most = 0;
    for (const pcm of sent)
      for (const sample of new Int16Array(Uint8Array.from(pcm).buffer))
        most = Math.max(most, Math.abs(sample));
    return most;
  };

  test.each([
    [0, -12],
    [700, -12],
    [2_000, -12],
    [2_000, -20],
  ])('a guard of %i ms and an echo at %i dB: the greeting is not cut by its own echo', (guardMs, db) => {
    const { of, session } = echoing(guardMs, db);
    expect(of('barge-in')).toEqual([]);
    expect(session.let).toEqual([]);
    if (guardMs > 0) expect(session.held).toBe(true);
  });

  test('and who speaks as the guard ends is let through, and interrupts', () => {
    const more = [...Array.from({ length: 85 }, () => SILENCE), ...interrupt];
    const { of, session } = echoing(2_000, -20, more);
    expect(of('barge-in')).toHaveLength(1);
    expect(session.let[0]).toBeGreaterThan(300);
    expect(loudest(session.sent)).toBeGreaterThan(1_000);
  });
});
