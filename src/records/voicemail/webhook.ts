// A message to a webhook: one POST of JSON at a time, and again later where it may not have arrived. Its `id` tells those
// who get it twice.
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import { createPostJson } from '../../web/webhook.ts';
import type { Deliver, Letter } from './delivery.ts';

export interface WebhookOptions {
  /** Signs the body: `x-liveline-signature: sha256=` and its HMAC in hex. */
  readonly secret: string | undefined;
  /** Also to addresses in a private network. */
  readonly allowPrivate: boolean;
  readonly clock: Clock;
}

const ANSWERS_WITHIN_MS = 10_000;

/** A lost connection and 5xx are tried again too: a gateway answers so for a server that starts. */
export function createVoicemailWebhook(options: WebhookOptions): Deliver {
  const post = createPostJson({ ...options, timeoutMs: ANSWERS_WITHIN_MS });
  return async (letter, target, signal) => {
    const url = URL.parse(target);
    if (url === null) throw new LivelineError('DELIVERY_REFUSED', 'the webhook: its address cannot be read');
    const verdict = await post(url, payloadOf(letter), signal);
    if (verdict.is === 'answer') return;
    const { code, why, cause } = verdict;
    throw new LivelineError(
      code === 'refused' ? 'DELIVERY_REFUSED' : 'DELIVERY_UNAVAILABLE',
      `the webhook: ${why}`,
      cause === undefined ? {} : { cause },
    );
  };
}

/** `transcription`: `off`, `done`, `none` (nothing was said) or `failed`. */
function payloadOf({ message, words, transcript, soundUrl }: Letter): object {
  const { id, callId, profile, from, to, recordedAtMs, durationMs } = message;
  return {
    ...{ id, callId, profile, from, to },
    recordedAt: new Date(recordedAtMs).toISOString(),
    seconds: Math.round(durationMs) / 1_000,
    transcript: transcript ?? null,
    transcription: words,
    soundUrl: soundUrl ?? null,
  };
}
