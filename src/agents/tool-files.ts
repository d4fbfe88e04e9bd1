// The files of tools that a profile names: found from where its file is, and read as far as that can be done without
// running them. Does not run them.
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { ToolEntry } from '../tools/entries.ts';
import { readHttpTools } from '../tools/http/http-tools-file.ts';
import type { ProfileFile } from './profile-file.ts';
import type { Profile } from './profile.ts';
import { readRegularFile } from './regular-file.ts';

const WHY: Readonly<Record<string, string>> = { ENOENT: 'does not exist' };

/** With what its files of tools hold, or with more faults. `onBytes` gets the bytes of each. */
export async function withToolFiles(
  read: ProfileFile,
  onBytes: (bytes: Uint8Array) => void = () => undefined,
): Promise<ProfileFile> {
  const { profile } = read;
  if (!profile) return read;
  const faults = [...read.faults];
  const tools: ToolEntry[] = [];
  for (const [at, entry] of profile.tools.entries()) {
    if (entry.is !== 'http' && entry.is !== 'module') {
      tools.push(entry);
      continue;
    }
    const place = read.at?.(['tools', at]) ?? read.at?.(['tools']);
    const file = resolve(dirname(place?.file ?? ''), entry.file);
    try {
      const bytes = await readRegularFile(file);
      onBytes(bytes);
      tools.push(
        entry.is === 'http'
          ? { ...entry, file, specs: readHttpTools(file, bytes.toString('utf8')) }
          : { ...entry, file, version: createHash('sha256').update(bytes).digest('hex').slice(0, 12) },
      );
    } catch (thrown) {
      if (place) faults.push({ ...place, words: wordsOf(file, thrown) });
    }
  }
  return faults.length > read.faults.length
    ? { ...read, profile: undefined, faults }
    : { ...read, profile: { ...profile, tools } };
}

function wordsOf(file: string, thrown: unknown): string {
  if (thrown instanceof LivelineError) return thrown.message;
  const { code } = thrown as NodeJS.ErrnoException;
  return `${file} ${(code !== undefined && WHY[code]) || `cannot be read: ${messageOf(thrown)}`}`;
}

/** Whole paths. */
export const toolFilesOf = ({ tools }: Pick<Profile, 'tools'>): string[] =>
  tools.flatMap((entry) => (entry.is === 'http' || entry.is === 'module' ? entry.file : []));
