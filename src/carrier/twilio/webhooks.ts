// Twilio's HTTP face: who may knock, what a form says, and the answers. Knows nothing of HTTP servers.
import { LivelineError } from '../../base/errors.ts';
import { callId } from '../../base/ids.ts';
import { isLoopbackHost } from '../../base/loopback.ts';
import type { Log } from '../../base/log.ts';
import type { CallStatus, CarrierRequest, CarrierWebhooks, StreamStatus } from '../webhooks.ts';
import { renderVerb } from './markup.ts';
import { SignatureCheck } from './signature.ts';

export interface TwilioWebhooksOptions {
  /** Twilio signs with the primary token; list the next one too while rotating. Empty: only this machine is served. */
  readonly authTokens: readonly string[];
  /** This server as Twilio reaches it, e.g. `https://voice.example.com`. */
  readonly publicBaseUrl: string;
  readonly log: Log;
}

type Form = CarrierRequest['form'];

/**
 * ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE, as keys of a phone: what some networks send in place of a number
 * (bmlt-enabled/yap#125). All whose number is withheld would be one person.
 */
const WITHHELD: ReadonlySet<string> = new Set([
  '+266696687',
  '+7378742833',
  '+2562533',
  '+8656696',
  '+86282452253',
]);
const callerOf = (from: string): string => (from === '' || WITHHELD.has(from) ? 'anonymous' : from);

export function createTwilioWebhooks({
  authTokens,
  publicBaseUrl,
  log,
}: TwilioWebhooksOptions): CarrierWebhooks {
  const base = publicBaseUrl.replace(/\/+$/, '');
  const check = new SignatureCheck(authTokens, base);
  if (authTokens.length === 0 && !isOwnMachine(base))
    log.warn(
      { publicBaseUrl: base },
      'no TWILIO_AUTH_TOKEN: Twilio’s signature cannot be checked. Only requests from this machine are served, and a tunnel or proxy on it makes every request look so: set TWILIO_AUTH_TOKEN',
    );
  return {
    verifyPost: (request) => check.post(request),
    verifyUpgrade: (request) => check.upgrade(request),
    readCall: (form) => ({
      id: callId(field(form, 'CallSid')),
      // A caller who withholds the number is a caller all the same.
      from: callerOf(field(form, 'From', { mayBeEmpty: true })),
      to: field(form, 'To', { mayBeEmpty: true }),
      direction: field(form, 'Direction').startsWith('outbound') ? 'outbound' : 'inbound',
      status: oneOf(STATUS, form, 'CallStatus'),
    }),
    readStreamStatus: (form) => ({
      callId: callId(field(form, 'CallSid')),
      streamId: field(form, 'StreamSid'),
      event: oneOf(STREAM_EVENT, form, 'StreamEvent'),
      error: first(form, 'StreamError') || undefined,
    }),
    render: (verb) => ({ contentType: 'text/xml; charset=utf-8', body: renderVerb(verb, base) }),
  };
}

const STATUS = new Map<string, CallStatus>([
  ['queued', 'queued'],
  ['initiated', 'queued'],
  ['ringing', 'ringing'],
  ['in-progress', 'in-progress'],
  ['answered', 'in-progress'],
  ['completed', 'completed'],
  ['busy', 'busy'],
  ['failed', 'failed'],
  ['no-answer', 'no-answer'],
  ['canceled', 'canceled'],
]);

const STREAM_EVENT = new Map<string, StreamStatus['event']>([
  ['stream-started', 'started'],
  ['stream-stopped', 'stopped'],
  ['stream-error', 'error'],
]);

/** A form may repeat a key; the first value counts. */
function first(form: Form, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' ? value : value?.[0];
}

function field(form: Form, name: string, { mayBeEmpty = false } = {}): string {
  const value = first(form, name);
  if (value === undefined || (value === '' && !mayBeEmpty))
    throw new LivelineError('CARRIER_REQUEST_INVALID', `Twilio's form has no ${name}`);
  return value;
}

function oneOf<T>(known: ReadonlyMap<string, T>, form: Form, name: string): T {
  const text = field(form, name);
  const value = known.get(text);
  if (value === undefined) {
    const said = JSON.stringify(text.slice(0, 40));
    throw new LivelineError('CARRIER_REQUEST_INVALID', `Twilio's form has ${name} ${said}, not known here`);
  }
  return value;
}

const isOwnMachine = (base: string): boolean => isLoopbackHost(URL.parse(base)?.hostname ?? '');
