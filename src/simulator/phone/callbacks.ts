// The posts of one call whose answers do not steer it: the status of streams and of the call, what conferences and
// recordings tell, and the action of a call that is already over. Knows nothing of why they are sent.
import type { Clock } from '../../base/clock.ts';
import type { CallStatus, PhoneEventBody } from './events.ts';
import type { CallFaults, Told } from './faults.ts';
import { callFields, progressFields, streamStatusFields, type CallIdentity } from './fields.ts';
import type { TwilioError } from './twilio-error.ts';
import type { Callback, Link, StreamNoun, Target } from './verb.ts';
import type { WebhookClient } from './webhook.ts';

type Posted = PhoneEventBody & { type: 'posted' };
type To = Posted['to'];

export interface CallbackOptions {
  readonly call: CallIdentity;
  readonly clock: Clock;
  readonly webhooks: WebhookClient;
  /** Who is told how the call goes. */
  readonly status: Callback | undefined;
  readonly faults: CallFaults;
  readonly emit: (event: Posted) => void;
}

export class Callbacks {
  readonly #options: CallbackOptions;
  readonly #underWay: Promise<void>[] = [];
  /** Statuses go out one after the other. */
  #progress = Promise.resolve();
  /** Those that a fault holds up. */
  readonly #late: Promise<void>[] = [];
  #sequence = 0;
  #held: (() => void) | undefined;
  /** That it was answered, until a fault lets it be told. */
  #answer: (() => void) | undefined;

  constructor(options: CallbackOptions) {
    this.#options = options;
  }

  /** Does not wait; `settled` does. */
  streamStatus(
    noun: StreamNoun,
    streamSid: string,
    event: 'stream-started' | 'stream-stopped' | 'stream-error',
    error?: TwilioError,
  ): void {
    if (noun.statusCallback === undefined) return;
    const { call, clock } = this.#options;
    const words = error && `${error.code} ${error.message}`;
    const fields = streamStatusFields(
      call,
      { streamSid, name: noun.name, event, error: words },
      clock.epochMs(),
    );
    const target = { url: noun.statusCallback, method: noun.statusCallbackMethod };
    this.#underWay.push(this.#post('streamStatus', event, { ...target, fields }));
  }

  /** What a conference or a recording tells, so long from now. Does not wait; `settled` does. */
  tell(to: To, event: string, target: Target, afterMs: number): void {
    const { call, clock } = this.#options;
    const fields = { AccountSid: call.accountSid, CallSid: call.callSid, ...target.fields };
    const due = new Promise<void>((resolve) => clock.after(afterMs, resolve));
    this.#underWay.push(due.then(() => this.#post(to, event, { ...target, fields })));
  }

  actionOfEndedCall(status: CallStatus, target: Target): Promise<void> {
    const fields = { ...callFields(this.#options.call, status), ...target.fields };
    return this.#post('action', status, { ...target, fields });
  }

  /** What answering machine detection says, so long after the answer. Does not wait; `settled` does. */
  verdict(to: Link | undefined, answeredBy: string, afterMs: number): void {
    const { call, faults } = this.#options;
    if (to) {
      const { accountSid, callSid } = call;
      const fields = {
        ...{ AccountSid: accountSid, CallSid: callSid, AnsweredBy: answeredBy },
        MachineDetectionDuration: String(Math.round(afterMs)),
      };
      this.#send('amd', () => this.#post('amd', answeredBy, { ...to, fields }));
    }
    if (faults.answeredComes === 'after-verdict') this.#tellAnswer();
  }

  /** `over`: of a call that has ended. Does not wait; `settled` does. */
  progress(
    event: 'initiated' | 'ringing' | 'answered' | 'completed',
    status: CallStatus,
    over?: { readonly durationMs: number; readonly sipCode: number | undefined },
  ): void {
    const { call, clock, status: wanted, faults } = this.#options;
    if (!wanted?.events.includes(event)) return;
    const { url, method } = wanted;
    const sequence = this.#sequence++;
    const fields = progressFields(call, status, {
      ...{ sequence, durationMs: over?.durationMs, sipCode: over?.sipCode },
      epochMs: clock.epochMs(),
    });
    const send = (): void => this.#send(event, () => this.#post('status', status, { url, method, fields }));
    if (event === 'answered' && faults.answeredComes !== undefined) {
      this.#answer = send;
      return;
    }
    const held = this.#held;
    this.#held = undefined;
    if (faults.swapStatuses === true && !held && event !== 'completed') {
      this.#held = send;
      return;
    }
    send();
    held?.();
    if (event === 'completed') this.#tellAnswer();
  }

  /** But for those that a fault holds up. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
    await this.#progress;
  }

  async allSettled(): Promise<void> {
    await this.settled();
    await Promise.all(this.#late);
  }

  #send(told: Told, post: () => Promise<void>): void {
    const { clock, faults } = this.#options;
    if (faults.losesCallbacks?.includes(told)) return;
    const lateMs = faults.lateCallbacks?.[told];
    if (lateMs === undefined) this.#progress = this.#progress.then(post);
    else this.#late.push(new Promise<void>((resolve) => clock.after(lateMs, resolve)).then(post));
  }

  #tellAnswer(): void {
    this.#answer?.();
    this.#answer = undefined;
  }

  async #post(to: To, event: string, target: Target): Promise<void> {
    const { webhooks, faults, emit } = this.#options;
    const copies = faults.duplicateCallbacks === true && to !== 'action' ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const { status } = await webhooks.ask(target);
      emit({ type: 'posted', to, event, status });
    }
  }
}
