// Durations that tick, once a second, all of them together.
import { useSyncExternalStore, type ReactNode } from 'react';
import { durationWords } from '../words.ts';

const second = (): number => Math.floor(Date.now() / 1_000);

const shown = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(then: () => void): () => void {
  shown.add(then);
  timer ??= setInterval(() => shown.forEach((each) => each()), 1_000);
  return () => {
    shown.delete(then);
    if (shown.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** `startedMs`: by the clock of the server, which is `aheadMs` beyond ours. */
export function Ticking({ startedMs, aheadMs }: { startedMs: number; aheadMs: number }): ReactNode {
  useSyncExternalStore(subscribe, second);
  return <>{durationWords(Date.now() + aheadMs - startedMs)}</>;
}
