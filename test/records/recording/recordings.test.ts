// Recordings from the first sample to their end: through a kill, to a bucket that is ill, past their time, and forgotten.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import { expect, test, vi, type TestContext } from 'vitest';
import { MULAW_8K } from '../../../src/audio/format.ts';
import { readWav } from '../../../src/audio/wav.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { RecordingIs } from '../../../src/call/call-recordings.ts';
import { callId } from '../../../src/base/ids.ts';
import { silentLog } from '../../../src/base/log.ts';
import { RecordingFolder } from '../../../src/records/recording/folder.ts';
import type { RecordingNote } from '../../../src/records/recording/note.ts';
import { forgetRecordings } from '../../../src/records/recording/erase.ts';
import { openRecordings, type Recordings } from '../../../src/records/recording/recordings.ts';
import type { S3Settings } from '../../../src/records/recording/s3-settings.ts';
import type { Database } from '../../../src/store/database.ts';
import { installationName } from '../../../src/store/installation.ts';
import { beat } from '../../../src/store/nodes/nodes-table.ts';
import { freshDatabase } from '../../doubles/databases.ts';
import { freshFolder } from '../../doubles/fresh-folder.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { nodeOf } from '../../doubles/known-node.ts';
import { S3Server } from '../../doubles/s3-server.ts';

const never = new AbortController().signal;
const FRAME = new Uint8Array(160).fill(7);
const ID = callId('CA1');

interface Opened {
  readonly recordings: Recordings;
  readonly clock: ManualClock;
}

async function opened(
  context: TestContext,
  database: Database,
  dataDir: string,
  s3?: S3Settings,
): Promise<Opened> {
  const clock = new ManualClock(systemClock.epochMs());
  const recordings = await openRecordings({
    ...{ database, dataDir, s3, rehearsal: false, clock, log: silentLog },
  });
  context.onTestFinished(() => recordings.close(0));
  return { recordings, clock };
}

/** Two seconds. */
function record({ recordings, clock }: Opened, id = ID): readonly RecordingIs[] {
  const told: RecordingIs[] = [];
  const taker = recordings.calls.open({
    ...{ id, format: MULAW_8K, startedMs: clock.epochMs() - 1_000, keepDays: 30, log: silentLog },
  });
  taker.start((is) => void told.push(is));
  taker.opened();
  for (let n = 0; n < 100; n += 1) {
    clock.advance(20);
    taker.heard(FRAME);
  }
  taker.closed();
  return told;
}

const rowsOf = async (database: Database) =>
  (await sql<Record<string, unknown>>`select * from liveline.recordings`.execute(database.sql)).rows;

const found = async ({ recordings }: Opened, id = ID): Promise<Uint8Array> => {
  const { bytes, read } = await recordings.store.find(id, never);
  return buffer(await read(0, bytes - 1, never));
};

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

test('a call that is over: the database knows of it, and the file is whole', async (context) => {
  const database = await freshDatabase(context);
  const dataDir = freshFolder(context);
  const here = await opened(context, database, dataDir);
  expect(record(here)).toEqual(['began']);
  const wav = readWav(await vi.waitFor(() => found(here)));
  expect(wav).toMatchObject({ sampleRateHz: 8_000, encoding: 'mulaw' });
  expect(wav.channels.map(({ length }) => length)).toEqual([16_000, 16_000]);
  expect(await rowsOf(database)).toMatchObject([
    { call_id: 'CA1', from_ms: 1_000, duration_ms: 2_000, lost_ms: 0, sound: 'kept' },
  ]);
  expect(here.recordings.counts).toEqual({
    bytesWritten: 32_000,
    faults: { slow: 0, failed: 0, 'not-shipped': 0 },
  });
});

test('kill -9 in the middle: what was written plays, and is closed at the next start', async (context) => {
  const database = await freshDatabase(context);
  const dataDir = freshFolder(context);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'recording-child.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const path = new RecordingFolder(dataDir).soundPath('CA1');
  child.kill('SIGKILL');
  await once(child, 'close');
  const torn = readWav(await readFile(path));
  expect(torn.channels[0]!.length).toBeGreaterThan(0);
  const here = await opened(context, database, dataDir);
  const mended = readWav(await vi.waitFor(() => found(here)));
  expect(mended.channels[0]).toEqual(torn.channels[0]);
});

test('a bucket: ill at first, and then it has the sound, and the disk no more', async (context) => {
  const database = await freshDatabase(context);
  const dataDir = freshFolder(context);
  const server = await S3Server.start();
  context.onTestFinished(() => server.close());
  // The head and the put of the first time.
  server.failing = 1;
  const here = await opened(context, database, dataDir, server.settings);
  record(here);
  await vi.waitFor(() => expect(here.recordings.counts.faults['not-shipped']).toBe(1));
  // Meanwhile it is here.
  expect(readWav(await found(here)).channels[0]).toHaveLength(16_000);
  await vi.waitFor(
    async () => {
      here.clock.advance(5_000);
      expect(await rowsOf(database)).toMatchObject([{ place: 's3://recordings/calls/' }]);
    },
    { timeout: 10_000 },
  );
  await vi.waitFor(async () =>
    expect(await isThere(new RecordingFolder(dataDir).soundPath('CA1'))).toBe(false),
  );
  expect([...server.objects.keys()]).toEqual(['/recordings/calls/CA1.wav']);
  expect(readWav(await found(here)).channels[0]).toHaveLength(16_000);
});

test('past its time the sound goes, and then its row', async (context) => {
  const database = await freshDatabase(context);
  const dataDir = freshFolder(context);
  const here = await opened(context, database, dataDir);
  record(here);
  await vi.waitFor(() => found(here));
  await sql`update liveline.recordings set delete_after = now() - interval '1 minute'`.execute(database.sql);
  await expect(found(here)).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
  here.clock.advance(3_600_000);
  await vi.waitFor(async () => expect(await rowsOf(database)).toEqual([]));
  expect(await isThere(new RecordingFolder(dataDir).soundPath('CA1'))).toBe(false);
});

test('on the disk of another node: whoever asks here is told which one', async (context) => {
  const database = await freshDatabase(context);
  const dataDir = freshFolder(context);
  const [there, here] = [
    await opened(context, database, dataDir),
    await opened(context, database, freshFolder(context)),
  ];
  record(there);
  await vi.waitFor(() => found(there));
  const installation = await installationName(dataDir, silentLog);
  await expect(found(here)).rejects.toThrow(`DATA_DIR/node says ${installation}`);
  await beat(database.sql, nodeOf(`${installation}/1-2-3`));
  await beat(database.sql, nodeOf(`${installation}0/1-2-3`, 'another:8080'));
  await expect(found(here)).rejects.toThrow('first:8080: ask there');
});

test('forgotten: here at once; in a bucket at the next sweep of whoever keeps it', async (context) => {
  const database = await freshDatabase(context);
  const dataDir = freshFolder(context);
  const installation = await installationName(dataDir, silentLog);
  const folder = new RecordingFolder(dataDir);
  const here = await opened(context, database, dataDir);
  record(here);
  await vi.waitFor(() => found(here));
  expect(await forgetRecordings(database.sql, folder, installation, new Set(['CA1']))).toEqual({
    recordings: 1,
    elsewhere: [],
  });
  expect(await rowsOf(database)).toEqual([]);
  expect(await isThere(folder.soundPath('CA1'))).toBe(false);

  const server = await S3Server.start();
  context.onTestFinished(() => server.close());
  const there = await opened(context, database, freshFolder(context), server.settings);
  record(there);
  await vi.waitFor(async () =>
    expect(await rowsOf(database)).toMatchObject([{ place: 's3://recordings/calls/' }]),
  );
  expect(await forgetRecordings(database.sql, folder, installation, new Set(['CA1']))).toEqual({
    recordings: 1,
    elsewhere: ['s3://recordings/calls/'],
  });
  await expect(found(there)).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
  there.clock.advance(3_600_000);
  await vi.waitFor(async () => expect(await rowsOf(database)).toEqual([]));
  expect(server.objects.size).toBe(0);
});

test('one that cannot be deleted keeps none of the others', async (context) => {
  const database = await freshDatabase(context);
  const server = await S3Server.start();
  context.onTestFinished(() => server.close());
  const here = await opened(context, database, freshFolder(context), server.settings);
  const ids = ['CA1', 'CA2', 'CA3'].map((id) => callId(id));
  for (const id of ids) record(here, id);
  await vi.waitFor(() => expect(server.objects.size).toBe(3));
  await vi.waitFor(async () =>
    expect((await rowsOf(database)).every(({ place }) => place === 's3://recordings/calls/')).toBe(true),
  );
  server.held.add('/recordings/calls/CA1.wav');
  await sql`update liveline.recordings set delete_after = now() - interval '1 minute'`.execute(database.sql);
  here.clock.advance(3_600_000);
  await vi.waitFor(async () => expect(await rowsOf(database)).toMatchObject([{ call_id: 'CA1' }]));
  expect([...server.objects.keys()]).toEqual(['/recordings/calls/CA1.wav']);
  server.held.clear();
  here.clock.advance(3_600_000);
  await vi.waitFor(async () => expect(await rowsOf(database)).toEqual([]));
});

test('one of which nothing can be made keeps none of the others', async (context) => {
  const database = await freshDatabase(context);
  const dataDir = freshFolder(context);
  const folder = new RecordingFolder(dataDir);
  const left: RecordingNote = {
    ...{ callId: 'CA0', rehearsal: false, owner: '1-1', is: 'open', lostMs: 0, fromMs: 0 },
    ...{ startedAt: new Date(0).toISOString(), deleteAfter: null },
  };
  await mkdir(folder.soundPath('CA0'), { recursive: true });
  await writeFile(join(folder.soundPath('CA0'), 'large'), 'x'.repeat(5_000));
  await folder.note(left);
  const here = await opened(context, database, dataDir);
  record(here);
  expect(readWav(await vi.waitFor(() => found(here))).channels[0]).toHaveLength(16_000);
});

test('calls that end while a bucket takes its time are heard at once, and go there when it has', async (context) => {
  const database = await freshDatabase(context);
  const server = await S3Server.start();
  const answers = Promise.withResolvers<undefined>();
  context.onTestFinished(async () => {
    answers.resolve(undefined);
    await server.close();
  });
  server.slow = answers.promise;
  const here = await opened(context, database, freshFolder(context), server.settings);
  record(here);
  await vi.waitFor(() => expect(server.asked).toEqual(['PUT /recordings/calls/CA1.wav']));
  record(here, callId('CA2'));
  expect(readWav(await vi.waitFor(() => found(here, callId('CA2')))).channels[0]).toHaveLength(16_000);
  answers.resolve(undefined);
  await vi.waitFor(async () =>
    expect((await rowsOf(database)).map(({ place }) => place)).toEqual([
      's3://recordings/calls/',
      's3://recordings/calls/',
    ]),
  );
});

test('a bucket that refuses is asked again after a while, and not for each that waits', async (context) => {
  const database = await freshDatabase(context);
  const server = await S3Server.start();
  context.onTestFinished(() => server.close());
  server.failing = Infinity;
  const here = await opened(context, database, freshFolder(context), server.settings);
  for (const id of ['CA1', 'CA2', 'CA3']) record(here, callId(id));
  await vi.waitFor(async () => expect(await rowsOf(database)).toHaveLength(3));
  await vi.waitFor(() => expect(here.recordings.counts.faults['not-shipped']).toBe(1));
  server.failing = 0;
  await vi.waitFor(async () => {
    here.clock.advance(5_000);
    expect((await rowsOf(database)).every(({ place }) => place === 's3://recordings/calls/')).toBe(true);
  });
  expect(here.recordings.counts.faults['not-shipped']).toBe(1);
});

test('it begins with the first sample, however long the line takes; without a line there is none', async (context) => {
  const database = await freshDatabase(context);
  const dataDir = freshFolder(context);
  const here = await opened(context, database, dataDir);
  const told: RecordingIs[] = [];
  const begin = (id: string) => {
    const taker = here.recordings.calls.open({
      ...{ id: callId(id), format: MULAW_8K, startedMs: here.clock.epochMs(), keepDays: 30, log: silentLog },
    });
    taker.start((is) => void told.push(is));
    return taker;
  };
  const [taker, never] = [begin('CA1'), begin('CA2')];
  here.clock.advance(700);
  never.closed();
  expect(told).toEqual([]);
  taker.opened();
  for (let n = 0; n < 50; n += 1) {
    here.clock.advance(20);
    taker.heard(FRAME);
  }
  taker.closed();
  await vi.waitFor(() => found(here));
  expect(told).toEqual(['began']);
  expect(await rowsOf(database)).toMatchObject([{ call_id: 'CA1', from_ms: 700, duration_ms: 1_000 }]);
  expect(await isThere(new RecordingFolder(dataDir).soundPath('CA2'))).toBe(false);
});

test('of a disk that refuses, whoever asks is told', async (context) => {
  const database = await freshDatabase(context);
  const dataDir = freshFolder(context);
  await writeFile(join(dataDir, 'recordings'), 'no folder');
  const here = await opened(context, database, dataDir);
  const told = record(here);
  await vi.waitFor(() => expect(told).toEqual(['began', 'broke-off']));
});
