// Voicemail: what callers say after the beep is kept, written down and brought to people, beside the calls and for as long as
// it takes. The parts put together; what each does is in the files beside this one.
import type { Clock } from '../../base/clock.ts';
import { LivelineError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { HeldRecording, Recordings } from '../../carrier/control.ts';
import type { RecordingReady } from '../../carrier/webhooks.ts';
import type { Live } from '../../live/session.ts';
import type { Database } from '../../store/database.ts';
import { installationName } from '../../store/installation.ts';
import { dataDirOf } from '../../store/nodes/nodes-table.ts';
import { deliverBy, whyOf } from './delivery.ts';
import { createVoicemailDisk } from './disk.ts';
import type { VoicemailPage, VoicemailQuery } from './entry.ts';
import { expireVoicemails } from './erase.ts';
import { createMail, type MailOptions } from './mail.ts';
import { durationOf, RECORDING_ID, type AboutVoicemail, type Left } from './message.ts';
import { createVoicemailQueue } from './queue.ts';
import { findVoicemails, holderOf } from './reads.ts';
import { createSteps } from './steps.ts';
import { transcribe } from './transcript.ts';
import { createVoicemailWebhook, type WebhookOptions } from './webhook.ts';
import { takeUnfetched } from './unfetched.ts';
import { NOBODYS, type Whose } from './whose.ts';
import { VoicemailWorker } from './worker.ts';

export type { AboutVoicemail } from './message.ts';

export interface VoicemailStore {
  /** Newest first. Throws API_REQUEST_INVALID for a cursor that it did not give. */
  find(query: VoicemailQuery): Promise<VoicemailPage>;
  /** A WAV file. Throws RECORD_UNKNOWN, saying why there is none. */
  sound(id: string): Promise<Uint8Array>;
}

export interface Voicemail {
  /**
   * By the carrier's callback. Once it resolves the message is written down, on disk or in the database, and brought to people
   * whatever becomes of this process. A recording that is known already changes nothing. `about`: undefined when it is not
   * known just now; it is looked up then. Throws CARRIER_REQUEST_INVALID for an id that cannot be one, and what the database
   * says when the disk took it neither.
   */
  take(ready: RecordingReady, about: AboutVoicemail | undefined): Promise<void>;
  readonly store: VoicemailStore;
  /** Takes nothing more on; what is under way has until then. */
  close(withinMs: number): Promise<void>;
}

export interface VoicemailOptions {
  readonly database: Database;
  readonly dataDir: string;
  readonly rehearsal: boolean;
  readonly recordings: Recordings;
  readonly whose: Whose;
  readonly live: Live;
  readonly mail: MailOptions;
  readonly webhook: Omit<WebhookOptions, 'clock'>;
  /** As people reach us: sounds are told to be there. */
  readonly publicBaseUrl: string;
  readonly clock: Clock;
  readonly log: Log;
}

const SWEEP_EVERY_MS = 3_600_000;
/** Once more for what was still being recorded, or worked on by the carrier, when this process started. */
const LOOK_AGAIN_AFTER_MS = 60_000;
/** A write that is not whole by then was killed. */
const TORN_AFTER_MS = 86_400_000;

export async function openVoicemail(options: VoicemailOptions): Promise<Voicemail> {
  const { database, dataDir, rehearsal, recordings, whose, live, publicBaseUrl, clock, log } = options;
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
  const worker = new VoicemailWorker({ queue, disk, whose, step, ready, clock, log });
  const closed = new AbortController();
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
  const removeTorn = (): Promise<void> =>
    disk.removeTorn(TORN_AFTER_MS).then(
      (files) => {
        if (files > 0) log.info({ files }, 'what killed writes had left of voicemails was deleted');
      },
      (thrown: unknown) =>
        log.warn({ reason: messageOf(thrown) }, 'what killed writes left of voicemails stays in DATA_DIR'),
    );

  /** Written down from here on. */
  async function keep(left: Left, about: AboutVoicemail | undefined): Promise<void> {
    const facts = { callId: left.callId, recordingId: left.id };
    await disk.note(about ? { ...about, ...left } : left).catch(async (thrown: unknown) => {
      log.error(
        { ...facts, reason: messageOf(thrown) },
        'a message cannot be noted in DATA_DIR, only in the database: make room there',
      );
      await queue.add({ ...(about ?? (await whose(left.callId)) ?? NOBODYS), ...left });
    });
    log.info({ ...facts, seconds: left.durationMs / 1_000 }, 'a caller has left a message');
    void worker
      .adopt()
      .catch((thrown: unknown) => {
        log.warn(
          { ...facts, reason: messageOf(thrown) },
          'a message waits on disk until the database takes it',
        );
      })
      .then(() => worker.look());
  }

  let failed: string | undefined;
  async function lookAtCarrier(): Promise<void> {
    try {
      const take = ({ id, callId, seconds, recordedAtMs }: HeldRecording, about: AboutVoicemail) =>
        keep({ id, callId, rehearsal, recordedAtMs, durationMs: durationOf(seconds * 1_000) }, about);
      await takeUnfetched({ recordings, queue, whose, take, ready, clock, log }, closed.signal);
      failed = undefined;
    } catch (thrown) {
      if (closed.signal.aborted) return;
      const reason = whyOf(thrown);
      log[failed === reason ? 'debug' : 'warn'](
        { reason },
        'messages that were left while nobody was here cannot be looked for at the carrier; it is tried again within the hour',
      );
      failed = reason;
    }
  }
  const sweep = (): void => {
    void expire();
    void removeTorn();
    void lookAtCarrier();
  };
  const stopSweeps = clock.every(SWEEP_EVERY_MS, sweep);
  const stopSecond = clock.after(LOOK_AGAIN_AFTER_MS, () => void lookAtCarrier());
  sweep();
  worker.look();

  return {
    async take({ id, callId, seconds, is }, about) {
      if (is === 'absent') {
        log.info({ callId, recordingId: id }, 'a caller who was asked for a message left none');
        return;
      }
      if (!RECORDING_ID.test(id))
        throw new LivelineError('CARRIER_REQUEST_INVALID', 'the id of the recording is none');
      const durationMs = durationOf(seconds * 1_000);
      await keep({ id, callId, rehearsal, durationMs, recordedAtMs: clock.epochMs() - durationMs }, about);
    },
    store: voicemailStore({ database, dataDir, installation }),
    async close(withinMs) {
      stopSweeps();
      stopSecond();
      closed.abort();
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
          : `the sound of this voicemail is in ${await dataDirOf(database.sql, holder)}`,
      );
    },
  };
}
