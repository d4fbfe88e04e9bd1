// Media: the straight line of one call's sound, both ways. It sees sound and never decides.
import { createTranscoder, type Transcoder } from '../audio/transcoder.ts';
import { FRAME_MS, bytesOfMs, silenceByte, type AudioFormat } from '../audio/format.ts';
import { Framer } from '../audio/framer.ts';
import type { TurnId } from '../base/ids.ts';
import type { Line } from '../carrier/line.ts';
import type { LiveSession } from '../live/session.ts';
import type { Recording } from './greetings.ts';
import type { Playout } from './playout.ts';

export class Media {
  readonly #session: LiveSession;
  readonly #playout: Playout;
  readonly #up: Transcoder;
  readonly #down: Transcoder;
  readonly #framer: Framer;
  readonly #send = (pcm: Uint8Array): void => this.#session.send(pcm);
  #toModel = this.#send;
  readonly #play = (turn: TurnId, frames: Uint8Array): void => this.#playout.accept(turn, frames);
  #toCaller = this.#play;
  readonly #held: Uint8Array[] = [];
  #line: Line | undefined;

  constructor(session: LiveSession, playout: Playout, lineFormat: AudioFormat) {
    this.#session = session;
    this.#playout = playout;
    this.#up = createTranscoder(lineFormat, session.hears);
    this.#down = createTranscoder(session.speaks, lineFormat);
    this.#framer = new Framer(bytesOfMs(lineFormat, FRAME_MS), silenceByte(lineFormat));
  }

  attach(line: Line): void {
    this.#line = line;
    this.#playout.attach(line);
  }

  detach(): void {
    this.#line = undefined;
    this.#playout.detach();
  }

  fromCaller(frame: Uint8Array): void {
    this.#toModel(this.#up.push(frame));
  }

  /** Until `releaseCaller` the model hears silence, and what the caller says is kept. */
  holdCaller(): void {
    this.#toModel = (pcm) => {
      this.#held.push(pcm);
      this.#session.send(new Uint8Array(pcm.length));
    };
  }

  releaseCaller(): void {
    this.#toModel = this.#send;
    for (const pcm of this.#held.splice(0)) this.#session.send(pcm);
  }

  /** What the model says goes to `recording` too, as the line gets it, until `stopRecording`. */
  record(recording: Recording): void {
    this.#toCaller = (turn, frames) => {
      recording.add(turn, frames);
      this.#play(turn, frames);
    };
  }

  stopRecording(): void {
    this.#toCaller = this.#play;
  }

  fromAgent(pcm: Uint8Array, turn: TurnId): void {
    if (this.#playout.isDead(turn)) return;
    this.#toCaller(turn, this.#framer.push(this.#down.push(pcm)));
  }

  /** The turn's last sound has arrived: what the converter and the framer still hold goes out too. */
  endTurn(turn: TurnId): void {
    if (this.#playout.isDead(turn)) return;
    this.#finish(turn, this.#down.flush(), this.#toCaller);
  }

  /** Sound that is not the model's, already in the line's format. */
  playPrompt(sound: Uint8Array, turn: TurnId): void {
    this.#finish(turn, sound, this.#play);
  }

  /** Barge-in [BI1]; the order matters: what is cleared first would be refilled by what is dropped last. */
  cut(upTo: TurnId): void {
    this.#playout.cut(upTo);
    this.#line?.clear();
    this.#down.reset();
    this.#framer.reset();
  }

  close(): void {
    this.#playout.close();
    this.#line?.close();
    this.#line = undefined;
  }

  #finish(turn: TurnId, last: Uint8Array, give: (turn: TurnId, frames: Uint8Array) => void): void {
    give(turn, this.#framer.push(last));
    give(turn, this.#framer.flush());
    this.#playout.endTurn(turn);
  }
}
