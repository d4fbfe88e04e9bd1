// Calls as Twilio's REST server knows them (Twilio docs, Call resource): described, placed, given something else to do,
// ended. Knows no HTTP beyond status codes.
import type { PhoneCall } from './call.ts';
import { mayCallFrom } from './caller-id.ts';
import { rfc2822 } from './fields.ts';
import { refusal, type Reply } from './reply.ts';
import type { Outgoing, Start } from './stage.ts';
import type { Method } from './verb.ts';

/** E.164 or a SIP address. */
const ADDRESS = /^(\+[1-9]\d{6,14}|sips?:[^@\s]+@[^@\s]+)$/i;
const MOST_TWIML_CHARACTERS = 4_000;
/** Twilio's defaults and limits (Twilio docs, Call resource: Timeout). */
const RING_S = { usual: 60, most: 600 };

export function describeCall(call: PhoneCall): object {
  const over = call.ended;
  const endedEpochMs = call.placedEpochMs + call.elapsedMs;
  return {
    sid: call.callSid,
    account_sid: call.accountSid,
    from: call.from,
    from_formatted: call.from,
    to: call.to,
    to_formatted: call.to,
    // `initiated` is the name of an event, not of a state.
    status: call.status === 'initiated' ? 'queued' : call.status,
    direction: call.direction,
    duration: over ? String(Math.ceil(call.durationMs / 1_000)) : null,
    start_time: rfc2822(call.placedEpochMs),
    end_time: over ? rfc2822(endedEpochMs) : null,
    date_created: rfc2822(call.placedEpochMs),
    date_updated: rfc2822(endedEpochMs),
    answered_by: null,
    parent_call_sid: call.parentCallSid ?? null,
    phone_number_sid: null,
    price: null,
    price_unit: 'USD',
    api_version: '2010-04-01',
    uri: `/2010-04-01/Accounts/${call.accountSid}/Calls/${call.callSid}.json`,
  };
}

const methodOf = (text: string | null): Method => (text?.toUpperCase() === 'GET' ? 'GET' : 'POST');

/** What a call is to do by `Url` or `Twiml`, of which the first wins; undefined: neither is given. */
function startOf(form: URLSearchParams): Start | Reply | undefined {
  const url = form.get('Url');
  const twiml = form.get('Twiml');
  if (url !== null) {
    if (!URL.canParse(url) || !/^https?:/i.test(url))
      return refusal(400, 21205, `Url is not a valid URL: ${url}`);
    return { from: 'url', target: { url, method: methodOf(form.get('Method')) } };
  }
  if (twiml === null) return undefined;
  return twiml.length <= MOST_TWIML_CHARACTERS
    ? { from: 'twiml', twiml }
    : refusal(400, 21624, `Twiml is longer than ${MOST_TWIML_CHARACTERS} characters`);
}

/** The call to place, or Twilio's refusal. */
export function readOutgoing(form: URLSearchParams): Outgoing | Reply {
  const [to, from] = [form.get('To') ?? '', form.get('From') ?? ''];
  if (to === '') return refusal(400, 21201, "No 'To' number is specified");
  if (from === '') return refusal(400, 21213, "No 'From' number is specified");
  if (!ADDRESS.test(to))
    return refusal(400, 21211, `The phone number you are attempting to call, ${to}, is not valid.`);
  if (!mayCallFrom(from, to))
    return refusal(400, 21212, `The source phone number provided, ${from}, is not valid.`);
  const start = startOf(form) ?? refusal(400, 21205, 'Url parameter is required.');
  if ('body' in start) return start;
  const ringS = Number(form.get('Timeout') ?? RING_S.usual);
  const statusUrl = form.get('StatusCallback');
  const events = form.getAll('StatusCallbackEvent').flatMap((names) => names.split(/\s+/));
  return {
    ...{ to, from, start, direction: 'outbound-api', parentCallSid: undefined },
    limitMs: Math.min(ringS > 0 ? ringS : RING_S.usual, RING_S.most) * 1_000,
    status:
      statusUrl === null
        ? undefined
        : {
            url: statusUrl,
            method: methodOf(form.get('StatusCallbackMethod')),
            events: events.length > 0 ? events : ['completed'],
          },
  };
}

export function updateCall(call: PhoneCall, form: URLSearchParams): Reply {
  const start = startOf(form);
  if (start && 'body' in start) return start;
  const status = form.get('Status');
  if (!start && status !== 'completed' && status !== 'canceled')
    return refusal(400, 20001, `Status must be completed or canceled, not '${status ?? ''}'`);
  if (call.ended || (start && !call.redirect(start)))
    return refusal(400, 21220, 'Call is not in-progress. Cannot redirect.');
  // `canceled` is for calls that nobody has answered yet.
  if (!start && (status === 'completed' || call.status !== 'in-progress')) call.hangUp('server');
  return { status: 200, body: describeCall(call) };
}
