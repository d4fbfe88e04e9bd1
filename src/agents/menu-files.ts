// The keypad menu that a profile names: found from where its file is, read, and held against the profile. What its keys do in
// a call is not known here.
import { isUtf8 } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import { LivelineError, messageOf } from '../base/errors.ts';
import { menuFaultLine, readMenuFile } from './keypad-menu-file.ts';
import { stopsCallers } from './keypad-menu-check.ts';
import type { KeypadMenu, Leads, MenuPage } from './keypad-menu.ts';
import type { ProfileFile } from './profile-file.ts';
import type { Profile } from './profile.ts';
import { readRegularFile } from './regular-file.ts';

/** A menu of a hundred options has a twentieth of it. */
const MOST_BYTES = 500_000;
const WHY: Readonly<Record<string, string>> = { ENOENT: 'does not exist' };

/** With the menu that its file names, or with more faults. `read`: its files of tools are read. `onBytes` gets what the file holds. */
export async function withMenu(
  read: ProfileFile,
  onBytes: (bytes: Uint8Array) => void = () => undefined,
): Promise<ProfileFile> {
  const { profile } = read;
  const place = read.at?.(['menu']);
  if (!profile?.menu || !place) return read;
  const file = resolve(dirname(place.file), profile.menu.file);
  const { menu, words } = await menuIn(file, onBytes);
  const all = [...words, ...(menu ? [...strangersOf(menu, profile)] : [])];
  return all.length > 0
    ? {
        ...read,
        profile: undefined,
        faults: [...read.faults, ...all.map((each) => ({ ...place, words: each }))],
      }
    : { ...read, profile: { ...profile, menu: { file, menu } } };
}

async function menuIn(
  file: string,
  onBytes: (bytes: Uint8Array) => void,
): Promise<{ menu: KeypadMenu | undefined; words: readonly string[] }> {
  const faulty = (words: string) => ({ menu: undefined, words: [words] });
  try {
    const bytes = await readRegularFile(file, MOST_BYTES);
    onBytes(bytes);
    if (!isUtf8(bytes)) return faulty(`${file} is not text in UTF-8; save it in that encoding`);
    const { menu, faults, problems } = readMenuFile(file, bytes.toString('utf8'));
    const all = [...faults, ...problems.filter(stopsCallers).map(({ at }) => at)];
    return { menu: all.length === 0 ? menu : undefined, words: all.map(menuFaultLine) };
  } catch (thrown) {
    if (thrown instanceof LivelineError) return faulty(thrown.message);
    const { code } = thrown as NodeJS.ErrnoException;
    return faulty(`${file} ${(code !== undefined && WHY[code]) || `cannot be read: ${messageOf(thrown)}`}`);
  }
}

/** What the menu leads to and the profile does not have. */
function* strangersOf(menu: KeypadMenu, profile: Profile): Generator<string> {
  const { destinations, voicemail, handOverTo } = profile;
  const tools = toolsListed(profile);
  for (const page of menu.menus)
    for (const [where, leads] of leadsOf(page))
      for (const end of endsOf(leads)) {
        const at = `${where} of ${page.name} leads to`;
        if (end.to === 'destination' && !destinations.some(({ name }) => name === end.name))
          yield `${at} destination "${end.name}", which this profile does not have; add it to destinations`;
        if (end.to === 'voicemail' && voicemail === undefined)
          yield `${at} voicemail, which this profile does not have; write voicemail`;
        if (end.to === 'agent' && !handOverTo.some(({ name }) => name === end.name))
          yield `${at} agent "${end.name}", which this profile does not have; add it to hand_over_to`;
        if (end.to === 'tool' && tools !== undefined && !tools.has(end.name))
          yield `${at} tool "${end.name}", which this profile does not have; add it to tools`;
      }
}

function* leadsOf({ options, otherwise }: MenuPage): Generator<readonly [where: string, leads: Leads]> {
  for (const { key, leads } of options) yield [`key ${key}`, leads];
  if (otherwise !== undefined) yield ['otherwise', otherwise];
}

/** Undefined: what modules and servers offer is known only once they run. */
function toolsListed({ tools }: Profile): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const entry of tools) {
    if (entry.is === 'module' || entry.is === 'mcp') return undefined;
    const listed = entry.is === 'named' ? [entry.name] : entry.specs.map(({ name }) => name);
    for (const name of listed) names.add(name);
  }
  return names;
}

function* endsOf(leads: Leads): Generator<Leads> {
  yield leads;
  if (leads.to === 'say' && leads.then !== undefined) yield* endsOf(leads.then);
}
