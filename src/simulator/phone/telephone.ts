// A telephone on one call as a test or a person holds it: mouth, ear and script on one side, the exchange on the other, and
// the timeline of both. It calls, or is called by the network.
import type { Clock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { Caller } from './caller.ts';
import { Conduct } from './conduct.ts';
import type { Ear } from './ear.ts';
import type { CallOutcome, CallStatus, PhoneEvent, PhoneEventBody } from './events.ts';
import { Exchange } from './exchange.ts';
import { echoes } from './faults.ts';
import { stereoWav } from './recording.ts';
import { checkDigits, phoneSound, prepareScript } from './script.ts';
import { newSid } from './sid.ts';
import type { DialledLeg, Start } from './stage.ts';
import type { PhoneOptions } from './telephone-options.ts';
import type { Ticker } from './ticker.ts';
import { Timeline } from './timeline.ts';
import { keySound } from './tones.ts';
import { SAMPLES_PER_MS, Track } from './track.ts';

export class PhoneCall implements DialledLeg {
  readonly callSid = newSid('CA');
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-dial';
  readonly parentCallSid: string | undefined;
  readonly placedEpochMs: number;
  /** Resolves when the call is over and every callback was answered; never rejects. */
  readonly done: Promise<CallOutcome>;
  /** Resolves at the moment of hanging up. */
  readonly over: Promise<unknown>;
  readonly #clock: Clock;
  readonly #placedMs: number;
  readonly #keepSound: boolean;
  readonly #keysSound: boolean;
  readonly #timeline: Timeline;
  readonly #mouth: Track;
  readonly #heard: Track;
  readonly #caller: Caller;
  readonly #conduct: Conduct | undefined;
  readonly #isSilent: boolean;
  #beepedMs: number | undefined;
  readonly #exchange: Exchange;
  readonly #hungUp = Promise.withResolvers<undefined>();
  readonly #ticker: Ticker;
  #stopTicks: (() => void) | undefined;

  constructor(options: PhoneOptions) {
    const { clock, log = silentLog, faults = {}, call, person } = options;
    this.#isSilent = person?.silent === true;
    const { keepSound = !this.#isSilent } = options;
    const { quietMs = 700, patienceMs = 10_000, ticker } = options;
    this.accountSid = call.accountSid;
    this.from = call.from;
    this.to = call.to;
    this.direction = call.direction ?? 'inbound';
    this.parentCallSid = call.parentCallSid;
    this.placedEpochMs = clock.epochMs();
    this.#clock = clock;
    this.#placedMs = clock.nowMs();
    this.#keepSound = keepSound;
    this.#keysSound = options.keysSound ?? false;
    this.#ticker = ticker;
    this.#timeline = new Timeline(this.#placedMs, (event) => options.onEvent?.(event), log);
    const mouth = (this.#mouth = new Track(this.#placedMs));
    const heard = (this.#heard = new Track(this.#placedMs, keepSound || echoes(faults)));
    const host = {
      emit: (event: PhoneEventBody, atMs: number) => this.#timeline.add(event, atMs),
      press: (digit: string) => this.#press(digit),
      hangUp: (why: string) => void this.#exchange.end('caller', why),
      sinceCallMs: (clockMs: number) => clockMs - this.#placedMs,
    };
    const steps = prepareScript(options.script ?? []);
    this.#caller = new Caller({ steps, quietMs, patienceMs, mouth, heard, host }, this.#placedMs);
    this.#conduct = person && new Conduct(person, clock, this);
    const { turn = () => Promise.resolve() } = options;
    const { callSid, from, to } = this;
    const sounded = (atMs: number): void => this.#caller.sounded(atMs);
    this.#exchange = new Exchange({
      ...options,
      ...{ faults, turn },
      call: { ...call, callSid },
      party: { callSid, from, to, mouth, heard, sounded, emit: (event) => this.#observe(event) },
      listener: {
        onEvent: (event) => this.#observe(event),
        onAnswered: () => this.#startTicks(),
        onSound: sounded,
        onCut: () => this.#caller.cut(clock.nowMs()),
        onUnderstood: (text) => this.#caller.understood(text),
      },
    });
    this.over = this.#hungUp.promise;
    // One turn later, so that a listener can already use what placeCall returned.
    this.done = Promise.resolve().then(() => this.#run());
  }

  get events(): readonly PhoneEvent[] {
    return this.#timeline.events;
  }

  get status(): CallStatus {
    return this.#exchange.status;
  }

  /** When it left the queue of the account; undefined: not yet, or never. */
  get dialledEpochMs(): number | undefined {
    const { begunMs } = this.#exchange;
    return begunMs === undefined ? undefined : this.placedEpochMs + begunMs - this.#placedMs;
  }

  /** What answering machine detection says, in Twilio's words. */
  get answeredBy(): string | undefined {
    return this.#exchange.answeredBy;
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

  /** Of this telephone. */
  get number(): string {
    return this.direction === 'inbound' ? this.from : this.to;
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

  /** Nobody wants this call any more: what rings stops ringing. */
  cancel(): void {
    this.#exchange.end('server', 'nobody waits for it any more');
  }

  /** As REST does it: leaves whatever is under way for this. False: the call is not in progress. */
  redirect(start: Start): boolean {
    return this.#exchange.redirect(start);
  }

  /** Throws SCRIPT_INVALID for what is no key. */
  press(digits: string): void {
    for (const digit of checkDigits(digits)) this.#press(digit);
  }

  /** Speaks a WAV file now, or after what is being said. Throws WAV_INVALID. */
  say(wav: Uint8Array, what = 'wav'): void {
    this.utter(what, phoneSound(wav));
  }

  /** Speaks µ-law sound now, or after what is being said. */
  utter(what: string, sound: Uint8Array): void {
    if (!this.ended) this.#caller.say(what, sound, this.#clock.nowMs());
  }

  beeped(): void {
    this.#beepedMs ??= this.#clock.nowMs();
    this.#observe({ type: 'beeped' });
  }

  /** What an answering machine has recorded since its beep, µ-law; undefined: it has not beeped. */
  message(): Uint8Array | undefined {
    if (this.#beepedMs === undefined) return undefined;
    const heard = this.#heard;
    return heard.read(heard.positionAt(this.#beepedMs), heard.positionAt(this.#untilMs()));
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

  #press(digit: string): void {
    if (this.#keysSound && !this.ended)
      this.#mouth.append(this.#mouth.positionAt(this.#clock.nowMs()), keySound(digit));
    this.#exchange.leg.press(digit);
  }

  #startTicks(): void {
    if (this.ended || this.#isSilent) return;
    this.#stopTicks = this.#ticker.add((nowMs) => {
      this.#exchange.leg.tick(nowMs);
      if (this.#exchange.leg.isEntertained) this.#caller.entertained(nowMs);
      if (!this.ended) this.#caller.tick(nowMs, this.#exchange.attends);
    });
  }

  #observe(event: PhoneEventBody): void {
    this.#timeline.add(event, this.#clock.nowMs());
    this.#conduct?.saw(event);
    if (event.type === 'connected') this.#caller.entertained(this.#clock.nowMs());
    if (event.type !== 'hungUp') return;
    this.#stopTicks?.();
    this.#hungUp.resolve(undefined);
  }

  #answeredMs(): number | undefined {
    const { phase } = this.#exchange;
    return phase.is === 'unanswered' ? undefined : phase.answeredMs;
  }

  #untilMs(): number {
    const { phase } = this.#exchange;
    return phase.is === 'over' ? phase.endedMs : this.#clock.nowMs();
  }
}
