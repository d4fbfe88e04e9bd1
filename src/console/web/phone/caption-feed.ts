// Captions as the server's notices come, while somebody looks.
import { useEffect, useState } from 'react';
import { captioned, type Caption, type CaptionNotice } from './captions.ts';

const TYPES = ['transcript', 'tool-called'] as const;

/** Of the call of this id, while there is one; they stay until the next. */
export function useCaptions(callId: string | undefined): readonly Caption[] {
  const [captions, setCaptions] = useState<readonly Caption[]>([]);
  useEffect(() => {
    if (callId === undefined) return undefined;
    setCaptions([]);
    const notices = new EventSource(`/api/v1/notices?callId=${encodeURIComponent(callId)}`);
    for (const type of TYPES)
      notices.addEventListener(type, ({ data }: MessageEvent<string>) =>
        setCaptions((now) => captioned(now, JSON.parse(data) as CaptionNotice)),
      );
    return () => notices.close();
  }, [callId]);
  return captions;
}
