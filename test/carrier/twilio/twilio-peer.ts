// A Twilio in the test's hand: dials a real loopback WebSocket, speaks Media Streams, plays what it gets on a clock.
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { MULAW_8K } from '../../../src/audio/format.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { MEDIA_MAX_PAYLOAD_BYTES } from '../../../src/carrier/twilio/intake.ts';
import type { FromTwilio, ToTwilio } from '../../../src/carrier/twilio/messages.ts';
import { CarrierPlayback } from '../../doubles/carrier-playback.ts';

export const STREAM_SID = 'MZ00000000000000000000000000000001';
export const CALL_SID = 'CA00000000000000000000000000000001';

export const connected: FromTwilio = { event: 'connected', protocol: 'Call', version: '1.0.0' };
export const start: FromTwilio & { event: 'start' } = {
  event: 'start',
  sequenceNumber: '1',
  streamSid: STREAM_SID,
  start: {
    accountSid: 'AC00000000000000000000000000000001',
    streamSid: STREAM_SID,
    callSid: CALL_SID,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { token: 'one-time-token' },
  },
};

/** Two ends of one real socket: `ours` is the server's. `onOpen` runs in the tick in which ours opens. */
export async function openSockets<T>(
  onOpen: (ours: WebSocket) => T,
): Promise<{ ours: WebSocket; theirs: WebSocket; opened: T; dispose: () => Promise<void> }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: MEDIA_MAX_PAYLOAD_BYTES });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const arrived = new Promise<{ ours: WebSocket; opened: T }>((resolve) =>
    server.once('connection', (ours) => resolve({ ours, opened: onOpen(ours) })),
  );
  const theirs = new WebSocket(`ws://127.0.0.1:${address.port}/twilio/media`);
  await once(theirs, 'open');
  const { ours, opened } = await arrived;
  return {
    ours,
    theirs,
    opened,
    dispose: async () => {
      theirs.terminate();
      ours.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Until all that either end sent before has been taken by the other, or both know that they are closed. */
export async function settle(...sockets: readonly WebSocket[]): Promise<void> {
  // Twice, because what arrives first may be answered.
  for (let round = 0; round < 2; round += 1) await Promise.all(sockets.map(roundTrip));
}

const roundTrip = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.readyState === WebSocket.CLOSED) return resolve();
    const done = (): void => {
      socket.off('pong', done).off('close', done);
      resolve();
    };
    socket.on('pong', done).on('close', done);
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  });

export class TwilioPeer {
  /** What it was sent, in order. */
  readonly told: ToTwilio[] = [];
  readonly playback: CarrierPlayback;
  readonly #socket: WebSocket;
  #count = 0;
  #timestampMs = 0;

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.playback = new CarrierPlayback(clock, MULAW_8K, (name) =>
      this.send({ event: 'mark', ...this.#numbered(), mark: { name } }),
    );
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as ToTwilio));
    socket.on('close', () => this.playback.end());
  }

  send(message: FromTwilio): void {
    this.raw(JSON.stringify(message));
  }

  raw(data: string | Buffer): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data);
  }

  /** The next 20 ms of the caller, or whatever is in `frame`; the carrier's clock goes on by its length. */
  speak(frame: Uint8Array): void {
    this.media(this.#timestampMs, frame);
    this.#timestampMs += frame.length / 8;
  }

  media(timestampMs: number, frame: Uint8Array, streamSid = STREAM_SID): void {
    const payload = Buffer.from(frame).toString('base64');
    const media = { track: 'inbound', chunk: String(this.#count), timestamp: String(timestampMs), payload };
    this.send({ event: 'media', ...this.#numbered(), streamSid, media });
  }

  press(digit: string): void {
    this.send({ event: 'dtmf', ...this.#numbered(), dtmf: { track: 'inbound_track', digit } });
  }

  stop(): void {
    const { accountSid, callSid } = start.start;
    this.send({ event: 'stop', ...this.#numbered(), stop: { accountSid, callSid } });
    this.playback.end();
  }

  #numbered(): { sequenceNumber: string; streamSid: string } {
    this.#count += 1;
    return { sequenceNumber: String(this.#count), streamSid: STREAM_SID };
  }

  #take(message: ToTwilio): void {
    this.told.push(message);
    if (message.event === 'media') this.playback.play(Buffer.from(message.media.payload, 'base64'));
    else if (message.event === 'mark') this.playback.mark(message.mark.name);
    else this.playback.clear();
  }
}
