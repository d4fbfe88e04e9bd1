// The tape of one call: its sound as it passes the line, for whoever takes it down or listens in, over all the lines that the
// call is on one after the other. It changes nothing of it, but for marks of its own, which the call never hears of.
import { silenceByte, type AudioFormat } from '../audio/format.ts';
import type { Line, LineEvent, LineListener } from '../carrier/line.ts';
import { LiveTrack } from './live-track.ts';
import type { TapeListener, TapeTaker } from './tape-taker.ts';

export type { TapeListener, TapeTaker } from './tape-taker.ts';

/** The sound of one call, to be listened to. */
export interface LineTape {
  /** Gives back how to stop. */
  subscribe(listener: TapeListener): () => void;
}

/** Marks of a call are numbers. */
const OWN_MARK = 'tape-';

export class Tape implements LineTape {
  readonly #format: AudioFormat;
  #takers: readonly TapeTaker[] = [];
  #current: TapedLine | undefined;
  #isHushed = false;
  #isClosed = false;
  #ownMarks = 0;

  constructor(format: AudioFormat) {
    this.#format = format;
  }

  subscribe(listener: TapeListener): () => void {
    return this.follow(new LiveTrack(listener, this.#format));
  }

  /** Gives back how to stop. */
  follow(taker: TapeTaker): () => void {
    if (this.#isClosed) {
      taker.closed();
      return () => undefined;
    }
    this.#takers = [...this.#takers, taker];
    if (this.#isHushed) taker.hushed(true);
    if (this.#current) taker.opened();
    return () => {
      this.#takers = this.#takers.filter((each) => each !== taker);
    };
  }

  /** The line of the call from now on. */
  watch(line: Line): Line {
    this.#lose();
    const taped: TapedLine = new TapedLine(
      line,
      this.#factsOf((): boolean => this.#current === taped),
    );
    this.#current = taped;
    if (!this.#isClosed) for (const taker of this.#takers) taker.opened();
    return taped;
  }

  /** A secret is typed, or no more. */
  hush(isHushed: boolean): void {
    if (isHushed === this.#isHushed) return;
    this.#isHushed = isHushed;
    for (const taker of this.#takers) taker.hushed(isHushed);
  }

  /** The call is over. */
  close(): void {
    if (this.#isClosed) return;
    this.#lose();
    this.#isClosed = true;
    for (const taker of this.#takers) taker.closed();
    this.#takers = [];
  }

  #lose(): void {
    if (!this.#current) return;
    this.#current = undefined;
    for (const taker of this.#takers) taker.lost();
  }

  /** An older line concerns nobody. */
  #factsOf(isCurrent: () => boolean): TapeFacts {
    return {
      heard: (frame) => {
        if (!isCurrent()) return;
        const sound = this.#isHushed ? silenceOf(this.#format, frame.length) : frame;
        for (const taker of this.#takers) taker.heard(sound);
      },
      played: (frames) => {
        if (isCurrent()) for (const taker of this.#takers) taker.played(frames);
      },
      marked: (name) => {
        if (isCurrent()) for (const taker of this.#takers) taker.marked(name);
      },
      markBack: (name) => {
        if (isCurrent()) for (const taker of this.#takers) taker.markBack(name);
      },
      clearing: () => {
        if (!isCurrent() || this.#takers.length === 0) return undefined;
        this.#ownMarks += 1;
        return `${OWN_MARK}${this.#ownMarks}`;
      },
      cleared: () => {
        if (isCurrent()) for (const taker of this.#takers) taker.cleared();
      },
      lost: () => {
        if (isCurrent()) this.#lose();
      },
    };
  }
}

const silenceOf = (format: AudioFormat, bytes: number): Uint8Array =>
  new Uint8Array(bytes).fill(silenceByte(format));

type TapeFacts = Pick<TapeTaker, 'heard' | 'played' | 'marked' | 'markBack' | 'cleared' | 'lost'> & {
  /** The name of a mark to send before it; undefined: nobody takes anything down. */
  clearing(): string | undefined;
};

class TapedLine implements Line {
  readonly format: AudioFormat;
  readonly streamId: string;
  readonly #line: Line;
  readonly #facts: TapeFacts;

  constructor(line: Line, facts: TapeFacts) {
    this.#line = line;
    this.#facts = facts;
    this.format = line.format;
    this.streamId = line.streamId;
  }

  /** The call is told first: it must not wait for what is made of it here. */
  listen(to: LineListener): void {
    this.#line.listen({
      onAudio: (frame) => {
        to.onAudio(frame);
        this.#facts.heard(frame);
      },
      onEvent: (event) => this.#onEvent(event, to),
    });
  }

  play(frames: Uint8Array): void {
    this.#line.play(frames);
    this.#facts.played(frames);
  }

  mark(name: string): void {
    this.#line.mark(name);
    this.#facts.marked(name);
  }

  /** The mark comes back from where the sound broke off: no other need be on its way. */
  clear(): void {
    const name = this.#facts.clearing();
    if (name !== undefined) this.mark(name);
    this.#line.clear();
    this.#facts.cleared();
  }

  close(): void {
    this.#line.close();
    this.#facts.lost();
  }

  #onEvent(event: LineEvent, to: LineListener): void {
    if (event.type === 'marked') {
      // Before the call acts on it: what it does then comes behind this.
      this.#facts.markBack(event.name);
      if (event.name.startsWith(OWN_MARK)) return;
    } else if (event.type === 'stopped' || event.type === 'closed') this.#facts.lost();
    to.onEvent(event);
  }
}
