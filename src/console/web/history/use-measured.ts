// A recording, measured in a thread of its own.
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import workerUrl from './sound.worker.ts?worker&url';
import type { Measured } from './sound-peaks.ts';
import type { FromSoundWorker } from './sound.worker.ts';

export const recordingUrl = (callId: string): string =>
  `/api/v1/calls/${encodeURIComponent(callId)}/recording`;

export const useMeasured = (callId: string, isRecorded: boolean): UseQueryResult<Measured> =>
  useQuery({
    queryKey: ['recording', callId],
    queryFn: ({ signal }) => measure(recordingUrl(callId), signal),
    enabled: isRecorded,
    // It never changes.
    staleTime: Infinity,
  });

function measure(url: string, signal: AbortSignal): Promise<Measured> {
  const worker = new Worker(workerUrl, { type: 'module' });
  const { promise, resolve, reject } = Promise.withResolvers<Measured>();
  worker.onmessage = ({ data }: MessageEvent<FromSoundWorker>) => {
    if (data.is === 'measured') resolve(data.measured);
    else reject(new Error(data.why));
  };
  worker.onerror = () => reject(new Error('the recording could not be measured in this browser'));
  signal.addEventListener('abort', () => reject(new DOMException('given up', 'AbortError')));
  worker.postMessage(url);
  return promise.finally(() => worker.terminate());
}
