// What Twilio asks and tells, out of its forms and the URLs that it calls (Twilio docs, TwiML and status callbacks). Knows
// nothing of answers. A word of Twilio's for how a verb ended that is new here counts as a failure: no caller is left hanging
// for it.
import { LivelineError } from '../../base/errors.ts';
import { callId } from '../../base/ids.ts';
import type {
  CallStatus,
  CarrierCall,
  CarrierRequest,
  DialResult,
  Outcome,
  PersonQuestion,
  PersonStatus,
  Question,
  QueueResult,
  RecordingReady,
  StreamStatus,
  Waiting,
} from '../webhooks.ts';
import { attemptIn, errandIn, queryOf, stepIn } from './addresses.ts';
import { field, first, oneOf, place, seconds, type Form } from './form.ts';

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

/** Also of the Call resource. */
export const STATUS: ReadonlyMap<string, CallStatus> = new Map<string, CallStatus>([
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

/** Of final statuses, and not of all (Twilio docs, Call resource: status callbacks); none for what is no code. */
function sipCodeIn(form: Form): number | undefined {
  const text = first(form, 'SipResponseCode') ?? '';
  return /^[1-6]\d\d$/.test(text) ? Number(text) : undefined;
}

export const readCall = (form: Form, target = ''): CarrierCall => ({
  id: callId(field(form, 'CallSid')),
  // A caller who withholds the number is a caller all the same.
  from: callerOf(field(form, 'From', { mayBeEmpty: true })),
  to: field(form, 'To', { mayBeEmpty: true }),
  direction: field(form, 'Direction').startsWith('outbound') ? 'outbound' : 'inbound',
  status: oneOf(STATUS, form, 'CallStatus'),
  attempt: attemptIn(queryOf(target)),
  sipCode: sipCodeIn(form),
});

const STREAM_EVENT = new Map<string, StreamStatus['event']>([
  ['stream-started', 'started'],
  ['stream-stopped', 'stopped'],
  ['stream-error', 'error'],
]);

export const readStreamStatus = (form: Form): StreamStatus => ({
  callId: callId(field(form, 'CallSid')),
  streamId: field(form, 'StreamSid'),
  event: oneOf(STREAM_EVENT, form, 'StreamEvent'),
  error: first(form, 'StreamError') || undefined,
});

export function readQuestion({ target, form }: CarrierRequest): Question {
  const query = queryOf(target);
  return { call: readCall(form, target), step: stepIn(query), outcome: outcomeOf(form, query) };
}

/** `answered` is what Twilio says of a conference (Twilio docs, TwiML <Dial>). */
const DIAL = new Map<string, DialResult>([
  ['completed', 'answered'],
  ['answered', 'answered'],
  ['busy', 'busy'],
  ['no-answer', 'no-answer'],
  ['failed', 'failed'],
  ['canceled', 'canceled'],
]);

const QUEUE = new Map<string, QueueResult>([
  ['bridged', 'bridged'],
  ['leave', 'left'],
  ['hangup', 'hung-up'],
  ['redirected', 'redirected'],
  ['redirected-from-bridged', 'redirected'],
  ['queue-full', 'full'],
]);

function outcomeOf(form: Form, query: URLSearchParams): Outcome {
  const dial = first(form, 'DialCallStatus');
  if (dial !== undefined)
    return { of: 'dial', result: DIAL.get(dial) ?? 'failed', talkedS: seconds(form, 'DialCallDuration') };
  const queue = first(form, 'QueueResult');
  if (queue !== undefined)
    return { of: 'queue', result: QUEUE.get(queue) ?? 'failed', waitedS: seconds(form, 'QueueTime') };
  // Before the keys: a recording's form tells the key that ended it.
  const recording = first(form, 'RecordingSid') || undefined;
  if (recording !== undefined || query.get('recorded') === 'no')
    return { of: 'recording', id: recording, seconds: seconds(form, 'RecordingDuration') };
  const refer = first(form, 'ReferCallStatus') ?? first(form, 'ReferSipResponseCode');
  if (refer !== undefined) return { of: 'refer', result: REFERRED.test(refer) ? 'taken' : 'refused' };
  const digits = first(form, 'Digits');
  if (digits !== undefined || query.has('asked')) return { of: 'keys', digits: digits ?? '' };
  return { of: 'stream' };
}

/** The new call's status; the answer to the REFER itself when nothing was told of the call (Twilio docs, TwiML <Refer>). */
const REFERRED = /^(?:in-progress|answered|completed|2\d\d)$/;

export function readPersonQuestion({ target, form }: CarrierRequest): PersonQuestion {
  const query = queryOf(target);
  const outcome = query.has('over')
    ? ({ of: 'over' } as const)
    : query.has('asked')
      ? ({ of: 'keys', digits: first(form, 'Digits') ?? '' } as const)
      : ({ of: 'answered' } as const);
  return { call: readCall(form), errand: errandIn(query), outcome };
}

export const readPersonStatus = ({ target, form }: CarrierRequest): PersonStatus => ({
  id: callId(field(form, 'CallSid')),
  errand: errandIn(queryOf(target)),
  status: oneOf(STATUS, form, 'CallStatus'),
});

export function readWaiting({ target, form }: CarrierRequest): Waiting {
  const query = queryOf(target);
  const [call, step] = [query.get('call'), stepIn(query)];
  if (call === null || call === '') throw notOurs('call');
  if (step === undefined) throw notOurs('step');
  const position = place(form, 'QueuePosition');
  return {
    callId: callId(call),
    step,
    queue:
      position === undefined
        ? undefined
        : { position, waitedS: seconds(form, 'QueueTime'), averageS: seconds(form, 'AvgQueueTime') },
    digits: first(form, 'Digits') ?? '',
  };
}

const notOurs = (name: string): LivelineError =>
  new LivelineError(
    'CARRIER_REQUEST_INVALID',
    `the URL that Twilio calls has no ?${name}=: it is none that this server gave`,
  );

/** `in-progress` is not asked for. */
const RECORDING = new Map<string, RecordingReady['is']>([
  ['completed', 'ready'],
  ['absent', 'absent'],
  ['failed', 'absent'],
]);

export const readRecording = (form: Form): RecordingReady => ({
  callId: callId(field(form, 'CallSid')),
  id: field(form, 'RecordingSid'),
  seconds: seconds(form, 'RecordingDuration'),
  is: oneOf(RECORDING, form, 'RecordingStatus'),
});
