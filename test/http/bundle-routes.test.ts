// A call to be sent on: what the archive holds, as the system's own tar unpacks it.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test, type TestContext } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import type { Act } from '../../src/console/audit-entry.ts';
import { bundleRoutes } from '../../src/http/bundle-routes.ts';
import type { RecordingStore } from '../../src/records/recording/recordings.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { keptRecords, OPEN, record, served } from './served.ts';

const SOUND = Buffer.from('RIFF and so on'.repeat(100));
const sounding: RecordingStore = {
  find: () =>
    Promise.resolve({
      bytes: SOUND.length,
      read: (from, to) => Promise.resolve(Readable.from([SOUND.subarray(from, to + 1)])),
    }),
};

async function bundleOf(context: TestContext, recordings: RecordingStore, id = 'CA1') {
  const acts: Act[] = [];
  const audit = { add: (act: Act) => void acts.push(act) };
  const { get } = await served(
    context,
    bundleRoutes({ records: keptRecords(record('CA1')), recordings }, { ...OPEN, audit }),
  );
  const response = await get(`/api/v1/calls/${id}/bundle`);
  return { response, acts };
}

async function unpacked(context: TestContext, response: Response): Promise<Map<string, Buffer>> {
  const dir = freshFolder(context);
  const archive = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get('content-length')).toBe(String(archive.length));
  writeFileSync(join(dir, 'bundle.tar'), archive);
  execFileSync('tar', ['-xf', join(dir, 'bundle.tar'), '-C', dir]);
  const folder = join(dir, 'liveline-CA1');
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

test('the record and its sound, in a folder of their own; the audit knows who took it', async (context) => {
  const { response, acts } = await bundleOf(context, sounding);
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="liveline-CA1.tar"');
  const files = await unpacked(context, response);
  expect([...files.keys()].sort()).toEqual(['record.json', 'recording.wav']);
  expect(JSON.parse(files.get('record.json')!.toString())).toEqual(record('CA1'));
  expect(files.get('recording.wav')!.equals(SOUND)).toBe(true);
  expect(acts).toMatchObject([{ action: 'download-bundle', callId: 'CA1', outcome: 'done' }]);
});

test.for(['RECORD_UNKNOWN', 'RECORDING_UNAVAILABLE'] as const)(
  'where there is no sound (%s), it says why',
  async (code, context) => {
    const why = 'the recording of this call was deleted';
    const { response } = await bundleOf(context, {
      find: () => Promise.reject(new LivelineError(code, why)),
    });
    const files = await unpacked(context, response);
    expect([...files.keys()].sort()).toEqual(['no-recording.txt', 'record.json']);
    expect(files.get('no-recording.txt')!.toString()).toContain(why);
  },
);

test('of a call that nobody knows there is none', async (context) => {
  const { response } = await bundleOf(context, sounding, 'CA9');
  expect([response.status, await response.json()]).toMatchObject([404, { error: 'RECORD_UNKNOWN' }]);
});
