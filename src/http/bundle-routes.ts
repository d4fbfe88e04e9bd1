// A call to be sent on: its record and its sound in one archive, written as it is read.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { LivelineError, messageOf } from '../base/errors.ts';
import { callId } from '../base/ids.ts';
import { tarBytes, tarEnd, tarHeader, tarPadding, type TarEntry } from '../base/tar.ts';
import type { CallRecord } from '../records/record.ts';
import type { RecordingStore } from '../records/recording/recordings.ts';
import type { RecordStore } from '../records/store.ts';
import { requireOperator, tellAudit, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, recordOf, sayWhenToRetry } from './record-routes.ts';

export interface BundleSources {
  readonly records: Pick<RecordStore, 'get' | 'last'>;
  readonly recordings: RecordingStore;
}

interface BundledFile extends Pick<TarEntry, 'name' | 'bytes'> {
  readonly read: () => Promise<AsyncIterable<Uint8Array>>;
}

export function bundleRoutes({ records, recordings }: BundleSources, operator: OperatorOptions): Router {
  const router = Router();
  const one = '/api/v1/calls/:callId/bundle';
  router.get(one, keepNoCopy, requireOperator(operator));
  router.get(one, async (request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const record = await answered(recordOf(records, request.params.callId));
    tellAudit(response, { callId: record.id });
    // The id comes from a carrier; in a name of a file it may not lead elsewhere.
    const folder = `liveline-${record.id.replaceAll(/[^\w-]/g, '_').slice(0, 60)}`;
    const files = [
      textFile('record.json', `${JSON.stringify(record, undefined, 2)}\n`),
      await soundFile(recordings, record, gone.signal),
    ].map((file) => ({ ...file, name: `${folder}/${file.name}` }));
    response.type('application/x-tar').set('content-length', String(tarBytes(files)));
    response.set('content-disposition', `attachment; filename="${folder}.tar"`);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const archive = Readable.from(archiveOf(files, Date.parse(record.endedAt ?? record.startedAt)));
    await pipeline(archive, response).catch(() => response.destroy());
  });
  router.use(one, sayWhenToRetry);
  return router;
}

function textFile(name: string, text: string): BundledFile {
  const content = Buffer.from(text);
  return { name, bytes: content.length, read: () => Promise.resolve(Readable.from([content])) };
}

/** Without a sound the record is still worth sending on. */
async function soundFile(
  recordings: RecordingStore,
  { id }: CallRecord,
  signal: AbortSignal,
): Promise<BundledFile> {
  try {
    const { bytes, read } = await recordings.find(callId(id), signal);
    return { name: 'recording.wav', bytes, read: () => read(0, bytes - 1, signal) };
  } catch (thrown) {
    if (!(thrown instanceof LivelineError)) throw thrown;
    return textFile('no-recording.txt', `${messageOf(thrown)}\n`);
  }
}

async function* archiveOf(files: readonly BundledFile[], changedMs: number): AsyncGenerator<Uint8Array> {
  for (const { name, bytes, read } of files) {
    yield tarHeader({ name, bytes, changedMs });
    yield* await read();
    yield tarPadding(bytes);
  }
  yield tarEnd();
}
