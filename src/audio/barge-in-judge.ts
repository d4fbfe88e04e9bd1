// The barge-in judge: what a sound is that comes from the caller while the agent speaks, within 300 ms. Time is the stream's own.
// It hears pitch, colour and our own echo, and knows no words: a talker in the background as loud as the caller is the caller.
// Its price is 14 µs a frame, some five times that of voice-activity.ts or of WebRTC's detector, both of which take every echo, cough
// and hum for speech (`npm run bench -- barge-in`); a long hiss at the start of a word makes it late rather than wrong.
import { bytesOfMs, FRAME_MS, PCM16_16K } from './format.ts';
import { EchoPath } from './echo.ts';
import { Framer } from './framer.ts';
import { NoiseFloor } from './loudness.ts';
import { decibels, spectraOf } from './spectrum.ts';
import { PITCH_SAMPLES, SpeechLikeness, type Likeness } from './speech-likeness.ts';

export type BargeInKind = 'speech' | 'echo' | 'backchannel' | 'other';

export interface Verdict {
  /** `backchannel`: a hum ("mm-hm") · `other`: coughs, music, noise. */
  readonly is: BargeInKind;
  /** Where in the stream the sound began, and where it was judged; for a sound that has become speech, about where it did. */
  readonly onsetMs: number;
  readonly atMs: number;
}

export interface BargeInJudgeOptions {
  /** Softer than this is somebody else's television; a telephone talker is at -30 to -15 dB of full scale. */
  readonly leastDb?: number;
  /** How far a talker stands out of the line's noise. */
  readonly marginDb?: number;
}

/** A frame in which something comes that we did not play: what it is like; otherwise `quiet`. */
type Heard = Likeness | 'quiet';

type State =
  | { readonly is: 'quiet' }
  | { readonly is: 'judging'; readonly onsetFrame: number }
  | { readonly is: 'judged'; readonly as: BargeInKind; readonly lastFrame: number };

const FRAME_BYTES = bytesOfMs(PCM16_16K, FRAME_MS);
const FRAME_SAMPLES = FRAME_BYTES / 4;
const frames = (ms: number): number => ms / FRAME_MS;

/** Sound shorter than this is a click. */
const ONSET_FRAMES = frames(60);
/** Earlier than this, a cough's groan is as much of a voice as a word's beginning. */
const EARLIEST_FRAMES = frames(160);
const JUDGE_FRAMES = frames(300);
/** Speech of 300 ms has more vowel than this in 19 of 20 cases; coughs, hums and notes have less in 9 of 10. */
const VOICED_FRAMES = frames(80);
const NASAL_FRAMES = frames(80);
/** Beside moving pitches, so many may stand still: chords move only where they change. */
const STEADY_SHARE = 0.4;
/** Music and noise betray themselves over a longer time, when by chance 300 ms of them resemble a vowel. */
const LATELY_FRAMES = frames(800);
/** A sentence has less breath and hiss than this beside its vowels, noise and babble more. */
const UNVOICED_SHARE = 2;
/** Where the expected echo is within this of what is heard, two voices spoil each other's pitch. */
const MIXED_DB = { below: 18, above: 6 };
/** After this much quiet the next sound is another. */
const END_FRAMES = frames(200);

/** One caller's line. The same sound gives the same verdicts however it is cut. */
export class BargeInJudge {
  readonly #leastDb: number;
  readonly #marginDb: number;
  readonly #caller = new Framer(FRAME_BYTES, 0);
  readonly #sent = new Framer(FRAME_BYTES, 0);
  readonly #callerLine = new Float64Array(PITCH_SAMPLES);
  readonly #sentLine = new Float64Array(PITCH_SAMPLES);
  readonly #echo = new EchoPath();
  readonly #likeness = new SpeechLikeness();
  readonly #floor = new NoiseFloor();
  /** The last `LATELY_FRAMES` frames, or those since an echo was told. */
  readonly #heard: Heard[] = [];
  #state: State = { is: 'quiet' };
  #frame = 0;

  constructor({ leastDb = -40, marginDb = 12 }: BargeInJudgeOptions = {}) {
    this.#leastDb = leastDb;
    this.#marginDb = marginDb;
  }

  /** A sound has begun that may be an interruption: a verdict follows within 300 ms of its onset. */
  get judging(): boolean {
    return this.#state.is === 'judging';
  }

  /** What was judged last was speech, and goes on. */
  get speaking(): boolean {
    return this.#state.is === 'judged' && this.#state.as === 'speech';
  }

  /** How late our own sound comes back on this line, in milliseconds; undefined while no echo was heard. */
  get echoLagMs(): number | undefined {
    const { lagFrames } = this.#echo;
    return lagFrames === undefined ? undefined : lagFrames * FRAME_MS;
  }

  /**
   * PCM16 at 16 kHz. `sent`: what the line played at about that time, as long as `caller` (silence fills it up); undefined when
   * it played nothing. One verdict an onset, and `speech` once more where a sound that was judged otherwise becomes speech.
   */
  push(caller: Uint8Array, sent?: Uint8Array): Verdict[] {
    const played = new Uint8Array(caller.length);
    if (sent !== undefined) played.set(sent.subarray(0, caller.length));
    const callerFrames = this.#caller.push(caller);
    const sentFrames = this.#sent.push(played);
    const verdicts: Verdict[] = [];
    for (let at = 0; at < callerFrames.length; at += FRAME_BYTES) {
      shiftIn(this.#callerLine, callerFrames, at);
      shiftIn(this.#sentLine, sentFrames, at);
      this.#frame++;
      const verdict = this.#judge(this.#listen());
      if (verdict !== undefined) verdicts.push(verdict);
    }
    return verdicts;
  }

  #listen(): Heard {
    const [caller, sent] = spectraOf(this.#callerLine, this.#sentLine);
    this.#echo.push(caller.bandsDb, sent.bandsDb);
    const levelDb = decibels(caller.bandsDb.reduce((sum, db) => sum + 10 ** (db / 10), 0));
    const thresholdDb = Math.max(this.#floor.db + this.#marginDb, this.#leastDb);
    this.#floor.learn(levelDb);
    const { unexplained, expected } = this.#echo.split();
    if (levelDb < thresholdDb || decibels(unexplained) < thresholdDb) {
      this.#likeness.skip();
      return 'quiet';
    }
    const overDb = decibels(expected) - levelDb;
    const mixed = overDb > -MIXED_DB.below && overDb < MIXED_DB.above;
    return this.#likeness.push(this.#callerLine, caller, mixed);
  }

  #judge(heard: Heard): Verdict | undefined {
    this.#heard.push(heard);
    if (this.#heard.length > LATELY_FRAMES) this.#heard.shift();
    const state = this.#state;
    const now = this.#frame;
    switch (state.is) {
      case 'quiet':
        if (this.#heard.length >= ONSET_FRAMES && this.#count(ONSET_FRAMES, 'quiet') === 0)
          this.#state = { is: 'judging', onsetFrame: now - ONSET_FRAMES };
        return undefined;
      case 'judging': {
        const since = now - state.onsetFrame;
        if (since < EARLIEST_FRAMES) return undefined;
        const as = this.#kind(since);
        if (as === undefined) return undefined;
        return this.#verdict(as, state.onsetFrame);
      }
      case 'judged': {
        if (heard === 'quiet') {
          if (now - state.lastFrame >= END_FRAMES) this.#state = { is: 'quiet' };
          return undefined;
        }
        this.#state = { ...state, lastFrame: now };
        // What was a cough, a hum or an echo has become speech, or has been joined by it.
        if (state.as === 'speech' || this.#echo.isEcho() || !this.#speaks(JUDGE_FRAMES)) return undefined;
        return this.#verdict('speech', now - JUDGE_FRAMES);
      }
    }
  }

  /** Undefined: not to be told yet. */
  #kind(since: number): BargeInKind | undefined {
    const speaks = this.#speaks(since);
    if (!speaks && since < JUDGE_FRAMES) return undefined;
    if (this.#echo.isEcho()) return 'echo';
    if (speaks) return 'speech';
    return this.#count(since, 'nasal') >= NASAL_FRAMES ? 'backchannel' : 'other';
  }

  #speaks(since: number): boolean {
    const voiced = this.#count(since, 'voiced');
    const still = this.#count(since, 'steady') + this.#count(since, 'nasal');
    if (voiced < VOICED_FRAMES || still > voiced * STEADY_SHARE) return false;
    const lately = this.#count(LATELY_FRAMES, 'voiced');
    return (
      this.#count(LATELY_FRAMES, 'steady') <= lately * STEADY_SHARE &&
      this.#count(LATELY_FRAMES, 'unvoiced') <= lately * UNVOICED_SHARE
    );
  }

  #count(last: number, as: Heard): number {
    return this.#heard.slice(-last).filter((heard) => heard === as).length;
  }

  #verdict(as: BargeInKind, onsetFrame: number): Verdict {
    this.#state = { is: 'judged', as, lastFrame: this.#frame };
    // The echo's own vowels must not count for whoever speaks next.
    if (as === 'echo') this.#heard.length = 0;
    return { is: as, onsetMs: onsetFrame * FRAME_MS, atMs: this.#frame * FRAME_MS };
  }
}

/** Every second sample of a frame, full scale at 1, behind the ones before: a telephone line has nothing above 4 kHz to fold. */
function shiftIn(line: Float64Array, pcm: Uint8Array, at: number): void {
  line.copyWithin(0, FRAME_SAMPLES);
  const start = line.length - FRAME_SAMPLES;
  for (let i = 0; i < FRAME_SAMPLES; i++)
    line[start + i] = ((pcm[at + 4 * i]! | (pcm[at + 4 * i + 1]! << 8)) << 16) / 65_536 / 32_768;
}
