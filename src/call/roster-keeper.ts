// Keeps the roster up to date with its files while calls run: a changed file is taken for new calls, a faulty one for none.
import { setImmediate } from 'node:timers/promises';
import { faultIn } from '../agents/load.ts';
import { readProfileTexts, type ProfileText } from '../agents/profile-texts.ts';
import type { Profile } from '../agents/profile.ts';

import { lookOf, watch, type WatchOptions } from '../agents/watch.ts';
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { readRoster, asideReader, rosterOf, filesNamedBy, type Roster, type RosterSource } from './roster.ts';

/** What became of the files: for people who changed one and wonder. Times since the epoch. */
export interface RosterNews {
  /** Of the roster that is in force. */
  readonly texts: readonly ProfileText[];
  readonly readMs: number;
  /** Those of the roster before; undefined: this is the first. */
  readonly before: readonly ProfileText[] | undefined;
  /** Of the last reading, when it failed: a line each, and what the files hold then, as far as they can be read. */
  readonly failed:
    | { readonly atMs: number; readonly faults: readonly string[]; readonly texts: readonly ProfileText[] }
    | undefined;
}

export interface RosterKeeper {
  /** As it is in force for new calls. */
  readonly roster: Roster;
  readonly news: RosterNews;
  stop(): void;
}

export interface RosterKeeperOptions {
  readonly source: RosterSource;
  /** Throws PROFILE_INVALID for profiles that cannot be answered with. */
  readonly check: (profiles: readonly Profile[]) => Promise<void> | void;
  /** After every reading, a failed one too: these are in force now. */
  readonly onRead?: ((profiles: readonly Profile[]) => void) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Throws PROFILE_INVALID or WAV_INVALID: at first the files must be without fault. */
export async function keepRoster(options: RosterKeeperOptions): Promise<RosterKeeper> {
  const { source, check, onRead, clock, log } = options;
  // Before they are read: what changes meanwhile is read again.
  const known = await lookOf(source.agentsDir).catch(() => '');
  const files = await readRoster(source);
  await check(files.profiles);
  let roster = rosterOf(files);
  let news: RosterNews = {
    ...{ texts: await readProfileTexts(source.agentsDir), readMs: clock.epochMs() },
    ...{ before: undefined, failed: undefined },
  };
  const stopped = new AbortController();
  const readAside = asideReader(source, { clock, signal: stopped.signal });
  /** Of the last reading, when it failed. */
  let faults: string | undefined;
  const read: WatchOptions['read'] = async (why) => {
    try {
      const next = await readAside();
      await checkOneByOne(next.profiles, check);
      const changes = differences(roster.profiles, next.profiles);
      if (Object.values(changes).some((names) => names.length > 0)) {
        log.info(
          changes,
          'the profiles changed: new calls take them; agents in calls keep theirs, and where they can send callers is as the files say now',
        );
        roster = rosterOf(next);
        const texts = await readProfileTexts(source.agentsDir);
        news = { texts, readMs: clock.epochMs(), before: news.texts, failed: undefined };
      } else if (faults !== undefined) log.info('the profiles are without fault again, and as they were');
      faults = undefined;
      news = { ...news, failed: undefined };
      return 'taken';
    } catch (thrown) {
      const said = messageOf(thrown);
      if (!stopped.signal.aborted && (why === 'changed' || said !== faults))
        log.error(
          { faults: said.split('\n') },
          'the profiles changed and have faults; new calls are answered as before',
        );
      faults = said;
      // Whatever else went wrong, the disk may not answer.
      const texts = thrown instanceof LivelineError ? await readProfileTexts(source.agentsDir) : news.texts;
      news = { ...news, failed: { atMs: clock.epochMs(), faults: faultLines(said), texts } };
      return 'failed';
    } finally {
      onRead?.(roster.profiles);
    }
  };
  const stopWatching = watch({
    look: () => lookOf(source.agentsDir, filesNamedBy(roster.profiles)),
    ...{ known, read, clock },
  });
  return {
    get roster() {
      return roster;
    },
    get news() {
      return news;
    },
    stop() {
      stopWatching();
      stopped.abort();
    },
  };
}

/** With room for the sound of calls after each: two hundred at once would hold it up for 50 ms. Tells the faults of all. */
async function checkOneByOne(
  profiles: readonly Profile[],
  check: RosterKeeperOptions['check'],
): Promise<void> {
  const faults = new Set<string>();
  for (const profile of profiles) {
    try {
      await check([profile]);
    } catch (thrown) {
      for (const line of messageOf(thrown).split('\n')) faults.add(line);
    }
    await setImmediate();
  }
  if (faults.size > 0) throw new LivelineError('PROFILE_INVALID', [...faults].join('\n'));
}

/** Without what stands above the faults of a folder. */
const faultLines = (said: string): readonly string[] => {
  const lines = said.split('\n').map((line) => line.trim());
  const placed = lines.filter((line) => faultIn(line));
  return placed.length > 0 ? placed : lines;
};

/** By name; a new wording has another version. */
function differences(before: readonly Profile[], now: readonly Profile[]) {
  const versions = new Map(before.map(({ name, version }) => [name, version]));
  const names = new Set(now.map(({ name }) => name));
  return {
    added: now.filter(({ name }) => !versions.has(name)).map(({ name }) => name),
    changed: now
      .filter(({ name, version }) => versions.has(name) && versions.get(name) !== version)
      .map(({ name, version }) => `${name} (${version})`),
    removed: before.filter(({ name }) => !names.has(name)).map(({ name }) => name),
  };
}
