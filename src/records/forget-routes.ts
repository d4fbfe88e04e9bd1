// Forgetting a phone number among the routes of its calls and the callbacks that it was promised. Mentions elsewhere are not
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
}
