import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { createTwilioAcceptor } from '../../../src/carrier/twilio/acceptor.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { capturedLog } from './captured-log.ts';
import { connected, openSockets, settle, start, TwilioPeer } from './twilio-peer.ts';

const disposals: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

async function openStream(startTimeoutMs?: number) {
  const clock = new ManualClock();
  const { log, lines } = capturedLog();
  const acceptor = createTwilioAcceptor({
    clock,
    log,
    ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }),
  });
  const { ours, theirs, opened, dispose } = await openSockets((socket) => {
    const accepted = acceptor.accept(socket);
    accepted.catch(() => {}); // Looked at by the test, perhaps later.
    return { accepted };
  });
  disposals.push(dispose);
  const closed = once(theirs, 'close').then(([code, reason]) => `${String(code)} ${String(reason)}`);
  return { ...opened, acceptor, clock, lines, ours, theirs, closed, peer: new TwilioPeer(theirs, clock) };
}

test('a stream opens with `connected` and `start`; the line goes by the start', async () => {
  const { accepted, peer, clock } = await openStream();
  peer.send(connected);
  peer.send(start);
  const { start: said, line } = await accepted;
  expect(said).toEqual({ callId: start.start.callSid, token: 'one-time-token' });
  expect(line.streamId).toBe(start.streamSid);
  // The wait for the start is over.
  clock.advance(60_000);
  expect(line.format).toEqual({ encoding: 'mulaw', sampleRateHz: 8000 });
});

test('without a token parameter the token is empty', async () => {
  const { accepted, peer } = await openStream();
  peer.raw(JSON.stringify({ ...start, start: { ...start.start, customParameters: undefined } }));
  expect((await accepted).start.token).toBe('');
});

test('what comes before the start is ignored: media, marks, malformed, binary, oversized', async () => {
  const { accepted, peer, theirs, ours, lines } = await openStream();
  const heard: Uint8Array[] = [];
  peer.speak(new Uint8Array(160).fill(1));
  peer.press('1');
  peer.raw('{"event":');
  peer.raw(Buffer.from('binary'));
  peer.raw('x'.repeat(100_000));
  peer.send(start);
  peer.speak(new Uint8Array(160).fill(2));
  const { line } = await accepted;
  line.listen({ onAudio: (frame) => heard.push(frame), onEvent: () => {} });
  await settle(ours, theirs);
  expect(heard.map((frame) => frame[0])).toEqual([2]);
  expect(lines).toHaveLength(1);
});

test('no start in five seconds: 1008, and the reason tells what came instead', async () => {
  const { accepted, clock, peer, closed, ours, theirs } = await openStream();
  peer.send(connected);
  peer.raw('{}');
  await settle(ours, theirs);
  clock.advance(4_999);
  await settle(ours, theirs);
  expect(theirs.readyState).toBe(theirs.OPEN);
  clock.advance(1);
  expect(await closed).toBe('1008 no start within 5 s');
  await expect(accepted).rejects.toMatchObject({
    code: 'CARRIER_REQUEST_INVALID',
    message: 'closed a media socket: no start within 5 s (dropped until then: {"malformed":1})',
  });
  await settle(ours, theirs);
  expect(clock.pending).toBe(0);
});

test('the wait can be set', async () => {
  const { clock, closed } = await openStream(200);
  clock.advance(200);
  expect(await closed).toBe('1008 no start within 0.2 s');
});

test.each([
  { encoding: 'audio/l16', sampleRate: 8000, channels: 1 },
  { encoding: 'audio/x-mulaw', sampleRate: 16_000, channels: 1 },
  { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 2 },
  { encoding: 'ü'.repeat(500), sampleRate: 8000, channels: 1 },
])('another format is refused: $encoding $sampleRate $channels', async (mediaFormat) => {
  const { accepted, clock, peer, closed, ours, theirs } = await openStream();
  peer.send({ ...start, start: { ...start.start, mediaFormat } });
  expect(await closed).toBe('1008 mediaFormat must be audio/x-mulaw, 8000 Hz, 1 channel');
  await expect(accepted).rejects.toMatchObject({ code: 'CARRIER_REQUEST_INVALID' });
  await settle(ours, theirs);
  expect(clock.pending).toBe(0);
});

test('a socket that closes or breaks before the start is told of, and leaves nothing', async () => {
  const gone = await openStream();
  gone.theirs.close();
  await expect(gone.accepted).rejects.toMatchObject({
    code: 'CARRIER_REQUEST_INVALID',
    message: 'a media socket closed (1005) before its start came',
  });
  expect(gone.clock.pending).toBe(0);

  const broken = await openStream();
  broken.peer.raw('x'.repeat(2 * 1024 * 1024));
  await expect(broken.accepted).rejects.toMatchObject({ code: 'CARRIER_REQUEST_INVALID' });
  expect(broken.lines.map(({ level }) => level)).toEqual(['warn']);
  expect(broken.clock.pending).toBe(0);
});

test('a socket that is closed already is refused at once', async () => {
  const { acceptor, ours, theirs, clock } = await openStream();
  theirs.terminate();
  await settle(ours, theirs);
  await expect(acceptor.accept(ours)).rejects.toMatchObject({ code: 'CARRIER_REQUEST_INVALID' });
  expect(clock.pending).toBe(0);
});

test('a refused peer that does not answer the close is cut off', async () => {
  const { clock, theirs, ours } = await openStream();
  theirs.pause();
  const gone = once(ours, 'close');
  clock.advance(5_000);
  clock.advance(2_000);
  await gone;
  expect(clock.pending).toBe(0);
});
