// One media stream as Twilio runs it: a signed upgrade, 20 ms frames out, the ear for what comes back. Knows nothing of
// the call around it, nor of what the caller says or why.
import { WebSocket, type RawData } from 'ws';
import { FRAME_MS } from '../../audio/format.ts';
import type { Clock } from '../../base/clock.ts';
import { unreachable } from '../../base/errors.ts';
import { TOKEN_PARAMETER } from '../../carrier/twilio/messages.ts';
import { Ear, type Cut } from './ear.ts';
import { spoil, type StreamFaults } from './faults.ts';
import { FRAME_SAMPLES, Microphone } from './microphone.ts';
import { Pacer, type Departure } from './pacer.ts';
import { explain, explainClose } from './stream-errors.ts';
import { newSid } from './sid.ts';
import { sign } from './signature.ts';
import type { Track } from './track.ts';
import type { TwilioError } from './twilio-error.ts';
import type { StreamNoun } from './verb.ts';
import { readMessage, StreamWriter } from './wire.ts';

/** Twilio's own limit is not documented; longer than any healthy handshake. */
const HANDSHAKE_MS = 10_000;
/** How long a server may take to answer our close frame. */
const CLOSE_MS = 2_000;
/** About ten seconds of frames that the server has not read: Twilio discards audio then (31930). */
const CONGESTED_BYTES = 128 * 1024;

export interface StreamListener {
  onOpened(): void;
  onSound(atClockMs: number): void;
  onCleared(cut: Cut): void;
  /** The stream ends, and what was queued with it. */
  onCut(cut: Cut): void;
  onMark(name: string): void;
  /** The stream goes on. */
  onWarning(error: TwilioError): void;
}

export interface StreamOptions {
  readonly noun: StreamNoun;
  readonly accountSid: string;
  readonly callSid: string;
  readonly authToken: string;
  readonly clock: Clock;
  /** What the caller says, and where what is heard is written down. */
  readonly mouth: Track;
  readonly heard: Track;
  readonly faults: StreamFaults;
  readonly listener: StreamListener;
}

export interface StreamEnd {
  readonly code: number;
  readonly reason: string;
  /** `network`: a fault of the test tore it down. */
  readonly by: StreamEndedBy;
  /** Why it failed; absent when it ended as it should. */
  readonly error: TwilioError | undefined;
}

export type StreamEndedBy = 'server' | 'phone' | 'network';

type Phase =
  | { is: 'connecting' }
  | { is: 'open'; startMs: number; pacer: Pacer }
  /** We end it, and wait for the socket to close. */
  | { is: 'ending'; by: StreamEndedBy }
  | { is: 'closed' };

export class PhoneStream {
  readonly streamSid = newSid('MZ');
  readonly ear: Ear;
  /** Never rejects. */
  readonly closed: Promise<StreamEnd>;
  readonly #options: StreamOptions;
  readonly #writer: StreamWriter;
  readonly #socket: WebSocket;
  readonly #microphone: Microphone;
  readonly #warned = new Set<number>();
  #phase: Phase = { is: 'connecting' };
  #error: TwilioError | undefined;
  #cancelTimer: () => void;
  /** A frame that a fault sends after its successor. */
  #overtaken: string | undefined;

  /** The noun must have passed `refuse`. */
  constructor(options: StreamOptions) {
    this.#options = options;
    const { noun, authToken, accountSid, callSid, clock, heard, listener, faults } = options;
    this.#writer = new StreamWriter({ accountSid, callSid, streamSid: this.streamSid });
    this.#microphone = new Microphone(options.mouth, heard, faults.echo);
    this.ear = new Ear(clock, heard, {
      onSound: (atMs) => listener.onSound(atMs),
      onMark: (name) => {
        this.#send(this.#writer.mark(name));
        listener.onMark(name);
      },
      onOverflow: () =>
        this.#warn(31931, 'more than ten minutes of audio are queued; the excess is discarded'),
    });
    const signature = spoil(faults.signature, sign(authToken, noun.url));
    const headers = signature === undefined ? {} : { 'x-twilio-signature': signature };
    this.#socket = new WebSocket(noun.url, { headers, perMessageDeflate: false });
    this.#cancelTimer = clock.after(HANDSHAKE_MS, () =>
      this.#fail(31901, `no answer to the upgrade within ${HANDSHAKE_MS / 1_000} s`),
    );
    this.closed = new Promise((resolve) => this.#attend(resolve));
  }

  get open(): boolean {
    return this.#phase.is === 'open';
  }

  /** Sends what is due, frames and marks in the order in which they were: a late beat changes nothing of it. The call's heartbeat. */
  tick(nowMs: number): void {
    const phase = this.#phase;
    if (phase.is !== 'open') return;
    for (const departure of phase.pacer.due(nowMs)) {
      this.ear.tick(departure.atMs);
      this.#depart(departure, phase.startMs);
    }
    this.ear.tick(nowMs);
  }

  /** False when the stream is not open. */
  press(digit: string): boolean {
    if (this.#phase.is !== 'open') return false;
    this.#send(this.#writer.digit(digit));
    return true;
  }

  /** The call ended: says so to the server and closes. */
  stop(): void {
    if (this.#phase.is !== 'open') {
      if (this.#phase.is === 'connecting') this.#tearDown('phone');
      return;
    }
    this.#send(this.#writer.stop());
    this.#options.listener.onCut(this.ear.end());
    this.#phase = { is: 'ending', by: 'phone' };
    this.#socket.close(1000);
    this.#cancelTimer = this.#options.clock.after(CLOSE_MS, () => this.#socket.terminate());
  }

  #attend(resolve: (end: StreamEnd) => void): void {
    const socket = this.#socket;
    socket.on('open', () => this.#begin());
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      this.#fail(
        31920,
        `the server answered the upgrade with HTTP ${response.statusCode ?? 0} instead of 101`,
      );
    });
    socket.on('error', (error) => {
      this.#error ??= explain(error, this.#phase.is === 'connecting');
    });
    socket.on('close', (code, reason) => {
      this.#cancelTimer();
      const by = this.#phase.is === 'ending' ? this.#phase.by : 'server';
      this.#phase = { is: 'closed' };
      this.#options.listener.onCut(this.ear.end());
      if (by === 'server') this.#error ??= explainClose(code);
      const error = by === 'phone' ? undefined : this.#error;
      resolve({ code, reason: reason.toString(), by, error });
    });
  }

  #begin(): void {
    const { clock, faults, noun, listener } = this.#options;
    if (this.#phase.is !== 'connecting') return;
    this.#cancelTimer();
    this.#phase = { is: 'open', startMs: clock.nowMs(), pacer: new Pacer(clock.nowMs(), faults) };
    this.#send(this.#writer.connected());
    if (faults.withholdStart !== true) {
      const token = faults.token === undefined ? {} : { [TOKEN_PARAMETER]: faults.token };
      this.#send(this.#writer.start({ ...noun.parameters, ...token }));
    }
    listener.onOpened();
  }

  #depart(departure: Departure, startMs: number): void {
    switch (departure.send) {
      case 'frame':
        if (this.#options.faults.withholdStart !== true) this.#sendFrame(departure, startMs);
        return;
      case 'text':
        return this.#send(departure.text);
      case 'nothing-more':
        this.#error = { code: 31921, message: 'the socket was torn down by a fault of the test' };
        return this.#tearDown('network');
      default:
        unreachable(departure);
    }
  }

  #sendFrame({ index, copies, late }: Departure & { send: 'frame' }, startMs: number): void {
    if (this.#socket.bufferedAmount > CONGESTED_BYTES)
      return this.#warn(31930, 'the server reads too slowly; caller audio is discarded');
    const from = this.#options.mouth.positionAt(startMs) + index * FRAME_SAMPLES;
    const text = this.#writer.media(this.#microphone.frame(from), index * FRAME_MS);
    const overtaken = this.#overtaken;
    this.#overtaken = late ? text : undefined;
    if (!late) for (let copy = 0; copy < copies; copy++) this.#send(text);
    if (overtaken !== undefined) this.#send(overtaken);
  }

  #hear(data: RawData, isBinary: boolean): void {
    // What the ear makes of it comes behind what the caller has said until now.
    this.tick(this.#options.clock.nowMs());
    if (this.#phase.is !== 'open') return;
    if (isBinary) return this.#warn(31950, 'binary message ignored: the server must send JSON text');
    const message = readMessage(textOf(data), this.streamSid);
    switch (message.event) {
      case 'media':
        return this.ear.play(message.sound);
      case 'mark':
        return this.ear.mark(message.name);
      case 'clear':
        return this.#options.listener.onCleared(this.ear.clear());
      case 'invalid':
        return this.#warn(31951, `message ignored: ${message.why}`);
      default:
        unreachable(message);
    }
  }

  /** Twilio warns of each kind once per stream. */
  #warn(code: number, message: string): void {
    if (this.#warned.has(code)) return;
    this.#warned.add(code);
    this.#options.listener.onWarning({ code, message });
  }

  #fail(code: number, message: string): void {
    this.#error ??= { code, message };
    this.#socket.terminate();
  }

  #tearDown(by: StreamEndedBy): void {
    this.#phase = { is: 'ending', by };
    this.#socket.terminate();
  }

  #send(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(new Uint8Array(data))).toString();
