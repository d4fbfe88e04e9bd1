// Text messages by Twilio's REST interface (Twilio docs, Messages resource). Knows its errors and which of them say that
// nothing was sent; decides nothing.
import twilio from 'twilio';
import { LivelineError } from '../../base/errors.ts';
import { TextRefused, type TextRefusal } from '../text-refused.ts';
import type { TextSender } from '../texts.ts';
import { asLivelineError, doubtOf, toldBy, twilioClient, type TwilioRestOptions } from './rest.ts';

/** By Twilio's code (twilio.com/docs/api/errors); whatever else it refuses is about our number or account. */
const REFUSALS: ReadonlyMap<number | undefined, TextRefusal> = new Map([
  [21_211, 'no-texts'], // not a valid number
  [21_266, 'no-texts'], // the number that it would come from
  [21_612, 'no-texts'], // no route from our number to this one
  [21_614, 'no-texts'], // no mobile number
  [21_635, 'no-texts'], // a landline
  [21_610, 'opted-out'], // its owner has answered STOP
  [21_408, 'country'],
]);
/** The queue of the number that it comes from is full: nothing was taken, and later it may be. */
const QUEUE_FULL = 21_611;

export function createTwilioTexts(options: TwilioRestOptions): TextSender {
  return {
    async send({ from, to, body }, signal) {
      signal.throwIfAborted();
      let id: unknown;
      try {
        id = (await twilioClient(options, { signal }).messages.create({ from, to, body })).sid;
      } catch (thrown) {
        throw asTextError(thrown);
      }
      if (typeof id === 'string' && id !== '') return { id };
      throw inDoubt(undefined, "Twilio's answer names no message");
    },
  };
}

const WHAT = 'a text could not be sent';

function asTextError(cause: unknown): LivelineError {
  const doubt = doubtOf(cause);
  if (doubt !== undefined) return inDoubt(cause, doubt);
  if (!(cause instanceof twilio.RestException)) return asLivelineError(cause, WHAT);
  const { status, code } = cause;
  if (code === QUEUE_FULL)
    return new LivelineError('CARRIER_UNREACHABLE', `${WHAT}: the queue is full (${toldBy(cause)})`, {
      cause,
    });
  if (status === 429) return asLivelineError(cause, WHAT);
  return new TextRefused(REFUSALS.get(code) ?? 'line', `${WHAT}: Twilio refused (${toldBy(cause)})`, {
    cause,
  });
}

const inDoubt = (cause: unknown, why: string): LivelineError =>
  new LivelineError(
    'TOOL_IN_DOUBT',
    `a text may or may not have been sent: ${why}; the log of messages in the Twilio console knows`,
    { cause },
  );
