// Reads every profile of a folder and reports all faults of all files at once, each with its place.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LivelineError, messageOf } from '../base/errors.ts';
import { readProfile, type Claim, type Fault, type ProfileFile } from './profile-file.ts';
import { profileSchema, type Profile } from './profile.ts';

export interface LoadOptions {
  /** For profiles that name no model. */
  readonly defaultModel?: string | undefined;
}

/** Throws PROFILE_INVALID; its message has one line `file:line:column  field: what was expected` for each fault. */
export async function loadProfiles(dir: string, { defaultModel }: LoadOptions = {}): Promise<Profile[]> {
  const schema = profileSchema(defaultModel);
  const files = await Promise.all(
    (await profileNames(dir)).map(async (name): Promise<ProfileFile> => {
      const file = join(dir, name);
      try {
        return readProfile(file, await readFile(file, 'utf8'), schema);
      } catch (thrown) {
        const fault = { file, line: 1, column: 1, field: '', words: messageOf(thrown) };
        return { profile: undefined, faults: [fault], claims: [] };
      }
    }),
  );
  const faults = [...files.flatMap((file) => file.faults), ...clashes(files.flatMap((file) => file.claims))];
  if (faults.length === 0) return files.flatMap(({ profile }) => profile ?? []);
  throw new LivelineError(
    'PROFILE_INVALID',
    [`the profiles in ${dir} have faults:`, ...faults.sort(byPlace).map(lineOf)].join('\n  '),
  );
}

async function profileNames(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((thrown: unknown) => {
    throw new LivelineError('PROFILE_INVALID', `cannot read the folder of profiles: ${messageOf(thrown)}`);
  });
  // Dot files are what editors and archivers leave behind.
  const profiles = names.filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort();
  if (profiles.length === 0)
    throw new LivelineError('PROFILE_INVALID', `there is no profile (*.yaml) in ${dir}: nobody would answer`);
  return profiles;
}

/** Were a name or a number claimed twice, it would be chance who answers. */
function clashes(claims: readonly Claim[]): Fault[] {
  const owners = new Map<string, Fault>();
  return claims.flatMap(({ what, at }) => {
    const owner = owners.get(what);
    if (owner) return [{ ...at, words: `${what} is already claimed by ${placeOf(owner)}` }];
    owners.set(what, at);
    return [];
  });
}

const byPlace = (a: Fault, b: Fault): number =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
const placeOf = ({ file, line, column }: Fault): string => `${file}:${line}:${column}`;
const lineOf = (fault: Fault): string =>
  `${placeOf(fault)}  ${fault.field === '' ? '' : `${fault.field}: `}${fault.words}`;
