// The recordings that the network keeps, and when they are ready to be fetched. Knows no HTTP.
import type { AudioFormat } from '../../audio/format.ts';
import { MULAW_DECODE } from '../../audio/g711.ts';
import { writeWav } from '../../audio/wav.ts';
import type { Clock } from '../../base/clock.ts';
import { newSid } from './sid.ts';

/** Twilio needs seconds for it; long enough that a server which asks at once is told to come again. */
const READY_AFTER_MS = 150;
/** Older ones are forgotten. */
const MOST_KEPT = 100;
const PCM16_8K: AudioFormat = { encoding: 'pcm16', sampleRateHz: 8_000 };

export interface Recording {
  readonly sid: string;
  readonly callSid: string;
  /** Without an ending: as in RecordingUrl. */
  readonly url: string;
  readonly durationS: number;
  readonly madeEpochMs: number;
  readonly wav: Uint8Array;
}

export class Recordings {
  readonly #clock: Clock;
  readonly #baseUrl: () => string;
  readonly #kept = new Map<string, Recording & { readyAtMs: number }>();

  /** `baseUrl`: of the account at the REST server. */
  constructor(clock: Clock, baseUrl: () => string) {
    this.#clock = clock;
    this.#baseUrl = baseUrl;
  }

  /** `sound`: µ-law. Returns how long it takes until `ready` finds it. */
  keep(callSid: string, sound: Uint8Array): { recording: Recording; readyAfterMs: number } {
    const sid = newSid('RE');
    const samples = Int16Array.from(sound, (code) => MULAW_DECODE[code]!);
    const recording = {
      sid,
      callSid,
      url: `${this.#baseUrl()}/Recordings/${sid}`,
      durationS: Math.max(1, Math.round(sound.length / PCM16_8K.sampleRateHz)),
      madeEpochMs: this.#clock.epochMs(),
      wav: writeWav({ format: PCM16_8K, channels: [samples] }),
    };
    this.#kept.set(sid, { ...recording, readyAtMs: this.#clock.nowMs() + READY_AFTER_MS });
    const [oldest = ''] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(oldest);
    return { recording, readyAfterMs: READY_AFTER_MS };
  }

  /** Undefined: there is none, or not yet. */
  ready(sid: string): Recording | undefined {
    const kept = this.#kept.get(sid);
    return kept && kept.readyAtMs <= this.#clock.nowMs() ? kept : undefined;
  }

  /** Those that are ready, oldest first. */
  get all(): readonly Recording[] {
    return [...this.#kept.values()].filter(({ readyAtMs }) => readyAtMs <= this.#clock.nowMs());
  }

  /** False: there was none. */
  remove(sid: string): boolean {
    return this.#kept.delete(sid);
  }

  get sids(): readonly string[] {
    return [...this.#kept.keys()];
  }
}
