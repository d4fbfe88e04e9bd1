// The tape of one call: its sound as it passes the line, for whoever takes it down or listens in, over all the lines that the
// call is on one after the other. It changes nothing of it, but for marks of its own, which the call never hears of.
import { silenceByte, type AudioFormat } from '../audio/format.ts';
import type { Log } from '../base/log.ts';
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
  readonly #log: Log;
  #takers: readonly TapeTaker[] = [];
  #current: TapedLine | undefined;
  #isHushed = false;
  #isClosed = false;
  #ownMarks = 0;

  /** `log`: of the call. */
  constructor(format: AudioFormat, log: Log) {
    this.#format = format;
    this.#log = log;
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
    if (this.#isHushed) this.#tellOne(taker, () => taker.hushed(true));
    if (this.#current) this.#tellOne(taker, () => taker.opened());
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
    if (!this.#isClosed) this.#tell((taker) => taker.opened());
    return taped;
  }

  /** A secret is typed, or no more. */
  hush(isHushed: boolean): void {
    if (isHushed === this.#isHushed) return;
    this.#isHushed = isHushed;
    this.#tell((taker) => taker.hushed(isHushed));
  }

  /** The call is over. */
  close(): void {
    if (this.#isClosed) return;
    this.#lose();
    this.#isClosed = true;
    this.#tell((taker) => taker.closed());
    this.#takers = [];
  }

  #lose(): void {
    if (!this.#current) return;
    this.#current = undefined;
    this.#tell((taker) => taker.lost());
  }

  #tell(what: (taker: TapeTaker) => void): void {
    for (const taker of this.#takers) this.#tellOne(taker, what);
  }

  /** A fault of theirs is none of the call's: whoever fails is told no more, and shuts what it has. */
  #tellOne(taker: TapeTaker, what: (taker: TapeTaker) => void): void {
    try {
      what(taker);
    } catch (err) {
      this.#takers = this.#takers.filter((each) => each !== taker);
      this.#log.error({ err }, 'whoever takes the sound of this call down failed, and is told no more of it');
      try {
        taker.closed();
      } catch {
        // It has said why.
      }
    }
  }

  /** An older line concerns nobody. */
  #factsOf(isCurrent: () => boolean): TapeFacts {
    return {
      heard: (frame) => {
        if (!isCurrent()) return;
        const sound = this.#isHushed ? silenceOf(this.#format, frame.length) : frame;
        this.#tell((taker) => taker.heard(sound));
      },
      played: (frames) => {
        if (isCurrent()) this.#tell((taker) => taker.played(frames));
      },
      marked: (name) => {
        if (isCurrent()) this.#tell((taker) => taker.marked(name));
      },
      markBack: (name) => {
        if (isCurrent()) this.#tell((taker) => taker.markBack(name));
      },
      clearing: () => {
        if (!isCurrent() || !this.#takers.some(({ marksClears }) => marksClears)) return undefined;
        this.#ownMarks += 1;
        return `${OWN_MARK}${this.#ownMarks}`;
      },
      cleared: () => {
        if (isCurrent()) this.#tell((taker) => taker.cleared());
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
  /** The name of a mark to send before it; undefined: nobody wants one. */
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

  /** No other mark need be on its way. */
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
