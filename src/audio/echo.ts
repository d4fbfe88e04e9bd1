// Echo: whether what comes from the caller is what we played a moment ago, and how much of it is. Compares how the bands of
// both sounds rise and fall, frame by frame: unlike a comparison of samples, that outlives speech codecs and jitter buffers,
// and costs a hundredth of a cancelling filter. Knows nothing of voices.
import { BANDS } from './spectrum.ts';

/** An echo comes back within half a second (international trunks and packet networks; ITU-T G.131 speaks of 400 ms round trips). */
export const MOST_LAG_FRAMES = 25;
/** Nearly as long as a verdict may take: the onset must fit in, or a talker's first word is judged with the echo before it. */
const WINDOW_FRAMES = 11;
const KEPT = WINDOW_FRAMES + MOST_LAG_FRAMES + 2;
/** Beneath this, what we sent is a pause. */
const SENT_LEAST_DB = -60;
/** Measured: 19 of 20 echoes at -20 to -6 dB agree better than this over 200 ms, 19 of 20 talkers worse. */
const AGREES = 0.73;
/** Once a way is known, its echo is expected, and what is then unexplained is rarely echo: another way must fit better. */
const AGREES_ONCE_KNOWN = 0.85;
/** About the known lag, a talker over an echo agrees still more, for the echo's sake. */
const AGREES_NEAR_KNOWN = 0.88;
/** What the echo's colour and the raggedness of 20 ms frames leave of a prediction. */
const MARGIN_DB = 7;
/** A gain belongs to the place and the handset: it moves slowly. */
const LEARN = 0.15;
/** An echo as loud as the voice itself would be heard by the caller as howling; what is that loud is somebody speaking. */
const LOUDEST_DB = -2;
/** No handset lifts a band more than this over the others. */
const COLOUR_DB = 8;
const ALL = Array.from({ length: BANDS }, (_, band) => band);

interface Path {
  readonly lag: number;
  /** By band: the caller's power over that which was sent, in decibels. */
  readonly gainsDb: Float64Array;
}

/** Takes frames of both sounds in step, as decibels by band. */
export class EchoPath {
  readonly #caller: Float64Array[] = Array.from({ length: KEPT }, () => new Float64Array(BANDS).fill(-90));
  readonly #sent: Float64Array[] = Array.from({ length: KEPT }, () => new Float64Array(BANDS).fill(-90));
  #at = 0;
  #path: Path | undefined;

  push(callerDb: Float64Array, sentDb: Float64Array): void {
    this.#at = (this.#at + 1) % KEPT;
    this.#caller[this.#at] = callerDb;
    this.#sent[this.#at] = sentDb;
  }

  /** How late our own sound comes back, in frames; undefined while no echo was heard. */
  get lagFrames(): number | undefined {
    return this.#path?.lag;
  }

  /** Of the last frame, as powers: what no known echo explains, and the echo that is expected. */
  split(): { readonly unexplained: number; readonly expected: number } {
    const caller = this.#caller[this.#at]!;
    let unexplained = 0;
    let expected = 0;
    for (let band = 0; band < BANDS; band++) {
      const level = caller[band]!;
      const expectedDb = this.#expectedDb(band);
      expected += 10 ** (expectedDb / 10);
      if (level > expectedDb + MARGIN_DB) unexplained += 10 ** (level / 10);
    }
    return { unexplained, expected };
  }

  /**
   * Whether the last 220 ms are an echo. If so, its way is learnt: how late, and how loud by band. Asked again and again it
   * follows a way that changes.
   */
  isEcho(): boolean {
    let best = 0;
    let lag = -1;
    for (let at = 0; at <= MOST_LAG_FRAMES; at++) {
      const over = this.#agreement(at) - this.#needed(at);
      if (over > best) [best, lag] = [over, at];
    }
    if (lag < 0) return false;
    const gainDb = this.#gainDb(lag, ALL);
    if (gainDb > LOUDEST_DB) return false;
    this.#learn(lag, gainDb);
    return true;
  }

  #needed(lag: number): number {
    if (this.#path === undefined) return AGREES;
    return Math.abs(lag - this.#path.lag) <= 1 ? AGREES_NEAR_KNOWN : AGREES_ONCE_KNOWN;
  }

  #expectedDb(band: number): number {
    if (this.#path === undefined) return -Infinity;
    const { lag, gainsDb } = this.#path;
    // A lag is no whole number of frames: the neighbours hold parts of the same sound.
    const sent = Math.max(
      this.#back(this.#sent, lag - 1)[band]!,
      this.#back(this.#sent, lag)[band]!,
      this.#back(this.#sent, lag + 1)[band]!,
    );
    return sent < SENT_LEAST_DB ? -Infinity : sent + gainsDb[band]!;
  }

  /** Pearson's coefficient over all bands and frames of the window, every band against its own mean. */
  #agreement(lag: number): number {
    let product = 0;
    let callerSquares = 1e-9;
    let sentSquares = 1e-9;
    for (let band = 0; band < BANDS; band++) {
      let [c, s, cc, ss, cs] = [0, 0, 0, 0, 0];
      for (let ago = 0; ago < WINDOW_FRAMES; ago++) {
        const caller = Math.max(this.#back(this.#caller, ago)[band]!, SENT_LEAST_DB);
        const sent = Math.max(this.#back(this.#sent, ago + lag)[band]!, SENT_LEAST_DB);
        c += caller;
        s += sent;
        cc += caller * caller;
        ss += sent * sent;
        cs += caller * sent;
      }
      product += cs - (c * s) / WINDOW_FRAMES;
      callerSquares += cc - (c * c) / WINDOW_FRAMES;
      sentSquares += ss - (s * s) / WINDOW_FRAMES;
    }
    return product / Math.sqrt(callerSquares * sentSquares);
  }

  #learn(lag: number, gainDb: number): void {
    const known = this.#path?.lag === lag ? this.#path.gainsDb : undefined;
    const gainsDb = Float64Array.from({ length: BANDS }, (_, band) => {
      const here = Math.min(this.#gainDb(lag, [band]), gainDb + COLOUR_DB);
      const before = known?.[band] ?? here;
      return before + LEARN * (here - before);
    });
    this.#path = { lag, gainsDb };
  }

  /** The caller's power over that which was sent, in the window. */
  #gainDb(lag: number, bands: readonly number[]): number {
    let caller = 1e-9;
    let sent = 1e-9;
    for (const band of bands)
      for (let ago = 0; ago < WINDOW_FRAMES; ago++) {
        caller += 10 ** (this.#back(this.#caller, ago)[band]! / 10);
        sent += 10 ** (this.#back(this.#sent, ago + lag)[band]! / 10);
      }
    return 10 * Math.log10(caller / sent);
  }

  #back(of: readonly Float64Array[], frames: number): Float64Array {
    return of[(this.#at - Math.max(0, frames) + KEPT) % KEPT]!;
  }
}
