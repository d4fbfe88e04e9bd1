// What Twilio's answering machine detection says of who picked up (Twilio docs, Answering Machine Detection). Knows nothing of
// what follows from it.
import { LivelineError } from '../../base/errors.ts';
import { callId } from '../../base/ids.ts';
import type { AnsweredBy, CarrierRequest, PickedUpBy } from '../webhooks.ts';
import { attemptIn, queryOf } from './addresses.ts';
import { field } from './form.ts';

/** A word that is new here says nothing: `unknown`, as Twilio itself has it for who says too little. */
const PICKED_UP: ReadonlyMap<string, PickedUpBy> = new Map([
  ['human', 'human'],
  ['machine_start', 'machine'],
  ['machine_end_beep', 'machine'],
  ['machine_end_silence', 'machine'],
  ['machine_end_other', 'machine'],
  ['fax', 'fax'],
]);

const MESSAGE_ENDED: ReadonlyMap<string, AnsweredBy['messageEnded']> = new Map([
  ['machine_end_beep', 'beep'],
  ['machine_end_silence', 'silence'],
  ['machine_end_other', 'other'],
]);

export const pickedUpBy = (text: string): PickedUpBy => PICKED_UP.get(text) ?? 'unknown';

/** Throws CARRIER_REQUEST_INVALID naming what is missing. */
export function readAnsweredBy({ target, form }: CarrierRequest): AnsweredBy {
  const attempt = attemptIn(queryOf(target));
  if (attempt === undefined)
    throw new LivelineError(
      'CARRIER_REQUEST_INVALID',
      'the URL that Twilio calls has no ?attempt=: it is none that this server gave',
    );
  const text = field(form, 'AnsweredBy');
  return {
    attempt,
    callId: callId(field(form, 'CallSid')),
    by: pickedUpBy(text),
    messageEnded: MESSAGE_ENDED.get(text),
  };
}
