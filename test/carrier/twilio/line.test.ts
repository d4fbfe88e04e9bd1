// What is Twilio's own about its line; the rules common to all lines are in ../line.test.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { LineEvent } from '../../../src/carrier/line.ts';
import { createTwilioAcceptor } from '../../../src/carrier/twilio/acceptor.ts';
import { MAX_MESSAGE_BYTES, MEDIA_MAX_PAYLOAD_BYTES } from '../../../src/carrier/twilio/intake.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { capturedLog } from './captured-log.ts';
import { CALL_SID, connected, openSockets, settle, start, STREAM_SID, TwilioPeer } from './twilio-peer.ts';

const disposals: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

async function openStream() {
  const clock = new ManualClock();
  const { log, lines } = capturedLog();
  const acceptor = createTwilioAcceptor({ clock, log });
  const { ours, theirs, opened, dispose } = await openSockets((socket) => acceptor.accept(socket));
  disposals.push(dispose);
  const peer = new TwilioPeer(theirs, clock);
  return { clock, lines, ours, theirs, peer, opened, settle: () => settle(ours, theirs) };
}

/** A stream on which `start` was said and somebody listens. */
async function openLine() {
  const stream = await openStream();
  stream.peer.send(connected);
  stream.peer.send(start);
  const { line } = await stream.opened;
  const heard: Uint8Array[] = [];
  const events: LineEvent[] = [];
  line.listen({ onAudio: (frame) => heard.push(frame), onEvent: (event) => events.push(event) });
  return { ...stream, line, heard, events, sound: () => inWords(heard) };
}

const frame = (fill: number, ms = 20): Uint8Array => new Uint8Array(ms * 8).fill(fill);

/** Sound as `byte × milliseconds`, equal neighbours joined: [1×20 255×300]. */
function inWords(frames: readonly Uint8Array[]): string {
  const runs: { byte: number; count: number }[] = [];
  for (const byte of Buffer.concat(frames)) {
    const last = runs.at(-1);
    if (last?.byte === byte) last.count += 1;
    else runs.push({ byte, count: 1 });
  }
  return runs.map(({ byte, count }) => `${byte}×${count / 8}`).join(' ');
}

/** Plays a recorded stream to a line that has sent the mark `greeting` right after the start. */
async function replay(file: string) {
  const clock = new ManualClock();
  const { log, lines } = capturedLog();
  const acceptor = createTwilioAcceptor({ clock, log });
  const { ours, theirs, opened, dispose } = await openSockets((socket) => acceptor.accept(socket));
  disposals.push(dispose);
  const fixture = readFileSync(join(import.meta.dirname, '../../../fixtures/twilio', file), 'utf8');
  const [first = '', second = '', ...rest] = fixture.trimEnd().split('\n');
  theirs.send(first);
  theirs.send(second);
  const { line, start } = await opened;
  const heard: Uint8Array[] = [];
  const events: LineEvent[] = [];
  line.listen({ onAudio: (frame) => heard.push(frame), onEvent: (event) => events.push(event) });
  line.mark('greeting');
  for (const text of rest) theirs.send(text);
  await settle(ours, theirs);
  theirs.close();
  await settle(ours, theirs);
  return { lines, start, sound: inWords(heard), events };
}

const refusals = (lines: readonly { msg: string }[]): unknown[] =>
  lines.filter(({ msg }) => msg.startsWith('dropped a message'));

describe('a recorded stream', () => {
  test('a whole call: sound, keys and the end, in order', async () => {
    const { start, sound, events, lines } = await replay('whole-call.jsonl');
    expect(start).toEqual({ callId: CALL_SID, token: 'one-time-token' });
    expect(sound).toBe('1×20 2×20 3×10 4×30 5×20');
    expect(events).toEqual([
      { type: 'digit', digit: '5' },
      { type: 'marked', name: 'greeting' },
      { type: 'digit', digit: '#' },
      { type: 'digit', digit: '*' },
      { type: 'stopped' },
      { type: 'closed', code: 1005, reason: '' },
    ]);
    expect(lines).toEqual([]);
  });

  test('gaps become silence, a duplicate is dropped, a late frame is heard, a jump is capped', async () => {
    const { sound } = await replay('gaps.jsonl');
    expect(sound).toBe('1×20 2×20 3×20 255×200 4×20 6×20 7×20 8×20 9×20 255×10000 10×20');
  });

  test('what Twilio may add does no harm; the track that we send is not heard', async () => {
    const { start, sound, events, lines } = await replay('unknown.jsonl');
    expect(start.token).toBe('');
    expect(sound).toBe('1×20 2×20 3×20');
    expect(events.map(({ type }) => type)).toEqual(['stopped', 'closed']);
    expect(lines).toEqual([]);
  });

  test('malformed and foreign messages are counted, said once, and the call goes on', async () => {
    const { sound, events, lines } = await replay('malformed.jsonl');
    expect(sound).toBe('1×20 2×20');
    expect(events.map(({ type }) => type)).toEqual(['stopped', 'closed']);
    expect(refusals(lines)).toEqual([
      expect.objectContaining({ level: 'warn', callId: CALL_SID, streamId: STREAM_SID, kind: 'malformed' }),
    ]);
    expect(lines.at(-1)).toMatchObject({ level: 'info', refused: { malformed: 20, foreign: 1 } });
  });
});

describe('messages that are not Twilio’s', () => {
  test('binary, oversized and unasked marks are dropped', async () => {
    const { peer, settle, sound, events, lines, theirs } = await openLine();
    peer.speak(frame(1));
    peer.raw(Buffer.from(JSON.stringify(connected)));
    peer.raw(JSON.stringify({ ...connected, padding: 'x'.repeat(MAX_MESSAGE_BYTES) }));
    peer.raw(JSON.stringify({ ...connected, padding: 'x'.repeat(MEDIA_MAX_PAYLOAD_BYTES - 100) }));
    peer.send({ event: 'mark', sequenceNumber: '9', streamSid: STREAM_SID, mark: { name: 'never sent' } });
    peer.send(start);
    peer.speak(frame(2));
    await settle();
    expect(sound()).toBe('1×20 2×20');
    expect(events).toEqual([]);
    theirs.close();
    await settle();
    expect(refusals(lines)).toHaveLength(1);
    expect(lines.at(-1)).toMatchObject({ refused: { binary: 1, oversized: 2, 'unknown mark': 1 } });
  });

  test('a mark that comes back twice is told once', async () => {
    const { line, peer, settle, events } = await openLine();
    line.mark('a');
    const back = { event: 'mark', sequenceNumber: '9', streamSid: STREAM_SID, mark: { name: 'a' } } as const;
    peer.send(back);
    peer.send(back);
    await settle();
    expect(events).toEqual([{ type: 'marked', name: 'a' }]);
  });

  test('a message beyond what the socket takes ends the stream, not the process', async () => {
    const { peer, settle, events } = await openLine();
    peer.raw('x'.repeat(MEDIA_MAX_PAYLOAD_BYTES + 1));
    await settle();
    expect(events).toEqual([{ type: 'closed', code: 1006, reason: '' }]);
  });
});

describe('when no media comes', () => {
  test('nothing for half a second, then silence as long as it lasts', async () => {
    const { clock, peer, settle, sound, heard } = await openLine();
    peer.speak(frame(1));
    await settle();
    clock.advance(500);
    expect(sound()).toBe('1×20');
    clock.advance(100);
    expect(sound()).toBe('1×20 255×500');
    clock.advance(1_000);
    expect(sound()).toBe('1×20 255×1500');
    expect(Math.max(...heard.map(({ length }) => length))).toBeLessThanOrEqual(800);
  });

  test('the silence is not given again when the carrier’s time jumps', async () => {
    const { clock, peer, settle, sound } = await openLine();
    peer.media(0, frame(1));
    await settle();
    clock.advance(1_000);
    peer.media(1_000, frame(2));
    await settle();
    expect(sound()).toBe('1×20 255×980 2×20');
  });

  test('of a stream that had sound, five seconds without any are told, once; sound starts them anew', async () => {
    const { clock, peer, settle, events } = await openLine();
    clock.advance(20_000);
    expect(events).toEqual([]);
    peer.media(0, frame(1));
    await settle();
    clock.advance(5_000);
    expect(events).toEqual([]);
    clock.advance(20_000);
    expect(events).toEqual([{ type: 'hung' }]);
    peer.media(25_000, frame(2));
    await settle();
    clock.advance(5_100);
    expect(events).toEqual([{ type: 'hung' }, { type: 'hung' }]);
  });

  test('media starts the half second anew', async () => {
    const { clock, peer, settle, sound } = await openLine();
    for (let i = 0; i < 10; i += 1) {
      peer.speak(frame(i));
      await settle();
      clock.advance(400);
    }
    expect(sound()).not.toContain('255');
  });

  test('a duplicate is no media', async () => {
    const { clock, peer, settle, sound } = await openLine();
    for (let i = 0; i < 10; i += 1) {
      peer.media(0, frame(1));
      await settle();
      clock.advance(100);
    }
    expect(sound()).toBe('1×20 255×900');
  });

  test('ends with the stream, and no timer stays', async () => {
    const { clock, peer, settle, sound, theirs } = await openLine();
    peer.stop();
    await settle();
    clock.advance(5_000);
    expect(sound()).toBe('');
    theirs.close();
    await settle();
    expect(clock.pending).toBe(0);
  });
});

test('no message is sent for no sound: Twilio would call it invalid (31951)', async () => {
  const { line, peer, settle } = await openLine();
  line.play(new Uint8Array(0));
  line.clear();
  await settle();
  expect(peer.told.map(({ event }) => event)).toEqual(['clear']);
});

describe('a carrier that reads slowly', () => {
  const SECOND = frame(7, 1_000);

  test('is waited for: nothing is lost, and it is said once', async () => {
    const { line, ours, theirs, peer, settle, lines, clock } = await openLine();
    theirs.pause();
    let seconds = 0;
    for (; ours.bufferedAmount < 400_000; seconds += 1) line.play(SECOND);
    line.play(SECOND);
    theirs.resume();
    await settle();
    clock.advance((seconds + 1) * 1_000);
    expect(peer.playback.heard.length).toBe((seconds + 1) * SECOND.length);
    expect(lines.filter(({ msg }) => msg.includes('slowly'))).toHaveLength(1);
  });

  test('is left when it does not read at all: memory stays bounded and the call is told', async () => {
    const { line, ours, theirs, settle, lines, events } = await openLine();
    theirs.pause();
    let mostBytes = 0;
    // Ten times what the kernel may take for itself.
    for (let second = 0; second < 10_000; second += 1) {
      line.play(SECOND);
      mostBytes = Math.max(mostBytes, ours.bufferedAmount);
    }
    expect(mostBytes).toBeLessThan(1.1 * 1024 * 1024);
    theirs.resume();
    await settle();
    expect(events).toEqual([{ type: 'closed', code: 1006, reason: '' }]);
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'error']);
  });
});

describe('the end', () => {
  test('a carrier that does not answer our close is cut off', async () => {
    const { line, theirs, ours, clock, events } = await openLine();
    theirs.pause();
    line.close();
    const gone = new Promise((resolve) => ours.once('close', resolve));
    clock.advance(1_999);
    expect(events).toEqual([]);
    clock.advance(1);
    await gone;
    expect(events).toEqual([{ type: 'closed', code: 1006, reason: '' }]);
    expect(clock.pending).toBe(0);
  });

  test('the code and reason are the carrier’s', async () => {
    const { theirs, settle, events } = await openLine();
    theirs.close(1011, 'no more media');
    await settle();
    expect(events).toEqual([{ type: 'closed', code: 1011, reason: 'no more media' }]);
  });

  test('a WebSocket fault of the carrier ends the line and is logged', async () => {
    const { theirs, settle, events, lines } = await openLine();
    // A frame with reserved bits set (RFC 6455 §5.2).
    const raw = Reflect.get(theirs, '_socket') as { write(bytes: Buffer): void };
    raw.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]));
    await settle();
    expect(events.map(({ type }) => type)).toEqual(['closed']);
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', msg: 'the media socket failed' })]);
  });
});

describe('the listener', () => {
  test('that fails does not end the line; it is said once', async () => {
    const { peer, opened, settle, lines } = await openStream();
    peer.send(start);
    const { line } = await opened;
    let heard = 0;
    line.listen({
      onAudio() {
        heard += 1;
        throw new Error('a fault of ours');
      },
      onEvent() {
        throw new Error('another');
      },
    });
    peer.speak(frame(1));
    peer.press('1');
    peer.speak(frame(2));
    await settle();
    expect(heard).toBe(2);
    expect(lines).toEqual([expect.objectContaining({ level: 'error', callId: CALL_SID })]);
  });

  test('comes once', async () => {
    const { line } = await openLine();
    expect(() => line.listen({ onAudio() {}, onEvent() {} })).toThrow(TypeError);
  });

  test('that never comes: a minute is kept, then the stream is given up', async () => {
    const { clock, peer, opened, settle, lines } = await openStream();
    peer.send(start);
    const { line } = await opened;
    clock.advance(60_000);
    expect(lines).toEqual([]);
    clock.advance(1_000);
    await settle();
    expect(lines).toEqual([expect.objectContaining({ level: 'error', callId: CALL_SID })]);
    const told: string[] = [];
    line.listen({ onAudio: () => told.push('audio'), onEvent: ({ type }) => told.push(type) });
    expect(told.at(-1)).toBe('closed');
    expect(told.indexOf('closed')).toBe(told.length - 1);
    expect(told.length).toBeLessThan(610);
  });
});
