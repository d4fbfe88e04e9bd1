// The aligner: puts the agent's sound where the caller heard it, beside the caller's own. What it goes by is how much of the
// caller's sound had come when a mark came back: both travel the same way, so that it does not matter how long they take. By how
// much frames alone are late nobody can know. Pure; its properties are in test/records/recording/aligner.test.ts. Sound has one byte
// for each sample, as telephones have it.
import { bytesOfMs, msOfBytes, silenceByte, type AudioFormat } from '../../audio/format.ts';
import { earliestEnd, isBack, isSound, lastBackBefore, lengthOf } from './sent-sound.ts';
import type { Back, Clear, Piece, Sent, When } from './sent-sound.ts';
import { StereoTrack, type StereoSink } from './stereo-track.ts';

/** A mark that has not come back so long after its sound can have been heard is not waited for. */
const OVERDUE_MS = 1_500;
/** Of what the clock says within a frame: a pause that is no longer is none. */
const CLOCK_ERROR_MS = 5;
/** With more than this left to play no network is late enough that a caller hears a pause. */
const RUNS_DRY_MS = 200;

/** Positions are samples since the first line opened; where there is no line they go on by the clock. */
export class Aligner {
  readonly #track: StereoTrack;
  readonly #format: AudioFormat;
  readonly #overdue: number;
  readonly #clockError: number;
  readonly #nowMs: () => number;
  /** Of the caller's sound: what has come, with the pauses between lines. */
  #position = 0;
  /** Of the last frame. */
  #frame = 0;
  #startsAt = Infinity;
  /** The end of the agent's sound that has its place, or where it was cleared: nothing more comes before. */
  #placedTo = 0;
  /** What has no place yet, oldest first. */
  #sent: Sent[] = [];
  /** From sending to hearing and back, where nothing was before it; as it was last seen. */
  #lag = 0;
  /** When the carrier had nothing more to play, were it here. */
  #playsUntilMs = -Infinity;
  #lastFrameMs: number | undefined;
  /** A line has opened on which nothing has come yet. */
  #isFresh = true;

  constructor(format: AudioFormat, sink: StereoSink, nowMs: () => number) {
    this.#format = format;
    this.#track = new StereoTrack(silenceByte(format), sink);
    this.#overdue = bytesOfMs(format, OVERDUE_MS);
    this.#clockError = bytesOfMs(format, CLOCK_ERROR_MS);
    this.#nowMs = nowMs;
  }

  /** What is before this is given to nobody: no sound of before may reach into it by a frame. */
  start(): void {
    this.#startsAt = Math.min(this.#startsAt, this.#position + this.#frame);
    this.#track.startAt(this.#startsAt);
  }

  /** Whether some of so much more of the caller's sound is given to anybody. */
  gives(samples: number): boolean {
    return this.#position + samples > this.#startsAt;
  }

  /** Without a line there is no sound: the clock says how much is missing. */
  opened(): void {
    this.#isFresh = true;
    this.#playsUntilMs = -Infinity;
    if (this.#lastFrameMs === undefined) return;
    const passed = bytesOfMs(this.#format, Math.round(this.#nowMs() - this.#lastFrameMs));
    this.#track.giveUpTo(this.#position, true);
    this.#track.pause(passed);
    this.#position += passed;
    this.#placedTo = this.#position;
  }

  heard(frame: Uint8Array): void {
    this.#lastFrameMs = this.#nowMs();
    if (this.#isFresh) this.#dateBack(this.#lastFrameMs - msOfBytes(this.#format, frame.length));
    this.#track.caller(frame);
    this.#position += frame.length;
    this.#frame = frame.length;
    this.#giveUpOverdue();
    this.#settle();
  }

  played(frames: Uint8Array): void {
    const now = this.#now();
    const isIntoSilence = now.sentMs > this.#playsUntilMs;
    const mayFollowPause =
      this.#playsUntilMs - now.sentMs < RUNS_DRY_MS &&
      now.sentMs > (this.#sent.findLast(isSound)?.sentMs ?? -1);
    this.#sent.push({ is: 'sound', bytes: Uint8Array.from(frames), isIntoSilence, mayFollowPause, ...now });
    this.#playsUntilMs = Math.max(this.#playsUntilMs, now.sentMs) + msOfBytes(this.#format, frames.length);
  }

  marked(name: string): void {
    this.#sent.push({ is: 'mark', name, back: undefined, ...this.#now() });
  }

  cleared(): void {
    this.#playsUntilMs = this.#nowMs();
    this.#sent.push({ is: 'clear', ...this.#now() });
  }

  markBack(name: string): void {
    const mark = this.#sent.find((sent) => sent.is === 'mark' && sent.name === name);
    if (mark?.is !== 'mark') return;
    const [from, to] = [this.#position, this.#position + this.#frame];
    mark.back = { atMs: this.#nowMs(), from, to, here: this.#here };
    this.#goOn();
    this.#settle();
  }

  /** Nothing more of what was sent is heard. */
  lost(): void {
    this.#placeUnmarked(this.#sent.splice(0), this.#position);
    this.#settle();
  }

  /** From here on, or no more, both are silent. */
  hushed(isHushed: boolean): void {
    this.#track.hush(isHushed ? this.#position : undefined);
  }

  /** All that is left is given. */
  close(): void {
    this.lost();
    this.#track.giveUpTo(this.#position, true);
  }

  #now(): When {
    return { sentMs: this.#nowMs(), sentAt: this.#here };
  }

  /** Where the caller's sound is by now: of the frame that is next, the clock says how much. */
  get #here(): number {
    if (this.#isFresh || this.#lastFrameMs === undefined) return this.#position;
    const next = bytesOfMs(this.#format, Math.max(0, this.#nowMs() - this.#lastFrameMs));
    return this.#position + Math.min(this.#frame, next);
  }

  /** What was sent before the first frame came was sent by so much before that began, or within it. */
  #dateBack(beganMs: number): void {
    this.#isFresh = false;
    for (const sent of this.#sent)
      sent.sentAt = this.#position + bytesOfMs(this.#format, sent.sentMs - beganMs);
  }

  /** Gives places as far as marks have come back. While a clear is on its way, nobody knows which of them it has set free. */
  #goOn(): void {
    for (;;) {
      const at = this.#sent.findIndex(({ is }) => is === 'clear');
      if (at < 0) return this.#placeMarked(this.#sent.splice(0, this.#sent.findLastIndex(isBack) + 1));
      const clear = this.#sent[at];
      const guard = this.#sent[at - 1];
      if (clear?.is === 'clear' && guard?.is === 'mark' && guard.back)
        this.#placeCut(this.#sent.splice(0, at + 1), guard.back, clear);
      else if (this.#sent.slice(at).some(isBack)) this.#placeUnmarked(this.#sent.splice(0, at + 1));
      else return;
    }
  }

  #placeMarked(sent: readonly Sent[]): void {
    let pieces: Piece[] = [];
    for (const each of sent) {
      if (each.is === 'sound') pieces.push(each);
      if (each.is !== 'mark' || !each.back) continue;
      this.#place(pieces, each.back);
      pieces = [];
    }
  }

  /** What was before the clear, whose mark came back so. */
  #placeCut(sent: readonly Sent[], back: Back, clear: Clear): void {
    // Those that the clear has set free come with it; none of the caller's sound is between.
    const last = lastBackBefore(sent, back.from);
    this.#placeMarked(sent.slice(0, last + 1));
    this.#lag = Math.max(0, back.here - clear.sentAt);
    const cut = sent.slice(last + 1);
    // What is before the first of them was not heard to its end before.
    let unheard = lengthOf(cut.slice(0, cut.findIndex(isBack)).filter(isSound));
    for (const piece of cut.filter(isSound)) {
      // It broke off as long after it began as the clear was sent after it.
      piece.sentAt = back.here - bytesOfMs(this.#format, clear.sentMs - piece.sentMs);
      if (unheard > 0 && piece.mayFollowPause) piece.notBefore = back.from - unheard;
      unheard -= piece.bytes.length;
    }
    this.#layUnmarked(cut.filter(isSound), 0, back.here);
    this.#placedTo = Math.max(this.#placedTo, back.here);
  }

  /** The last of them ended when a mark came back. */
  #place(pieces: readonly Piece[], { from, to, here }: Back): void {
    if (pieces.length === 0) return;
    // A mark may be late by itself: what could not run dry went on.
    if (!pieces.some(({ mayFollowPause }) => mayFollowPause)) return this.#layUnmarked(pieces, 0, Infinity);
    const atOnce = earliestEnd(pieces);
    const inOneGo = this.#placedTo + lengthOf(pieces);
    // Unless the carrier had nothing to play in between: then all from the one on that came next ends here.
    if (inOneGo >= Math.max(from, atOnce) || atOnce > to) return this.#lay(pieces, 0);
    this.#lag = Math.max(0, here - atOnce);
    this.#lay(pieces, this.#lag);
  }

  /** By the usual way to the caller, where marks do not say; `until`: nothing was heard from there on. */
  #placeUnmarked(sent: readonly Sent[], until = Infinity): void {
    let pieces: Piece[] = [];
    for (const each of sent) {
      if (each.is === 'sound') pieces.push(each);
      else if (each.is === 'clear') {
        const clearedAt = Math.min(until, each.sentAt + this.#lag);
        this.#layUnmarked(pieces, this.#lag, clearedAt);
        this.#placedTo = Math.max(this.#placedTo, clearedAt);
        pieces = [];
      } else if (each.back) {
        this.#place(pieces, each.back);
        pieces = [];
      }
    }
    this.#layUnmarked(pieces, this.#lag, until);
  }

  #lay(pieces: readonly Piece[], lag: number): void {
    for (const { bytes, sentAt, mayFollowPause } of pieces)
      this.#put(bytes, mayFollowPause ? this.#unlessAtOnce(sentAt + lag) : this.#placedTo);
  }

  /** One right behind the other, but for what was sent when there was nothing more to hear. */
  #layUnmarked(pieces: readonly Piece[], lag: number, until: number): void {
    let end = this.#placedTo;
    for (const { bytes, sentAt, isIntoSilence, notBefore = 0 } of pieces) {
      const at = Math.max(end, notBefore, isIntoSilence ? this.#unlessAtOnce(sentAt + lag) : 0);
      this.#put(bytes.subarray(0, Math.max(0, until - at)), at);
      end = at + bytes.length;
    }
  }

  #unlessAtOnce(due: number): number {
    return due - this.#placedTo > this.#clockError ? due : this.#placedTo;
  }

  #put(bytes: Uint8Array, at: number): void {
    if (bytes.length === 0) return;
    this.#track.agent(at, bytes);
    this.#placedTo = at + bytes.length;
  }

  #giveUpOverdue(): void {
    if (this.#sent.length === 0) return;
    const at = this.#sent.findIndex(({ is }) => is === 'mark');
    const upTo = at < 0 ? this.#sent.length : at + 1;
    const some = this.#sent.slice(0, upTo);
    const pieces = some.filter(isSound);
    const sentAt = Math.max(earliestEnd(pieces), some.at(-1)!.sentAt);
    const end = Math.max(this.#placedTo + lengthOf(pieces), sentAt + this.#lag);
    if (this.#position > end + this.#overdue) this.#placeUnmarked(this.#sent.splice(0, upTo));
  }

  /** Nothing that has no place yet can come before this. */
  #settle(): void {
    const first = this.#sent.find(isSound);
    this.#track.giveUpTo(first ? Math.max(this.#placedTo, first.sentAt) : this.#position);
  }
}
