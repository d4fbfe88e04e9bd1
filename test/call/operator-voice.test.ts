import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MULAW_8K } from '../../src/audio/format.ts';
import { OperatorVoice } from '../../src/call/operator-voice.ts';
import { playoutRig, t } from './playout-rig.ts';

const LOUD = 0x10;
const PAUSE = 0xff;

/** An operator who speaks into a playout on a line; every frame says when it was spoken. */
function speaker({ downMs = 0 } = {}) {
  const rig = playoutRig();
  let line = rig.open({ downMs, upMs: 0 });
  const taken: number[] = [];
  const voice = new OperatorVoice({
    format: MULAW_8K,
    aheadMs: () => rig.playout.aheadMs,
    play: (frames) => {
      taken.push(frames.length / 160);
      rig.playout.accept(t(1), frames);
    },
  });
  const say = (frames: number, byte = LOUD): void => {
    for (let n = 0; n < frames; n++) voice.hear(new Uint8Array(160).fill(byte));
  };
  return {
    ...{ rig, voice, say, taken },
    get line() {
      return line;
    },
    /** Frames that come every 20 ms. */
    speak: (frames: number, byte = LOUD): void => {
      for (let n = 0; n < frames; n++) {
        say(1, byte);
        rig.clock.advance(20);
      }
    },
    lose: () => rig.lose(line),
    reopen: () => void (line = rig.open()),
  };
}

describe('[OA5] the operator’s voice', () => {
  test('begins with its third frame, and goes on without a gap', () => {
    const { speak, line, taken } = speaker();
    speak(2);
    expect(line.heardMs).toBe(0);
    speak(1);
    speak(50);
    expect(taken[0]).toBe(3);
    expect(line.heardMs, 'since the third').toBe(51 * 20);
  });

  test('frames of a browser, 16 or 32 ms apart, and one that is 36 ms late, make no gap', () => {
    const { say, line, rig } = speaker();
    for (let n = 0; n < 3; n++) say(1);
    let heard = 0;
    for (const gapMs of [16, 16, 16, 32, 16, 16, 16, 32, 56, 8, 8, 8, 20, 20]) {
      rig.clock.advance(gapMs);
      heard += gapMs;
      expect(line.heardMs, 'no gap').toBe(heard);
      say(1);
    }
  });

  test('after a gap it is gathered anew', () => {
    const { say, speak, rig, line } = speaker();
    speak(10);
    rig.clock.advance(500);
    const before = line.heardMs;
    say(2);
    rig.clock.advance(100);
    expect(line.heardMs).toBe(before);
    say(1);
    rig.clock.advance(60);
    expect(line.heardMs).toBe(before + 60);
  });

  test('of a burst no more waits than 240 ms, and what follows is soon heard as early as ever', () => {
    const { say, speak, rig } = speaker();
    speak(20);
    say(100);
    expect(rig.playout.aheadMs).toBeLessThanOrEqual(260);
    expect(rig.playout.aheadMs).toBeGreaterThan(200);
    speak(20);
    expect(rig.playout.aheadMs).toBeLessThanOrEqual(80);
  });

  test('what is left out first is a pause', () => {
    const { say, speak, rig } = speaker();
    speak(10);
    say(4);
    const aheadMs = rig.playout.aheadMs;
    expect(aheadMs).toBe(120);
    say(1);
    say(3, PAUSE);
    expect(rig.playout.aheadMs, 'a word is not').toBe(140);
  });

  test('without a line nothing is kept', () => {
    const all = speaker();
    all.speak(10);
    all.lose();
    all.speak(100);
    all.reopen();
    all.rig.clock.advance(1_000);
    expect(all.line.heardMs, 'only what was not confirmed').toBeLessThanOrEqual(200);
    const before = all.line.heardMs;
    all.speak(10);
    all.rig.clock.advance(100);
    expect(all.line.heardMs).toBe(before + 200);
  });

  test('whatever comes whenever, it is never further behind than 260 ms, and never starves while it comes in time', () => {
    const anyGap = fc.oneof(
      { weight: 6, arbitrary: fc.constant({ gapMs: 20, frames: 1 }) },
      { weight: 2, arbitrary: fc.record({ gapMs: fc.nat(45), frames: fc.nat(2) }) },
      { weight: 1, arbitrary: fc.record({ gapMs: fc.nat(900), frames: fc.nat(60) }) },
    );
    fc.assert(
      fc.property(fc.array(anyGap, { maxLength: 200 }), fc.nat(150), (gaps, downMs) => {
        const { say, rig, speak } = speaker({ downMs });
        for (const { gapMs, frames } of gaps) {
          rig.clock.advance(gapMs);
          say(frames);
          expect(rig.playout.aheadMs).toBeLessThanOrEqual(260);
        }
        speak(40);
        for (let n = 0; n < 20; n++) {
          expect(rig.playout.aheadMs, 'it flows').toBeGreaterThan(0);
          speak(1);
        }
      }),
      { numRuns: 200 },
    );
  });
});
