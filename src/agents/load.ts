// Reads every profile of a folder and reports all faults of all files at once, each with its place.
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalTurnTaking } from '../audio/self-check.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { handOverFaults } from './hand-over-settings.ts';
import { withHolidays } from './holiday-files.ts';
import { keyToolFaults } from './key-tools.ts';
import { withMenu } from './menu-files.ts';
import { withNamedSounds } from './named-sounds.ts';
import { withToolFiles } from './tool-files.ts';
import { readProfile, type Claim, type Fault, type ProfileFile } from './profile-file.ts';
import { profileSchema, type Profile } from './profile.ts';
import { readRegularFile } from './regular-file.ts';

export interface LoadOptions {
  /** For profiles that name no model. */
  readonly defaultModel?: string | undefined;
  /** Where it is not usable, profiles that ask for it are at fault. Left out: usable. */
  readonly localTurnTaking?: LocalTurnTaking | undefined;
  /** Where destinations may be, by ISO 3166; left out: anywhere. */
  readonly dialCountries?: ReadonlySet<string> | undefined;
}

/** Dot files are what editors and archivers leave behind. */
export const isProfileName = (name: string): boolean => /^[^.].*\.ya?ml$/.test(name);

const NO_FOLDER: Readonly<Record<string, string>> = { ENOENT: 'does not exist', ENOTDIR: 'is a file' };
const SET_FOLDER = 'set AGENTS_DIR to the folder that holds them';

/** Throws PROFILE_INVALID; its message has one line `file:line:column  field: what was expected` for each fault. */
export async function loadProfiles(
  dir: string,
  { defaultModel, localTurnTaking, dialCountries }: LoadOptions = {},
): Promise<Profile[]> {
  const schema = profileSchema(defaultModel, localTurnTaking, dialCountries);
  const files: ProfileFile[] = [];
  // One by one: were the disk to hang, all together would take every thread that files are read and hosts looked up on.
  for (const name of await profileNames(dir)) {
    const file = join(dir, name);
    try {
      files.push(await readVersioned(file, schema));
    } catch (thrown) {
      const fault = { file, line: 1, column: 1, field: '', words: messageOf(thrown) };
      files.push({ profile: undefined, faults: [fault], claims: [] });
    }
  }
  const faults = [
    ...files.flatMap((file) => file.faults),
    ...clashes(files.flatMap((file) => file.claims)),
    ...handOvers(files),
    ...keyTools(files),
  ];
  if (faults.length === 0) return files.flatMap(({ profile }) => profile ?? []);
  throw new LivelineError(
    'PROFILE_INVALID',
    [`the profiles in ${dir} have faults:`, ...faults.sort(byPlace).map(lineOf)].join('\n  '),
  );
}

const NOT_UTF_8 = 'expected text in UTF-8; save the file in that encoding';

/** The version is that of what the file and those that it names hold: wherever they are, and whenever they were written. */
async function readVersioned(file: string, schema: ReturnType<typeof profileSchema>): Promise<ProfileFile> {
  const version = createHash('sha256');
  // Hashed one by one, so that nothing can move from one file into the next and leave the version as it was.
  const add = (bytes: Uint8Array): void => void version.update(createHash('sha256').update(bytes).digest());
  const bytes = await readRegularFile(file);
  if (!isUtf8(bytes)) throw new LivelineError('PROFILE_INVALID', NOT_UTF_8);
  add(bytes);
  const sounding = await withNamedSounds(readProfile(file, bytes.toString('utf8'), schema), add);
  const read = await withMenu(await withToolFiles(await withHolidays(sounding, add), add), add);
  return {
    ...read,
    profile: read.profile && { ...read.profile, version: version.digest('hex').slice(0, 12) },
  };
}

async function profileNames(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((thrown: unknown) => {
    const { code } = thrown as NodeJS.ErrnoException;
    const why = (code !== undefined && NO_FOLDER[code]) || `cannot be read: ${messageOf(thrown)}`;
    throw new LivelineError('PROFILE_INVALID', `the folder of profiles, ${dir}, ${why}; ${SET_FOLDER}`);
  });
  const profiles = names.filter(isProfileName).sort();
  if (profiles.length === 0)
    throw new LivelineError(
      'PROFILE_INVALID',
      `there is no profile (*.yaml) in ${dir}, so nobody would answer; ${SET_FOLDER}`,
    );
  return profiles;
}

/** Were a name, a number or a campaign claimed twice, it would be chance who answers. */
function clashes(claims: readonly Claim[]): Fault[] {
  const owners = new Map<string, Fault>();
  return claims.flatMap(({ what, at }) => {
    const owner = owners.get(what);
    if (owner) return [{ ...at, words: `${what} is already claimed by ${placeOf(owner)}` }];
    owners.set(what, at);
    return [];
  });
}

/** To profiles that are not there, or do not go together. */
function handOvers(files: readonly ProfileFile[]): Fault[] {
  const names = new Set(files.flatMap(({ name = [] }) => name));
  const profiles = files.flatMap(({ profile }) => profile ?? []);
  return files.flatMap(({ profile, at }) =>
    profile === undefined || at === undefined
      ? []
      : handOverFaults(profile, names, profiles).map(({ path, words }) => ({ ...at(path), words })),
  );
}

/** Keys that run what they cannot, as far as that is known before modules run and servers answer. */
const keyTools = (files: readonly ProfileFile[]): Fault[] =>
  files.flatMap(({ profile, at }) =>
    profile === undefined || at === undefined
      ? []
      : keyToolFaults(profile).map(({ path, words }) => ({ ...at(path), words })),
  );

const byPlace = (a: Fault, b: Fault): number =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
const placeOf = ({ file, line, column }: Fault): string => `${file}:${line}:${column}`;
const lineOf = (fault: Fault): string =>
  `${placeOf(fault)}  ${fault.field === '' ? '' : `${fault.field}: `}${fault.words}`;

/** What `loadProfiles` has written as a line of its message; undefined: it is none. `words` begin with the field. */
export function faultIn(line: string): Omit<Fault, 'field'> | undefined {
  const found = /^\s*(.+?):(\d+):(\d+)  (.*)$/s.exec(line);
  if (!found) return undefined;
  const [, file, at, column, words] = found;
  return { file: file!, line: Number(at), column: Number(column), words: words! };
}
