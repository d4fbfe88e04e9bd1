// The sound of a call over HTTP: whole, in part, and refused.
import { Readable } from 'node:stream';
import { expect, test, type TestContext } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { recordingRoutes } from '../../src/http/recording-routes.ts';
import type { RecordingStore } from '../../src/records/recording/recordings.ts';
import { OPEN, served } from './served.ts';

const SOUND = Buffer.from(Array.from({ length: 1_000 }, (_, i) => i % 256));
const PATH = '/api/v1/calls/CA1/recording';

const sounding: RecordingStore = {
  find: () =>
    Promise.resolve({
      bytes: SOUND.length,
      read: (from, to) => Promise.resolve(Readable.from([SOUND.subarray(from, to + 1)])),
    }),
};

async function asked(context: TestContext, store: RecordingStore, range?: string, method = 'GET') {
  const { url } = await served(context, recordingRoutes(store, OPEN));
  const response = await fetch(`${url}${PATH}`, { method, headers: range === undefined ? {} : { range } });
  const { status, headers } = response;
  return {
    status,
    type: headers.get('content-type'),
    length: headers.get('content-length'),
    range: headers.get('content-range'),
    body: Buffer.from(await response.arrayBuffer()),
  };
}

test.for([
  [undefined, 200, null, 0, 999],
  ['bytes=0-', 206, 'bytes 0-999/1000', 0, 999],
  ['bytes=10-19', 206, 'bytes 10-19/1000', 10, 19],
  ['bytes=-5', 206, 'bytes 995-999/1000', 995, 999],
  ['bytes=0-1,5-6', 200, null, 0, 999],
  ['lines=1-2', 200, null, 0, 999],
] as const)('asked for %s', async ([range, status, contentRange, from, to], context) => {
  const answer = await asked(context, sounding, range);
  expect(answer).toMatchObject({ status, type: 'audio/wav', range: contentRange });
  expect(answer.length).toBe(String(to - from + 1));
  expect(answer.body.equals(SOUND.subarray(from, to + 1))).toBe(true);
});

test('what is behind its end is not there', async (context) => {
  expect(await asked(context, sounding, 'bytes=1000-')).toMatchObject({ status: 416, range: 'bytes */1000' });
});

test('whoever asks how large it is does not make its storage read it', async (context) => {
  const store: RecordingStore = {
    find: () => Promise.resolve({ bytes: SOUND.length, read: () => Promise.reject(new Error('was read')) }),
  };
  expect(await asked(context, store, undefined, 'HEAD')).toMatchObject({ status: 200, length: '1000' });
});

test('a storage that has it and does not give it is told of, and not as sound', async (context) => {
  const refusal = new LivelineError('RECORDING_UNAVAILABLE', 'try again');
  const store: RecordingStore = {
    find: () => Promise.resolve({ bytes: SOUND.length, read: () => Promise.reject(refusal) }),
  };
  const { status, type, range, body } = await asked(context, store, 'bytes=0-9');
  expect([status, range]).toEqual([503, null]);
  expect(type).toMatch(/^application\/json/);
  expect(JSON.parse(body.toString())).toMatchObject({ error: 'RECORDING_UNAVAILABLE' });
});
