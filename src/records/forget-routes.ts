// Forgetting a phone number among the routes and journals of its calls and the callbacks that it was promised. Mentions elsewhere are not
// its business.
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { deleteRows } from './forget-crm.ts';
import type { Traces } from './number-traces.ts';

/** `calls`: those whose records were deleted. Nobody of that number is called back any more. */
export async function forgetRoutes(
  db: Kysely<Tables>,
  calls: ReadonlySet<string>,
  traces: Traces,
): Promise<void> {
  const texts = ['from_number', 'to_number', 'call_id'].map((column) => sql<string>`${sql.ref(column)}`);
  for (const table of ['routes', 'callbacks'])
    await deleteRows(db, sql.table(`liveline.${table}`), texts, traces, calls);
  // A call that goes on does so without a journal from then on: no other process could take it up.
  const ofJournals = ["entry->'call'->>'from'", "entry->'call'->>'to'", 'call_id'].map((text) =>
    sql.raw<string>(text),
  );
  await deleteRows(db, sql.table('liveline.call_journals'), ofJournals, traces, calls);
}
