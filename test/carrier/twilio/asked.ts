// Twilio's webhooks, and requests to them that have been let in.
import { silentLog } from '../../../src/base/log.ts';
import { createTwilioWebhooks } from '../../../src/carrier/twilio/webhooks.ts';
import type { CarrierRequest } from '../../../src/carrier/webhooks.ts';

export const BASE = 'https://voice.example.com';
export const hooks = createTwilioWebhooks({
  authTokens: ['a'.repeat(32)],
  publicBaseUrl: BASE,
  log: silentLog,
});

/** What Twilio tells of a call in every form. */
export const CALL = {
  CallSid: 'CA1',
  From: '+15550100123',
  To: '+15550100999',
  Direction: 'inbound',
  CallStatus: 'in-progress',
};

export const asked = (
  target: string,
  form: CarrierRequest['form'] = {},
  of: object = CALL,
): CarrierRequest => ({
  target,
  form: { ...of, ...form },
  signature: undefined,
  remoteAddress: '203.0.113.7',
});
