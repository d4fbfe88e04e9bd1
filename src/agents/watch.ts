// Watches the files of profiles for changes. It looks, as not every folder tells: mounted ones, and those that are replaced
// whole, do not. Reads no profile.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, StopTimer } from '../base/clock.ts';

export interface WatchOptions {
  /** What the files look like now; another answer: something has changed. */
  readonly look: () => Promise<string>;
  /** What they looked like when they were last read. */
  readonly known: string;
  /** They changed, and have been left alone since the last look: nobody is in the middle of writing them. */
  readonly changed: () => Promise<void>;
  readonly clock: Clock;
  readonly everyMs?: number;
}

const LOOK_EVERY_MS = 1_000;

/** Gives back how to stop. */
export function watch({ look, known, changed, clock, everyMs = LOOK_EVERY_MS }: WatchOptions): () => void {
  /** Until the next look; undefined once stopped. */
  let timer: { readonly stop: StopTimer } | undefined;
  const lookAgainLater = (): void => {
    timer = { stop: clock.after(everyMs, () => void again()) };
  };
  let read = known;
  let seen = known;
  const again = async (): Promise<void> => {
    // A folder that cannot be read is one that looks different: reading it will say why.
    const now = await look().catch(() => 'unreadable');
    const isSettled = now === seen;
    seen = now;
    if (timer && now !== read && isSettled) {
      read = now;
      await changed();
    }
    if (timer) lookAgainLater();
  };
  lookAgainLater();
  return () => {
    timer?.stop();
    timer = undefined;
  };
}

/** A folder with everything in it, as somebody who wants to know of changes sees it: names, sizes and times. */
export async function lookOf(dir: string): Promise<string> {
  const names = (await readdir(dir, { recursive: true })).sort();
  const looks = await Promise.all(
    names.map(async (name) => {
      const found = await stat(join(dir, name)).catch(() => undefined);
      return found === undefined ? name : `${name} ${found.size} ${found.mtimeMs} ${found.ino}`;
    }),
  );
  return looks.join('\n');
}
