// The posts of one call whose answers do not steer it: stream status, call status, and the Connect action of a call that
// is already over. Knows nothing of why they are sent.
import type { Clock } from '../../base/clock.ts';
import type { CallStatus, PhoneEventBody } from './events.ts';
import { callFields, endedFields, streamStatusFields, type CallIdentity } from './fields.ts';
import type { TwilioError } from './twilio-error.ts';
import type { StreamNoun } from './twiml.ts';
import type { Target } from './verbs.ts';
import type { WebhookClient } from './webhook.ts';

type Posted = PhoneEventBody & { type: 'posted' };

export interface CallbackOptions {
  readonly call: CallIdentity;
  readonly clock: Clock;
  readonly webhooks: WebhookClient;
  /** A fault: every status comes twice. */
  readonly twice: boolean;
  emit(event: Posted): void;
}

export class Callbacks {
  readonly #options: CallbackOptions;
  readonly #underWay: Promise<void>[] = [];

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
    this.#underWay.push(this.#post({ type: 'posted', to: 'streamStatus', event, status: 0 }, target, fields));
  }

  actionOfEndedCall(status: CallStatus, target: Target): Promise<void> {
    const fields = callFields(this.#options.call, status);
    return this.#post({ type: 'posted', to: 'action', event: status, status: 0 }, target, fields);
  }

  ended(status: CallStatus, durationMs: number, url: string): Promise<void> {
    const { call, clock } = this.#options;
    const fields = endedFields(call, status, durationMs, clock.epochMs());
    return this.#post(
      { type: 'posted', to: 'status', event: status, status: 0 },
      { url, method: 'POST' },
      fields,
    );
  }

  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #post(event: Posted, target: Target, fields: Readonly<Record<string, string>>): Promise<void> {
    const copies = this.#options.twice && event.to !== 'action' ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const { status } = await this.#options.webhooks.ask({ ...target, fields });
      this.#options.emit({ ...event, status });
    }
  }
}
