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
import type { StreamNoun } from './twiml.ts';

export interface LegOptions {
  readonly call: CallIdentity;
  readonly authToken: string;
  readonly clock: Clock;
  readonly faults: CallFaults;
  readonly mouth: Track;
  readonly heard: Track;
  readonly callbacks: Callbacks;
  readonly listener: LegListener;
}

export interface LegListener {
  onEvent(event: PhoneEventBody): void;
  onError(error: TwilioError): void;
  /** Sound begins in the caller's ear. */
  onSound(atClockMs: number): void;
  /** Sound was forgotten unheard. */
  onCut(): void;
}

export class Leg {
  readonly #options: LegOptions;
  readonly #over = new AbortController();
  #stream: PhoneStream | undefined;
  #streams = 0;
  #ear: Ear | undefined;

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
    const sent = this.#stream?.press(digit) === true;
    this.#options.listener.onEvent({ type: 'digit', digit, sent });
  }

  /** The call is over: whatever is under way on this leg ends. */
  close(): void {
    this.#over.abort();
    this.#stream?.stop();
  }

  /** Resolves when the stream is over, or was refused. */
  async stream(noun: StreamNoun): Promise<void> {
    const { callbacks, listener } = this.#options;
    const refusal = refuse(noun);
    if (refusal) {
      listener.onError(refusal);
      callbacks.streamStatus(noun, newSid('MZ'), 'stream-error', refusal);
      return;
    }
    const stream = this.#dial(noun);
    const { streamSid } = stream;
    this.#stream = stream;
    this.#ear = stream.ear;
    const { code, reason, by, error } = await stream.closed;
    this.#stream = undefined;
    listener.onEvent({ type: 'streamClosed', streamSid, code, reason, by });
    if (error) listener.onError(error);
    callbacks.streamStatus(noun, streamSid, error ? 'stream-error' : 'stream-stopped', error);
  }

  /** Plays into the caller's ear, to the end. */
  async play(sound: Uint8Array): Promise<void> {
    const { clock, heard, listener } = this.#options;
    const onSound = (atMs: number): void => listener.onSound(atMs);
    const ear = new Ear(clock, heard, { onSound, onMark: () => undefined, onOverflow: () => undefined });
    ear.play(sound);
    await this.wait(sound.length / SAMPLES_PER_MS);
    if (this.#over.signal.aborted) ear.end();
  }

  /** Shorter when the call ends. */
  wait(ms: number): Promise<void> {
    const { signal } = this.#over;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.#options.clock.after(ms, done);
      signal.addEventListener('abort', done);
    });
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
