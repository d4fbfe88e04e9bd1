// Forgetting a phone number in the CRM of our own: its contacts with all that hangs on them, what it left for the staff,
// and the calls with it. Other CRMs are their owners'. Mentions elsewhere are not its business.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../store/tables.ts';
import type { Traces } from './number-traces.ts';

/** `calls`: those whose records were deleted. How many contacts, messages, tickets and call logs were deleted by themselves. */
export async function forgetInCrm(
  db: Kysely<Tables>,
  calls: ReadonlySet<string>,
  traces: Traces,
): Promise<number> {
  const party = (column: string): RawBuilder<string | null> => sql`${sql.ref(column)}`;
  const from = sql<string | null>`case when kind <> 'order' then facts->>'from' end`;
  // Calls and messages first: they are counted only as long as they do not go with their contact.
  const parties = {
    crm_calls: [party('from_number'), party('to_number'), sql<string | null>`call_id`],
    crm_objects: [from],
    crm_contacts: [party('phone')],
  };
  let deleted = 0;
  for (const [table, texts] of Object.entries(parties))
    deleted += await deleteRows(db, sql.table(`liveline.${table}`), texts, traces, calls);
  return deleted;
}

/** `texts`: who a row is about. A row is known by where it lies, which holds while it is locked. */
export async function deleteRows(
  db: Kysely<Tables>,
  table: RawBuilder<unknown>,
  texts: readonly RawBuilder<string | null>[],
  { suspicion, isParty }: Traces,
  calls: ReadonlySet<string>,
): Promise<number> {
  const about = sql.join(texts);
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ at: string; texts: (string | null)[] }>`
      select ctid::text as at, array[${about}] as texts from ${table}
      where concat_ws(' ', ${about}) ~ ${suspicion} or array[${about}] && ${[...calls]}::text[]
      for update`.execute(tx);
    const theirs = rows
      .filter((row) => row.texts.some((text) => text !== null && (calls.has(text) || isParty(text))))
      .map(({ at }) => at);
    const { numAffectedRows } = await sql`
      delete from ${table} where ctid = any(${theirs}::text[]::tid[])`.execute(tx);
    return Number(numAffectedRows ?? 0);
  });
}
