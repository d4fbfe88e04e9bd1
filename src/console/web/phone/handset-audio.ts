// A handset: one caller's mouth (a microphone, or WAV files) and ear, from the moment they call until they have hung up. Knows no
// stream: it gives two wires to whoever has one.
import { toneOf } from '../../../audio/dtmf.ts';
import type { LevelSource } from '../parts/meter.tsx';
import { earNode, microphoneNode, openLineAudio, playoutNode } from './line-audio.ts';
import { MICROPHONE_GONE, microphoneFault, SoundFault } from './sound-faults.ts';
import type { FellSilent, Level, MicrophoneSetting, PlayoutCut, PlayoutSetting } from './wires.ts';

/** Whose voice the caller has. `deviceId`: '' for the one that the browser prefers. */
export type Mouth = { readonly is: 'microphone'; readonly deviceId: string } | { readonly is: 'files' };

/** How long the loudspeaker still sounded after a `clear`, by the samples that it was given. */
export interface Cut {
  readonly silentAfterMs: number;
  /** What the caller was spared. */
  readonly forgottenMs: number;
}

export interface HandsetListener {
  readonly onCut?: (cut: Cut) => void;
  /** It was unplugged, or taken from the page. `why`: for people, with what to do. */
  readonly onMicrophoneGone: (why: string) => void;
}

const TONE_MS = 140;
const TONE_GAIN = 0.5;
/** A louder voice fills the meter: speech peaks well below full scale. */
const METER_GAIN = 1.6;
const LAG_STEP_MS = 5;

export class HandsetAudio {
  readonly wires: { readonly microphone: MessagePort; readonly playout: MessagePort };
  readonly mouthLevel: LevelSource;
  readonly earLevel: LevelSource;
  readonly #context: AudioContext;
  readonly #stream: MediaStream | undefined;
  readonly #microphone: AudioWorkletNode;
  readonly #playout: AudioWorkletNode;
  readonly #mouthLevels = new Set<(level: number) => void>();
  readonly #earLevels = new Set<(level: number) => void>();
  #lagMs = 0;
  #cut: PlayoutCut | undefined;
  #saying: AudioBufferSourceNode | undefined;

  private constructor(context: AudioContext, stream: MediaStream | undefined, to: HandsetListener) {
    this.#context = context;
    this.#stream = stream;
    const microphone = microphoneNode(context);
    const playout = playoutNode(context);
    const ear = earNode(context);
    if (stream) context.createMediaStreamSource(stream).connect(microphone.node);
    // Not told of one that is stopped here.
    for (const track of stream?.getTracks() ?? []) track.onended = () => to.onMicrophoneGone(MICROPHONE_GONE);
    playout.node.connect(ear).connect(context.destination);
    this.wires = { microphone: microphone.wire, playout: playout.wire };
    [this.#microphone, this.#playout] = [microphone.node, playout.node];
    this.mouthLevel = sourceOf(this.#mouthLevels);
    this.earLevel = sourceOf(this.#earLevels);
    microphone.node.port.onmessage = ({ data }: MessageEvent<Level>) => tell(this.#mouthLevels, data.peak);
    playout.node.port.onmessage = ({ data }: MessageEvent<PlayoutCut>) => {
      if (data.queuedMs > 0) this.#cut = data;
    };
    ear.port.onmessage = ({ data }: MessageEvent<Level | FellSilent>) => {
      if ('peak' in data) {
        tell(this.#earLevels, data.peak);
        this.#followLag();
      } else if (this.#cut) {
        const { atFrame, queuedMs } = this.#cut;
        this.#cut = undefined;
        const silentAfterMs = ((data.silentFromFrame - atFrame) / context.sampleRate) * 1_000;
        to.onCut?.({ silentAfterMs, forgottenMs: queuedMs });
      }
    };
  }

  /** Within a gesture. Throws SoundFault with what to do about it; then no microphone is held. */
  static async open(mouth: Mouth, to: HandsetListener): Promise<HandsetAudio> {
    const stream = mouth.is === 'microphone' ? await microphoneOf(mouth.deviceId) : undefined;
    try {
      return await openLineAudio((context) => new HandsetAudio(context, stream, to));
    } catch (thrown) {
      release(stream);
      throw thrown;
    }
  }

  /** Of the device that hears; '' without one. */
  get microphoneName(): string {
    return this.#stream?.getAudioTracks()[0]?.label ?? '';
  }

  mute(isMuted: boolean): void {
    this.#microphone.port.postMessage({ isMuted } satisfies MicrophoneSetting);
  }

  /** A WAV, or whatever else the browser reads, as the caller's voice; the one before ends. Throws SoundFault. */
  async say(file: Blob): Promise<void> {
    const sound = await this.#context.decodeAudioData(await file.arrayBuffer()).catch(() => {
      throw new SoundFault(
        'The browser cannot read this file as sound: a WAV with 16-bit PCM or µ-law will do.',
      );
    });
    this.#saying?.stop();
    this.#saying = new AudioBufferSourceNode(this.#context, { buffer: sound });
    this.#saying.connect(this.#microphone);
    this.#saying.start();
  }

  /** What whoever presses a key hears of it; the line is told in words. */
  tone(key: string): void {
    const { sampleRate } = this.#context;
    const samples = Float32Array.from(toneOf(key, TONE_MS, sampleRate), (sample) => sample / 32_768);
    if (samples.length === 0) return;
    const buffer = new AudioBuffer({ length: samples.length, sampleRate });
    buffer.copyToChannel(samples, 0);
    const gain = new GainNode(this.#context, { gain: TONE_GAIN });
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(gain).connect(this.#context.destination);
    source.start();
  }

  /** '' for the one that the system prefers. Throws SoundFault. */
  async playTo(speakerId: string): Promise<void> {
    if (!canChooseSpeaker(this.#context)) return;
    await this.#context.setSinkId(speakerId).catch(() => {
      throw new SoundFault('This loudspeaker cannot be used: choose another.');
    });
  }

  /** Lets go of the microphone. */
  async close(): Promise<void> {
    release(this.#stream);
    this.#mouthLevels.clear();
    this.#earLevels.clear();
    if (this.#context.state !== 'closed') await this.#context.close();
  }

  /** Marks are true to the ear, which hears later than the worklet renders. */
  #followLag(): void {
    const lagMs = (this.#context.outputLatency || 0) * 1_000;
    if (Math.abs(lagMs - this.#lagMs) < LAG_STEP_MS) return;
    this.#lagMs = lagMs;
    this.#playout.port.postMessage({ lagMs } satisfies PlayoutSetting);
  }
}

interface ChoosesSpeaker {
  setSinkId(id: string): Promise<void>;
}

/** Not in every browser. */
const canChooseSpeaker = (context: object): context is ChoosesSpeaker => 'setSinkId' in context;
export const SPEAKER_CAN_BE_CHOSEN = 'AudioContext' in globalThis && canChooseSpeaker(AudioContext.prototype);

/** Against the agent's own voice in the room, which would interrupt it. */
const FOR_PEOPLE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true } as const;

async function microphoneOf(deviceId: string): Promise<MediaStream | undefined> {
  // Of a page that may use no sound; why, is told by whoever opens the context.
  if (!isSecureContext) return undefined;
  const chosen = deviceId === '' ? {} : { deviceId: { exact: deviceId } };
  return navigator.mediaDevices
    .getUserMedia({ audio: { ...FOR_PEOPLE, ...chosen, channelCount: 1 } })
    .catch((thrown: unknown) => {
      throw microphoneFault(thrown);
    });
}

function release(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

const sourceOf =
  (listeners: Set<(level: number) => void>): LevelSource =>
  (onLevel) => {
    listeners.add(onLevel);
    return () => listeners.delete(onLevel);
  };

function tell(listeners: ReadonlySet<(level: number) => void>, peak: number): void {
  for (const listener of listeners) listener(Math.sqrt(peak) * METER_GAIN);
}
