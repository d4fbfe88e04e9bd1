// The caller's leg of a call: the media stream that is on it, the sounds that the network itself plays, and waiting.
// Knows nothing of TwiML's order nor of why the call ends.
import type { Clock } from '../../base/clock.ts';
import type { Callbacks } from './callbacks.ts';
import { Ear, type Cut } from './ear.ts';
import type { PhoneEventBody } from './events.ts';
import { streamFaults, type CallFaults } from './faults.ts';
import type { CallIdentity } from './fields.ts';
import { newSid } from './sid.ts';
import { refuse } from './stream-errors.ts';
import { PhoneStream } from './stream.ts';
import { SAMPLES_PER_MS, type Track } from './track.ts';
import type { TwilioError } from './twilio-error.ts';
import type { StreamNoun } from './verb.ts';
import { given, pause } from './waiting.ts';

export interface LegOptions {
  readonly call: CallIdentity;
  readonly authToken: string;
  readonly clock: Clock;
  readonly faults: CallFaults;
  readonly mouth: Track;
  readonly heard: Track;
  readonly callbacks: Callbacks;
  readonly listener: LegListener;
  /** Nobody hears or speaks: streams are not dialled, and last as long as the call. */
  readonly isSilent: boolean;
}

export interface LegListener {
  onEvent(event: PhoneEventBody): void;
  onError(error: TwilioError): void;
  /** Sound begins in the caller's ear. */
  onSound(atClockMs: number): void;
  /** Sound was forgotten unheard. */
  onCut(): void;
  /** The caller heard these words of the carrier to their end. */
  onUnderstood(text: string): void;
}

export class Leg {
  readonly #options: LegOptions;
  #stream: PhoneStream | undefined;
  #streams = 0;
  #ear: Ear | undefined;
  /** Who gets the keys outside of a stream, the latest first. */
  readonly #keyListeners: ((key: string) => void)[] = [];
  #entertainers = 0;

  constructor(options: LegOptions) {
    this.#options = options;
  }

  /** How many streams were dialled so far. */
  get streams(): number {
    return this.#streams;
  }

  /** Of the current or the last stream. */
  get ear(): Ear | undefined {
    return this.#ear;
  }

  get streamIsOpen(): boolean {
    return this.#stream?.open === true;
  }

  tick(nowMs: number): void {
    this.#stream?.tick(nowMs);
  }

  press(digit: string): void {
    const listener = this.#keyListeners.at(-1);
    const sent = listener !== undefined || this.#stream?.press(digit) === true;
    this.#options.listener.onEvent({ type: 'digit', digit, sent });
    listener?.(digit);
  }

  /** Outside of a stream. Until the returned function is called. */
  onKey(listener: (key: string) => void): () => void {
    this.#keyListeners.push(listener);
    return () => {
      const at = this.#keyListeners.indexOf(listener);
      if (at >= 0) this.#keyListeners.splice(at, 1);
    };
  }

  /** The carrier's music or ringing is in the ear: it is no agent that speaks, but nobody loses patience either. */
  get isEntertained(): boolean {
    return this.#entertainers > 0;
  }

  /** Until the returned function is called, once. */
  entertain(): () => void {
    this.#entertainers += 1;
    return () => {
      this.#entertainers -= 1;
    };
  }

  understood(text: string): void {
    this.#options.listener.onUnderstood(text);
  }

  /** Resolves when the stream is over, which the signal ends, or was refused. */
  async stream(noun: StreamNoun, signal: AbortSignal): Promise<void> {
    const { callbacks, listener } = this.#options;
    const refusal = refuse(noun);
    if (refusal) {
      listener.onError(refusal);
      callbacks.streamStatus(noun, newSid('MZ'), 'stream-error', refusal);
      return;
    }
    if (this.#options.isSilent) return given(signal);
    const stream = this.#dial(noun);
    const { streamSid } = stream;
    this.#stream = stream;
    this.#ear = stream.ear;
    const stop = (): void => stream.stop();
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
    const { code, reason, by, error } = await stream.closed;
    this.#stream = undefined;
    signal.removeEventListener('abort', stop);
    listener.onEvent({ type: 'streamClosed', streamSid, code, reason, by });
    if (error) listener.onError(error);
    callbacks.streamStatus(noun, streamSid, error ? 'stream-error' : 'stream-stopped', error);
  }

  /** Plays into the caller's ear, to the end or until the signal. */
  async play(sound: Uint8Array, signal: AbortSignal): Promise<void> {
    const { clock, heard, listener } = this.#options;
    const onSound = (atMs: number): void => listener.onSound(atMs);
    const ear = new Ear(clock, heard, { onSound, onMark: () => undefined, onOverflow: () => undefined });
    ear.play(sound);
    await this.wait(sound.length / SAMPLES_PER_MS, signal);
    if (signal.aborted) ear.end();
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return pause(this.#options.clock, ms, signal);
  }

  #dial(noun: StreamNoun): PhoneStream {
    const { call, authToken, clock, mouth, heard, faults, callbacks, listener } = this.#options;
    const { accountSid, callSid } = call;
    const tellOfCut = ({ forgottenMs }: Cut): void => {
      if (forgottenMs > 0) listener.onCut();
    };
    const stream = new PhoneStream({
      ...{ noun, authToken, accountSid, callSid, clock, mouth, heard },
      faults: streamFaults(faults, this.#streams++),
      listener: {
        onOpened: () => {
          listener.onEvent({ type: 'streamOpened', streamSid: stream.streamSid, url: noun.url });
          callbacks.streamStatus(noun, stream.streamSid, 'stream-started');
        },
        onSound: (atMs) => listener.onSound(atMs),
        onCleared: (cut) => {
          listener.onEvent({ type: 'cleared', ...cut });
          tellOfCut(cut);
        },
        onCut: tellOfCut,
        onMark: (name) => listener.onEvent({ type: 'mark', name }),
        onWarning: (error) => listener.onError(error),
      },
    });
    return stream;
  }
}
