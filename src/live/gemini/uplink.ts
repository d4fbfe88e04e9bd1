// The caller's sound on its way to the model. What no answer has covered yet is kept, bounded and in order, so that it
// can be said again to a model that did not hear it, or has forgotten. Knows nothing of connections or turns.
import { bytesOfMs, msOfBytes, PCM16_16K } from '../../audio/format.ts';
import { VoiceActivity } from '../../audio/voice-activity.ts';
import type { Log } from '../../base/log.ts';
import type { VoiceActivitySetup } from '../session.ts';
import { KeptSound } from './kept-sound.ts';

/** Where the sound goes while the model is there. */
export interface Mouth {
  audio(pcm: Uint8Array): void;
  /** Only where this server notices that the caller speaks: all sound then comes between the two. */
  started(): void;
  ended(): void;
}

/** Fell silent after more than a cough, and waits for an answer; or after nothing that wants one. */
export type CallerTurn = 'speaking' | 'waiting' | 'silent';

/** More than any setup takes; 960,000 bytes. */
const KEPT_MS = 30_000;
const KEPT_BYTES = bytesOfMs(PCM16_16K, KEPT_MS);
/** Kept of a silence: words begin softly, before speech is noticed. */
const BEFORE_SPEECH_BYTES = bytesOfMs(PCM16_16K, 600);
/** What a model that is there has not answered for so long, it does not mean to answer: a cough, a passing car. */
const UNANSWERED_BYTES = bytesOfMs(PCM16_16K, 15_000);
/** A "yes" takes 300 ms and more. */
const WORD_BYTES = bytesOfMs(PCM16_16K, 250);
/** Judging costs 14 to 25 µs a frame, all at once: of an utterance the newest 5 s, which take 4 to 6 ms. */
const JUDGED_BYTES = bytesOfMs(PCM16_16K, 5_000);
/** A click is shorter, and a pause between words too. */
const SPEECH = { startMs: 100, endMs: 500 };

type Resting =
  | { is: 'silent' }
  /** Has spoken, and nothing that the model did since shows that it was heard. `waits`: it was more than a cough. */
  | { is: 'unanswered'; sinceByte: number; waits: boolean };

type Caller =
  | Resting
  /** `waits`: for an answer to what was said before this. */
  | { is: 'speaking'; fromByte: number; waits: boolean }
  /** Speaks, and the model is not to know. `before`: what it does know. */
  | { is: 'held'; fromByte: number; before: Resting };

export class Uplink {
  readonly #log: Log;
  readonly #onCaller: (is: CallerTurn) => void;
  readonly #voice: VoiceActivity;
  /** Whether the model is given speech alone, and told when it starts and ends. */
  readonly #speechOnly: boolean;
  /** How much of a silence is kept. */
  readonly #silenceBytes: number;
  readonly #kept = new KeptSound();
  /** All sound up to here was given to this model, was given to any; counted over all that there ever was. */
  #givenByte = 0;
  #everGivenByte = 0;
  /** Up to here the model has answered what was said. */
  #coveredByte = 0;
  #lostBytes = 0;
  /** From here on the model is there that is there now. */
  #openedByte = 0;
  #caller: Caller = { is: 'silent' };
  #mouth: Mouth | undefined;
  /** Speech that begins now is kept from the model. */
  #holds = false;
  #closed = false;

  constructor(
    log: Log,
    { detector, prefixPaddingMs, silenceMs }: VoiceActivitySetup,
    onCaller: (is: CallerTurn) => void = () => undefined,
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
    return this.#caller.is === 'speaking' || this.#caller.is === 'held';
  }

  /** Whether the caller speaks, and not while held. */
  get isGiven(): boolean {
    return this.#caller.is === 'speaking';
  }

  get caller(): CallerTurn {
    if (this.isSpoken) return 'speaking';
    return this.#caller.is === 'unanswered' && this.#caller.waits ? 'waiting' : 'silent';
  }

  /** Whether the caller speaks, or waits for an answer. */
  get isWaitedFor(): boolean {
    return this.#caller.is !== 'silent';
  }

  /** What awaits an answer, as much of it as is worth judging. Good until more sound is sent. */
  unanswered(): Iterable<Uint8Array> {
    const caller = this.#caller;
    return caller.is === 'unanswered'
      ? this.#kept.read(caller.sinceByte - JUDGED_BYTES, caller.sinceByte)
      : [];
  }

  /** The newest sound of all. Good until more is sent. */
  newest(ms: number): Iterable<Uint8Array> {
    const { endByte } = this.#kept;
    return this.#kept.read(endByte - bytesOfMs(PCM16_16K, ms), endByte);
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
    this.#openedByte = this.#kept.endByte;
    this.#givenByte = this.#kept.startByte;
    if (!this.#speechOnly) return this.#give();
    const known = this.#caller.is === 'held' ? this.#caller.before : this.#caller;
    if (known.is === 'silent') return;
    mouth.started();
    if (known.is === 'speaking') return this.#give();
    this.#give(known.sinceByte);
    mouth.ended();
  }

  /** The model is gone: from now on everything is kept. */
  shut(): void {
    this.#mouth = undefined;
  }

  /** As LiveSession.holdSpeech has it. */
  hold(held: boolean): void {
    if (!this.#speechOnly || this.#closed) return;
    this.#holds = held;
    if (held || this.#caller.is !== 'held') return;
    this.#kept.withhold(this.#caller.fromByte, this.#kept.endByte);
    this.#caller = this.#caller.before;
    this.#voice.forget();
    this.#onCaller(this.caller);
  }

  /** As LiveSession.letThrough has it. */
  letThrough(sinceMs: number): void {
    if (this.#closed || this.#caller.is !== 'held') return;
    const { fromByte, before } = this.#caller;
    const sinceByte = this.#kept.endByte - bytesOfMs(PCM16_16K, Math.min(sinceMs, KEPT_MS));
    if (sinceByte > fromByte) this.#kept.withhold(fromByte - BEFORE_SPEECH_BYTES, sinceByte);
    this.#speak(Math.max(fromByte, sinceByte), before);
    this.#give();
  }

  /** The model answers: what the caller has said was heard. What they are saying now may not have been. */
  covered(): void {
    this.#coveredByte = this.#kept.endByte;
    const caller = this.#caller;
    if (caller.is === 'speaking') this.#caller = { ...caller, waits: false };
    else if (caller.is === 'held') this.#caller = { ...caller, before: { is: 'silent' } };
    else this.#caller = { is: 'silent' };
    if ('fromByte' in caller) this.#kept.forget(caller.fromByte - BEFORE_SPEECH_BYTES);
    else this.#forgetOld();
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
    const before: Resting = 'fromByte' in this.#caller ? { is: 'silent' } : this.#caller;
    if (this.#holds) this.#caller = { is: 'held', fromByte, before };
    else this.#speak(fromByte, before);
    this.#onCaller('speaking');
  }

  #speak(fromByte: number, before: Resting): void {
    this.#caller = { is: 'speaking', fromByte, waits: before.is === 'unanswered' && before.waits };
    if (!this.#speechOnly || !this.#mouth) return;
    this.#givenByte = Math.max(this.#givenByte, fromByte - BEFORE_SPEECH_BYTES);
    this.#mouth.started();
  }

  #ended(lastByte: number): void {
    const was = this.#caller;
    if (was.is === 'held') {
      this.#kept.withhold(was.fromByte, lastByte);
      this.#caller = was.before;
    } else if (was.is === 'speaking') {
      // A model that does not listen itself answers nothing of which it was not told the end.
      this.#caller =
        lastByte <= this.#coveredByte && !this.#speechOnly
          ? { is: 'silent' }
          : {
              is: 'unanswered',
              sinceByte: this.#kept.endByte,
              waits: was.waits || lastByte - was.fromByte >= WORD_BYTES,
            };
      if (this.#speechOnly && this.#mouth) {
        this.#give();
        this.#mouth.ended();
      }
    }
    this.#onCaller(this.caller);
  }

  #give(toByte = this.#kept.endByte): void {
    const mouth = this.#mouth;
    if (!mouth) return;
    for (const piece of this.#kept.read(this.#givenByte, toByte)) mouth.audio(piece);
    this.#givenByte = toByte;
    this.#everGivenByte = toByte;
  }

  #forgetOld(): void {
    if (!this.#mouth) {
      const neverGivenByte = Math.max(this.#kept.startByte, this.#everGivenByte);
      this.#kept.forget(this.#kept.endByte - KEPT_BYTES);
      this.#lostBytes += Math.max(0, this.#kept.startByte - neverGivenByte);
      return;
    }
    const caller = this.#caller;
    if (
      caller.is === 'unanswered' &&
      this.#kept.endByte - Math.max(caller.sinceByte, this.#openedByte) > UNANSWERED_BYTES
    )
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
