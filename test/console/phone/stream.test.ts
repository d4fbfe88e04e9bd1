// What the page's telephone sends, judged by the server's own reader.
import { expect, test } from 'vitest';
import { MULAW_DECODE } from '../../../src/audio/g711.ts';
import { decode, StreamWriter } from '../../../src/carrier/twilio/messages.ts';
import { CallerFrames } from '../../../src/console/web/phone/caller-frames.ts';
import { CallerWords, readServerWord } from '../../../src/console/web/phone/stream-words.ts';

const NAMES = { streamId: 'MZ1', callId: 'CA1', token: 'a-token' };

test('every message is one of the carrier, in order and timed by its frames', () => {
  const words = new CallerWords(NAMES);
  const frame = Uint8Array.from({ length: 160 }, (_, n) => n);
  const said = [
    words.connected(),
    words.start(),
    words.media(frame),
    words.media(frame),
    words.key('#'),
    words.mark('m1'),
    words.stop(),
  ];
  expect(said.map((text) => decode(text))).toMatchObject([
    { type: 'connected' },
    {
      type: 'start',
      streamSid: 'MZ1',
      callSid: 'CA1',
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000, channels: 1 },
      customParameters: { token: 'a-token' },
    },
    { type: 'media', track: 'inbound', timestampMs: 0, mulaw: Buffer.from(frame) },
    { type: 'media', timestampMs: 20 },
    { type: 'dtmf', digit: '#' },
    { type: 'mark', name: 'm1' },
    { type: 'stop' },
  ]);
  const numbers = said
    .slice(1)
    .map((text) => (JSON.parse(text) as { sequenceNumber: string }).sequenceNumber);
  expect(numbers).toEqual(['1', '2', '3', '4', '5', '6']);
});

test('what the server says is understood, and what is not for a telephone is passed over', () => {
  const server = new StreamWriter('MZ1');
  const mulaw = Uint8Array.from({ length: 160 }, (_, n) => 255 - n);
  expect(readServerWord(server.media(mulaw))).toEqual({ event: 'media', mulaw });
  expect(readServerWord(server.mark('a "name"'))).toEqual({ event: 'mark', name: 'a "name"' });
  expect(readServerWord(server.clear)).toEqual({ event: 'clear' });
  for (const other of ['', '{', 'null', '{"event":"media"}', '{"event":"mark","mark":{}}', '{"event":"new"}'])
    expect(readServerWord(other)).toBeUndefined();
});

test('sound becomes frames of 20 ms, whatever pieces it comes in', () => {
  const frames: Uint8Array[] = [];
  const caller = new CallerFrames((frame) => frames.push(frame));
  const sound = Float32Array.from({ length: 500 }, (_, n) => Math.sin(n / 5) * 1.5);
  caller.push(sound.subarray(0, 128));
  expect(frames).toEqual([]);
  caller.push(sound.subarray(128));
  expect(frames.map(({ length }) => length)).toEqual([160, 160, 160]);
  const heard = Float32Array.from(
    frames.flatMap((frame) => [...frame]),
    (code) => MULAW_DECODE[code]! / 32_768,
  );
  heard.forEach((sample, n) => {
    const meant = Math.max(-1, Math.min(1, sound[n]!));
    expect(Math.abs(sample - meant)).toBeLessThanOrEqual(Math.abs(meant) * 0.06 + 0.001);
  });
});

test('whoever is muted sends silence and no gap', () => {
  const frames: Uint8Array[] = [];
  const caller = new CallerFrames((frame) => frames.push(frame));
  caller.isMuted = true;
  caller.push(new Float32Array(320).fill(0.9));
  caller.isMuted = false;
  caller.push(new Float32Array(160).fill(0.9));
  expect(frames.slice(0, 2)).toEqual([new Uint8Array(160).fill(0xff), new Uint8Array(160).fill(0xff)]);
  expect(frames[2]!.every((code) => MULAW_DECODE[code]! > 28_000)).toBe(true);
});
