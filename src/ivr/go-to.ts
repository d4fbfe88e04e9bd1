// On the way to a person: each kind of transfer begun. Pure; what becomes of a caller who reaches nobody is not known here.
import { createHash } from 'node:crypto';
import { numberOf } from '../agents/own-number.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { Errand, Spoken } from '../carrier/webhooks.ts';
import { give, ours, routed, theirs, type Answer, type View } from './answer.ts';
import type { Destination } from './plan.ts';
import type { Route, Unreached } from './route.ts';

/** From the pick-up: who calls, the longest briefing and the keys take 55 s, and there are 10 s to press one. */
export const BRIEFING_LASTS_AT_MOST_MS = 75_000;

/** Each costs money and a person's nerves; an agent that sends the same caller round and round is stopped. */
const MOST_ERRANDS = 10;

/** Twilio's names of queues have 64 characters at most (Twilio docs, TwiML Enqueue); an account may hold many servers. */
export const queueName = (profile: string, destination: string): string =>
  `${destination.slice(0, 40)}-${createHash('sha256').update(profile).digest('hex').slice(0, 12)}`;

/** Undefined: it cannot be gone to just now; why, `closedTo` tells. */
export function goTo(route: Route, name: string, say: Spoken | undefined, view: View): Answer | undefined {
  const destination = view.plan.destinations.find((one) => one.name === name);
  if (destination === undefined || closedTo(destination, view) !== undefined) return undefined;
  if (route.errands >= MOST_ERRANDS) return undefined;
  const errands = route.errands + 1;
  const on: Route = { ...route, errands, departure: undefined };
  const errand: Errand = { is: 'transfer', of: route.callId, attempt: errands };
  const { to, ringS } = destination;
  const effects = [routed(name, destination.by)];
  switch (kindFor(destination, route)) {
    case 'cold':
      return give(
        on,
        { at: 'dialled', destination: name, answeredMs: undefined },
        (step) => ({ do: 'dial', step, say, to, callerId: callerIdOf(destination, route), ringS, errand }),
        effects,
      );
    case 'refer':
      return give(
        on,
        { at: 'referred', destination: name },
        (step) => ({ do: 'refer', step, say, to }),
        effects,
      );
    case 'warm': {
      const lastsMs = ringS * 1_000 + BRIEFING_LASTS_AT_MOST_MS;
      const { callId } = route;
      return give(
        on,
        {
          at: 'held',
          destination: name,
          person: { is: 'called', id: undefined },
          sinceMs: view.nowMs,
          untilMs: view.nowMs + lastsMs,
        },
        (step) => ({ do: 'hold', step, say, callId, conference: `${callId}-${errands}` }),
        [...effects, { do: 'callPerson', destination, errand }, { do: 'wake', inMs: lastsMs }],
      );
    }
    case 'queue': {
      const { callId, profile } = route;
      return give(
        { ...on, place: undefined },
        { at: 'queued', destination: name, sinceMs: view.nowMs, leaves: undefined },
        (step) => ({ do: 'queue', step, say, callId, queue: queueName(profile, name) }),
        effects,
      );
    }
  }
}

/** Why nobody is to be reached there, before anybody is called. */
export function closedTo(destination: Destination, view: View): Unreached | undefined {
  if (!view.mayDial(destination.to)) return 'refused';
  return view.isOpen(destination) ? undefined : 'closed';
}

/** SIP can pass a call on only where it came in by SIP (Twilio error 13801). */
const kindFor = ({ by }: Destination, route: Route): Destination['by'] =>
  by === 'refer' && !isSip(theirs(route)) ? 'cold' : by;

/**
 * Undefined: the caller's own. Who withholds the number has none to show, and whoever calls by SIP may write any: a telephone
 * is shown one of the account then (Twilio error 13214).
 */
function callerIdOf({ callerId, to }: Destination, route: Route): string | undefined {
  const them = theirs(route);
  const isShown = parsePhoneNumber(them) !== undefined || (isSip(them) && isSip(to));
  if (callerId === 'caller' && isShown && route.direction === 'inbound') return undefined;
  return numberOf(ours(route));
}

const isSip = (address: string): boolean => /^sips?:/i.test(address);

export const spokenName = (name: string, { plan }: View): string =>
  plan.destinations.find((one) => one.name === name)?.spoken ?? name.replaceAll('_', ' ');
