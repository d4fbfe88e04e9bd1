// Placing a call: by a telephone that calls the server under test, or by the network to one of its people.
import { CentralOffice } from './central-office.ts';
import type { Person } from './people.ts';
import { newSid } from './sid.ts';
import type { Office, Outgoing } from './stage.ts';
import type { Turn } from './reach.ts';
import { PhoneCall } from './telephone.ts';
import type { TelephoneOptions } from './telephone-options.ts';
import { createTicker, type Ticker } from './ticker.ts';

export type { PhoneCall } from './telephone.ts';

export interface CallOptions extends TelephoneOptions {
  /** Of the server under test, e.g. `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  readonly accountSid?: string | undefined;
  /** E.164, `anonymous`, or whatever a caller may be. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `{baseUrl}/twilio/voice` and `{baseUrl}/twilio/status` unless given. */
  readonly voiceUrl?: string | undefined;
  readonly statusUrl?: string | undefined;
  /** More form fields of the voice webhook, e.g. StirVerstat. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** Shared by many calls; one of its own when absent. */
  readonly ticker?: Ticker | undefined;
  /** Whom this call can reach; one of its own, with nobody in it, when absent. */
  readonly office?: Office | undefined;
}

/** Throws SCRIPT_INVALID or WAV_INVALID for a script that cannot be followed; what goes wrong later is in the outcome. */
export function placeCall(options: CallOptions): PhoneCall {
  const { clock, authToken, log, fields = {}, accountSid = newSid('AC') } = options;
  const { from = '+12025550143', to = '+12025550100' } = options;
  const base = options.baseUrl.replace(/\/+$/, '');
  const ticker = options.ticker ?? createTicker(clock);
  const office =
    options.office ??
    new CentralOffice({
      ...{ clock, ticker, baseUrl: () => `https://api.twilio.com/2010-04-01/Accounts/${accountSid}` },
      call: (outgoing, person): PhoneCall =>
        callPerson({ accountSid, authToken, clock, ticker, log, office, outgoing, person }),
    });
  const url = options.voiceUrl ?? `${base}/twilio/voice`;
  const statusUrl = options.statusUrl ?? `${base}/twilio/status`;
  return new PhoneCall({
    ...options,
    ...{ ticker, office, limitMs: 0, person: undefined },
    call: { accountSid, from, to },
    start: { from: 'url', target: { url, method: 'POST', fields } },
    status: { url: statusUrl, method: 'POST', events: ['completed'] },
  });
}

/** A call that the network places; nobody at the other end loses patience. */
export interface PersonCallOptions extends TelephoneOptions {
  readonly accountSid: string;
  readonly ticker: Ticker;
  readonly office: Office;
  readonly outgoing: Outgoing;
  readonly person: Person | undefined;
  readonly turn?: Turn | undefined;
}

export function callPerson({ accountSid, outgoing, ...options }: PersonCallOptions): PhoneCall {
  const { from, to, direction, parentCallSid } = outgoing;
  return new PhoneCall({
    ...{ script: options.person?.script, ...options, ...outgoing, patienceMs: Infinity },
    call: { accountSid, from, to, direction, parentCallSid },
  });
}
