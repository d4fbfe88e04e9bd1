// `liveline campaign create`: a file of settings, and one of contacts, become a campaign. Every fault of the settings is told
// with its line before anything is made.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { messageOf, LivelineError } from '../base/errors.ts';
import { offsetOf } from '../base/yaml-place.ts';
import { readSettings } from '../campaign/settings-faults.ts';
import { withOutbound, type OutboundDesk } from './campaign-desk.ts';
import { contactFile, readContacts } from './campaign-import.ts';
import { visible } from './plain-text.ts';
import { EXIT_BAD_INPUT } from './serve.ts';

export interface CreateOptions {
  readonly contacts?: string | undefined;
  readonly name?: string | undefined;
  /** `column=what it is`. */
  readonly map?: readonly string[] | undefined;
}

/** Resolves to the exit code; throws what the database throws. */
export async function createCampaign(
  path: string,
  { contacts, map, name: asked }: CreateOptions,
  desk: OutboundDesk,
): Promise<number> {
  const { terminal } = desk;
  const read = await readSettingsFile(path);
  if ('faults' in read) {
    for (const fault of read.faults) terminal.say(visible(fault));
    return EXIT_BAD_INPUT;
  }
  return withOutbound(desk, true, async (open) => {
    const file = contacts === undefined ? undefined : await contactFile(contacts, map);
    const campaign = await open.campaigns.create(asked ?? read.name, read.settings);
    const named = visible(JSON.stringify(campaign.name));
    terminal.print(`The campaign ${named} is made, as a draft${open.rehearsal ? ' for rehearsals' : ''}.`);
    try {
      if (file) await readContacts(campaign, file, open, desk);
    } catch (thrown) {
      if (!(thrown instanceof LivelineError)) throw thrown;
      terminal.say(visible(thrown.message));
      terminal.say(`It has no contacts yet: liveline campaign import ${named} FILE.csv brings them in.`);
      return EXIT_BAD_INPUT;
    }
    terminal.print(
      file
        ? `Start it: liveline campaign start ${named}`
        : `Bring in who is to be called: liveline campaign import ${named} FILE.csv`,
    );
    return 0;
  });
}

type SettingsFile =
  { readonly name: string; readonly settings: object } | { readonly faults: readonly string[] };

/** The name of the campaign may stand in it beside the settings; else it is that of the file. */
export async function readSettingsFile(path: string): Promise<SettingsFile> {
  const lines = new LineCounter();
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => new Error(messageOf(thrown)));
  if (text instanceof Error) return { faults: [`the settings cannot be read: ${text.message}`] };
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number): string => `${path}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0)
    return {
      faults: document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message.split('\n')[0] ?? ''}`),
    };
  const written: unknown = document.toJS();
  if (typeof written !== 'object' || written === null || Array.isArray(written))
    return { faults: [`${path}: expected fields, such as profile: … and caller_ids: […]`] };
  const { name = basename(path).replace(/\.ya?ml$/i, ''), ...settings } = written as Readonly<
    Record<string, unknown>
  >;
  const read = readSettings(settings);
  const faults = 'faults' in read ? read.faults.map(({ field, words }) => ({ field, words })) : [];
  if (typeof name !== 'string') faults.push({ field: 'name', words: 'expected text' });
  if (faults.length === 0) return { name: String(name), settings };
  return {
    faults: faults.map(
      ({ field, words }) =>
        `${at(offsetOf(document, pathOf(field)))}: ${field === '' ? '' : `${field}: `}${words}`,
    ),
  };
}

/** `caller_ids[0].number` as it is walked. */
const pathOf = (field: string): string[] => field.split(/[.[\]]+/).filter((step) => step !== '');
