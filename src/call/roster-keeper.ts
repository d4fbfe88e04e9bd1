// Keeps the roster up to date with its files while calls run: a changed file is taken for new calls, a faulty one for none.
import { setImmediate } from 'node:timers/promises';
import type { Profile } from '../agents/profile.ts';
import { lookOf, watch, type WatchOptions } from '../agents/watch.ts';
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { readRoster, asideReader, rosterOf, filesNamedBy, type Roster, type RosterSource } from './roster.ts';

export interface RosterKeeper {
  /** As it is in force for new calls. */
  readonly roster: Roster;
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
      } else if (faults !== undefined) log.info('the profiles are without fault again, and as they were');
      faults = undefined;
      return 'taken';
    } catch (thrown) {
      const said = messageOf(thrown);
      if (!stopped.signal.aborted && (why === 'changed' || said !== faults))
        log.error(
          { faults: said.split('\n') },
          'the profiles changed and have faults; new calls are answered as before',
        );
      faults = said;
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
