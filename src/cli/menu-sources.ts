// What an import reads: a Studio flow, a TwiML document, or a folder of them. Writes nothing.
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { readRegularFile } from '../agents/regular-file.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { OldMenu } from '../ivr/menus/old-menu.ts';
import { readFlow } from '../ivr/menus/studio-flow.ts';
import { oldMenuOfFlow } from '../ivr/menus/studio.ts';
import { isTwimlName, readTwiml, type TwimlDocument } from '../ivr/menus/twiml-documents.ts';
import { oldMenuOfTwiml } from '../ivr/menus/twiml.ts';

const MOST_BYTES = 4_000_000;
/** Of a folder; more are a folder that was not meant. */
const MOST_DOCUMENTS = 2_000;

/** Throws MENU_INVALID in words for the author. */
export async function readOldMenu(path: string, start: string | undefined): Promise<OldMenu> {
  const found = await stat(path).catch((thrown: unknown) => {
    const { code } = thrown as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read: ${messageOf(thrown)}`;
    throw new LivelineError('MENU_INVALID', `${path} ${why}`);
  });
  if (found.isDirectory()) return oldMenuOfTwiml(await documentsIn(path), start);
  const text = (await readRegularFile(path, MOST_BYTES)).toString('utf8');
  if (/^\uFEFF?\s*</.test(text)) return oldMenuOfTwiml(documents([[basename(path), text]]), start);
  return oldMenuOfFlow(readFlow(path, text));
}

async function documentsIn(folder: string): Promise<TwimlDocument[]> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => isTwimlName(name) && !name.split('/').some((part) => part.startsWith('.')))
    .sort();
  if (names.length === 0)
    throw new LivelineError(
      'MENU_INVALID',
      `there is no TwiML document in ${folder}; expected files such as index.xml and "billing?Digits=1.xml"`,
    );
  if (names.length > MOST_DOCUMENTS)
    throw new LivelineError(
      'MENU_INVALID',
      `there are ${names.length} documents in ${folder}; at most ${MOST_DOCUMENTS} are taken for one menu`,
    );
  const texts: [string, string][] = [];
  for (const name of names)
    texts.push([name, (await readRegularFile(join(folder, name), MOST_BYTES)).toString('utf8')]);
  return documents(texts);
}

/** Every document that cannot be read is named. */
function documents(texts: readonly (readonly [string, string])[]): TwimlDocument[] {
  const read = texts.map(([name, text]) => readTwiml(name, text));
  const faults = read.flatMap((one) => ('fault' in one ? [one.fault] : []));
  if (faults.length > 0)
    throw new LivelineError('MENU_INVALID', ['these are no TwiML documents:', ...faults].join('\n  '));
  return read.flatMap((one) => ('fault' in one ? [] : [one]));
}
