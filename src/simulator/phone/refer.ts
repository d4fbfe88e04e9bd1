// <Refer>: a caller on SIP is asked to call somebody else (Twilio docs, TwiML <Refer>). Knows nothing of who that is.
import { fateOf } from './people.ts';
import { whole, type Stage } from './stage.ts';
import type { Link, Target } from './verb.ts';
import { pause } from './waiting.ts';

/** Twilio's own limit is not documented; as a phone rings. */
const LIMIT_MS = 60_000;
/** What the other side says in its NOTIFY (RFC 3515; the codes are those of RFC 3261). */
const NOTIFIED = { 'in-progress': '200', busy: '486', 'no-answer': '480', failed: '404' } as const;

export async function refer(
  verb: { readonly verb: 'Refer'; readonly action: Link | undefined; readonly to: string },
  documentUrl: string,
  stage: Stage,
): Promise<Target | undefined> {
  const { party, clock, signal, office } = stage;
  if (![party.from, party.to].some((address) => /^sips?:/i.test(address))) {
    stage.fail({
      code: 13801,
      message: 'REFER is only for calls on SIP; this one is neither from nor to sip:',
    });
    return undefined;
  }
  stage.emit({ type: 'referred', to: verb.to });
  const fate = fateOf(office.person(verb.to), LIMIT_MS);
  const stopRinging = stage.leg.entertain();
  await pause(clock, fate.afterMs, signal);
  stopRinging();
  if (signal.aborted || !verb.action) return undefined;
  const link = whole(verb.action, verb.verb, documentUrl, stage);
  const fields = {
    ReferCallStatus: fate.then === 'in-progress' ? 'completed' : 'failed',
    ReferSipResponseCode: '202',
    NotifySipResponseCode: NOTIFIED[fate.then],
  };
  return link && { ...link, fields };
}
