// Watches the files of profiles for changes. It looks, as not every folder tells: mounted ones, and those that are replaced
// whole, do not. Reads no profile.
import { readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Clock, StopTimer } from '../base/clock.ts';
import { isProfileName } from './load.ts';

export interface WatchOptions {
  /** What the files look like now; another answer: something has changed. */
  readonly look: () => Promise<string>;
  /** What they looked like when they were last read. */
  readonly known: string;
  /**
   * They are to be read: they changed, and have been left alone since the last look, so nobody is in the middle of writing
   * them; or the last reading failed a while ago, perhaps for a reason that has passed. Never rejects.
   */
  readonly read: (why: 'changed' | 'failed-before') => Promise<'taken' | 'failed'>;
  readonly clock: Clock;
  readonly everyMs?: number;
}

const LOOK_EVERY_MS = 1_000;
const READ_AGAIN_AFTER_MS = 30_000;
/** A file system that does not answer for so long hangs. */
const LOOK_WITHIN_MS = 30_000;
const UNREADABLE = 'unreadable';

/** Gives back how to stop. */
export function watch({ look, known, read, clock, everyMs = LOOK_EVERY_MS }: WatchOptions): () => void {
  /** Until the next look; undefined once stopped. */
  let timer: { readonly stop: StopTimer } | undefined;
  let last: { readonly look: string; readonly failedAtMs?: number } = { look: known };
  let seen = known;
  let looking: Promise<string> | undefined;

  const lookAgainLater = (): void => {
    timer = { stop: clock.after(everyMs, () => void again()) };
  };
  /** One at a time, even where it hangs: each holds one of the few threads that names of hosts are looked up on, too. */
  const looked = async (): Promise<string> => {
    // A folder that cannot be read is one that looks different: reading it will say why.
    looking ??= look()
      .catch(() => UNREADABLE)
      .finally(() => {
        looking = undefined;
      });
    const late = Promise.withResolvers<string>();
    const stopTimer = clock.after(LOOK_WITHIN_MS, () => late.resolve(UNREADABLE));
    timer = { stop: stopTimer };
    return Promise.race([looking, late.promise]).finally(stopTimer);
  };
  const dueBecause = (now: string): 'changed' | 'failed-before' | undefined => {
    if (now !== last.look) return 'changed';
    const isRetried =
      looking === undefined &&
      last.failedAtMs !== undefined &&
      clock.nowMs() - last.failedAtMs >= READ_AGAIN_AFTER_MS;
    return isRetried ? 'failed-before' : undefined;
  };
  const again = async (): Promise<void> => {
    const now = await looked();
    const isSettled = now === seen;
    seen = now;
    const why = isSettled ? dueBecause(now) : undefined;
    if (timer && why !== undefined) {
      const became = await read(why);
      last = became === 'taken' ? { look: now } : { look: now, failedAtMs: clock.nowMs() };
    }
    if (timer) lookAgainLater();
  };
  lookAgainLater();
  return () => {
    timer?.stop();
    timer = undefined;
  };
}

/** The profiles of a folder, and other files, as somebody who wants to know of changes sees them: names, sizes and times. */
export async function lookOf(dir: string, others: readonly string[] = []): Promise<string> {
  const inside = (await readdir(dir)).filter(isProfileName).sort();
  const paths = new Set([...inside.map((name) => resolve(dir, name)), ...others]);
  const looks: string[] = [];
  // One by one: were the disk to hang, all together would take every thread that files are read on.
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    looks.push(found === undefined ? path : `${path} ${found.size} ${found.mtimeMs} ${found.ino}`);
  }
  return looks.join('\n');
}
