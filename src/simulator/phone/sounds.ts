// The WAV files that TwiML names, fetched for the telephone.
import { messageOf } from '../../base/errors.ts';
import { phoneSound } from './script.ts';
import type { TwilioError } from './twilio-error.ts';
import { SOUND_LIMIT_BYTES, type WebhookClient } from './webhook.ts';

/** µ-law sound, or why there is none. Never rejects. */
export async function fetchSound(url: string, webhooks: WebhookClient): Promise<Uint8Array | TwilioError> {
  const answer = await webhooks.ask({ url, method: 'GET', limitBytes: SOUND_LIMIT_BYTES });
  if (!answer.ok) return answer.error;
  try {
    return phoneSound(answer.body);
  } catch (thrown) {
    return { code: 12300, message: `<Play> ${url} is not a WAV this network reads: ${messageOf(thrown)}` };
  }
}
