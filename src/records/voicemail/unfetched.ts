// What callers left while nobody was there to be told: looked for at the carrier, which keeps a recording until it is deleted
// there. Only in calls of ours: an account may record other things. Knows no SQL.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { HeldRecording, Recordings } from '../../carrier/control.ts';
import { whyOf } from './delivery.ts';
import { RECORDING_ID, type AboutVoicemail } from './message.ts';
import type { VoicemailQueue } from './queue.ts';
import type { Whose } from './whose.ts';

export interface UnfetchedOptions {
  readonly recordings: Pick<Recordings, 'list'>;
  readonly queue: Pick<VoicemailQueue, 'unknown'>;
  readonly whose: Whose;
  readonly take: (found: HeldRecording, about: AboutVoicemail) => Promise<void>;
  /** Resolves once the database answers. */
  readonly ready: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A weekend on which the server was away, and what was left just before. */
const LOOKS_BACK_MS = 3 * 86_400_000;
const LISTED_WITHIN_MS = 300_000;

/** Rejects with what the database or the carrier says. One that cannot be taken holds up no other. */
export async function takeUnfetched(options: UnfetchedOptions, closed: AbortSignal): Promise<void> {
  const { recordings, queue, whose, take, ready, clock, log } = options;
  await ready();
  const late = new AbortController();
  const stop = clock.after(LISTED_WITHIN_MS, () => late.abort(new Error('it took too long')));
  const held = await recordings
    .list(clock.epochMs() - LOOKS_BACK_MS, AbortSignal.any([late.signal, closed]))
    .finally(stop);
  const own = held.filter(({ id }) => RECORDING_ID.test(id));
  const unknown = new Set(await queue.unknown(own.map(({ id }) => id)));
  for (const found of own) {
    if (closed.aborted) return;
    if (!unknown.has(found.id)) continue;
    const facts = { callId: found.callId, recordingId: found.id };
    try {
      const about = await whose(found.callId);
      if (about === undefined) {
        log.debug(facts, 'a recording at the carrier is of no call that is known here; it is left alone');
        continue;
      }
      log.info(facts, 'a message was found at the carrier that this server was not told of');
      await take(found, about);
    } catch (thrown) {
      log.warn(
        { ...facts, reason: whyOf(thrown) },
        'a message that is at the carrier cannot be taken yet; it is tried again within the hour',
      );
    }
  }
}
