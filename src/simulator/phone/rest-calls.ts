// Calls as Twilio's REST server knows them (Twilio docs, Call resource): described, placed, given something else to do,
// ended. Knows no HTTP beyond status codes.
import type { PhoneCall } from './call.ts';
import { mayCallFrom } from './caller-id.ts';
import { USUAL_DETECTION, type Detection } from './detection.ts';
import { describeCall } from './ledger.ts';
import { refusal, type Reply } from './reply.ts';
import type { Outgoing, Start } from './stage.ts';
import type { Method } from './verb.ts';

/** E.164 or a SIP address. */
const ADDRESS = /^(\+[1-9]\d{6,14}|sips?:[^@\s]+@[^@\s]+)$/i;
const MOST_TWIML_CHARACTERS = 4_000;
/** Twilio's defaults and limits (Twilio docs, Call resource: Timeout). */
const RING_S = { usual: 60, most: 600 };

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

const AMD = 'https://www.twilio.com/docs/voice/answering-machine-detection';

/** Undefined: not asked for. */
function detectionOf(form: URLSearchParams): Detection | Reply | undefined {
  const wanted = form.get('MachineDetection');
  if (wanted === null) return undefined;
  if (wanted !== 'Enable' && wanted !== 'DetectMessageEnd')
    return refusal(400, 20001, `MachineDetection is Enable or DetectMessageEnd, not '${wanted}': ${AMD}`);
  if (form.get('AsyncAmd') !== 'true')
    return refusal(
      400,
      20001,
      'this simulated network detects machines with AsyncAmd=true alone; Twilio would',
    );
  const url = form.get('AsyncAmdStatusCallback');
  const ms = (name: string): number | undefined => Number(form.get(name)) || undefined;
  const timeoutS = ms('MachineDetectionTimeout');
  return {
    waitsForMessageEnd: wanted === 'DetectMessageEnd',
    callback: url === null ? undefined : { url, method: methodOf(form.get('AsyncAmdStatusCallbackMethod')) },
    timeoutMs: timeoutS === undefined ? USUAL_DETECTION.timeoutMs : timeoutS * 1_000,
    speechMs: ms('MachineDetectionSpeechThreshold') ?? USUAL_DETECTION.speechMs,
    speechEndMs: ms('MachineDetectionSpeechEndThreshold') ?? USUAL_DETECTION.speechEndMs,
    silenceMs: ms('MachineDetectionSilenceTimeout') ?? USUAL_DETECTION.silenceMs,
  };
}

/** The call to place, or Twilio's refusal. `mayShow`: whether a number is the account's, or verified. */
export function readOutgoing(form: URLSearchParams, mayShow: (from: string) => boolean): Outgoing | Reply {
  const [to, from] = [form.get('To') ?? '', form.get('From') ?? ''];
  if (to === '') return refusal(400, 21201, "No 'To' number is specified");
  if (from === '') return refusal(400, 21213, "No 'From' number is specified");
  if (!ADDRESS.test(to))
    return refusal(400, 21211, `The phone number you are attempting to call, ${to}, is not valid.`);
  if (!mayCallFrom(from, to))
    return refusal(400, 21212, `The source phone number provided, ${from}, is not valid.`);
  if (!mayShow(from))
    return refusal(
      400,
      21210,
      `The source phone number provided, ${from}, is not yet verified for your account.`,
    );
  const detection = detectionOf(form);
  if (detection && 'body' in detection) return detection;
  const longestS = Number(form.get('TimeLimit') ?? 0);
  const start = startOf(form) ?? refusal(400, 21205, 'Url parameter is required.');
  if ('body' in start) return start;
  const ringS = Number(form.get('Timeout') ?? RING_S.usual);
  const statusUrl = form.get('StatusCallback');
  const events = form.getAll('StatusCallbackEvent').flatMap((names) => names.split(/\s+/));
  return {
    ...{ to, from, start, direction: 'outbound-api', parentCallSid: undefined },
    detection,
    longestMs: longestS > 0 ? longestS * 1_000 : undefined,
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

/** `call`: undefined when it has long been over. */
export function updateCall(call: PhoneCall | undefined, form: URLSearchParams): Reply {
  const start = startOf(form);
  if (start && 'body' in start) return start;
  const status = form.get('Status');
  if (!start && status !== 'completed' && status !== 'canceled')
    return refusal(400, 20001, `Status must be completed or canceled, not '${status ?? ''}'`);
  if (!call || call.ended || (start && !call.redirect(start)))
    return refusal(400, 21220, 'Call is not in-progress. Cannot redirect.');
  // `canceled` is for calls that nobody has answered yet.
  if (!start && (status === 'completed' || call.status !== 'in-progress')) call.hangUp('server');
  return { status: 200, body: describeCall(call) };
}
