// `liveline calls list` and `show`: what is recorded of calls, in the terminal or as JSON.
import { callId } from '../base/ids.ts';
import type { CallPage, CallQuery, CallRecord } from '../records/record.ts';
import { PAGE, queryOf, type CallFilters } from './call-filters.ts';
import { callsTable, SHORT_ID, zoneOf } from './calls-table.ts';
import type { Desk, OpenRecords, RecordReader } from './desk.ts';
import { jsonText, visible } from './plain-text.ts';
import { recordText } from './record-text.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';
import type { Terminal } from './terminal.ts';

const LISTED = 20;
/** A beginning of an id is looked for among so many pages of the newest calls: 10,000 of them. */
const PAGES_SEARCHED = 50;

/** Resolves to the exit code, as all commands here do; throws what the database throws. */
export async function listCalls(
  filters: CallFilters & { readonly json?: boolean | undefined },
  { open, terminal, clock }: Desk,
): Promise<number> {
  const nowMs = clock.epochMs();
  const asked = queryOf(filters, nowMs, LISTED);
  if ('faults' in asked) return refused(asked.faults, terminal);
  const { calls, next } = await withRecords(open, (store) => store.find(asked.query));
  if (filters.json === true) {
    terminal.print(jsonText({ calls, next }, 2));
    return 0;
  }
  if (calls.length === 0) {
    terminal.print(isNarrowed(asked.query) ? 'No calls match this.' : 'No calls yet.');
    return 0;
  }
  const table = { columns: terminal.columns, nowMs, timeZone: zoneOf(filters) };
  for (const line of callsTable(calls, table)) terminal.print(line);
  terminal.print('');
  terminal.print('One of them whole: liveline calls show <id>');
  if (next !== null) terminal.print(`There are older ones; the same again with: --cursor ${next}`);
  return 0;
}

/** `which`: an id, the beginning of one, or `last`. */
export async function showCall(
  which: string,
  options: { readonly json?: boolean | undefined; readonly utc?: boolean | undefined },
  { open, terminal }: Desk,
): Promise<number> {
  const found = await withRecords(open, async (store, { voicemails }) => {
    const record = await look(store, which.trim());
    if (record === undefined || Array.isArray(record)) return record;
    return { record, ...(await voicemails.find({ call: record.id, limit: PAGE })) };
  });
  if (Array.isArray(found)) {
    terminal.say(`More than one call begins with ${visible(which)}:`);
    for (const id of found) terminal.say(`  ${visible(id)}`);
    return EXIT_BAD_INPUT;
  }
  if (!found) {
    terminal.say(
      which === 'last'
        ? 'No calls yet.'
        : `There is no record of a call ${visible(which)}: it never was, or was deleted. liveline calls list shows what there is.`,
    );
    return EXIT_FAILED;
  }
  if (options.json === true) terminal.print(jsonText(found.record, 2));
  else
    for (const line of recordText(found.record, {
      columns: terminal.columns,
      timeZone: zoneOf(options),
      voicemails: found.voicemails,
    }))
      terminal.print(line);
  return 0;
}

/** The record, or the ids that could be meant. */
async function look(store: RecordReader, which: string): Promise<CallRecord | string[] | undefined> {
  if (which === 'last') return store.last();
  const exact = which === '' ? undefined : await store.get(callId(which));
  // Fewer characters than a list shows would mean too many calls.
  if (exact || which.length < SHORT_ID) return exact;
  const ids: string[] = [];
  let pages = 0;
  for await (const page of pagesOf(store, { limit: PAGE })) {
    ids.push(...page.map(({ id }) => id).filter((id) => id.startsWith(which)));
    pages += 1;
    if (ids.length > 1 || pages === PAGES_SEARCHED) break;
  }
  return ids.length === 1 ? store.get(callId(ids[0]!)) : ids.length === 0 ? undefined : ids;
}

/** Everything that matches, newest first. */
export async function* pagesOf(store: RecordReader, query: CallQuery): AsyncGenerator<CallPage['calls']> {
  let cursor = query.cursor;
  do {
    const page = await store.find({ ...query, cursor });
    yield page.calls;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

/** Opens the records for the time of `use`. */
export async function withRecords<Result>(
  open: Desk['open'],
  use: (store: RecordReader, records: OpenRecords) => Promise<Result>,
): Promise<Result> {
  const records = await open();
  try {
    return await use(records.store, records);
  } finally {
    await records.close();
  }
}

export function refused(faults: readonly string[], terminal: Terminal): number {
  for (const fault of faults) terminal.say(visible(fault));
  return EXIT_BAD_INPUT;
}

const isNarrowed = ({ limit: _limit, ...narrowing }: CallQuery): boolean =>
  Object.values(narrowing).some((value) => value !== undefined);
