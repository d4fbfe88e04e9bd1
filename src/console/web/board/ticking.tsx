// Durations that tick, once a second, all of them together.
import { useSyncExternalStore, type ReactNode } from 'react';
import { serverNowMs, type Live } from '../live.ts';
import { durationWords } from '../words.ts';

const second = (): number => Math.floor(Date.now() / 1_000);

function subscribe(then: () => void): () => void {
  const timer = setInterval(then, 1_000);
  return () => clearInterval(timer);
}

/** `startedMs`: by the clock of the server. */
export function Ticking({ live, startedMs }: { live: Live; startedMs: number }): ReactNode {
  useSyncExternalStore(subscribe, second);
  return <>{durationWords(serverNowMs(live) - startedMs)}</>;
}
