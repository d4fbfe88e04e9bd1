// The ear for whoever picks up: speech and its pauses, beeps and fax tones, from the line's own sound. Knows no words and
// judges nobody.
import { msOfBytes, PCM16_16K, type AudioFormat } from '../audio/format.ts';
import { SteadyToneDetector } from '../audio/steady-tone.ts';
import { createTranscoder, type Transcoder } from '../audio/transcoder.ts';
import { VoiceActivity } from '../audio/voice-activity.ts';
import type { Signs } from './answered-by.ts';

/** Longer than people greet: business greetings end by then, and announcements of machines last 5 to 20 s. */
export const MONOLOGUE_MS = 4_500;
/** "Hello?", a name, a company, and "Hello?" again, all together: then whoever answers a telephone waits. */
const GREETING_MS = 2_500;
const WAITS_MS = 1_000;
/** Within speech. */
const PAUSE_MS = 500;
const WORD_MS = 120;
/** A monologue is told by how calls begin. */
const BEGINS_WITHIN_MS = 15_000;
/** Before that much was said nobody has announced a beep. */
const SAID_BEFORE_BEEP_MS = 500;
/** Networks tell of another call that waits by a tone of 400 to 480 Hz (ITU-T E.180): a word or two before it announce no beep. */
const OF_NETWORKS = { belowHz: 500, saidBeforeMs: 2_000 };
/** Of answering machines, measured on networks and on telephones: one tone, 200 to 1,200 ms long. */
const BEEP = { leastHz: 390, mostHz: 2_130, leastMs: 180, mostMs: 1_240 };
/** ITU-T T.30: a called fax sends 2,100 Hz for 2.6 to 4 s; a calling one 1,100 Hz for half a second, every 3.5 s. */
const CALLED_FAX = { hz: 2_100, withinHz: 20, leastMs: 1_500 };
const CALLING_FAX = { hz: 1_100, withinHz: 40, leastMs: 400, mostMs: 600, times: 2 };

type OfSound = Pick<Signs, 'faxTone' | 'beep' | 'monologue' | 'shortGreeting'>;

type Speech = { is: 'quiet'; sinceMs: number } | { is: 'speech'; sinceMs: number };

export class AnswerEar {
  readonly #voice = new VoiceActivity({ startMs: WORD_MS, endMs: PAUSE_MS });
  readonly #tones = new SteadyToneDetector();
  readonly #up: Transcoder;
  readonly #format: AudioFormat;
  #signs: OfSound = { faxTone: false, beep: false, monologue: false, shortGreeting: false };
  #nowMs = 0;
  #speech: Speech = { is: 'quiet', sinceMs: 0 };
  /** In all stretches that are over. */
  #spokenMs = 0;
  #saidMs = 0;
  #beganMs = 0;
  #calling = 0;
  #beepedMs: number | undefined;
  readonly #spokeBefore: boolean;

  /** `spokeBefore`: on another line of the call, which was not heard here. */
  constructor(format: AudioFormat, spokeBefore = false) {
    this.#format = format;
    this.#spokeBefore = spokeBefore;
    this.#up = createTranscoder(format, PCM16_16K);
  }

  get signs(): OfSound {
    return this.#signs;
  }

  /** How much of the line was heard. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** When they last began to speak, as `nowMs` counts. */
  get beganMs(): number {
    return this.#beganMs;
  }

  /** For how long nothing was said or sounded behind the last beep; 0: something is, was said, or there was none. */
  get quietSinceBeepMs(): number {
    const isQuiet = this.#speech.is === 'quiet' && !this.#tones.standing;
    return isQuiet && this.#beepedMs !== undefined ? this.#nowMs - this.#beepedMs : 0;
  }

  /** For how long nothing was said or sounded, once something was; 0 while it does. */
  get quietMs(): number {
    const hasSpoken = this.#spokeBefore || this.#saidMs > 0;
    return this.#speech.is === 'quiet' && hasSpoken ? this.#nowMs - this.#speech.sinceMs : 0;
  }

  /** A frame of the line's; whatever comes of it is in `signs`. */
  hear(frame: Uint8Array): void {
    const pcm = this.#up.push(frame);
    const ms = msOfBytes(this.#format, frame.length);
    this.#nowMs += ms;
    this.#hearTones(pcm);
    for (const { type, atMs } of this.#voice.push(pcm)) this.#turned(type, atMs);
    if (this.#speech.is === 'quiet') return this.#waits();
    if (this.#tones.standing) return;
    this.#saidMs += ms;
    const { sinceMs } = this.#speech;
    if (this.#nowMs - sinceMs > MONOLOGUE_MS && sinceMs < BEGINS_WITHIN_MS) this.#add({ monologue: true });
    if (this.#beepedMs !== undefined && this.#nowMs - this.#beepedMs > PAUSE_MS) this.#beepedMs = undefined;
  }

  #turned(type: 'started' | 'ended', atMs: number): void {
    if (type === 'started') {
      this.#speech = { is: 'speech', sinceMs: atMs };
      this.#beganMs = atMs;
      return;
    }
    if (this.#speech.is === 'speech') this.#spokenMs += atMs - this.#speech.sinceMs;
    this.#speech = { is: 'quiet', sinceMs: atMs };
  }

  #waits(): void {
    const isGreeting = this.#spokenMs <= GREETING_MS && !this.#signs.beep;
    if (isGreeting && !this.#signs.faxTone && this.quietMs >= WAITS_MS) this.#add({ shortGreeting: true });
  }

  #hearTones(pcm: Uint8Array): void {
    // Every second sample is 8 kHz: what the line gave had nothing above 4 kHz.
    const wide = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength / 2);
    const samples = new Float64Array(wide.length >> 1);
    for (let n = 0; n < samples.length; n++) samples[n] = wide[2 * n]!;
    const ended = this.#tones.push(samples);
    const { standing } = this.#tones;
    if (standing && isOf(CALLED_FAX, standing.hz) && standing.ms >= CALLED_FAX.leastMs)
      this.#add({ faxTone: true });
    for (const tone of ended) this.#toneIsOver(tone.hz, tone.ms);
  }

  #toneIsOver(hz: number, ms: number): void {
    const isBeep = hz >= BEEP.leastHz && hz <= BEEP.mostHz && ms >= BEEP.leastMs && ms <= BEEP.mostMs;
    const saidBeforeMs = hz < OF_NETWORKS.belowHz ? OF_NETWORKS.saidBeforeMs : SAID_BEFORE_BEEP_MS;
    // Behind a beep every tone puts the end off: machines also count their messages in short ones.
    if (this.#beepedMs !== undefined) this.#beepedMs = this.#nowMs;
    if (this.#saidMs >= saidBeforeMs) {
      if (!isBeep) return;
      this.#beepedMs = this.#nowMs;
      this.#add({ beep: true });
    } else if (isOf(CALLING_FAX, hz) && ms >= CALLING_FAX.leastMs && ms <= CALLING_FAX.mostMs) {
      this.#calling += 1;
      if (this.#calling >= CALLING_FAX.times) this.#add({ faxTone: true });
    }
  }

  #add(signs: Partial<OfSound>): void {
    this.#signs = { ...this.#signs, ...signs };
  }
}

const isOf = (fax: { readonly hz: number; readonly withinHz: number }, hz: number): boolean =>
  Math.abs(hz - fax.hz) <= fax.withinHz;
