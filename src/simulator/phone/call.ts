// One simulated phone call as a test or a person holds it: the caller with mouth, ear and script on one side, the
// exchange on the other, and the timeline of both.
import type { Clock } from '../../base/clock.ts';
import { silentLog, type Log } from '../../base/log.ts';
import { Caller } from './caller.ts';
import type { Ear } from './ear.ts';
import type { CallOutcome, CallStatus, PhoneEvent, PhoneEventBody } from './events.ts';
import { Exchange } from './exchange.ts';
import { echoes, type CallFaults } from './faults.ts';
import { stereoWav } from './recording.ts';
import { checkDigits, phoneSound, prepareScript, type CallerStep } from './script.ts';
import { newSid } from './sid.ts';
import { createTicker, type Ticker } from './ticker.ts';
import { Timeline } from './timeline.ts';
import { SAMPLES_PER_MS, Track } from './track.ts';

export interface CallOptions {
  /** Of the server under test, e.g. `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** Signs what this network sends; the server's TWILIO_AUTH_TOKEN. */
  readonly authToken: string;
  readonly clock: Clock;
  readonly accountSid?: string | undefined;
  /** E.164, `anonymous`, or whatever a caller may be. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `{baseUrl}/twilio/voice` and `{baseUrl}/twilio/status` unless given. */
  readonly voiceUrl?: string | undefined;
  readonly statusUrl?: string | undefined;
  /** More form fields of the voice webhook, e.g. StirVerstat. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly script?: readonly CallerStep[] | undefined;
  /** Silence after which the agent counts as quiet. Default 700. */
  readonly quietMs?: number | undefined;
  /** The caller hangs up when neither was heard for so long. Default 10,000. */
  readonly patienceMs?: number | undefined;
  readonly faults?: CallFaults | undefined;
  /** False: no recording, and 8 kB less memory for every second heard. Default true. */
  readonly keepSound?: boolean | undefined;
  /** Shared by many calls; one of its own when absent. */
  readonly ticker?: Ticker | undefined;
  readonly log?: Log | undefined;
  readonly onEvent?: ((event: PhoneEvent) => void) | undefined;
}

/** Throws SCRIPT_INVALID or WAV_INVALID for a script that cannot be followed; what goes wrong later is in the outcome. */
export const placeCall = (options: CallOptions): PhoneCall => new PhoneCall(options);

export class PhoneCall {
  readonly callSid = newSid('CA');
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly placedEpochMs: number;
  /** Resolves when the call is over and every callback was answered; never rejects. */
  readonly done: Promise<CallOutcome>;
  readonly #clock: Clock;
  readonly #placedMs: number;
  readonly #keepSound: boolean;
  readonly #timeline: Timeline;
  readonly #mouth: Track;
  readonly #heard: Track;
  readonly #caller: Caller;
  readonly #exchange: Exchange;
  readonly #ticker: Ticker;
  #stopTicks: (() => void) | undefined;

  constructor(options: CallOptions) {
    const { clock, authToken, keepSound = true, log = silentLog, fields = {}, faults = {} } = options;
    const { quietMs = 700, patienceMs = 10_000 } = options;
    const base = options.baseUrl.replace(/\/+$/, '');
    this.accountSid = options.accountSid ?? newSid('AC');
    this.from = options.from ?? '+12025550143';
    this.to = options.to ?? '+12025550100';
    this.placedEpochMs = clock.epochMs();
    this.#clock = clock;
    this.#placedMs = clock.nowMs();
    this.#keepSound = keepSound;
    this.#ticker = options.ticker ?? createTicker(clock);
    this.#timeline = new Timeline(this.#placedMs, (event) => options.onEvent?.(event), log);
    const mouth = (this.#mouth = new Track(this.#placedMs));
    const heard = (this.#heard = new Track(this.#placedMs, keepSound || echoes(faults)));
    const host = {
      emit: (event: PhoneEventBody, atMs: number) => this.#timeline.add(event, atMs),
      press: (digit: string) => this.#exchange.leg.press(digit),
      hangUp: (why: string) => void this.#exchange.end('caller', why),
      sinceCallMs: (clockMs: number) => clockMs - this.#placedMs,
    };
    const steps = prepareScript(options.script ?? []);
    this.#caller = new Caller({ steps, quietMs, patienceMs, mouth, heard, host }, this.#placedMs);
    this.#exchange = new Exchange({
      call: this,
      authToken,
      clock,
      voiceUrl: options.voiceUrl ?? `${base}/twilio/voice`,
      statusUrl: options.statusUrl ?? `${base}/twilio/status`,
      fields,
      faults,
      mouth,
      heard,
      listener: {
        onEvent: (event) => this.#observe(event),
        onAnswered: () => this.#startTicks(),
        onSound: (atMs) => this.#caller.sounded(atMs),
        onCut: () => this.#caller.cut(clock.nowMs()),
      },
    });
    // One turn later, so that a listener can already use what placeCall returned.
    this.done = Promise.resolve().then(() => this.#run());
  }

  get events(): readonly PhoneEvent[] {
    return this.#timeline.events;
  }

  get status(): CallStatus {
    return this.#exchange.status;
  }

  /** Of the current or the last stream. */
  get ear(): Ear | undefined {
    return this.#exchange.leg.ear;
  }

  /** Agent sound played to the caller until now, over all streams. */
  get heardMs(): number {
    return this.#heard.soundBefore(this.#heard.positionAt(this.#clock.nowMs())) / SAMPLES_PER_MS;
  }

  /** Since the call was answered; 0 before. */
  get durationMs(): number {
    const answeredMs = this.#answeredMs();
    return answeredMs === undefined ? 0 : this.#untilMs() - answeredMs;
  }

  get ended(): boolean {
    return this.#exchange.phase.is === 'over';
  }

  /** Since the call was placed, until it ended or now. */
  get elapsedMs(): number {
    return this.#untilMs() - this.#placedMs;
  }

  /** The first event of this type that `which` accepts, past or to come. Rejects when the call ends without one. */
  until<T extends PhoneEvent['type']>(
    type: T,
    which?: (event: Extract<PhoneEvent, { type: T }>) => boolean,
  ): Promise<Extract<PhoneEvent, { type: T }>> {
    return this.#timeline.until(type, which);
  }

  /** `server`: as its REST request does it. A call that is over stays as it is. */
  hangUp(by: 'caller' | 'server' = 'caller'): void {
    this.#exchange.end(by, by === 'caller' ? 'hung up' : 'REST asked for Status=completed');
  }

  /** Throws SCRIPT_INVALID for what is no key. */
  press(digits: string): void {
    for (const digit of checkDigits(digits)) this.#exchange.leg.press(digit);
  }

  /** Speaks a WAV file now, or after what is being said. Throws WAV_INVALID. */
  say(wav: Uint8Array, what = 'wav'): void {
    const sound = phoneSound(wav);
    if (!this.ended) this.#caller.say(what, sound, this.#clock.nowMs());
  }

  /** Also after the call: the phone is still there. */
  receiveText(from: string, body: string): void {
    this.#timeline.add({ type: 'text', from, body }, this.#clock.nowMs());
  }

  /** A stereo WAV from the answer until now or the end: the caller left, the agent as heard right. Needs `keepSound`. */
  recording(): Uint8Array {
    if (!this.#keepSound) throw new Error('no recording: the call was placed with keepSound false');
    return stereoWav(this.#mouth, this.#heard, this.#answeredMs() ?? this.#placedMs, this.#untilMs());
  }

  async #run(): Promise<CallOutcome> {
    const { by, why } = await this.#exchange.run();
    this.#timeline.end();
    const { status, errors, leg } = this.#exchange;
    const { callSid, durationMs, heardMs } = this;
    return { callSid, status, hungUpBy: by, why, durationMs, heardMs, streams: leg.streams, errors };
  }

  #startTicks(): void {
    this.#stopTicks = this.#ticker.add((nowMs) => {
      this.#exchange.leg.tick(nowMs);
      if (!this.ended) this.#caller.tick(nowMs, this.#exchange.leg.streamIsOpen);
    });
  }

  #observe(event: PhoneEventBody): void {
    this.#timeline.add(event, this.#clock.nowMs());
    if (event.type === 'hungUp') this.#stopTicks?.();
  }

  #answeredMs(): number | undefined {
    const { phase } = this.#exchange;
    return phase.is === 'ringing' ? undefined : phase.answeredMs;
  }

  #untilMs(): number {
    const { phase } = this.#exchange;
    return phase.is === 'over' ? phase.endedMs : this.#clock.nowMs();
  }
}
