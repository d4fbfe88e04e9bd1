// What somebody hears who waits: music, and in a queue from time to time where they stand. Pure.
import { parsePhoneNumber, type PhoneNumber } from '../base/phone-number.ts';
import type { Verb, Waiting } from '../carrier/webhooks.ts';
import { ours, stay, theirs, type Answer, type View } from './answer.ts';
import { FROM_QUEUE_AFTER_MS } from './called-back.ts';
import { closedTo } from './go-to.ts';
import { lookAgain } from './person.ts';
import { isThereAt } from './plan-of.ts';
import type { Destination } from './plan.ts';
import { CALLBACK_KEY, queueWords } from './queue-words.ts';
import type { Route } from './route.ts';

export interface WaitAnswer extends Answer {
  readonly verb: Verb;
  /** The first of a queue: somebody is to be called for it. */
  readonly isFirst: boolean;
  /** They ask to be called back, instead of waiting. */
  readonly wantsCallback: boolean;
}

export interface WaitOptions {
  /** Which music. */
  readonly sound: string;
  /** Whether a number may be promised a call. */
  readonly mayCall: (to: PhoneNumber, from: PhoneNumber) => boolean;
}

export function waits(
  route: Route,
  { step, queue, digits }: Waiting,
  { sound, mayCall }: WaitOptions,
  view: View,
): WaitAnswer {
  const { where, callId } = route;
  const music = (say: Extract<Verb, { do: 'music' }>['say'], key: boolean): Verb => ({
    ...{ do: 'music', callId, step, sound, key },
    say,
  });
  const asked = { isFirst: false, wantsCallback: false };
  if (where.at === 'held') return { ...lookAgain(route, view), ...asked, verb: music(undefined, false) };
  const destination =
    where.at === 'queued' ? view.plan.destinations.find(({ name }) => name === where.destination) : undefined;
  // They leave it, or of one that they are no longer in, as far as we know: the table says what is next.
  if (where.at !== 'queued' || destination === undefined || where.leaves !== undefined) {
    const isInQueue = queue !== undefined || where.at === 'queued';
    return { ...stay(route), ...asked, verb: isInQueue ? { do: 'leave-queue' } : music(undefined, false) };
  }
  const waitedS = Math.max(queue?.waitedS ?? 0, (view.nowMs - where.sinceMs) / 1_000);
  // Whoever it is for has gone home, and is not rung there.
  const isClosed = closedTo(destination, view) !== undefined;
  if (isClosed || waitedS >= destination.queue.longestWaitMin * 60)
    return {
      route: { ...route, where: { ...where, leaves: 'too-long' } },
      effects: [],
      ...asked,
      verb: { do: 'leave-queue' },
    };
  const mayCallBack = isCalledBack(route, destination, mayCall, view);
  const wantsCallback = mayCallBack && digits.startsWith(CALLBACK_KEY);
  // Twilio promises the place in the queue for the first request of a document only (Twilio docs, TwiML Enqueue).
  if (queue === undefined)
    return { ...stay(route), ...asked, wantsCallback, verb: music(undefined, mayCallBack) };
  const { position, averageS } = queue;
  const { say, said } = queueWords({
    ...{ position, waitedS, averageS, destination, mayCallBack },
    language: view.plan.language,
    said: route.place,
  });
  return {
    // They have heard where they go: the wait begins, and the carrier counts from then.
    route: {
      ...route,
      place: said,
      where: route.place ? where : { ...where, sinceMs: view.nowMs - queue.waitedS * 1_000 },
    },
    effects: [],
    verb: music(say, mayCallBack),
    isFirst: position === 1,
    wantsCallback,
  };
}

/** Nobody is offered what could not be kept: then somebody must be there to talk with. */
function isCalledBack(
  route: Route,
  destination: Destination,
  mayCall: WaitOptions['mayCall'],
  { plan, nowMs }: View,
): boolean {
  const [to, from] = [parsePhoneNumber(theirs(route)), parsePhoneNumber(ours(route))];
  return (
    destination.queue.callback &&
    to !== undefined &&
    from !== undefined &&
    isThereAt(destination, plan, nowMs + FROM_QUEUE_AFTER_MS) &&
    mayCall(to, from)
  );
}

/** The promise is written down. */
export const willBeCalledBack = (route: Route): Route =>
  route.where.at === 'queued' ? { ...route, where: { ...route.where, leaves: 'callback' } } : route;
