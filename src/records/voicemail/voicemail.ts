// Voicemail: what callers say after the beep is kept, written down and brought to people, beside the calls and for as long as
// it takes. The parts put together; what each does is in the files beside this one.
import type { Clock } from '../../base/clock.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Recordings } from '../../carrier/control.ts';
import type { RecordingReady } from '../../carrier/webhooks.ts';
import type { Live } from '../../live/session.ts';
import type { Database } from '../../store/database.ts';
import { installationName } from '../../store/installation.ts';
import { deliverBy } from './delivery.ts';
import { createVoicemailDisk } from './disk.ts';
import type { VoicemailPage, VoicemailQuery } from './entry.ts';
import { expireVoicemails } from './erase.ts';
import { createMail, type MailOptions } from './mail.ts';
import { RECORDING_ID, type Message } from './message.ts';
import { createVoicemailQueue } from './queue.ts';
import { findVoicemails, holderOf } from './reads.ts';
import { createSteps } from './steps.ts';
import { transcribe } from './transcript.ts';
import { createVoicemailWebhook, type WebhookOptions } from './webhook.ts';
import { VoicemailWorker } from './worker.ts';

export type AboutVoicemail = Omit<Message, 'id' | 'callId' | 'recordedAtMs' | 'durationMs' | 'rehearsal'>;

export interface VoicemailStore {
  /** Newest first. Throws API_REQUEST_INVALID for a cursor that it did not give. */
  find(query: VoicemailQuery): Promise<VoicemailPage>;
  /** A WAV file. Throws RECORD_UNKNOWN, saying why there is none. */
  sound(id: string): Promise<Uint8Array>;
}

export interface Voicemail {
  /**
   * By the carrier's callback. Once it resolves the message is written down, on disk or in the database, and brought to people
   * whatever becomes of this process. A recording that is known already changes nothing. Throws CARRIER_REQUEST_INVALID for
   * an id that cannot be one, and what the database says when the disk took it neither.
   */
  take(ready: RecordingReady, about: AboutVoicemail): Promise<void>;
  readonly store: VoicemailStore;
  /** Takes nothing more on; what is under way has until then. */
  close(withinMs: number): Promise<void>;
}

export interface VoicemailOptions {
  readonly database: Database;
  readonly dataDir: string;
  readonly rehearsal: boolean;
  readonly recordings: Recordings;
  readonly live: Live;
  readonly mail: MailOptions;
  readonly webhook: Omit<WebhookOptions, 'clock'>;
  /** As people reach us: sounds are told to be there. */
  readonly publicBaseUrl: string;
  readonly clock: Clock;
  readonly log: Log;
}

const EXPIRE_EVERY_MS = 3_600_000;

export async function openVoicemail(options: VoicemailOptions): Promise<Voicemail> {
  const { database, dataDir, rehearsal, recordings, live, publicBaseUrl, clock, log } = options;
  const installation = await installationName(dataDir, log);
  const disk = createVoicemailDisk(dataDir);
  const queue = createVoicemailQueue(database, rehearsal);
  const webhook = createVoicemailWebhook({ ...options.webhook, clock });
  const step = createSteps({
    ...{ queue, disk, recordings, installation, clock, log },
    deliver: deliverBy({ mail: createMail(options.mail), webhook }),
    transcribe: (wav, { language, model, callId }, signal) =>
      transcribe({ live, wav, language, model, clock, log: log.child({ callId }), signal }),
    soundUrl: (id) => `${publicBaseUrl}/api/v1/voicemails/${id}/sound`,
  });
  const ready = (): Promise<void> => database.ready();
  const worker = new VoicemailWorker({ queue, disk, step, ready, clock, log });
  const stopExpiring = clock.every(EXPIRE_EVERY_MS, () => {
    void expire();
  });
  async function expire(): Promise<void> {
    try {
      await ready();
      const now = new Date(clock.epochMs());
      const voicemails = await expireVoicemails(database.sql, disk, { installation, now });
      if (voicemails > 0) log.info({ voicemails }, 'voicemails past their time were deleted');
    } catch (thrown) {
      const isAway = thrown instanceof LivelineError && thrown.retryable;
      log[isAway ? 'debug' : 'warn'](
        { reason: messageOf(thrown) },
        'voicemails past their time could not be deleted; it is tried again',
      );
    }
  }
  void expire();
  worker.look();

  return {
    async take({ id, callId, seconds, is }, about) {
      const facts = { callId, recordingId: id };
      if (is === 'absent') {
        log.info(facts, 'a caller who was asked for a message left none');
        return;
      }
      if (!RECORDING_ID.test(id))
        throw new LivelineError('CARRIER_REQUEST_INVALID', 'the id of the recording is none');
      const durationMs = seconds * 1_000;
      const recordedAtMs = clock.epochMs() - durationMs;
      const message = { ...about, ...{ id, callId, rehearsal, durationMs, recordedAtMs } };
      await disk.note(message).catch((thrown: unknown) => {
        log.error(
          { ...facts, reason: messageOf(thrown) },
          'a message cannot be noted in DATA_DIR, only in the database: make room there',
        );
        return queue.add(message);
      });
      log.info({ ...facts, seconds }, 'a caller has left a message');
      void worker
        .adopt()
        .catch((thrown: unknown) => {
          log.warn(
            { ...facts, reason: messageOf(thrown) },
            'a message waits on disk until the database takes it',
          );
        })
        .then(() => worker.look());
    },
    store: voicemailStore({ database, dataDir, installation }),
    async close(withinMs) {
      stopExpiring();
      await worker.close(withinMs);
    },
  };
}

/** Also for a command that has no server. `installation`: whose DATA_DIR that is. */
export function voicemailStore({
  database,
  dataDir,
  installation,
}: Pick<VoicemailOptions, 'database' | 'dataDir'> & { readonly installation: string }): VoicemailStore {
  const disk = createVoicemailDisk(dataDir);
  return {
    find: (query) => database.ready().then(() => findVoicemails(database.sql, query)),
    async sound(id) {
      await database.ready();
      const holder = RECORDING_ID.test(id) ? await holderOf(database.sql, id) : undefined;
      if (holder === undefined)
        throw new LivelineError(
          'RECORD_UNKNOWN',
          'there is no sound of this voicemail: it never was, is not fetched yet, is not kept, or was deleted',
        );
      const wav = await disk.readSound(id);
      if (wav !== undefined) return wav;
      throw new LivelineError(
        'RECORD_UNKNOWN',
        holder === installation
          ? 'the file of this voicemail is missing in DATA_DIR'
          : 'the sound of this voicemail is in the DATA_DIR of another machine: ask there',
      );
    },
  };
}
