// A stereo track that grows: the caller's sound at its end, the agent's wherever it is put, both given on, sample by sample beside
// each other, once nothing of it can change. Knows nothing of lines or marks.

export interface StereoSink {
  /** Caller and agent in turn, two bytes for each sample. Nobody else has these bytes. */
  sound(interleaved: Uint8Array): void;
  /** So many samples in which neither is heard. */
  silence(samples: number): void;
}

interface Placed {
  readonly at: number;
  readonly bytes: Uint8Array;
}

interface Hushed {
  readonly from: number;
  to: number;
}

/** Fewer, larger writes; what a process that is killed has not given on is lost. */
const GIVEN_AT_ONCE = 8_000;

export class StereoTrack {
  readonly #silence: number;
  readonly #sink: StereoSink;
  /** The caller's, from `#givenTo` on. */
  #caller = new Uint8Array(2 * GIVEN_AT_ONCE);
  #callerLength = 0;
  /** In order, and not given on. */
  #agent: Placed[] = [];
  #hushed: Hushed[] = [];
  /** Everything before it was given on, or is nobody's. */
  #givenTo = 0;
  /** Before this, all is nobody's. */
  #from = Infinity;

  constructor(silence: number, sink: StereoSink) {
    this.#silence = silence;
    this.#sink = sink;
  }

  startAt(position: number): void {
    this.#from = position;
  }

  /** Behind what came before. */
  caller(frame: Uint8Array): void {
    const length = this.#callerLength + frame.length;
    if (length > this.#caller.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#caller.length));
      larger.set(this.#caller.subarray(0, this.#callerLength));
      this.#caller = larger;
    }
    this.#caller.set(frame, this.#callerLength);
    this.#callerLength = length;
  }

  /** Behind what was put before. What is before what was given on is dropped. */
  agent(at: number, bytes: Uint8Array): void {
    this.#agent.push({ at, bytes });
  }

  /** Nobody hears the agent from there on; undefined: from where the caller's sound ends, again. */
  hush(from: number | undefined): void {
    const last = this.#hushed.at(-1);
    if (from !== undefined) this.#hushed.push({ from, to: Infinity });
    else if (last) last.to = Math.min(last.to, this.#end);
  }

  /** A pause behind what was given on, which must be all that there is. */
  pause(samples: number): void {
    if (this.#callerLength > 0) throw new RangeError('a pause comes behind all sound that was given on');
    const from = Math.max(this.#from, this.#givenTo);
    this.#givenTo += samples;
    if (this.#givenTo > from) this.#sink.silence(this.#givenTo - from);
  }

  /** Nothing before this position changes any more. `isLast`: however little it is. */
  giveUpTo(position: number, isLast = false): void {
    const to = Math.min(position, this.#end);
    const isNobodys = to <= this.#from;
    if (to <= this.#givenTo || (!isLast && !isNobodys && to - this.#givenTo < GIVEN_AT_ONCE)) return;
    const from = Math.max(this.#givenTo, Math.min(this.#from, to));
    if (to > from) this.#sink.sound(this.#interleaved(from, to));
    this.#forget(to);
  }

  get #end(): number {
    return this.#givenTo + this.#callerLength;
  }

  #interleaved(from: number, to: number): Uint8Array {
    const both = new Uint8Array(2 * (to - from)).fill(this.#silence);
    const caller = this.#caller.subarray(from - this.#givenTo, to - this.#givenTo);
    for (let i = 0; i < caller.length; i += 1) both[2 * i] = caller[i]!;
    for (const { at, bytes } of this.#agent) {
      const first = Math.max(from, at);
      const last = Math.min(to, at + bytes.length);
      for (let i = first; i < last; i += 1) if (!this.#isHushed(i)) both[2 * (i - from) + 1] = bytes[i - at]!;
    }
    return both;
  }

  #isHushed(position: number): boolean {
    return this.#hushed.some(({ from, to }) => position >= from && position < to);
  }

  #forget(to: number): void {
    this.#caller.copyWithin(0, to - this.#givenTo, this.#callerLength);
    this.#callerLength -= to - this.#givenTo;
    this.#givenTo = to;
    this.#agent = this.#agent.filter(({ at, bytes }) => at + bytes.length > to);
    this.#hushed = this.#hushed.filter((hushed) => hushed.to > to);
  }
}
