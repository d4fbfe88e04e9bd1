// The carrier of the console's phone: nobody. What is asked of the carrier over REST for one of its calls is done here, or refused.
import { randomBytes } from 'node:crypto';
import { LivelineError } from '../base/errors.ts';
import { callId, type CallId } from '../base/ids.ts';
import type { CallControl, CallWatch } from '../carrier/control.ts';
import type { TextSender } from '../carrier/texts.ts';

/** As Twilio's ids are, so that records and logs take it for one; of its own, random, one in four thousand million begins so. */
const HEAD = 'CA00000000';

export const newPhoneCallId = (): CallId => callId(`${HEAD}${randomBytes(12).toString('hex')}`);

/** Of any process: the id itself says so. */
export const isOfPhone = (id: string): boolean => id.startsWith(HEAD);

const refuse = (what: string): Promise<never> =>
  Promise.reject(
    new LivelineError(
      'CARRIER_REFUSED',
      `the call comes from the console’s phone, not from a carrier: ${what}`,
    ),
  );

/** `carrier`, which is asked nothing for calls of the console's phone. */
export function besidePhone(
  carrier: CallControl & CallWatch & TextSender,
): CallControl & CallWatch & TextSender {
  return {
    // The page asks what is next as soon as its stream is over, and is told to hang up.
    hangUp: (id) => (isOfPhone(id) ? Promise.resolve() : carrier.hangUp(id)),
    takeBack: (id, step) => (isOfPhone(id) ? Promise.resolve('asked') : carrier.takeBack(id, step)),
    place: (call) => (isOfPhone(call.errand.of) ? refuse('nobody is called for it') : carrier.place(call)),
    isOn: (id) => (isOfPhone(id) ? Promise.resolve(true) : carrier.isOn(id)),
    send: (message, signal, id) =>
      id !== undefined && isOfPhone(id) ? refuse('no text is sent in it') : carrier.send(message, signal, id),
  };
}
