// Voice activity: when somebody starts and stops speaking, told by loudness over a noise floor that is learnt on the way.
// Time is the stream's own, counted in samples; it knows no clock, and cannot tell a voice from another loud sound.
import { FRAME_MS, PCM16_16K, bytesOfMs } from './format.ts';
import { Framer } from './framer.ts';
import { levelDbOf, NoiseFloor } from './loudness.ts';

/** `atMs`: where in the stream the speech began or ended; the event itself comes `startMs` or `endMs` of sound later. */
export interface VoiceActivityEvent {
  readonly type: 'started' | 'ended';
  readonly atMs: number;
}

export interface VoiceActivityOptions {
  /** Sound shorter than this is a click. Judged in frames of 20 ms. */
  readonly startMs: number;
  /** A pause shorter than this is within speech. */
  readonly endMs: number;
  /** How far speech stands out of the noise. */
  readonly marginDb?: number;
  /** Quieter than this is never speech; a telephone talker is at -30 to -15 dB of full scale, line noise below -55. */
  readonly leastDb?: number;
}

type Hearing =
  | { readonly is: 'quiet'; readonly voicedMs: number; readonly sinceMs: number }
  | { readonly is: 'speech'; readonly lastMs: number };

const FRAME_BYTES = bytesOfMs(PCM16_16K, FRAME_MS);
/** Speech goes on a little below the level at which it begins: words end softly. */
const HYSTERESIS_DB = 4;

/** For PCM16 at 16 kHz. The same sound gives the same events however it is cut. */
export class VoiceActivity {
  readonly #startMs: number;
  readonly #endMs: number;
  readonly #marginDb: number;
  readonly #leastDb: number;
  readonly #framer = new Framer(FRAME_BYTES, 0);
  #hearing: Hearing = { is: 'quiet', voicedMs: 0, sinceMs: 0 };
  readonly #floor = new NoiseFloor();
  #nowMs = 0;

  constructor({ startMs, endMs, marginDb = 12, leastDb = -48 }: VoiceActivityOptions) {
    this.#startMs = startMs;
    this.#endMs = endMs;
    this.#marginDb = marginDb;
    this.#leastDb = leastDb;
  }

  /** Whoever speaks has not begun yet. */
  forget(): void {
    this.#hearing = { is: 'quiet', voicedMs: 0, sinceMs: this.#nowMs };
  }

  push(pcm: Uint8Array): VoiceActivityEvent[] {
    const isWhole = !this.#framer.isOpen && pcm.length % FRAME_BYTES === 0;
    const frames = isWhole ? pcm : this.#framer.push(pcm);
    const events: VoiceActivityEvent[] = [];
    for (let at = 0; at < frames.length; at += FRAME_BYTES) {
      const levelDb = levelDbOf(frames, at, FRAME_BYTES / 2);
      const thresholdDb = Math.max(this.#floor.db + this.#marginDb, this.#leastDb);
      this.#nowMs += FRAME_MS;
      const event = this.#hear(levelDb, thresholdDb);
      if (event) events.push(event);
      this.#floor.learn(levelDb);
    }
    return events;
  }

  #hear(levelDb: number, thresholdDb: number): VoiceActivityEvent | undefined {
    const was = this.#hearing;
    if (was.is === 'speech') {
      if (levelDb >= thresholdDb - HYSTERESIS_DB) this.#hearing = { is: 'speech', lastMs: this.#nowMs };
      else if (this.#nowMs - was.lastMs >= this.#endMs) {
        this.#hearing = { is: 'quiet', voicedMs: 0, sinceMs: this.#nowMs };
        return { type: 'ended', atMs: was.lastMs };
      }
      return undefined;
    }
    const sinceMs = was.voicedMs === 0 ? this.#nowMs - FRAME_MS : was.sinceMs;
    // A soft frame takes back a loud one, so that single clicks never add up.
    const voicedMs = levelDb >= thresholdDb ? was.voicedMs + FRAME_MS : Math.max(0, was.voicedMs - FRAME_MS);
    if (voicedMs < Math.max(this.#startMs, FRAME_MS)) {
      this.#hearing = { is: 'quiet', voicedMs, sinceMs };
      return undefined;
    }
    this.#hearing = { is: 'speech', lastMs: this.#nowMs };
    return { type: 'started', atMs: sinceMs };
  }
}
