// What a document of TwiML is before it is carried out. Pure.
import { parseTwiml } from './twiml.ts';
import type { Verb } from './verb.ts';
import type { Document, Failure } from './webhook.ts';

/**
 * Reject as the first verb is the one way not to pick up (twilio.com/docs/voice/twiml/reject); a Dial with answerOnBridge
 * does so only when somebody else has.
 */
export const picksUp = (verb: Verb): boolean =>
  verb.verb !== 'Reject' && !(verb.verb === 'Dial' && verb.answerOnBridge);

/** TwiML that came with a REST request, as a document without an address. */
export function inline(xml: string): Document | Failure {
  const twiml = parseTwiml(xml);
  return twiml.ok ? { ...twiml, url: '', status: 200 } : { ok: false, status: 200, error: twiml.error };
}
