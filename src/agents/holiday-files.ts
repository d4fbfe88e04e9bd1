// The calendars that a profile names: found from where its file is, and read. What their events mean is not known here.
import { isUtf8 } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import { LivelineError, messageOf } from '../base/errors.ts';
import { readCalendar } from './calendar.ts';
import type { Holidays } from './holidays.ts';
import type { Hours } from './hours.ts';
import type { Fault, ProfileFile } from './profile-file.ts';
import type { Profile } from './profile.ts';
import { readRegularFile } from './regular-file.ts';
import { toolFilesOf } from './tool-files.ts';

/** Ten years of a country's holidays have a tenth of it. */
const MOST_BYTES = 1_000_000;
const WHY: Readonly<Record<string, string>> = { ENOENT: 'does not exist' };

/** With what its calendars hold, or with more faults. `onBytes` gets the bytes of each. */
export async function withHolidays(
  read: ProfileFile,
  onBytes: (bytes: Uint8Array) => void = () => undefined,
): Promise<ProfileFile> {
  const { profile } = read;
  if (!profile) return read;
  const faults: Fault[] = [];
  const filled = async (hours: Hours | undefined, path: readonly string[]): Promise<Hours | undefined> => {
    const place = read.at?.([...path, 'holidays']);
    if (hours?.holidays === undefined || place === undefined) return hours;
    const file = resolve(dirname(place.file), hours.holidays.file);
    const { holidays, words } = await holidaysIn(file, profile.timeZone, onBytes);
    faults.push(...words.map((each) => ({ ...place, words: each })));
    return { ...hours, holidays };
  };
  const hours = await filled(profile.hours, ['hours']);
  const destinations: Profile['destinations'] = [];
  for (const destination of profile.destinations)
    destinations.push({
      ...destination,
      hours: await filled(destination.hours, ['destinations', destination.name, 'hours']),
    });
  return faults.length > 0
    ? { ...read, profile: undefined, faults: [...read.faults, ...faults] }
    : { ...read, profile: { ...profile, hours, destinations } };
}

/** `words`: of what is wrong with it, with its own lines. */
async function holidaysIn(
  file: string,
  timeZone: string,
  onBytes: (bytes: Uint8Array) => void,
): Promise<{ holidays: Holidays; words: readonly string[] }> {
  const faulty = (words: string) => ({ holidays: { file, closings: [] }, words: [words] });
  try {
    const bytes = await readRegularFile(file, MOST_BYTES);
    onBytes(bytes);
    if (!isUtf8(bytes)) return faulty(`${file} is not text in UTF-8; save it in that encoding`);
    const { closings, faults } = readCalendar(bytes.toString('utf8'), timeZone);
    return {
      holidays: { file, closings },
      words: faults.map(({ line, words }) =>
        line === undefined ? `${file} ${words}` : `${file}:${line}: ${words}`,
      ),
    };
  } catch (thrown) {
    if (thrown instanceof LivelineError) return faulty(thrown.message);
    const { code } = thrown as NodeJS.ErrnoException;
    return faulty(`${file} ${(code !== undefined && WHY[code]) || `cannot be read: ${messageOf(thrown)}`}`);
  }
}

/** Calendars, hold music, the keypad menu and files of tools; not the sounds that are read into prompts. Whole paths, each once. */
export const otherFilesOf = ({
  hours,
  destinations,
  holdMusic,
  menu,
  tools,
}: Pick<Profile, 'hours' | 'destinations' | 'holdMusic' | 'menu' | 'tools'>): string[] => {
  const calendars = [hours, ...destinations.map((each) => each.hours)].map((each) => each?.holidays?.file);
  const named = [...calendars, holdMusic, menu?.file].filter((file) => file !== undefined);
  return [...new Set([...named, ...toolFilesOf({ tools })])];
};
