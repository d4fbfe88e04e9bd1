// <Enqueue>: a caller waits until somebody takes them (Twilio docs, TwiML <Enqueue>). Knows nothing of who that is.
import { hold, wholeHold } from './hold.ts';
import type { Place, Queue } from './queue.ts';
import { whole, type Stage } from './stage.ts';
import type { EnqueueVerb, Hold, Target, Verb } from './verb.ts';
import { given } from './waiting.ts';

/** What a waitUrl may do with who waits in a queue. */
const DONE_IN_QUEUE: readonly Verb['verb'][] = [
  ...(['Say', 'Play', 'Pause', 'Redirect', 'Gather', 'Leave', 'Hangup'] as const),
];

type QueueResult = 'bridged' | 'leave' | 'hangup' | 'redirected' | 'queue-full';

export async function enqueue(
  verb: EnqueueVerb,
  documentUrl: string,
  stage: Stage,
): Promise<Target | undefined> {
  const music = wholeHold(verb.hold, verb.verb, documentUrl, stage);
  if (music === undefined) return undefined;
  const queue = stage.office.queue(verb.name);
  const { result, waitedS } = await wait(queue, verb.maxQueueSize, music, stage);
  if (result === 'redirected' || !verb.action) return undefined;
  const link = whole(verb.action, verb.verb, documentUrl, stage);
  const fields = { QueueResult: result, QueueSid: queue.sid, QueueTime: String(waitedS) };
  return link && { ...link, fields };
}

/** Until they are taken and that is over, or they wait no more. */
async function wait(
  queue: Queue,
  most: number,
  music: Hold,
  stage: Stage,
): Promise<{ result: QueueResult; waitedS: number }> {
  if (queue.size >= most) return { result: 'queue-full', waitedS: 0 };
  const place = queue.enter(stage.party, stage.signal);
  stage.emit({ type: 'queued', queue: queue.name });
  const left = new AbortController();
  const signal = AbortSignal.any([stage.signal, place.taken.signal, left.signal]);
  const leave = (): void => left.abort();
  await hold(music, DONE_IN_QUEUE, { ...stage, signal, leave }, () => fieldsOf(queue, place));
  queue.leave(place);
  const waitedS = queue.waitedS(place);
  if (place.taken.signal.aborted) {
    await given(AbortSignal.any([stage.signal, place.released.signal]));
    const elsewhere = stage.signal.aborted && !stage.isOver();
    return { result: elsewhere ? 'redirected' : 'bridged', waitedS };
  }
  const endedBy: QueueResult = stage.isOver() ? 'hangup' : 'redirected';
  return { result: left.signal.aborted ? 'leave' : endedBy, waitedS };
}

const fieldsOf = (queue: Queue, place: Place): Record<string, string> => ({
  QueueSid: queue.sid,
  QueuePosition: String(queue.position(place)),
  QueueTime: String(queue.waitedS(place)),
  AvgQueueTime: String(queue.averageS),
  CurrentQueueSize: String(queue.size),
});
