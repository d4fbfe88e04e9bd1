// Recordings over HTTP: the sound of a call, whole or in part, as players ask for it. Where it is kept is the store's affair.
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import { callId } from '../base/ids.ts';
import type { RecordingStore } from '../records/recording/recordings.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';

export function recordingRoutes(store: RecordingStore, operator: OperatorOptions): Router {
  const router = Router();
  const one = '/api/v1/calls/:callId/recording';
  router.get(one, keepNoCopy, requireOperator(operator));
  router.get(one, async (request, response) => {
    const id = callId(request.params.callId);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const { bytes, read } = await answered(store.find(id, gone.signal));
    const ranges = request.range(bytes, { combine: true });
    // Of several, or of what is no range of bytes, the whole is an answer too (RFC 9110, 14.2).
    const part =
      Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1 ? ranges[0] : undefined;
    const { start, end } = part ?? { start: 0, end: bytes - 1 };
    const isWanted = request.method !== 'HEAD' && ranges !== -1;
    // Before anything is said of it: it may be refused.
    const sound = isWanted ? await read(start, end, gone.signal) : undefined;
    // The name is the id, which was found to be one.
    response.type('audio/wav').set('accept-ranges', 'bytes');
    response.set('content-disposition', `inline; filename="${id}.wav"`);
    if (ranges === -1) {
      response.status(416).set('content-range', `bytes */${bytes}`).removeHeader('content-type');
      response.end();
      return;
    }
    response.status(part ? 206 : 200).set('content-length', String(end - start + 1));
    if (part) response.set('content-range', `bytes ${start}-${end}/${bytes}`);
    if (!sound) {
      response.end();
      return;
    }
    await pipeline(sound, response).catch(() => response.destroy());
  });
  router.use(one, sayWhenToRetry);
  return router;
}
