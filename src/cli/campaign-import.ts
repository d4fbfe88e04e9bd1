// `liveline campaign import` and `faults`: a file of contacts goes into a campaign, and the rows of it that were left out.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { LivelineError, messageOf } from '../base/errors.ts';
import { importContacts } from '../campaign/contacts/import.ts';
import type { ImportReport } from '../campaign/contacts/contacts-store.ts';
import type { RowFault } from '../campaign/contacts/row.ts';
import type { Campaign } from '../campaign/store.ts';
import { countryOf } from '../http/campaign-contact-routes.ts';
import { campaignOf, withOutbound, type OpenOutbound, type OutboundDesk } from './campaign-desk.ts';
import { barOf, grouped, LiveLines, percentOf, some } from './campaign-live-lines.ts';
import { visible } from './plain-text.ts';

export interface ContactFile {
  readonly path: string;
  readonly bytes: number;
  readonly mapping: Readonly<Record<string, string>> | undefined;
}

const BAR_COLUMNS = 24;
const FAULTS_SHOWN = 5;
const MAPPING = '--map takes the name of a column and what it is, such as Handy=phone; Handy= for nothing';

/** Throws CONTACTS_INVALID for a file that is not there, and for a mapping that is none. */
export async function contactFile(path: string, mappings: readonly string[] = []): Promise<ContactFile> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new LivelineError('CONTACTS_INVALID', `the contacts cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  });
  if (!found.isFile())
    throw new LivelineError('CONTACTS_INVALID', `the contacts cannot be read: ${path} is no file`);
  const pairs = mappings.map((text): [string, string] => {
    const at = text.lastIndexOf('=');
    if (at < 1) throw new LivelineError('CONTACTS_INVALID', MAPPING);
    return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  });
  return { path, bytes: found.size, mapping: pairs.length === 0 ? undefined : Object.fromEntries(pairs) };
}

export const importFile = (
  typed: string,
  path: string,
  { map }: { readonly map?: readonly string[] | undefined },
  desk: OutboundDesk,
): Promise<number> =>
  withOutbound(desk, false, async (open) => {
    const file = await contactFile(path, map);
    return readContacts(await campaignOf(open, typed), file, open, desk);
  });

/** Says how far it is, and what became of it. Throws CONTACTS_INVALID. */
export async function readContacts(
  campaign: Campaign,
  { path, bytes, mapping }: ContactFile,
  { contacts }: Pick<OpenOutbound, 'contacts'>,
  { terminal, clock, told }: OutboundDesk,
): Promise<number> {
  const live = new LiveLines(terminal, clock);
  const file = basename(path);
  const report = await importContacts({
    ...{ source: createReadStream(path), file, mapping, store: contacts, clock, signal: told },
    campaignId: campaign.id,
    country: countryOf(campaign),
    onProgress(read) {
      // What is read is not yet in the campaign: that comes at the end, at once.
      const percent = Math.min(99, percentOf(read.bytes, bytes));
      const words = `${percent} %  ${some(read.rows, 'row')} read, ${grouped(read.faulty)} faulty`;
      live.show([`${barOf(read.bytes / bytes, BAR_COLUMNS)}  ${words}`], words);
    },
  });
  const { kept, merged, faulty } = report;
  terminal.print(
    visible(
      `${file} into ${campaign.name}: ${some(report.rows, 'row')}, ${some(kept, 'new contact')}, ${grouped(merged)} of numbers that were there, ${grouped(faulty)} left out`,
    ),
  );
  if (faulty === 0) return 0;
  let shown = 0;
  for await (const fault of contacts.faults(report.id)) {
    terminal.say(visible(`  ${faultText(fault)}`));
    if ((shown += 1) === FAULTS_SHOWN) break;
  }
  if (faulty > shown) terminal.say(`  … all of them: liveline campaign faults "${visible(campaign.name)}"`);
  return 0;
}

const faultText = ({ line, field, words }: RowFault): string =>
  `line ${line}: ${field === '' ? '' : `${field} `}${words}`;

/** Those of every file that was read into it. */
export const listFaults = (typed: string, desk: OutboundDesk): Promise<number> =>
  withOutbound(desk, false, async (open) => {
    const { id } = await campaignOf(open, typed);
    const imports = await open.contacts.find(id);
    for (const report of imports) {
      if (report.state === 'done' && report.faulty === 0) continue;
      desk.terminal.print(visible(headOf(report)));
      for await (const fault of open.contacts.faults(report.id))
        desk.terminal.print(visible(`  ${faultText(fault)}`));
    }
    if (imports.every(({ state, faulty }) => state === 'done' && faulty === 0))
      desk.terminal.say(imports.length === 0 ? 'Nothing was imported yet.' : 'No row was left out.');
    return 0;
  });

const headOf = ({ file, state, cause, faulty }: ImportReport): string =>
  state === 'done'
    ? `${file}: ${grouped(faulty)} left out`
    : `${file}: ${state === 'failed' ? `nothing was taken: ${cause ?? ''}` : 'is being read'}`;
