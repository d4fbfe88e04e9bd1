// Media: the straight line of one call's sound, both ways. It sees sound and never decides.
import { createTranscoder, type Transcoder } from '../audio/transcoder.ts';
import { FRAME_MS, bytesOfMs, msOfBytes, silenceByte, type AudioFormat } from '../audio/format.ts';
import { Framer } from '../audio/framer.ts';
import type { TurnId } from '../base/ids.ts';
import type { Line } from '../carrier/line.ts';
import type { LiveSession } from '../live/session.ts';
import type { Ear } from './ear.ts';
import type { Recording } from './greetings.ts';
import { HeldSpeech } from './held-speech.ts';
import { Hush } from './hush.ts';
import type { Playout } from './playout.ts';
import type { Tape } from './tape.ts';

type Held = Pick<HeldSpeech, 'push' | 'sound' | 'isSpoken' | 'hasMoreThanReflex'>;
const NOBODY_HEARS: Held = {
  push: () => undefined,
  sound: () => [],
  isSpoken: false,
  hasMoreThanReflex: false,
};

export class Media {
  readonly #session: LiveSession;
  readonly #playout: Playout;
  readonly #up: Transcoder;
  readonly #down: Transcoder;
  readonly #framer: Framer;
  readonly #play = (turn: TurnId, frames: Uint8Array): void => this.#playout.accept(turn, frames);
  #toCaller = this.#play;
  #ear: Ear | undefined;
  /** While the greeting is protected or guarded, or somebody else speaks with the caller. */
  #held: Held | undefined;
  /** While the caller types a secret, and shortly after. */
  #hush: Hush | undefined;
  readonly #lineFormat: AudioFormat;
  /** Is told when nothing of the call may be listened to. */
  readonly #tape: Pick<Tape, 'hush'> | undefined;
  #line: Line | undefined;

  /** `ear`: for local turn-taking alone. */
  constructor(
    session: LiveSession,
    playout: Playout,
    lineFormat: AudioFormat,
    ear?: Ear,
    tape?: Pick<Tape, 'hush'>,
  ) {
    this.#session = session;
    this.#playout = playout;
    this.#ear = ear;
    this.#tape = tape;
    this.#lineFormat = lineFormat;
    this.#up = createTranscoder(lineFormat, session.hears);
    this.#down = createTranscoder(session.speaks, lineFormat);
    this.#framer = new Framer(bytesOfMs(lineFormat, FRAME_MS), silenceByte(lineFormat));
  }

  /** Undefined: the model alone hears when the caller speaks. */
  hearWith(ear: Ear | undefined): void {
    this.#ear?.letGo();
    this.#ear = ear;
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
    if (this.#hush) return this.#fromTypist(frame, this.#hush);
    const pcm = this.#up.push(frame);
    if (!this.#held) {
      this.#session.send(pcm);
      return this.#ear?.hear(frame, pcm);
    }
    this.#held.push(pcm, this.#ear?.overhear(frame, pcm));
    this.#session.send(new Uint8Array(pcm.length));
  }

  /** Until `entryIsOver` neither the model nor our own ear hears anything. */
  hush(): void {
    this.#tape?.hush(true);
    this.#hush ??= new Hush(this.#lineFormat);
    this.#hush.begin();
  }

  /** While hushed: its tone, which may come before or after this, is heard by nobody. */
  keyPressed(): void {
    this.#hush?.key();
  }

  /** From soon on the model hears the caller again, a little late and without the tones of keys, until `unhush`. */
  entryIsOver(): void {
    this.#hush?.entryIsOver();
  }

  /** `give`: what is late goes to the model at once. */
  unhush(kept: 'give' | 'forget'): void {
    this.#tape?.hush(false);
    const rest = this.#hush?.rest();
    this.#hush = undefined;
    if (rest && rest.length > 0 && kept === 'give') this.#give(this.#up.push(rest));
  }

  /** Until `releaseCaller` or `endGuard` the model hears silence, and what the caller says is kept. */
  holdCaller(): void {
    this.#held ??= new HeldSpeech();
  }

  /** Until `releaseCaller` the model hears silence, and nothing of what the caller says is kept. */
  keepCallerPrivate(): void {
    this.#held = NOBODY_HEARS;
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

  /** Our own ear, which compares with what is played just now, can make nothing of sound that is late. */
  #fromTypist(frame: Uint8Array, hush: Hush): void {
    this.#give(this.#up.push(hush.pass(frame)));
    const still = new Uint8Array(frame.length).fill(silenceByte(this.#lineFormat));
    const pcm = new Uint8Array(bytesOfMs(this.#session.hears, msOfBytes(this.#lineFormat, frame.length)));
    if (this.#held) this.#ear?.overhear(still, pcm);
    else this.#ear?.hear(still, pcm);
  }

  #give(pcm: Uint8Array): void {
    this.#held?.push(pcm);
    this.#session.send(this.#held ? new Uint8Array(pcm.length) : pcm);
  }

  #finish(turn: TurnId, last: Uint8Array, give: (turn: TurnId, frames: Uint8Array) => void): void {
    give(turn, this.#framer.push(last));
    give(turn, this.#framer.flush());
    this.#playout.endTurn(turn);
  }
}
