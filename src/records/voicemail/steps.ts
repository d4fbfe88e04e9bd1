// The steps of a message on its way from the carrier to people: its sound fetched, its words written down, brought to each
// of them, deleted at the carrier. Each may be taken again after a crash, except that nobody is told twice. Knows no SQL.
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Recordings } from '../../carrier/control.ts';
import { unlessAborted } from '../../tools/run/aborted.ts';
import { pauseAfter } from '../crm-log-policy.ts';
import { verdictOnDelivery, whyOf, type Deliver } from './delivery.ts';
import type { VoicemailDisk } from './disk.ts';
import type { Delivery, Job, Outcome, VoicemailQueue } from './queue.ts';
import { hear, type Heard } from './sound.ts';
import type { Stepped } from './worker.ts';

export interface StepsOptions {
  readonly queue: Pick<VoicemailQueue, 'begin'>;
  readonly disk: VoicemailDisk;
  readonly recordings: Pick<Recordings, 'fetch' | 'remove'>;
  readonly deliver: Deliver;
  /** '' when nothing was said. Bounded in time by itself. */
  readonly transcribe: (wav: Uint8Array, message: Job['message'], signal: AbortSignal) => Promise<string>;
  readonly soundUrl: (id: string) => string;
  /** In whose DATA_DIR the sound is. */
  readonly installation: string;
  readonly clock: Clock;
  readonly log: Log;
}

const FETCH_WITHIN_MS = 60_000;
const DELIVER_WITHIN_MS = 60_000;
const REMOVE_WITHIN_MS = 15_000;
/** A click before somebody hung up. */
const LEAST_MS = 1_000;
/** Words are worth a second try, and people wait for the message. */
const WORDS_TRIES = 2;

export function createSteps(options: StepsOptions): (job: Job, closed: AbortSignal) => Promise<Stepped> {
  const { queue, disk, recordings, deliver, transcribe, soundUrl, installation, clock, log } = options;
  const factsOf = ({ message }: Job): object => ({ callId: message.callId, recordingId: message.id });

  /** Of what may be done again at any time. One that does not listen to its signal is left to itself. */
  const within = async <Result>(
    ms: number,
    closed: AbortSignal,
    ask: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    const timeout = new AbortController();
    const stop = clock.after(ms, () =>
      timeout.abort(new LivelineError('CARRIER_UNREACHABLE', `it did not answer within ${ms / 1_000} s`)),
    );
    const signal = AbortSignal.any([timeout.signal, closed]);
    try {
      return await unlessAborted(signal, ask(signal));
    } finally {
      stop();
    }
  };

  const fetched = ({ message }: Job, closed: AbortSignal): Promise<Uint8Array> =>
    within(FETCH_WITHIN_MS, closed, (signal) => recordings.fetch(message.id, signal));

  /** From here, or once more from the carrier: another machine may have fetched it first. */
  const soundOf = async (job: Job, closed: AbortSignal): Promise<Uint8Array> =>
    (await disk.readSound(job.message.id)) ?? (await fetched(job, closed));

  /** The same step later; undefined after a day of it. `words`: what is said of it, once. */
  const again = (job: Job, closed: AbortSignal, thrown: unknown, words: string): Stepped | undefined => {
    const waitMs = closed.aborted ? 0 : pauseAfter(job.tries);
    if (waitMs === undefined) return undefined;
    if (!closed.aborted)
      log[job.tries === 1 ? 'warn' : 'debug']({ ...factsOf(job), reason: whyOf(thrown) }, words);
    return { then: { change: {}, waitMs } };
  };

  async function fetch(job: Job, closed: AbortSignal): Promise<Stepped> {
    try {
      const wav = await fetched(job, closed);
      const { durationMs, isSilent } = await heardIn(wav, job, closed);
      if (durationMs < LEAST_MS) {
        log.info({ ...factsOf(job), durationMs }, 'a message of less than a second was dropped');
        return { then: { change: { stage: 'removal', sound: 'none', durationMs } } };
      }
      await disk.writeSound(job.message.id, wav);
      const words = isSilent ? 'none' : job.words;
      const stage = words === 'due' ? 'words' : 'delivery';
      return { then: { change: { stage, sound: 'kept', heldBy: installation, words, durationMs } } };
    } catch (thrown) {
      const words = 'a message that a caller left cannot be fetched yet; it is tried for a day';
      const retried = isOurRefusal(thrown) ? undefined : again(job, closed, thrown, words);
      if (retried) return retried;
      log.error(
        { ...factsOf(job), reason: whyOf(thrown) },
        'a message that a caller left is not to be had, and people are told of it without its sound: look for the recording at the carrier',
      );
      return {
        then: {
          change: { stage: 'delivery', sound: 'lost', words: job.words === 'off' ? 'off' : 'failed' },
        },
      };
    }
  }

  async function write(job: Job, closed: AbortSignal): Promise<Stepped> {
    try {
      const wav = await soundOf(job, closed);
      const transcript = await unlessAborted(closed, transcribe(wav, job.message, closed));
      const words = transcript === '' ? 'none' : 'done';
      return { then: { change: { stage: 'delivery', words, transcript } } };
    } catch (thrown) {
      const retried = again(job, closed, thrown, 'a message cannot be written down yet');
      if (retried && (closed.aborted || job.tries < WORDS_TRIES)) return retried;
      log.warn(
        { ...factsOf(job), reason: whyOf(thrown) },
        'a message could not be written down: it is delivered without its words',
      );
      return { then: { change: { stage: 'delivery', words: 'failed' } } };
    }
  }

  async function bring(job: Job, closed: AbortSignal): Promise<Stepped> {
    // Whoever had begun is dead, or this claim would not be ours.
    const delivered = job.deliveries
      .filter(({ state }) => state === 'begun')
      .map((delivery) => told(job, delivery, { is: 'in-doubt', cause: 'the process that brought it died' }));
    const [next] = job.deliveries
      .filter(({ state }) => state === 'due')
      .sort((a, b) => a.after.getTime() - b.after.getTime());
    if (!next) return { delivered, then: { change: { stage: 'removal' } } };
    const waitMs = next.after.getTime() - clock.epochMs();
    if (waitMs > 0) return { delivered, then: { change: {}, waitMs } };
    let wav: Uint8Array | undefined;
    try {
      if (job.sound === 'kept') wav = await soundOf(job, closed);
    } catch (thrown) {
      const retried = again(
        job,
        closed,
        thrown,
        'the sound of a message cannot be read; it is delivered later',
      );
      if (retried) return { ...retried, delivered };
    }
    if (await queue.begin(job, next.n))
      delivered.push(told(job, next, await outcomeOf(job, next, wav, closed)));
    return { delivered, then: { change: {} } };
  }

  async function outcomeOf(
    job: Job,
    { target, tries }: Delivery,
    wav: Uint8Array | undefined,
    closed: AbortSignal,
  ): Promise<Outcome> {
    const { message, words, transcript, keeps } = job;
    const timeout = new AbortController();
    const stop = clock.after(DELIVER_WITHIN_MS, () =>
      timeout.abort(new LivelineError('DELIVERY_UNAVAILABLE', `not within ${DELIVER_WITHIN_MS / 1_000} s`)),
    );
    try {
      const url = keeps && wav !== undefined ? soundUrl(message.id) : undefined;
      const letter = { message, words, transcript, wav, soundUrl: url };
      await deliver(letter, target, AbortSignal.any([timeout.signal, closed]));
      return { is: 'done' };
    } catch (thrown) {
      const verdict = verdictOnDelivery(thrown, tries + 1, closed.aborted);
      const cause = verdict.why;
      if (verdict.is !== 'due') return { is: verdict.is, cause };
      return { is: 'due', after: new Date(clock.epochMs() + verdict.afterMs), cause };
    } finally {
      stop();
    }
  }

  function told(job: Job, { n, target, tries }: Delivery, outcome: Outcome): { n: number; outcome: Outcome } {
    const by = target.includes('://') ? 'webhook' : 'e-mail';
    const facts = { ...factsOf(job), by, reason: outcome.cause, pii: { target } };
    if (outcome.is === 'done') log.info(facts, 'a message that a caller left was delivered');
    else if (outcome.is === 'failed') log.error(facts, 'a message was not delivered there, for good');
    else if (outcome.is === 'in-doubt')
      log.warn(facts, 'nobody can say whether a message was delivered there; it is not sent again: ask them');
    else
      log[tries === 0 ? 'warn' : 'debug'](
        facts,
        'a message is not delivered there yet; it is tried for a day',
      );
    return { n, outcome };
  }

  async function remove(job: Job, closed: AbortSignal): Promise<Stepped> {
    const { keeps, deliveries, sound, message } = job;
    const isNowhere = sound === 'kept' && !keeps && !deliveries.some(({ state }) => state === 'done');
    try {
      if (isNowhere)
        log.error(
          factsOf(job),
          'a message reached nobody for certain, and is not kept here: it stays at the carrier',
        );
      else if (sound !== 'lost')
        await within(REMOVE_WITHIN_MS, closed, (signal) => recordings.remove(message.id, signal));
    } catch (thrown) {
      const words = 'a message cannot be deleted at the carrier yet; it is tried for a day';
      const retried = again(job, closed, thrown, words);
      if (retried) return retried;
      log.warn(
        { ...factsOf(job), reason: whyOf(thrown) },
        'a message was not deleted at the carrier: do it there',
      );
    }
    if (keeps) return { then: { change: { stage: 'over' } } };
    await disk.removeSound(message.id);
    return { then: 'erase' };
  }

  const steps = { sound: fetch, words: write, delivery: bring, removal: remove };
  return (job, closed) => steps[job.stage](job, closed);
}

/**
 * Of a recording that we do not take, such as one that is too long, and will not tomorrow. What the carrier refuses has its
 * answer as the cause, and credentials may be mended within the day.
 */
const isOurRefusal = (thrown: unknown): boolean =>
  thrown instanceof LivelineError && thrown.code === 'CARRIER_REFUSED' && thrown.cause === undefined;

/** What cannot be read is delivered as it is: a person may make something of it. */
async function heardIn(wav: Uint8Array, { message }: Job, closed: AbortSignal): Promise<Heard> {
  try {
    return await hear(wav, closed);
  } catch (thrown) {
    if (closed.aborted) throw thrown;
    return { durationMs: Math.max(LEAST_MS, message.durationMs), isSilent: false };
  }
}
