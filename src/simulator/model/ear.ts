// The model's ear: takes caller sound as the API takes it and says when the caller starts and stops speaking.
// Knows nothing of what is answered.
import { msOfBytes, PCM16_16K } from '../../audio/format.ts';
import { createTranscoder, type Transcoder } from '../../audio/transcoder.ts';
import { VoiceActivity } from '../../audio/voice-activity.ts';
import type { HeardBlob, HeardSetup } from './heard.ts';
import { refuse } from './judge.ts';
import type { ModelRules } from './models.ts';

const PCM = /^audio\/pcm(?:;\s*rate=(\d+))?$/;
/** Rates the ear converts; others are refused, which is stricter than the API. */
const RATES_HZ = [8_000, 16_000, 32_000, 48_000];

/** The API documents neither; these suit a phone. */
const DEFAULT_SILENCE_MS = 500;
const DEFAULT_PREFIX_MS = 20;
/** Fewer than this many milliseconds of sound are a click, whatever the setup says. */
const SHORTEST_START_MS = 100;
/** What LOW adds: a start needs this much more sound, an end this much more silence. */
const LOW_START_MS = 60;
const LOW_END_MS = 200;

export interface EarListener {
  onSpeechStarted(): void;
  onSpeechEnded(speechMs: number): void;
}

type Mode =
  | { readonly is: 'automatic'; voice: VoiceActivity; readonly open: () => VoiceActivity }
  /** The client says when the caller speaks; sound outside closes the socket (BasedHardware/omi#7611). */
  | { readonly is: 'manual' };

export class Ear {
  readonly #rules: ModelRules;
  readonly #to: EarListener;
  readonly #mode: Mode;
  #speech: { readonly sinceMs: number } | undefined;
  #heardMs = 0;
  #rateHz = PCM16_16K.sampleRateHz;
  #transcoder: Transcoder | undefined;

  constructor(setup: HeardSetup, rules: ModelRules, to: EarListener) {
    this.#rules = rules;
    this.#to = to;
    const detection = setup.realtimeInputConfig?.automaticActivityDetection ?? {};
    const startLow = detection.startOfSpeechSensitivity === 'START_SENSITIVITY_LOW';
    const endLow = detection.endOfSpeechSensitivity === 'END_SENSITIVITY_LOW';
    const startMs = Math.max(SHORTEST_START_MS, detection.prefixPaddingMs ?? DEFAULT_PREFIX_MS);
    const endMs = detection.silenceDurationMs ?? DEFAULT_SILENCE_MS;
    const open = (): VoiceActivity =>
      new VoiceActivity({
        startMs: startMs + (startLow ? LOW_START_MS : 0),
        endMs: endMs + (endLow ? LOW_END_MS : 0),
      });
    this.#mode = detection.disabled === true ? { is: 'manual' } : { is: 'automatic', voice: open(), open };
  }

  /** Answers the sound as PCM16 at 16 kHz. Throws Refused for what is not such sound. */
  hear({ data, mimeType = '' }: HeardBlob): Uint8Array {
    const pcmType = PCM.exec(mimeType);
    const rateHz = Number(pcmType?.[1] ?? PCM16_16K.sampleRateHz);
    if (data === undefined || pcmType === null || !RATES_HZ.includes(rateHz)) return refuse();
    if (this.#mode.is === 'manual' && this.#speech === undefined) return refuse();
    const sound = Buffer.from(data, 'base64');
    if (sound.length % 2 !== 0) return refuse();
    const pcm = this.#to16k(sound, rateHz);
    this.#heardMs += msOfBytes(PCM16_16K, pcm.length);
    if (this.#mode.is === 'automatic')
      for (const { type } of this.#mode.voice.push(pcm)) {
        if (type === 'started') this.#start();
        else this.#end();
      }
    return pcm;
  }

  /** Only with automatic detection; 3.8 takes no notice of it. Throws Refused with manual detection. */
  streamEnded(): void {
    if (this.#mode.is === 'manual') return refuse();
    if (!this.#rules.streamEndEndsTurn) return;
    this.#mode.voice = this.#mode.open();
    this.#end();
  }

  /** Silently ignored with automatic detection, as the API does. */
  activity(edge: 'start' | 'end'): void {
    if (this.#mode.is === 'automatic') return;
    if (edge === 'start') this.#start();
    else this.#end();
  }

  #start(): void {
    if (this.#speech !== undefined) return;
    this.#speech = { sinceMs: this.#heardMs };
    this.#to.onSpeechStarted();
  }

  #end(): void {
    if (this.#speech === undefined) return;
    const speechMs = this.#heardMs - this.#speech.sinceMs;
    this.#speech = undefined;
    this.#to.onSpeechEnded(speechMs);
  }

  #to16k(sound: Uint8Array, rateHz: number): Uint8Array {
    if (rateHz === PCM16_16K.sampleRateHz) return sound;
    if (rateHz !== this.#rateHz || this.#transcoder === undefined) {
      this.#rateHz = rateHz;
      this.#transcoder = createTranscoder({ encoding: 'pcm16', sampleRateHz: rateHz }, PCM16_16K);
    }
    return this.#transcoder.push(sound);
  }
}
