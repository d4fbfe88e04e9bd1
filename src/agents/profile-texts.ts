// The files of profiles as texts, for showing what changed in them. Judges nothing.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { isProfileName } from './load.ts';
import { readRegularFile } from './regular-file.ts';

export interface ProfileText {
  /** Whole path, as faults name it. */
  readonly file: string;
  /** Of whom it tells, as far as that can be read. */
  readonly name: string | undefined;
  readonly text: string;
}

/** Larger ones are no profile; whoever loads them says so. */
const MOST_BYTES = 1_000_000;

/** What cannot be read is left out. Never rejects. */
export async function readProfileTexts(dir: string): Promise<readonly ProfileText[]> {
  const names = await readdir(dir).catch(() => []);
  const texts: ProfileText[] = [];
  // One by one, as when they are loaded: no file may hold many threads.
  for (const name of names.filter(isProfileName).sort()) {
    const file = join(dir, name);
    const bytes = await readRegularFile(file, MOST_BYTES).catch(() => undefined);
    if (!bytes) continue;
    const text = bytes.toString('utf8');
    texts.push({ file, name: nameIn(text), text });
  }
  return texts;
}

function nameIn(text: string): string | undefined {
  try {
    const name: unknown = parseDocument(text, { logLevel: 'silent' }).get('name');
    return typeof name === 'string' ? name.trim() : undefined;
  } catch {
    return undefined;
  }
}
