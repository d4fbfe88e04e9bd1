import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MULAW_8K, PCM16_16K } from '../../src/audio/format.ts';
import { pcm16Bytes, pcm16Samples } from '../../src/audio/samples.ts';
import { createTranscoder } from '../../src/audio/transcoder.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import { Ear } from '../../src/call/ear.ts';
import { Played } from '../../src/call/played.ts';

const sound = (name: string): Uint8Array =>
  soundFromWav(readFileSync(new URL(`../../fixtures/audio/${name}.wav`, import.meta.url)), MULAW_8K);
const FRAME = 160;
const SILENCE = new Uint8Array(FRAME).fill(0xff);
const AGENT = sound('agent/opening-hours');
const CALLER = sound('caller/interrupt');

function ear() {
  const played = new Played(MULAW_8K);
  const done: string[] = [];
  const lets: number[] = [];
  const sounds: string[] = [];
  let agentHeard = false;
  const session = {
    hears: PCM16_16K,
    holdSpeech: (held: boolean) => void done.push(held ? 'hold' : 'let go'),
    letThrough: (sinceMs: number) => void lets.push(sinceMs),
  };
  const one = new Ear({
    ...{ lineFormat: MULAW_8K, session, played },
    isAgentHeard: () => agentHeard,
    onSound: (is) => void sounds.push(is),
  });
  const up = createTranscoder(MULAW_8K, PCM16_16K);
  const linear = (bytes: Uint8Array): Int16Array =>
    pcm16Samples(createTranscoder(MULAW_8K, { ...MULAW_8K, encoding: 'pcm16' }).push(bytes));
  /** Frames of the caller's while the agent says `agent`, or nothing. */
  const hear = (caller: readonly Uint8Array[], agent?: Uint8Array): void => {
    agentHeard = agent !== undefined;
    if (agent) played.sent(agent);
    for (const frame of caller) one.hear(frame, up.push(frame));
  };
  return { hear, done, lets, sounds, linear };
}

const frames = (bytes: Uint8Array, count: number, from = 0): Uint8Array[] =>
  Array.from({ length: count }, (_, n) => bytes.slice((from + n) * FRAME, (from + n + 1) * FRAME));
const quiet = (count: number): Uint8Array[] => Array.from({ length: count }, () => SILENCE);
/** What comes back of the agent, `lateMs` later and `db` softer. */
function echoOf(agent: Uint8Array, lateMs: number, db: number): Uint8Array[] {
  const pcm = { ...MULAW_8K, encoding: 'pcm16' } as const;
  const linear = pcm16Samples(createTranscoder(MULAW_8K, pcm).push(agent));
  const late = new Int16Array(linear.length + lateMs * 8);
  for (const [n, sample] of linear.entries()) late[n + lateMs * 8] = sample * 10 ** (db / 20);
  const coded = createTranscoder(pcm, MULAW_8K).push(pcm16Bytes(late));
  return frames(coded, Math.floor(coded.length / FRAME));
}
/** What is said begins after a silence in the file. */
const SPOKEN_FROM = frames(CALLER, 100).findIndex((frame) => frame.some((code) => (code & 0x7f) < 0x40));

describe('[LT5] what is kept from the model', () => {
  test('speech over the agent is let through once it is known, from some 200 ms before it was noticed', () => {
    const { hear, done, lets, sounds } = ear();
    hear(quiet(10), AGENT);
    expect(done).toEqual(['hold']);
    hear(frames(CALLER, 25, SPOKEN_FROM), AGENT);
    expect(sounds).toEqual(['unknown', 'speech']);
    expect(done).toEqual(['hold', 'let go']);
    expect(lets).toHaveLength(1);
    // The verdict came 160 to 300 ms after the onset.
    expect(lets[0]).toBeGreaterThanOrEqual(160 + 200);
    expect(lets[0]).toBeLessThanOrEqual(300 + 200);
    hear(quiet(50), AGENT);
    expect(done, 'whoever was let in stays in').toEqual(['hold', 'let go']);
  });

  test('on a line without an echo, all that lasts on as the agent falls silent', () => {
    const { hear, done, lets } = ear();
    hear(quiet(10), AGENT);
    hear(quiet(14));
    expect(done, 'it may only have faltered').toEqual(['hold']);
    hear(quiet(1));
    expect(done).toEqual(['hold', 'let go']);
    expect(lets).toEqual([Infinity]);
    hear(quiet(1), AGENT);
    expect(done, 'and again with the next turn').toEqual(['hold', 'let go', 'hold']);
  });

  test('on a line with one, nothing before the echo is over, and then only what begins', () => {
    const { hear, done, lets, sounds } = ear();
    const said = AGENT.slice(0, 8 * 3_000);
    const echo = echoOf(said, 180, -12);
    hear(echo.slice(0, 150), said);
    expect(sounds.every((is) => is === 'unknown' || is === 'echo')).toBe(true);
    expect(sounds).toContain('echo');
    hear([...echo.slice(150), ...quiet(20)].slice(0, 18));
    expect(done, 'its lag and 200 ms more').toEqual(['hold']);
    hear(quiet(6));
    expect(done).toEqual(['hold', 'let go']);
    expect(lets).toEqual([]);
  });
});
