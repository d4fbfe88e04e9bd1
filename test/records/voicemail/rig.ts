// Voicemail in a real database and a real folder, with a carrier, people and a model that do as they are told, and a clock
// moved by hand.
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { TestContext } from 'vitest';
import { MULAW_8K } from '../../../src/audio/format.ts';
import { writeWav } from '../../../src/audio/wav.ts';
import { LivelineError } from '../../../src/base/errors.ts';
import { callId } from '../../../src/base/ids.ts';
import type { RecordingReady } from '../../../src/carrier/webhooks.ts';
import type { Letter } from '../../../src/records/voicemail/delivery.ts';
import { createVoicemailDisk } from '../../../src/records/voicemail/disk.ts';
import type { VoicemailEntry } from '../../../src/records/voicemail/entry.ts';
import type { Message } from '../../../src/records/voicemail/message.ts';
import { createVoicemailQueue, type Job } from '../../../src/records/voicemail/queue.ts';
import { findVoicemails } from '../../../src/records/voicemail/reads.ts';
import { createSteps } from '../../../src/records/voicemail/steps.ts';
import type { AboutVoicemail } from '../../../src/records/voicemail/voicemail.ts';
import { VoicemailWorker } from '../../../src/records/voicemail/worker.ts';
import type { Database } from '../../../src/store/database.ts';
import { freshDatabase, type Size } from '../../doubles/databases.ts';
import { freshFolder } from '../../doubles/fresh-folder.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

/** 8 kHz µ-law, as of a telephone: a tone that comes and goes as syllables do, or nothing. */
export function wavOf(ms: number, loud = true): Uint8Array {
  const samples = Int16Array.from({ length: ms * 8 }, (_, i) =>
    loud && Math.floor(i / 2_000) % 2 === 0 ? Math.round(9_000 * Math.sin(i / 3)) : 0,
  );
  return writeWav({ format: MULAW_8K, channels: [samples] });
}

export const ABOUT: AboutVoicemail = {
  profile: 'receptionist',
  from: '+15550100123',
  to: '+15550100100',
  language: 'en-US',
  timeZone: 'America/New_York',
  deliverTo: ['desk@example.com'],
  transcribe: true,
  keepDays: 30,
};

export const readyOf = (id: string, changes: Partial<RecordingReady> = {}): RecordingReady => ({
  ...{ callId: callId('CA1'), id, seconds: 3, is: 'ready' },
  ...changes,
});

export const messageOf = (id: string, changes: Partial<Message> = {}): Message => ({
  ...ABOUT,
  ...{ id, callId: callId('CA1'), rehearsal: false, durationMs: 3_000 },
  recordedAtMs: Date.UTC(2026, 0, 1),
  ...changes,
});

export const job = (changes: Partial<Job['message']> = {}): Job['message'] => ({
  ...{ id: 'RE1', callId: callId('CA1'), profile: 'receptionist', from: '+15550100123', to: '+15550100100' },
  ...{ language: 'en-US', timeZone: 'America/New_York', model: undefined, durationMs: 23_400 },
  recordedAtMs: Date.UTC(2026, 6, 1, 13, 5),
  ...changes,
});

export const letterOf = (changes: Partial<Letter> = {}): Letter => ({
  ...{ message: job(), words: 'done', transcript: 'Please call me back.', wav: wavOf(1_500) },
  soundUrl: 'https://calls.example/api/v1/voicemails/RE1/sound',
  ...changes,
});

export type Fate = LivelineError | Error | 'hangs' | undefined;

/** The world around: it outlasts processes. */
export class World {
  readonly clock = new ManualClock();
  readonly atCarrier = new Map<string, Uint8Array>();
  readonly removed: string[] = [];
  /** What reached whom. */
  readonly letters: { readonly target: string; readonly letter: Letter }[] = [];
  /** What happens to the next that is brought to a target, to the next fetch, removal and transcript. */
  readonly fates = new Map<string, Fate[]>();
  words = 'Please call me back.';
  /** Of whose calls something is written down. */
  readonly calls = new Map<string, AboutVoicemail>();
  readonly log: Record<string, unknown>[] = [];

  async meet(what: string): Promise<void> {
    const fate = this.fates.get(what)?.shift();
    if (fate === 'hangs') await new Promise(() => undefined);
    else if (fate !== undefined) throw fate;
  }
}

export async function voicemailRig(context: TestContext, size: Size = 'embedded') {
  const database = await freshDatabase(context, size);
  const dataDir = freshFolder(context);
  const world = new World();
  const start = (): VoicemailWorker => startWorker(database, dataDir, world);
  const disk = createVoicemailDisk(dataDir);
  const all = async (): Promise<readonly VoicemailEntry[]> =>
    (await findVoicemails(database.sql, { limit: 200 })).voicemails;
  return { database, dataDir, world, disk, start, all, queue: createVoicemailQueue(database, false) };
}

export function startWorker(
  database: Database,
  dataDir: string,
  world: World,
  mortal: <Part extends object>(part: Part) => Part = (part) => part,
): VoicemailWorker {
  const { clock } = world;
  const disk = mortal(createVoicemailDisk(dataDir));
  const queue = mortal(createVoicemailQueue(database, false));
  const log = pino({ level: 'debug' }, { write: (line) => world.log.push(JSON.parse(line) as never) });
  const outside = mortal({
    async fetch(id: string): Promise<Uint8Array> {
      await world.meet('fetch');
      const wav = world.atCarrier.get(id);
      if (wav === undefined) throw new LivelineError('CARRIER_UNREACHABLE', 'not there');
      return wav;
    },
    async remove(id: string): Promise<void> {
      await world.meet('remove');
      world.atCarrier.delete(id);
      world.removed.push(id);
    },
    async whose(id: string): Promise<AboutVoicemail | undefined> {
      await world.meet('whose');
      return world.calls.get(id);
    },
    list: () => Promise.resolve([]),
    async deliver(letter: Letter, target: string): Promise<void> {
      await world.meet(target);
      world.letters.push({ letter, target });
    },
    async transcribe(): Promise<string> {
      await world.meet('transcribe');
      return world.words;
    },
  });
  const step = createSteps({
    ...{ queue, disk, clock, log, recordings: outside, installation: 'here' },
    deliver: outside.deliver.bind(outside),
    transcribe: outside.transcribe.bind(outside),
    soundUrl: (id) => `https://calls.example/${id}`,
  });
  const ready = (): Promise<void> => database.ready();
  const whose = outside.whose.bind(outside);
  return new VoicemailWorker({ queue, disk, whose, step, ready, clock, log });
}

/** Real time passes for the database and the disk; the clock's own does not. */
export async function until(is: () => Promise<boolean> | boolean, withinMs = 20_000): Promise<void> {
  const endMs = Date.now() + withinMs;
  while (!(await is())) {
    if (Date.now() > endMs) throw new Error('it did not come');
    await sleep(5);
  }
}
