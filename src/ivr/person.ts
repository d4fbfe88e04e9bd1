// Somebody whom we called for a caller who waits: told who it is, asked, and let in or not. Pure. Whoever comes too late
// finds nobody, and hears so.
import type { CallStatus, PersonQuestion, PersonStatus, Verb } from '../carrier/webhooks.ts';
import { TALK_LASTS_AT_LEAST_MS } from './after-stream.ts';
import { ofPerson, routed, stay, theirs, type Answer, type RouteEffect, type View } from './answer.ts';
import { BRIEFING_LASTS_AT_MOST_MS } from './go-to.ts';
import { briefingOf } from './person-words.ts';
import type { Person, Route, Unreached } from './route.ts';
import { spoken } from './spoken.ts';

/** What the person hears next; the caller's own question is answered elsewhere. */
export interface PersonAnswer extends Answer {
  readonly verb: Verb;
}

type Held = Extract<Route['where'], { at: 'held' }>;

/** Long enough to fetch the phone from the table. */
export const KEY_WITHIN_S = 10;
/** Of a conference that ends, the carrier asks at once; if it has not by then, it has lost the question. */
const ASKED_BY_THEN_MS = 3_000;

/** Voices read out 150 words of six characters in a minute. */
const CHARACTERS_A_SECOND = 15;

export const ACCEPTS = '1';

export function personAsks(
  route: Route,
  { call, errand, outcome }: PersonQuestion,
  view: View,
): PersonAnswer {
  const { where } = route;
  const isTheirs = where.at === 'held' && errand.attempt === route.errands && isThere(where.person);
  if (!isTheirs) return { ...stay(route), verb: callerIsGone(view) };
  const { person, destination: name } = where;
  const destination = view.plan.destinations.find((one) => one.name === name);
  if (outcome.of === 'over')
    return { ...personIsOut(route, where, 'hung-up', view), verb: { do: 'hang-up' } };
  const join: Verb = { do: 'join', conference: conferenceOf(route), errand };
  // Also of a destination that has left the profile since: a talk is not broken off for it.
  if (person.is === 'joined') return { ...stay(route), verb: join };
  if (destination === undefined)
    return { ...personIsOut(route, where, 'declined', view), verb: callerIsGone(view) };
  if (outcome.of === 'answered') {
    const language = view.plan.language;
    const from = theirs(route);
    const say = briefingOf({ from, matter: route.matter }, destination, language);
    const isAgain = person.is === 'briefed' && person.id === call.id;
    return {
      ...(isAgain ? stay(route) : briefed(route, where, call.id, view)),
      verb: { do: 'ask-key', say, withinS: KEY_WITHIN_S, of: { errand } },
    };
  }
  if (outcome.digits === ACCEPTS) {
    const atMs = Math.max(view.nowMs, callerIsIn(route, where));
    const joined: Person = { is: 'joined', id: call.id, atMs };
    const effects: RouteEffect[] = [
      { do: 'popScreen', destination },
      { do: 'wake', inMs: atMs - view.nowMs + TALK_LASTS_AT_LEAST_MS },
    ];
    const { route: on, effects: more } = become(route, where, joined);
    return { route: on, effects: [...more, ...effects], verb: join };
  }
  return { ...personIsOut(route, where, 'declined', view), verb: farewell(view) };
}

/** However long it rang: from now on they have time to hear it all, and to press a key. */
function briefed(route: Route, where: Held, id: Route['callId'], { nowMs }: View): Answer {
  const untilMs = nowMs + BRIEFING_LASTS_AT_MOST_MS;
  const answer = become(route, { ...where, untilMs }, { is: 'briefed', id });
  return { ...answer, effects: [...answer.effects, { do: 'wake', inMs: BRIEFING_LASTS_AT_MOST_MS }] };
}

/** By then they have heard where they go, and are in the conference: whoever is quick on the keys is alone there till then. */
const callerIsIn = ({ given }: Route, { sinceMs }: Held): number => {
  const characters = given.do === 'hold' ? (given.say?.text.length ?? 0) : 0;
  return sinceMs + (characters * 1_000) / CHARACTERS_A_SECOND;
};

const STATUS: Readonly<Partial<Record<CallStatus, Unreached>>> = {
  completed: 'hung-up',
  busy: 'busy',
  'no-answer': 'no-answer',
  failed: 'failed',
  canceled: 'no-answer',
};

export function personStatus(route: Route, { id, errand, status }: PersonStatus, view: View): Answer {
  const { where } = route;
  if (errand.attempt !== route.errands) return stay(route);
  if (where.at === 'dialled') {
    if (status !== 'in-progress' || where.answeredMs !== undefined) return stay(route);
    return {
      route: { ...route, where: { ...where, answeredMs: view.nowMs } },
      effects: [ofPerson(where.destination, 'joined'), { do: 'wake', inMs: TALK_LASTS_AT_LEAST_MS }],
    };
  }
  if (where.at !== 'held') return stay(route);
  const why = STATUS[status];
  const { person } = where;
  if (why === undefined)
    return person.is === 'called' && person.id === undefined
      ? { route: { ...route, where: { ...where, person: { is: 'called', id } } }, effects: [] }
      : stay(route);
  // Of another leg than the one that has joined: a status that was on its way for long.
  if (!isThere(person) || (person.is !== 'called' && person.id !== id)) return stay(route);
  return personIsOut(route, where, person.is === 'briefed' && why === 'hung-up' ? 'declined' : why, view);
}

/** The carrier has taken the call to the person. */
export function personPlaced(route: Route, attempt: number, id: Route['callId']): Answer {
  const { where } = route;
  if (where.at !== 'held' || attempt !== route.errands || !isThere(where.person))
    return { route, effects: [{ do: 'hangUpPerson', id }] };
  return where.person.is === 'called'
    ? { route: { ...route, where: { ...where, person: { is: 'called', id } } }, effects: [] }
    : stay(route);
}

export function personNotPlaced(route: Route, attempt: number, view: View): Answer {
  const { where } = route;
  return where.at === 'held' && attempt === route.errands && where.person.is === 'called'
    ? personIsOut(route, where, 'failed', view)
    : stay(route);
}

/** A time that was waited for has come, or the carrier asks what to play: whoever has waited too long is taken back. */
export function lookAgain(route: Route, view: View): Answer {
  const { where } = route;
  if (where.at === 'dialled') {
    const talksMs = where.answeredMs === undefined ? 0 : view.nowMs - where.answeredMs;
    return talksMs >= TALK_LASTS_AT_LEAST_MS ? { route, effects: [{ do: 'handOver' }] } : stay(route);
  }
  if (where.at !== 'held') return stay(route);
  const { person, untilMs } = where;
  switch (person.is) {
    case 'joined':
      return view.nowMs - person.atMs >= TALK_LASTS_AT_LEAST_MS
        ? { route, effects: [{ do: 'handOver' }] }
        : stay(route);
    case 'gone':
    case 'left':
      return { route, effects: [{ do: 'takeBack' }] };
    case 'called':
    case 'briefed':
      return view.nowMs >= untilMs ? personIsOut(route, where, 'no-answer', view) : stay(route);
  }
}

/** The caller has hung up: nobody waits for the person any more. */
export function callerIsOver(route: Route): Answer {
  const { where } = route;
  if (where.at === 'over') return stay(route);
  const person = where.at === 'held' && isThere(where.person) ? where.person.id : undefined;
  return {
    // A step, so that it holds against whatever another process decides of the call at the same moment.
    route: { ...route, step: route.step + 1, where: { at: 'over' }, given: { do: 'hang-up' } },
    effects: [
      ...(person === undefined ? [] : [{ do: 'hangUpPerson' as const, id: person }]),
      routed('nowhere', 'the caller has hung up'),
    ],
  };
}

export const conferenceOf = ({ callId, errands }: Pick<Route, 'callId' | 'errands'>): string =>
  `${callId}-${errands}`;

type Present = Exclude<Person, { is: 'gone' | 'left' }>;
const isThere = (person: Person): person is Present => person.is !== 'gone' && person.is !== 'left';

const become = (route: Route, where: Held, person: Person): Answer => ({
  route: { ...route, where: { ...where, person } },
  effects: [ofPerson(where.destination, person.is === 'gone' ? person.why : person.is)],
});

/** The caller is taken out of the conference; the rest is decided when the carrier asks. */
function personIsOut(route: Route, where: Held, why: Unreached, { nowMs }: View): Answer {
  const { person } = where;
  if (!isThere(person)) return stay(route);
  if (person.is === 'joined') {
    const left = become(route, where, { is: 'left', talkedMs: Math.max(0, nowMs - person.atMs) });
    // A conference that ends makes the carrier ask; only if it does not, the caller is to be fetched.
    return { ...left, effects: [...left.effects, { do: 'wake', inMs: ASKED_BY_THEN_MS }] };
  }
  const { id } = person;
  const effects: RouteEffect[] = [{ do: 'takeBack' }];
  // Who has declined is told goodbye first.
  if (id !== undefined && why !== 'declined') effects.push({ do: 'hangUpPerson', id });
  return { route: { ...route, where: { ...where, person: { is: 'gone', why } } }, effects };
}

const callerIsGone = ({ plan }: View): Verb => ({
  do: 'say-and-hang-up',
  ...spoken(plan.language).callerGone(),
});

const farewell = ({ plan }: View): Verb => ({ do: 'say-and-hang-up', ...spoken(plan.language).goodbye() });
