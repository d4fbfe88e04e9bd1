// Twilio's side of one call: asks for TwiML and has it carried out, until there is none or the call is ended. Knows nothing of what
// the caller says or why.
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { Callbacks } from './callbacks.ts';
import type { CallStatus, HungUpBy, PhoneEventBody } from './events.ts';
import type { CallFaults } from './faults.ts';
import { callFields, type CallIdentity } from './fields.ts';
import { Leg } from './leg.ts';
import { phoneSound } from './script.ts';
import type { Track } from './track.ts';
import type { TwilioError } from './twilio-error.ts';
import { perform, type Stage, type Target } from './verbs.ts';
import { WebhookClient, type Document } from './webhook.ts';

/** A document that only redirects to itself would go round for ever. */
const MAX_DOCUMENTS = 200;

export interface ExchangeListener {
  onEvent(event: PhoneEventBody): void;
  onAnswered(): void;
  /** Sound begins in the caller's ear. */
  onSound(atClockMs: number): void;
  /** Sound was forgotten unheard. */
  onCut(): void;
}

export interface ExchangeOptions {
  readonly call: CallIdentity;
  readonly authToken: string;
  readonly clock: Clock;
  readonly voiceUrl: string;
  readonly statusUrl: string;
  /** More form fields of the first request. */
  readonly fields: Readonly<Record<string, string>>;
  readonly faults: CallFaults;
  readonly mouth: Track;
  readonly heard: Track;
  readonly listener: ExchangeListener;
}

export type Phase =
  | { is: 'ringing' }
  | { is: 'in-progress'; answeredMs: number }
  | {
      is: 'over';
      status: CallStatus;
      answeredMs: number | undefined;
      endedMs: number;
      by: HungUpBy;
      why: string;
    };

export class Exchange {
  readonly leg: Leg;
  readonly #options: ExchangeOptions;
  readonly #webhooks: WebhookClient;
  readonly #callbacks: Callbacks;
  readonly #errors: TwilioError[] = [];
  readonly #stage: Stage;
  #phase: Phase = { is: 'ringing' };

  constructor(options: ExchangeOptions) {
    const { call, authToken, clock, faults, mouth, heard, listener } = options;
    this.#options = options;
    this.#webhooks = new WebhookClient(authToken, clock, faults);
    this.#callbacks = new Callbacks({
      ...{ call, clock, webhooks: this.#webhooks },
      twice: faults.duplicateCallbacks === true,
      emit: (event) => this.#emit(event),
    });
    this.leg = new Leg({
      ...{ call, authToken, clock, faults, mouth, heard, callbacks: this.#callbacks },
      listener: {
        onEvent: (event) => this.#emit(event),
        onError: (error) => this.#warn(error),
        onSound: (atMs) => listener.onSound(atMs),
        onCut: () => listener.onCut(),
      },
    });
    this.#stage = this.#createStage();
  }

  get phase(): Phase {
    return this.#phase;
  }

  get status(): CallStatus {
    return this.#phase.is === 'over' ? this.#phase.status : this.#phase.is;
  }

  get errors(): readonly TwilioError[] {
    return this.#errors;
  }

  /** The whole call; resolves when every callback was answered. Never rejects. */
  async run(): Promise<Phase & { is: 'over' }> {
    const { call, voiceUrl, statusUrl } = this.#options;
    this.#emit({ type: 'ringing', callSid: call.callSid, from: call.from, to: call.to });
    await this.#follow({ url: voiceUrl, method: 'POST' });
    const over = this.end('server', 'the TwiML has no more verbs');
    await this.#callbacks.settled();
    const durationMs = over.answeredMs === undefined ? 0 : over.endedMs - over.answeredMs;
    await this.#callbacks.ended(over.status, durationMs, statusUrl);
    return over;
  }

  /** Ends the call; the first end stays. `status`: of a call that was never answered. */
  end(by: HungUpBy, why: string, status?: CallStatus): Phase & { is: 'over' } {
    if (this.#phase.is === 'over') return this.#phase;
    const answeredMs = this.#phase.is === 'in-progress' ? this.#phase.answeredMs : undefined;
    // Who gives up while it rings was not answered; when the webhook fails Twilio picks up to say so.
    const unanswered = status ?? (by === 'caller' ? 'no-answer' : 'completed');
    this.#phase = {
      is: 'over',
      status: answeredMs === undefined ? unanswered : 'completed',
      answeredMs,
      endedMs: this.#options.clock.nowMs(),
      by,
      why,
    };
    this.#emit({ type: 'hungUp', by, why });
    this.leg.close();
    return this.#phase;
  }

  async #follow(first: Target): Promise<void> {
    let target: Target | undefined = first;
    for (let count = 1; target && !this.#isOver(); count++) {
      if (count > MAX_DOCUMENTS) {
        this.#fail({ code: 11215, message: `${MAX_DOCUMENTS} TwiML documents in one call: a loop?` });
        return;
      }
      const extra = target === first ? this.#options.fields : {};
      const fields = { ...callFields(this.#options.call, this.status), ...extra };
      const document = await this.#webhooks.fetchTwiml({ ...target, fields });
      if (this.#isOver()) return;
      if (!document.ok) {
        this.#fail(document.error);
        return;
      }
      this.#receive(document);
      target = await this.#perform(document);
    }
    // The call ended in a Connect: its action is still told, and its answer ignored.
    if (target && target !== first) await this.#callbacks.actionOfEndedCall(this.status, target);
  }

  #receive({ url, status, verbs, warnings }: Document): void {
    const names = verbs.map(({ verb }) => verb);
    const ringing = this.#phase.is === 'ringing';
    // Reject as the first verb is the one way not to pick up (twilio.com/docs/voice/twiml/reject).
    if (ringing && names[0] !== 'Reject') {
      this.#phase = { is: 'in-progress', answeredMs: this.#options.clock.nowMs() };
      this.#options.listener.onAnswered();
    }
    if (ringing) this.#emit({ type: 'answered', status, verbs: names });
    else this.#emit({ type: 'document', url, status, verbs: names });
    for (const warning of warnings) this.#warn(warning);
  }

  async #perform({ url, verbs }: Document): Promise<Target | undefined> {
    for (const verb of verbs) {
      if (this.#isOver()) return undefined;
      this.#emit({ type: 'verb', verb });
      // A listener may have ended the call just now.
      const target = this.#isOver() ? undefined : await perform(verb, url, this.#stage);
      if (target) return target;
    }
    return undefined;
  }

  #createStage(): Stage {
    return {
      wait: (ms) => this.leg.wait(ms),
      play: (sound) => this.leg.play(sound),
      fetchSound: (url) => this.#fetchSound(url),
      stream: (noun) => this.leg.stream(noun),
      hangUp: (why) => void this.end('server', why),
      reject: (reason) => void this.end('server', '<Reject>', reason === 'busy' ? 'busy' : 'no-answer'),
      warn: (error) => this.#warn(error),
      fail: (error) => this.#fail(error),
      isOver: () => this.#isOver(),
    };
  }

  async #fetchSound(url: string): Promise<Uint8Array | TwilioError> {
    const answer = await this.#webhooks.ask({ url, method: 'GET', fields: {} });
    if (!answer.ok) return answer.error;
    try {
      return phoneSound(answer.body);
    } catch (thrown) {
      return { code: 12300, message: `<Play> ${url} is not a WAV this network reads: ${messageOf(thrown)}` };
    }
  }

  #isOver(): boolean {
    return this.#phase.is === 'over';
  }

  #emit(event: PhoneEventBody): void {
    this.#options.listener.onEvent(event);
  }

  #warn(error: TwilioError): void {
    this.#errors.push(error);
    this.#emit({ type: 'error', error });
  }

  #fail(error: TwilioError): void {
    this.#warn(error);
    this.end('network', `error ${error.code}`);
  }
}
