// Fetches a recording and measures it, beside the page. In the browser and not on the server, whose one thread has calls to
// carry: an hour of sound would hold them up, and browsers have a core to spare.
import { SoundPeaks, type Measured } from './sound-peaks.ts';

export type FromSoundWorker =
  { readonly is: 'measured'; readonly measured: Measured } | { readonly is: 'failed'; readonly why: string };

self.onmessage = async ({ data: url }: MessageEvent<string>) => {
  const tell = (told: FromSoundWorker): void => self.postMessage(told);
  try {
    const response = await fetch(url);
    if (!response.ok || !response.body) {
      const said = (await response.json().catch(() => ({}))) as { message?: string };
      tell({ is: 'failed', why: said.message ?? `the server answered ${response.status}` });
      return;
    }
    const peaks = new SoundPeaks();
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) peaks.take(part.value);
    tell({ is: 'measured', measured: peaks.measured });
  } catch (thrown) {
    tell({ is: 'failed', why: thrown instanceof Error ? thrown.message : String(thrown) });
  }
};
