// The caller's sound on its way to the model. What no answer has covered yet is kept, bounded and in order, so that it
// can be said again to a model that did not hear it, or has forgotten. Knows nothing of connections or turns.
import { bytesOfMs, msOfBytes, PCM16_16K } from '../../audio/format.ts';
import { SoundRing } from '../../audio/sound-ring.ts';
import { VoiceActivity } from '../../audio/voice-activity.ts';
import type { Log } from '../../base/log.ts';
import type { VoiceActivitySetup } from '../session.ts';

/** Where the sound goes while the model is there. */
export interface Mouth {
  audio(pcm: Uint8Array): void;
  /** Only where this server notices that the caller speaks: all sound then comes between the two. */
  started(): void;
  ended(): void;
}

/** More than any setup takes; 960,000 bytes. */
const KEPT_BYTES = bytesOfMs(PCM16_16K, 30_000);
/** Kept of a silence: words begin softly, before speech is noticed. */
const BEFORE_SPEECH_BYTES = bytesOfMs(PCM16_16K, 600);
/** What a model that is there has not answered for so long, it does not mean to answer: a cough, a passing car. */
const UNANSWERED_BYTES = bytesOfMs(PCM16_16K, 15_000);
/** A "yes" takes 300 ms and more. */
const WORD_BYTES = bytesOfMs(PCM16_16K, 250);
/** A click is shorter, and a pause between words too. */
const SPEECH = { startMs: 100, endMs: 500 };

type Caller =
  | { is: 'silent' }
  | { is: 'speaking'; fromByte: number }
  /** Has spoken, and nothing that the model did since shows that it was heard. */
  | { is: 'unanswered'; sinceByte: number };

export class Uplink {
  readonly #log: Log;
  /** The caller began to speak; or fell silent after more than a cough, and waits for an answer. */
  readonly #onCaller: (is: 'speaking' | 'waiting') => void;
  readonly #voice: VoiceActivity;
  /** Whether the model is given speech alone, and told when it starts and ends. */
  readonly #speechOnly: boolean;
  /** How much of a silence is kept. */
  readonly #silenceBytes: number;
  readonly #kept = new SoundRing();
  /** All sound up to here was given to this model, was given to any; counted over all that there ever was. */
  #givenByte = 0;
  #everGivenByte = 0;
  /** Up to here the model has answered what was said. */
  #coveredByte = 0;
  #lostBytes = 0;
  #caller: Caller = { is: 'silent' };
  #mouth: Mouth | undefined;
  #closed = false;

  constructor(
    log: Log,
    { detector, prefixPaddingMs, silenceMs }: VoiceActivitySetup,
    onCaller: (is: 'speaking' | 'waiting') => void = () => undefined,
  ) {
    this.#log = log;
    this.#onCaller = onCaller;
    this.#speechOnly = detector === 'local';
    const speech = this.#speechOnly
      ? { startMs: prefixPaddingMs ?? SPEECH.startMs, endMs: silenceMs ?? SPEECH.endMs }
      : { ...SPEECH, endMs: Math.min(SPEECH.endMs, silenceMs ?? SPEECH.endMs) };
    this.#voice = new VoiceActivity(speech);
    // The model was not given what came before the speech was noticed; one that listens itself was.
    this.#silenceBytes = BEFORE_SPEECH_BYTES + (this.#speechOnly ? bytesOfMs(PCM16_16K, speech.startMs) : 0);
  }

  /** Whether the caller speaks now. */
  get isSpoken(): boolean {
    return this.#caller.is === 'speaking';
  }

  /** Whether the caller speaks, or waits for an answer. */
  get isWaitedFor(): boolean {
    return this.#caller.is !== 'silent';
  }

  /** PCM16 at 16 kHz; the bytes may be reused when this returns. */
  send(pcm: Uint8Array): void {
    if (this.#closed) return;
    this.#kept.push(pcm);
    for (const { type, atMs } of this.#voice.push(pcm))
      if (type === 'started') this.#started(bytesOfMs(PCM16_16K, atMs));
      else this.#ended(bytesOfMs(PCM16_16K, atMs));
    if (!this.#speechOnly || this.#caller.is === 'speaking') this.#give();
    this.#forgetOld();
  }

  /** The model is there: what was kept goes first, all at once; what comes from now on goes straight. */
  open(mouth: Mouth): void {
    if (this.#closed) return;
    this.#tellLoss();
    this.#mouth = mouth;
    this.#givenByte = this.#kept.startByte;
    if (!this.#speechOnly) return this.#give();
    if (this.#caller.is === 'silent') return;
    mouth.started();
    this.#give();
    if (this.#caller.is === 'unanswered') mouth.ended();
  }

  /** The model is gone: from now on everything is kept. */
  shut(): void {
    this.#mouth = undefined;
  }

  hold(_held: boolean): void {}

  /** The model answers: what the caller has said was heard. What they are saying now may not have been. */
  covered(): void {
    this.#coveredByte = this.#kept.endByte;
    if (this.#caller.is === 'speaking') return this.#kept.forget(this.#caller.fromByte - BEFORE_SPEECH_BYTES);
    this.#caller = { is: 'silent' };
    this.#forgetOld();
  }

  /** No answer is expected any more. */
  dismiss(): void {
    if (this.#caller.is === 'unanswered') this.#caller = { is: 'silent' };
  }

  close(): void {
    this.#closed = true;
    this.#mouth = undefined;
    this.#kept.forget(Infinity);
  }

  #started(fromByte: number): void {
    this.#caller = { is: 'speaking', fromByte };
    this.#onCaller('speaking');
    if (!this.#speechOnly || !this.#mouth) return;
    this.#givenByte = Math.max(this.#givenByte, fromByte - BEFORE_SPEECH_BYTES);
    this.#mouth.started();
  }

  #ended(lastByte: number): void {
    const spokeBytes = this.#caller.is === 'speaking' ? lastByte - this.#caller.fromByte : 0;
    // A model that does not listen itself answers nothing of which it was not told the end.
    this.#caller =
      lastByte <= this.#coveredByte && !this.#speechOnly
        ? { is: 'silent' }
        : { is: 'unanswered', sinceByte: this.#kept.endByte };
    if (this.#speechOnly && this.#mouth) {
      this.#give();
      this.#mouth.ended();
    }
    if (this.#caller.is === 'unanswered' && spokeBytes >= WORD_BYTES) this.#onCaller('waiting');
  }

  #give(): void {
    const mouth = this.#mouth;
    if (!mouth) return;
    for (const piece of this.#kept.read(this.#givenByte)) mouth.audio(piece);
    this.#givenByte = this.#kept.endByte;
    this.#everGivenByte = this.#kept.endByte;
  }

  #forgetOld(): void {
    if (!this.#mouth) {
      const neverGivenByte = Math.max(this.#kept.startByte, this.#everGivenByte);
      this.#kept.forget(this.#kept.endByte - KEPT_BYTES);
      this.#lostBytes += Math.max(0, this.#kept.startByte - neverGivenByte);
      return;
    }
    if (this.#caller.is === 'unanswered' && this.#kept.endByte - this.#caller.sinceByte > UNANSWERED_BYTES)
      this.#caller = { is: 'silent' };
    this.#kept.forget(this.#kept.endByte - (this.#caller.is === 'silent' ? this.#silenceBytes : KEPT_BYTES));
  }

  #tellLoss(): void {
    if (this.#lostBytes > 0)
      this.#log.warn(
        { lostMs: msOfBytes(PCM16_16K, this.#lostBytes) },
        'the model was away for so long that the oldest caller sound was dropped',
      );
    this.#lostBytes = 0;
  }
}
