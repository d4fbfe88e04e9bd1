// What came of a campaign as CSV, contact by contact.
import { csvLine } from './csv-line.ts';
import type { CampaignStore, ResultRow } from './store.ts';

const COLUMNS = [
  ...[
    'number',
    'state',
    'outcome',
    'attempts',
    'called_at',
    'answered_at',
    'ended_at',
    'caller_id',
    'call_id',
  ],
  ...['status', 'answered_by', 'disposition', 'note', 'cause', 'attempt'],
] as const;

const AT_ONCE = 1_000;

/** Lines with their ends; the first one names the columns, of which those of the contacts come last. */
export async function* resultsCsv(
  store: Pick<CampaignStore, 'results'>,
  campaignId: string,
): AsyncGenerator<string, void, undefined> {
  let rows = await store.results(campaignId, '', AT_ONCE);
  // Of the first page: later contacts with others are rare, and their values are left out.
  const variables = [...new Set(rows.flatMap((row) => Object.keys(row.variables)))].sort();
  yield csvLine([...COLUMNS, ...variables]);
  while (rows.length > 0) {
    for (const row of rows)
      yield csvLine([
        ...cellsOf(row),
        // What every object has, such as "constructor", is no value of a contact.
        ...variables.map((name) => (Object.hasOwn(row.variables, name) ? row.variables[name] : undefined)),
      ]);
    if (rows.length < AT_ONCE) return;
    rows = await store.results(campaignId, rows.at(-1)!.contactId, AT_ONCE);
  }
}

function cellsOf({ to, state, outcome, attempts, lastAttempt: last }: ResultRow): (string | undefined)[] {
  return [
    ...[to, state, outcome, String(attempts)],
    ...[isoOf(last?.claimedAtMs), isoOf(last?.answeredAtMs), isoOf(last?.endedAtMs)],
    ...[last?.from, last?.callId, last?.status, last?.answeredBy],
    ...[last?.disposition?.outcome, last?.disposition?.note, last?.cause, last?.id],
  ];
}

const isoOf = (epochMs: number | undefined): string | undefined =>
  epochMs === undefined ? undefined : new Date(epochMs).toISOString();
