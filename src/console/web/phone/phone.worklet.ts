// The audio thread of the page: the microphone's end, the player's end, and the ear behind the player.
import { MULAW_DECODE } from '../../../audio/g711.ts';
import { CallerFrames } from './caller-frames.ts';
import { PlayoutQueue } from './playout-queue.ts';
import { RateConverter } from './rate-converter.ts';
import type {
  FellSilent,
  FromPlayout,
  Level,
  MicrophoneSetting,
  PlayoutCut,
  PlayoutSetting,
  ToPlayout,
} from './wires.ts';

const LINE_HZ = 8_000;
const REPORTS_A_SECOND = 20;
/** Half a step of 16 bits. */
const SILENT = 1 / 65_536;

/** To the line's rate and from it; undefined where the context has it. */
const converter = (fromHz: number, toHz: number): RateConverter | undefined =>
  fromHz === toHz ? undefined : new RateConverter(fromHz, toHz);

/** The highest sample, told some times a second. */
class LevelReport {
  readonly #port: MessagePort;
  #peak = 0;
  #nextFrame = 0;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  hear(samples: Float32Array | undefined): number {
    let peak = 0;
    if (samples) for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    this.#peak = Math.max(this.#peak, peak);
    if (currentFrame >= this.#nextFrame) {
      this.#port.postMessage({ peak: this.#peak } satisfies Level);
      this.#peak = 0;
      this.#nextFrame = currentFrame + sampleRate / REPORTS_A_SECOND;
    }
    return peak;
  }
}

class Microphone extends AudioWorkletProcessor {
  #wire: MessagePort | undefined;
  readonly #level = new LevelReport(this.port);
  readonly #converter = converter(sampleRate, LINE_HZ);
  readonly #frames = new CallerFrames((frame) => this.#wire?.postMessage(frame, [frame.buffer]));
  #silence = new Float32Array(128);

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MicrophoneSetting>) => {
      if ('wire' in data) this.#wire = data.wire;
      else this.#frames.isMuted = data.isMuted;
    };
  }

  /** Without an input it sends silence: a line is never without sound. */
  process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
    const quantum = output?.[0]?.length ?? this.#silence.length;
    if (this.#silence.length !== quantum) this.#silence = new Float32Array(quantum);
    const samples = input?.[0] ?? this.#silence;
    this.#level.hear(this.#frames.isMuted ? undefined : samples);
    this.#frames.push(this.#converter?.push(samples) ?? samples);
    return true;
  }
}

class Playout extends AudioWorkletProcessor {
  #wire: MessagePort | undefined;
  #converter = converter(LINE_HZ, sampleRate);
  readonly #queue = new PlayoutQueue({ sampleRateHz: sampleRate });

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<PlayoutSetting>) => {
      if ('lagMs' in data) {
        this.#queue.lag = (data.lagMs * sampleRate) / 1_000;
        return;
      }
      this.#wire = data.wire;
      this.#wire.onmessage = ({ data: word }: MessageEvent<ToPlayout>) => this.#hear(word);
    };
  }

  process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    const [sound] = output ?? [];
    const marks = sound ? this.#queue.render(sound) : [];
    if (marks.length > 0) this.#tell({ marks, isCleared: false });
    return true;
  }

  #hear(word: ToPlayout): void {
    if ('play' in word) {
      const sound = Float32Array.from(word.play, (code) => MULAW_DECODE[code]! / 32_768);
      this.#queue.push(this.#converter?.push(sound) ?? sound);
    } else if ('mark' in word) this.#queue.mark(word.mark);
    else {
      const queuedMs = (this.#queue.queued / sampleRate) * 1_000;
      const marks = this.#queue.clear();
      // What lags in it belongs to sound that is forgotten.
      this.#converter = converter(LINE_HZ, sampleRate);
      if (word.do === 'clear') {
        this.#tell({ marks, isCleared: true });
        this.port.postMessage({ atFrame: currentFrame, queuedMs } satisfies PlayoutCut);
      }
    }
  }

  #tell(told: FromPlayout): void {
    this.#wire?.postMessage(told);
  }
}

/** Hears what the loudspeaker is given, and passes it on. */
class Ear extends AudioWorkletProcessor {
  readonly #level = new LevelReport(this.port);
  #isSilent = true;

  process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
    const [sound] = input ?? [];
    const [out] = output ?? [];
    if (sound) out?.set(sound);
    const isSilent = this.#level.hear(sound) < SILENT;
    if (isSilent && !this.#isSilent)
      this.port.postMessage({ silentFromFrame: currentFrame } satisfies FellSilent);
    this.#isSilent = isSilent;
    return true;
  }
}

registerProcessor('microphone', Microphone);
registerProcessor('playout', Playout);
registerProcessor('ear', Ear);
