// Media: the straight line of one call's sound, both ways. It sees sound and never decides.
import { createTranscoder, type Transcoder } from '../audio/transcoder.ts';
import { FRAME_MS, bytesOfMs, silenceByte, type AudioFormat } from '../audio/format.ts';
import { Framer } from '../audio/framer.ts';
import type { TurnId } from '../base/ids.ts';
import type { Line } from '../carrier/line.ts';
import type { LiveSession } from '../live/session.ts';
import type { Ear } from './ear.ts';
import type { Recording } from './greetings.ts';
import { HeldSpeech } from './held-speech.ts';
import type { Playout } from './playout.ts';

export class Media {
  readonly #session: LiveSession;
  readonly #playout: Playout;
  readonly #up: Transcoder;
  readonly #down: Transcoder;
  readonly #framer: Framer;
  readonly #play = (turn: TurnId, frames: Uint8Array): void => this.#playout.accept(turn, frames);
  #toCaller = this.#play;
  readonly #ear: Ear | undefined;
  /** While the greeting is protected or guarded. */
  #held: HeldSpeech | undefined;
  #line: Line | undefined;

  /** `ear`: for local turn-taking alone. */
  constructor(session: LiveSession, playout: Playout, lineFormat: AudioFormat, ear?: Ear) {
    this.#session = session;
    this.#playout = playout;
    this.#ear = ear;
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
    const pcm = this.#up.push(frame);
    if (!this.#held) {
      this.#session.send(pcm);
      return this.#ear?.hear(frame, pcm);
    }
    this.#held.push(pcm, this.#ear?.overhear(frame, pcm));
    this.#session.send(new Uint8Array(pcm.length));
  }

  /** Until `releaseCaller` or `endGuard` the model hears silence, and what the caller says is kept. */
  holdCaller(): void {
    this.#held ??= new HeldSpeech();
  }

  releaseCaller(): void {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    this.#ear?.letGo();
    for (const pcm of held.sound(this.#ear?.hasEcho ?? false)) this.#session.send(pcm);
    this.#ear?.resume();
  }

  /** What is over and was short was a reflex, a "Hello?": the model would take it for an answer to its greeting. */
  endGuard(): void {
    const speaks = this.#ear ? this.#ear.hearsSpeech : this.callerSpeaks;
    if (speaks || this.#held?.hasMoreThanReflex) this.releaseCaller();
    else this.#held = undefined;
  }

  /** Whether the caller speaks, and is held. */
  get callerSpeaks(): boolean {
    return this.#held?.isSpoken ?? false;
  }

  /** By so many decibels. */
  lowerVoice(db: number): void {
    this.#playout.lower(-db);
  }

  raiseVoice(): void {
    this.#playout.raise();
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

  /** Leaves the last turn out, when nothing of it was played. */
  drop(turn: TurnId): boolean {
    if (!this.#playout.drop(turn)) return false;
    this.#down.reset();
    this.#framer.reset();
    return true;
  }

  /** Sound that is not the model's, already in the line's format. */
  playPrompt(sound: Uint8Array, turn: TurnId): void {
    this.#finish(turn, sound, this.#play);
  }

  /** The same, in the middle of a turn of the model's: a turn of its own would end that one. */
  playWithin(sound: Uint8Array, turn: TurnId): void {
    if (!this.#playout.isDead(turn)) this.#play(turn, this.#framer.push(sound));
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
