// What goes up the line: the caller, and the agent's own voice where the handset lets it through.
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { MULAW_DECODE, MULAW_ENCODE } from '../../../src/audio/g711.ts';
import { Ear } from '../../../src/simulator/phone/ear.ts';
import { FRAME_SAMPLES, Microphone, type EchoFault } from '../../../src/simulator/phone/microphone.ts';
import { Track } from '../../../src/simulator/phone/track.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { closeServers, dial, started } from './dial.ts';

afterEach(closeServers);

const sample = (code: number): number => MULAW_DECODE[code]!;
const soundOf = (ms: number, code: number): Uint8Array => new Uint8Array(ms * 8).fill(code);

/** An ear and a microphone of one handset; `sent`: the whole uplink until now, frame by frame as each was spoken. */
function handset(echo?: EchoFault) {
  const clock = new ManualClock();
  const mouth = new Track(0);
  const heard = new Track(0);
  const ear = new Ear(clock, heard, { onSound: () => 0, onMark: () => 0, onOverflow: () => 0 });
  const microphone = new Microphone(mouth, heard, echo);
  const sent: number[] = [];
  const advance = (ms: number): void => {
    clock.advance(ms);
    while (sent.length + FRAME_SAMPLES <= heard.positionAt(clock.nowMs()))
      sent.push(...Buffer.from(microphone.frame(sent.length), 'base64'));
  };
  return { mouth, ear, sent, advance };
}

describe('echo', () => {
  test('begins so many samples after the sound began, at its level', () => {
    const { ear, sent, advance } = handset({ db: -12, delayMs: 30.125 });
    advance(20);
    ear.play(soundOf(40, 0x10));
    advance(200);
    const from = (20 + 30) * 8 + 1;
    const softer = MULAW_ENCODE[Math.round(sample(0x10) * 10 ** (-12 / 20)) & 0xffff]!;
    expect(sent.slice(0, from)).toEqual(Array<number>(from).fill(0xff));
    expect(sent.slice(from, from + 320)).toEqual(Array<number>(320).fill(softer));
    expect([...new Set(sent.slice(from + 320))]).toEqual([0xff]);
    expect(20 * Math.log10(sample(softer) / sample(0x10))).toBeCloseTo(-12, 0);
  });

  test('what was cleared before it was played is not echoed', () => {
    const { ear, sent, advance } = handset({ db: 0, delayMs: 100 });
    ear.play(soundOf(500, 0x20));
    advance(55);
    ear.clear();
    advance(1_000);
    expect(sent.filter((code) => code !== 0xff)).toHaveLength(55 * 8);
    expect(sent.lastIndexOf(0x20)).toBe((100 + 55) * 8 - 1);
  });

  test('lies under what the caller says, and their sum is clipped', () => {
    const { mouth, ear, sent, advance } = handset({ db: 0, delayMs: 0 });
    mouth.append(0, Uint8Array.of(0xa0, 0x00, 0x80, 0x9f));
    ear.play(Uint8Array.of(0xa5, 0x00, 0x80, 0x1f));
    advance(20);
    const sum = (a: number, b: number): number =>
      MULAW_ENCODE[Math.max(-32_768, Math.min(32_767, sample(a) + sample(b))) & 0xffff]!;
    expect(sent.slice(0, 5)).toEqual([sum(0xa0, 0xa5), 0x00, 0x80, 0xff, 0xff]);
  });

  test('without one the caller is sent bit for bit', () => {
    const { mouth, ear, sent, advance } = handset();
    const said = Uint8Array.from({ length: 256 }, (_, code) => code);
    mouth.append(0, said);
    ear.play(soundOf(100, 0x10));
    advance(100);
    expect(sent).toEqual([...said, ...Array<number>(800 - 256).fill(0xff)]);
  });

  test('any sounds, clears and delays: exactly what was played comes back, so much later', () => {
    const steps = fc.array(
      fc.record({
        playMs: fc.integer({ min: 0, max: 120 }),
        code: fc.integer({ min: 0, max: 0x6f }),
        waitMs: fc.integer({ min: 0, max: 90 }),
        clear: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 300 }), (script, delayMs) => {
        const { ear, sent, advance } = handset({ db: 0, delayMs });
        const played: number[] = [];
        let queue: number[] = [];
        const wait = (ms: number): void => {
          for (let at = 0; at < ms * 8; at++) played.push(queue[at] ?? 0xff);
          queue = queue.slice(ms * 8);
          advance(ms);
        };
        for (const { playMs, code, waitMs, clear } of script) {
          ear.play(soundOf(playMs, code));
          queue.push(...soundOf(playMs, code));
          wait(waitMs);
          if (!clear) continue;
          ear.clear();
          queue = [];
        }
        wait(400);
        const late = [...Array<number>(delayMs * 8).fill(0xff), ...played];
        expect(Buffer.compare(Buffer.from(sent), Buffer.from(late.slice(0, sent.length)))).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

test('over sockets, also where the call keeps no recording', async () => {
  const { server, call } = await dial(
    { onStream: started((stream) => stream.play(100, 0x10)) },
    {
      keepSound: false,
      script: [{ hangUp: true, when: { afterMs: 400 } }],
      faults: { stream: { echo: { db: -6, delayMs: 60 } } },
    },
  );
  await call.done;
  const caller = server.streams[0]!.caller();
  const softer = MULAW_ENCODE[Math.round(sample(0x10) * 10 ** (-6 / 20)) & 0xffff]!;
  expect([...caller].filter((code) => code === softer)).toHaveLength(800);
  expect(new Set(caller)).toEqual(new Set([0xff, softer]));
  expect(() => call.recording()).toThrow('keepSound');
});
