// The switchboard table: where a caller is, what became of the verb that they were given, and what comes next. Pure; one
// row a line of the two switches. Never silence: every row ends in a verb.
import { unreachable } from '../base/errors.ts';
import type { Outcome } from '../carrier/webhooks.ts';
import { give, hangUp, ofPerson, routed, sayAndHangUp, type Answer, type View } from './answer.ts';
import type { Departure } from './departure.ts';
import { descend, fallBack, menu, MOST_MENUS, voicemail } from './fallback.ts';
import { closedTo, spokenName } from './go-to.ts';
import { chosen } from './menu.ts';
import type { Route, Unreached } from './route.ts';
import { spoken } from './spoken.ts';
import { goOrElse, unreached } from './unreached.ts';

/** The carrier asks within seconds; a minute covers its retries (Twilio docs, Webhooks: 15 s in all). */
export const DEPARTURE_HOLDS_MS = 60_000;
/** Whoever is connected for less has talked with nobody. */
export const TALK_LASTS_AT_LEAST_MS = 5_000;

type At<Name> = Extract<Route['where'], { at: Name }>;

export function afterStream(route: Route, outcome: Outcome, view: View): Answer {
  const { where } = route;
  switch (where.at) {
    case 'agent':
      return fromAgent(route, view);
    case 'dialled':
      return fromDial(route, where, outcome, view);
    case 'referred':
      return outcome.of === 'refer' && outcome.result === 'taken'
        ? hangUp(route, [ofPerson(where.destination, 'joined'), { do: 'handOver' }])
        : unreached(route, where.destination, 'failed', view);
    case 'held':
      return fromConference(route, where, view);
    case 'queued':
      return fromQueue(route, where, outcome, view);
    case 'menu':
      return fromMenu(route, where, outcome.of === 'keys' ? outcome.digits : '', view);
    case 'voicemail': {
      const words = spoken(view.plan.language);
      const isNone = outcome.of === 'recording' && outcome.id === undefined;
      return isNone
        ? sayAndHangUp(route, words.goodbye(), 'goodbye', 'no message was left')
        : sayAndHangUp(route, words.thanksForMessage(), 'goodbye', 'the message is over');
    }
    case 'over':
      return { route, effects: [] };
    default:
      return unreachable(where);
  }
}

function fromAgent(route: Route, view: View): Answer {
  const { departure } = route;
  const isFresh = departure !== undefined && view.nowMs - departure.atMs <= DEPARTURE_HOLDS_MS;
  if (isFresh) return depart(route, departure.wants, view);
  if (view.agent === 'here')
    return give({ ...route, departure: undefined }, { at: 'agent' }, () => ({ do: 'stream' }));
  return fallBack(route, 'call-unknown', view);
}

function depart(route: Route, wants: Departure, view: View): Answer {
  switch (wants.to) {
    case 'hang-up':
      return hangUp({ ...route, departure: undefined });
    case 'keys':
      return view.agent === 'here' ? pressed(route, wants.keys) : fallBack(route, 'call-unknown', view);
    case 'voicemail':
      return voicemail(route, undefined, view) ?? fallBack(route, 'call-unknown', view);
    case 'say':
      return sayAndHangUp(
        { ...route, departure: undefined },
        wants,
        'message',
        'words are left after a beep',
      );
    case 'fallback':
      return fallBack(route, wants.because, view);
    case 'destination': {
      const matter = { reason: wants.reason, briefing: wants.briefing };
      return goOrElse({ ...route, matter }, wants.name, undefined, view);
    }
    default:
      return unreachable(wants);
  }
}

/** The line is the agent's again as soon as the last key is heard. */
const pressed = (route: Route, keys: string): Answer =>
  give({ ...route, departure: undefined }, { at: 'agent' }, () => ({ do: 'stream', keys }), [
    { do: 'returnToAgent', told: toldOfKeys(keys) },
  ]);

/** True whenever it is read. */
const toldOfKeys = (keys: string): string =>
  `The keys ${keys} were pressed on the line, and it is open again. Listen to what comes of them; say nothing before you have heard it.`;

function fromDial(route: Route, { destination }: At<'dialled'>, outcome: Outcome, view: View): Answer {
  if (outcome.of !== 'dial') return unreached(route, destination, 'failed', view);
  switch (outcome.result) {
    case 'answered':
      return outcome.talkedS * 1_000 >= TALK_LASTS_AT_LEAST_MS
        ? talkIsOver(route)
        : unreached(route, destination, 'hung-up', view);
    case 'busy':
    case 'no-answer':
      return unreached(route, destination, outcome.result, view);
    case 'failed':
    case 'canceled':
      return unreached(route, destination, 'failed', view);
  }
}

function fromConference(route: Route, { destination, person }: At<'held'>, view: View): Answer {
  switch (person.is) {
    case 'joined':
      return view.nowMs - person.atMs >= TALK_LASTS_AT_LEAST_MS
        ? talkIsOver(route, [{ do: 'hangUpPerson', id: person.id }])
        : left(unreached(route, destination, 'hung-up', view), person.id);
    case 'left':
      return person.talkedMs >= TALK_LASTS_AT_LEAST_MS
        ? talkIsOver(route)
        : unreached(route, destination, 'hung-up', view);
    case 'gone':
      return unreached(route, destination, person.why, view);
    case 'called':
    case 'briefed':
      return left(unreached(route, destination, 'failed', view), person.id);
    default:
      return unreachable(person);
  }
}

/** Nobody waits for a person who is still being called, or sits in the conference. */
const left = (answer: Answer, id: Route['callId'] | undefined): Answer =>
  id === undefined ? answer : { ...answer, effects: [...answer.effects, { do: 'hangUpPerson', id }] };

function fromQueue(
  route: Route,
  { destination, leaves, sinceMs }: At<'queued'>,
  outcome: Outcome,
  view: View,
): Answer {
  const words = spoken(view.plan.language);
  const result = outcome.of === 'queue' ? outcome.result : 'left';
  switch (result) {
    case 'bridged': {
      const waitedMs = outcome.of === 'queue' ? outcome.waitedS * 1_000 : 0;
      return view.nowMs - sinceMs - waitedMs >= TALK_LASTS_AT_LEAST_MS
        ? talkIsOver(route)
        : unreached(route, destination, 'hung-up', view);
    }
    case 'hung-up':
      return hangUp(route);
    case 'left':
      if (leaves === 'callback')
        return sayAndHangUp(route, words.calledBack(), 'callback', 'a callback is promised');
      return unreached(
        route,
        destination,
        leaves === 'too-long' ? tooLong(destination, view) : 'failed',
        view,
      );
    case 'full':
      return unreached(route, destination, 'queue-full', view);
    case 'failed':
    case 'redirected':
      return unreached(route, destination, 'failed', view);
    default:
      return unreachable(result);
  }
}

function tooLong(name: string, view: View): Unreached {
  const destination = view.plan.destinations.find((one) => one.name === name);
  return (destination && closedTo(destination, view)) ?? 'queue-long';
}

function fromMenu(route: Route, { choices }: At<'menu'>, digits: string, view: View): Answer {
  const words = spoken(view.plan.language);
  const choice = chosen(choices, digits);
  if (choice?.do === 'destination')
    return goOrElse(route, choice.name, words.connecting(spokenName(choice.name, view)), view);
  if (choice?.do === 'voicemail') {
    const taken = voicemail(route, undefined, view);
    if (taken) return taken;
  }
  const again = route.menus < MOST_MENUS ? menu(route, words.menuAgain(), view) : undefined;
  return again ?? descend(route, undefined, view);
}

/** The person has hung up, and the caller is still on the line. */
const talkIsOver = (route: Route, effects: Answer['effects'] = []): Answer =>
  hangUp(route, [...effects, { do: 'handOver' }, routed('goodbye', 'the talk with a person is over')]);
