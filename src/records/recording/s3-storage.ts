// Recordings in a bucket that speaks S3: Amazon's, or another's. One object for each call.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { S3Settings } from './s3-settings.ts';
import type { RecordingStorage } from './storage.ts';

const CONNECTS_WITHIN_MS = 5_000;
/** Without a byte either way: four hours of a call are 230 MB, which take as long as they take. */
const SILENT_AT_MOST_MS = 60_000;

export function createS3Storage({ bucket, prefix, region, endpoint, keys }: S3Settings): RecordingStorage & {
  close(): void;
} {
  const client = new S3Client({
    region,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(keys && { credentials: keys }),
    // A body that is a stream cannot be sent a second time; whoever asks tries again.
    maxAttempts: 1,
    // What goes wrong is said by whoever asks.
    logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
    // Newer checksums in trailers are not known to every server that is not Amazon's.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECTS_WITHIN_MS, socketTimeout: SILENT_AT_MOST_MS },
  });
  const of = (id: string) => ({ Bucket: bucket, Key: `${prefix}${id}.wav` });
  const sizeOf = async (id: string, signal: AbortSignal): Promise<number | undefined> => {
    try {
      const { ContentLength } = await client.send(new HeadObjectCommand(of(id)), { abortSignal: signal });
      return ContentLength;
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }
  };
  return {
    name: `s3://${bucket}/${prefix}`,
    async put(id, path, signal) {
      const found = await stat(path).catch((thrown: unknown) => {
        if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw thrown;
      });
      if (!found) {
        // It was put there before, by a process that died before it said so.
        if ((await sizeOf(id, signal)) !== undefined) return;
        throw new Error('its file is missing, here and in the bucket');
      }
      const Body = createReadStream(path);
      try {
        await client.send(
          new PutObjectCommand({ ...of(id), Body, ContentLength: found.size, ContentType: 'audio/wav' }),
          { abortSignal: signal },
        );
      } finally {
        Body.destroy();
      }
    },
    size: sizeOf,
    async read(id, from, to, signal) {
      const { Body } = await client.send(new GetObjectCommand({ ...of(id), Range: `bytes=${from}-${to}` }), {
        abortSignal: signal,
      });
      if (!(Body instanceof Readable)) throw new Error('the bucket answered without a body');
      return Body;
    },
    async remove(id, signal) {
      await client.send(new DeleteObjectCommand(of(id)), { abortSignal: signal });
    },
    close: () => client.destroy(),
  };
}

const silent = (): void => undefined;

const isMissing = (thrown: unknown): boolean =>
  thrown instanceof S3ServiceException && thrown.$metadata.httpStatusCode === 404;
