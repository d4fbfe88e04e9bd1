// `liveline opt-outs list`, `add` and `remove`: the numbers that are not to be called again.
import { canonicalNumber } from '../agents/canonical-number.ts';
import { parsePhoneNumber, type PhoneNumber } from '../base/phone-number.ts';
import { MOST_REASON_CHARACTERS, type OptOutEntry } from '../records/opt-out-entry.ts';
import { queryOf } from './call-filters.ts';
import { timeText, zoneOf } from './calls-table.ts';
import { refused, withRecords } from './calls.ts';
import type { Desk } from './desk.ts';
import { jsonText, visible } from './plain-text.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';
import { columnOf, tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';

/** As typed. */
export interface OptOutFilters {
  readonly number?: string | undefined;
  readonly limit?: string | undefined;
  readonly cursor?: string | undefined;
  readonly json?: boolean | undefined;
  readonly utc?: boolean | undefined;
}

const LISTED = 50;

/** Resolves to the exit code, as all commands here do; throws what the database throws. */
export async function listOptOuts(filters: OptOutFilters, { open, terminal, clock }: Desk): Promise<number> {
  const { number: typed, json, utc, ...rest } = filters;
  const number = typed === undefined ? undefined : kept(typed);
  if (typed !== undefined && number === undefined) return noNumber('--number', typed, terminal);
  const asked = queryOf(rest, clock.epochMs(), LISTED);
  if ('faults' in asked) return refused(asked.faults, terminal);
  const { limit, cursor } = asked.query;
  const page = await withRecords(open, (_store, records) => records.optOuts.find({ number, limit, cursor }));
  if (json === true) {
    terminal.print(jsonText(page, 2));
    return 0;
  }
  if (page.optOuts.length === 0) {
    terminal.print(number === undefined ? 'No number is on the list: all may be called.' : unlisted(number));
    return 0;
  }
  const column = (title: string, least: number, cell: (entry: OptOutEntry) => string) =>
    columnOf(page.optOuts, { title, least }, cell);
  const columns = [
    column('number', 16, (entry) => entry.number),
    column('since', 16, ({ addedAt }) => timeText(addedAt, zoneOf({ utc })).slice(0, 16)),
    column('call', 4, ({ callId }) => callId ?? '-'),
    column('reason', 6, ({ reason }) => reason),
  ];
  for (const line of tableLines(columns, terminal.columns)) terminal.print(line);
  if (page.next !== null) terminal.print(`There are older ones; the same again with: --cursor ${page.next}`);
  return 0;
}

export async function addOptOut(
  typed: string,
  { reason = '' }: { readonly reason?: string | undefined },
  { open, terminal }: Desk,
): Promise<number> {
  const number = canonicalNumber(typed);
  if (number === undefined) return noNumber('opt-outs add', typed, terminal);
  if (Array.from(reason.trim()).length > MOST_REASON_CHARACTERS) {
    terminal.say(`--reason takes at most ${MOST_REASON_CHARACTERS} characters`);
    return EXIT_BAD_INPUT;
  }
  await withRecords(open, (_store, { optOuts }) =>
    optOuts.add({ number, callId: '', reason: reason.trim() }),
  );
  terminal.print(`${number} is not to be called.`);
  return 0;
}

export async function removeOptOut(typed: string, { open, terminal }: Desk): Promise<number> {
  const number = kept(typed);
  if (number === undefined) return noNumber('opt-outs remove', typed, terminal);
  const wasThere = await withRecords(open, (_store, { optOuts }) => optOuts.remove(number));
  if (wasThere) terminal.print(`${number} is off the list: it may be called again.`);
  else terminal.say(unlisted(number));
  return wasThere ? 0 : EXIT_FAILED;
}

/** As the list has it: one that opted out in a call may be of a length that nobody knows. */
const kept = (typed: string): PhoneNumber | undefined => canonicalNumber(typed) ?? parsePhoneNumber(typed);

const unlisted = (number: PhoneNumber): string => `${number} is not on the list.`;

function noNumber(what: string, typed: string, terminal: Terminal): number {
  terminal.say(
    `${what} takes a phone number with + and its country, such as +15550100123, not "${visible(typed)}"`,
  );
  return EXIT_BAD_INPUT;
}
