// A line at Twilio: one media stream on one socket, from its `start` to its close. Knows the wire and its faults;
// knows nothing of the model, of pacing, or of why anything is played.
import type { WebSocket } from 'ws';
import { MULAW_8K, silence } from '../../audio/format.ts';
import type { Clock, StopTimer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Line, LineEvent, LineListener } from '../line.ts';
import { closeSocket } from './close-socket.ts';
import { Intake } from './intake.ts';
import { StreamWriter, type TwilioFact } from './messages.ts';
import { Timeline } from './timeline.ts';

/**
 * No media for this long, which happens (Phonic-Co/phonic-node#32): the listener gets silence, so that the model can end
 * the caller's turn.
 */
const QUIET_AFTER_MS = 500;
const TICK_MS = 100;
/** Twilio sends 50 frames a second, of silence too: a stream without any is of no use to the caller either. */
const HUNG_AFTER_MS = 5_000;
/**
 * Ticks without media that prove the quiet. One more than fit into the time, because media may have come just before
 * the first. Counted in ticks, not in time: when this process was held up, the media waits in the socket, unread.
 */
const QUIET_TICKS = QUIET_AFTER_MS / TICK_MS + 1;
const HUNG_TICKS = HUNG_AFTER_MS / TICK_MS + 1;
/** Silence is handed on in pieces of this length. */
const SILENCE_PIECE_MS = 100;

/** About 25 s of sound as messages. Playout stays 400 ms ahead, so this much unsent means that Twilio reads slowly. */
const SLOW_BACKLOG_BYTES = 256 * 1024;
/** About 95 s. Nobody waits for sound that old: the stream is ended, and Twilio asks what to do next. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

/** How much caller sound (60 s) is kept for a listener that does not come, before the stream is given up. */
const MAX_KEPT_BYTES = 480_000;

export class TwilioLine implements Line {
  readonly format = MULAW_8K;
  readonly streamId: string;
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #intake: Intake;
  readonly #writer: StreamWriter;
  readonly #timeline = new Timeline(MULAW_8K);
  readonly #stopTicking: StopTimer;
  /** `stopped` by Twilio, `closing` by us: the listener is told only `closed` from there on. */
  #phase: 'open' | 'stopped' | 'closing' | 'closed' = 'open';
  #listener: LineListener | undefined;
  #kept: (Uint8Array | LineEvent)[] = [];
  #keptBytes = 0;
  /** Names of marks sent and not come back, in the order sent. */
  readonly #marks: string[] = [];
  #quietTicks = 0;
  #hadSound = false;
  #saidSlow = false;
  #saidListenerFailed = false;

  /** Takes over a socket on which `start` was just read; call it in that same tick, so that no message is missed. */
  constructor(socket: WebSocket, streamSid: string, { clock, log }: { clock: Clock; log: Log }) {
    this.streamId = streamSid;
    this.#socket = socket;
    this.#clock = clock;
    this.#log = log;
    this.#intake = new Intake(log);
    this.#writer = new StreamWriter(streamSid);
    this.#stopTicking = clock.every(TICK_MS, () => this.#tick());
    socket.on('message', (data, isBinary) => {
      const fact = this.#intake.read(data, isBinary);
      if (fact !== undefined && this.#phase === 'open') this.#take(fact);
    });
    socket.on('error', (err) => {
      // `close` always follows and ends the line.
      log.warn({ reason: messageOf(err) }, 'the media socket failed');
    });
    socket.on('close', (code, reason) => this.#closed(code, reason.toString()));
  }

  listen(to: LineListener): void {
    if (this.#listener !== undefined) throw new TypeError('a line is listened to once');
    this.#listener = to;
    const kept = this.#kept;
    this.#kept = [];
    for (const what of kept) this.#give(what);
  }

  play(frames: Uint8Array): void {
    if (frames.length > 0 && this.#canSend()) this.#socket.send(this.#writer.media(frames));
  }

  /** A name may be used again; each use comes back once. */
  mark(name: string): void {
    if (!this.#canSend()) return;
    this.#marks.push(name);
    this.#socket.send(this.#writer.mark(name));
  }

  clear(): void {
    if (this.#canSend()) this.#socket.send(this.#writer.clear);
  }

  close(): void {
    if (this.#phase === 'closing' || this.#phase === 'closed') return;
    this.#leave('closing');
    closeSocket(this.#socket, this.#clock, 1000, 'the call ends this stream');
  }

  /** Never drops sound to keep up: a carrier that reads slowly is waited for, one that does not read is left. */
  #canSend(): boolean {
    if (this.#phase !== 'open' || this.#socket.readyState !== this.#socket.OPEN) return false;
    const backlogBytes = this.#socket.bufferedAmount;
    if (backlogBytes < SLOW_BACKLOG_BYTES) return true;
    if (!this.#saidSlow)
      this.#log.warn({ backlogBytes }, 'Twilio reads this media stream slowly; the caller hears us late');
    this.#saidSlow = true;
    if (backlogBytes < MAX_BACKLOG_BYTES) return true;
    this.#log.error(
      { backlogBytes },
      'Twilio does not read this media stream; ended it, so that Twilio asks anew',
    );
    this.#leave('closing');
    this.#socket.terminate();
    return false;
  }

  #take(fact: TwilioFact): void {
    if ('streamSid' in fact && fact.streamSid !== this.streamId)
      return this.#intake.refuse('foreign', `a ${fact.type} of another stream`);
    switch (fact.type) {
      case 'media':
        if (fact.track === 'inbound') this.#hear(fact.mulaw, fact.timestampMs);
        return;
      case 'dtmf':
        return this.#give({ type: 'digit', digit: fact.digit });
      case 'mark': {
        const at = this.#marks.indexOf(fact.name);
        if (at < 0)
          return this.#intake.refuse('unknown mark', 'a mark that was not sent, or came back before');
        this.#marks.splice(at, 1);
        return this.#give({ type: 'marked', name: fact.name });
      }
      case 'stop':
        this.#leave('stopped');
        return this.#give({ type: 'stopped' });
      default: // `connected`, a repeated `start`, events that Twilio adds: nothing to do.
    }
  }

  #hear(mulaw: Uint8Array, timestampMs: number | undefined): void {
    const missingMs = this.#timeline.place(timestampMs, mulaw);
    if (missingMs === 'duplicate') return this.#intake.refuse('duplicate', 'the same sound of the same time');
    this.#quietTicks = 0;
    this.#hadSound = true;
    this.#giveSilence(missingMs);
    this.#give(mulaw);
  }

  #tick(): void {
    this.#quietTicks += 1;
    if (this.#quietTicks === HUNG_TICKS && this.#hadSound) this.#give({ type: 'hung' });
    if (this.#quietTicks < QUIET_TICKS) return;
    const quietMs = this.#quietTicks === QUIET_TICKS ? QUIET_AFTER_MS : TICK_MS;
    this.#timeline.silenceGiven(quietMs);
    this.#giveSilence(quietMs);
  }

  #giveSilence(ms: number): void {
    for (let leftMs = ms; leftMs > 0; leftMs -= SILENCE_PIECE_MS)
      this.#give(silence(this.format, Math.min(leftMs, SILENCE_PIECE_MS)));
  }

  #give(what: Uint8Array | LineEvent): void {
    if (this.#listener === undefined) return this.#keep(what);
    try {
      if (what instanceof Uint8Array) this.#listener.onAudio(what);
      else this.#listener.onEvent(what);
    } catch (err) {
      // One call's fault must not end the process that carries the others.
      if (!this.#saidListenerFailed) this.#log.error({ err }, 'the call failed on what its line told it');
      this.#saidListenerFailed = true;
    }
  }

  #keep(what: Uint8Array | LineEvent): void {
    this.#kept.push(what);
    if (what instanceof Uint8Array) this.#keptBytes += what.length;
    if (this.#keptBytes <= MAX_KEPT_BYTES || this.#phase !== 'open') return;
    this.#log.error({ keptBytes: this.#keptBytes }, 'nobody listens to this line; ended its stream');
    this.close();
  }

  #leave(phase: 'stopped' | 'closing' | 'closed'): void {
    this.#phase = phase;
    this.#stopTicking();
  }

  #closed(code: number, reason: string): void {
    this.#leave('closed');
    const { refused } = this.#intake;
    if (Object.keys(refused).length > 0) this.#log.info({ refused }, 'messages dropped on this media stream');
    this.#give({ type: 'closed', code, reason });
  }
}
