// Voicemail whole: from the carrier's callback to a mail on a real server, with the files and the database in between.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { LivelineError } from '../../../src/base/errors.ts';
import { silentLog } from '../../../src/base/log.ts';
import type { Recordings } from '../../../src/carrier/control.ts';
import { openVoicemail } from '../../../src/records/voicemail/voicemail.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { beat } from '../../../src/store/nodes/nodes-table.ts';
import { freshDatabase, freshDatabaseUrl, TEST_DATA_DIR } from '../../doubles/databases.ts';
import { nodeOf } from '../../doubles/known-node.ts';
import { FakeLive } from '../../doubles/fake-session.ts';
import { freshFolder } from '../../doubles/fresh-folder.ts';
import { ABOUT, readyOf, until, wavOf } from './rig.ts';

function carrier(wav: Uint8Array | undefined): Recordings & { readonly removed: string[] } {
  const removed: string[] = [];
  return {
    removed,
    fetch: () =>
      wav === undefined
        ? Promise.reject(new LivelineError('CARRIER_UNREACHABLE', 'not there'))
        : Promise.resolve(wav),
    remove: (id) => Promise.resolve(void removed.push(id)),
    list: () => Promise.resolve([]),
  };
}

const REST = {
  rehearsal: false,
  whose: () => Promise.resolve(undefined),
  live: new FakeLive(),
  webhook: { secret: undefined, allowPrivate: true },
  publicBaseUrl: 'https://calls.example',
  clock: systemClock,
  log: silentLog,
};

test('from the callback to the mail', async (context) => {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const database = await freshDatabase(context);
  const dataDir = freshFolder(context);
  const wav = wavOf(2_000);
  const recordings = carrier(wav);
  const { port } = server.server.address() as AddressInfo;
  const mail = { url: `smtp://127.0.0.1:${port}`, from: 'voicemail@example.com' };
  const voicemail = await openVoicemail({ ...REST, database, dataDir, recordings, mail });
  const about = { ...ABOUT, transcribe: false };
  await voicemail.take(readyOf('RE0', { is: 'absent' }), about);
  await voicemail.take(readyOf('RE1'), about);
  await voicemail.take(readyOf('RE1'), about);
  await expect(voicemail.take(readyOf('../RE1'), about)).rejects.toMatchObject({
    code: 'CARRIER_REQUEST_INVALID',
  });
  const all = async () => (await voicemail.store.find({ limit: 10 })).voicemails;
  await until(async () => (await all())[0]?.stage === 'over');
  await voicemail.take(readyOf('RE1'), about);
  expect(await all()).toMatchObject([{ id: 'RE1', words: 'off', deliveries: [{ state: 'done' }] }]);
  expect([mails.length, recordings.removed]).toEqual([1, ['RE1']]);
  expect(mails[0]!.includes('/api/v1/voicemails/RE1/sound')).toBe(true);

  const file = join(dataDir, 'voicemail', 'RE1.wav');
  expect([(await stat(file)).mode & 0o777, (await stat(join(dataDir, 'voicemail'))).mode & 0o777]).toEqual([
    0o600, 0o700,
  ]);
  expect(Buffer.from(await voicemail.store.sound('RE1'))).toEqual(Buffer.from(wav));
  for (const id of ['RE2', '../RE1', '', 'RE1\0'])
    await expect(voicemail.store.sound(id)).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
  await voicemail.close(5_000);
  const other = await openVoicemail({ ...REST, database, dataDir: freshFolder(context), recordings, mail });
  const installation = (await readFile(join(dataDir, 'node'), 'utf8')).trim();
  await expect(other.store.sound('RE1')).rejects.toThrow(`DATA_DIR/node says ${installation}`);
  await beat(database.sql, nodeOf(`${installation}/1-2-3`));
  await expect(other.store.sound('RE1')).rejects.toThrow('first:8080: ask there');
  await other.close(5_000);
});

test('the database is away when the caller hangs up: the message waits on disk, for the next process too', async (context) => {
  const url = new URL(await freshDatabaseUrl(context));
  const dataDir = freshFolder(context);
  const away = new URL(url);
  away.port = '1';
  const gone = openDatabase({ url: away.href, dataDir: TEST_DATA_DIR, log: silentLog });
  const mail = { url: undefined, from: undefined };
  const first = await openVoicemail({
    ...REST,
    database: gone,
    dataDir,
    recordings: carrier(undefined),
    mail,
  });
  await first.take(readyOf('RE1'), { ...ABOUT, deliverTo: [] });
  await first.close(1_000);
  await gone.close();

  const database = openDatabase({ url: url.href, dataDir: TEST_DATA_DIR, log: silentLog });
  context.onTestFinished(() => database.close());
  const recordings = carrier(wavOf(2_000, false));
  const second = await openVoicemail({ ...REST, database, dataDir, recordings, mail });
  await until(async () => (await second.store.find({ limit: 10 })).voicemails[0]?.stage === 'over');
  expect(recordings.removed).toEqual(['RE1']);
  await second.close(5_000);
});

test('a page at a time, and narrowed', async (context) => {
  const database = await freshDatabase(context);
  const recordings = carrier(undefined);
  const mail = { url: undefined, from: undefined };
  const voicemail = await openVoicemail({
    ...REST,
    database,
    dataDir: freshFolder(context),
    recordings,
    mail,
  });
  for (let n = 0; n < 5; n += 1)
    await voicemail.take(readyOf(`RE${n}`), { ...ABOUT, from: `+1555010020${n % 2}`, profile: `p${n % 2}` });
  const find = (query: object) => voicemail.store.find({ limit: 2, ...query });
  await until(async () => (await find({ limit: 10 })).voicemails.length === 5);
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await find({ cursor });
    ids.push(...page.voicemails.map(({ id }) => id));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(ids.toSorted()).toEqual(['RE0', 'RE1', 'RE2', 'RE3', 'RE4']);
  expect(ids).toEqual(['RE4', 'RE3', 'RE2', 'RE1', 'RE0']);
  const idsOf = async (query: object) => (await find({ limit: 9, ...query })).voicemails.map(({ id }) => id);
  expect(await idsOf({ number: '+1 555 010 0201' })).toEqual(['RE3', 'RE1']);
  expect(await idsOf({ profile: 'p0' })).toEqual(['RE4', 'RE2', 'RE0']);
  expect(await idsOf({ call: 'CA2' })).toEqual([]);
  expect(await idsOf({ number: 'x\0' })).toEqual([]);
  await expect(find({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'API_REQUEST_INVALID' });
  await voicemail.close(1_000);
});
