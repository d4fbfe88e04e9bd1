// A message to a webhook: one POST of JSON, signed where there is a secret, and sent again only where nothing was done.
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import { createRest, type Rest } from '../../web/rest.ts';
import { signed } from '../../web/signed.ts';
import type { Deliver, Letter } from './delivery.ts';

export interface WebhookOptions {
  /** Signs the body: `x-liveline-signature: sha256=` and its HMAC in hex. */
  readonly secret: string | undefined;
  /** Also to addresses in a private network. */
  readonly allowPrivate: boolean;
  readonly clock: Clock;
}

const ANSWERS_WITHIN_MS = 10_000;
/** Whatever they say beside it: what counts is that they have it. */
const TAKEN = [200, 201, 202, 203, 204, 205, 206];

export function createVoicemailWebhook({ secret, allowPrivate, clock }: WebhookOptions): Deliver {
  /** By origin, as each has its own connections. */
  const known = new Map<string, Rest>();
  const restOf = (origin: string): Rest => {
    const rest =
      known.get(origin) ??
      createRest({
        name: 'the webhook',
        baseUrl: origin,
        codes: {
          unavailable: 'DELIVERY_UNAVAILABLE',
          refused: 'DELIVERY_REFUSED',
          inDoubt: 'DELIVERY_IN_DOUBT',
        },
        attemptTimeoutMs: ANSWERS_WITHIN_MS,
        allowPrivate,
        clock,
      });
    known.set(origin, rest);
    return rest;
  };

  return async (letter, target, signal) => {
    const url = URL.parse(target);
    if (url === null) throw new LivelineError('DELIVERY_REFUSED', 'the webhook: its address cannot be read');
    const json = payloadOf(letter);
    // What is sent is the text that is signed: both are JSON.stringify of the same object.
    await restOf(url.origin).ask({
      method: 'POST',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      json,
      headers: signed(JSON.stringify(json), secret),
      repeatable: false,
      expects: TAKEN,
      label: 'a voicemail',
      signal,
    });
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
