// Imports of contacts in PostgreSQL. What is read of a file waits beside the contacts, and becomes contacts in one transaction.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { LivelineError } from '../../base/errors.ts';
import { newToken } from '../../base/ids.ts';
import type { Database } from '../../store/database.ts';
import { storable, storableJsonText } from '../../store/storable.ts';
import type { Tables } from '../../store/tables.ts';
import type { ContactsStore, ImportReport } from './contacts-store.ts';
import { makeContacts } from './made-contacts.ts';
import type { ImportedRow, RowFault } from './row.ts';

/** Whoever reads a file puts some rows many times a minute. */
const LOST_AFTER_MS = 600_000;
const FAULTS_AT_ONCE = 5_000;

interface ImportRow {
  readonly id: string;
  readonly file: string;
  readonly state: ImportReport['state'];
  readonly cause: string | null;
  readonly rows: string;
  readonly kept: string;
  readonly merged: string;
  readonly faulty: string;
}

/** Some seconds of a statement that may take 30, on a machine that has much else to do. */
const PART_ROWS = 50_000;

/** `partRows`: so many become contacts in one statement. Rejects with what the driver throws, beside what the door says. */
export function createPostgresContacts(
  { sql: db }: Pick<Database, 'sql'>,
  partRows = PART_ROWS,
): ContactsStore {
  const reports = async (query: RawBuilder<ImportRow>, on: Kysely<Tables> = db): Promise<ImportReport[]> =>
    (await query.execute(on)).rows.map(reportOf);
  const faultsAfter = async (importId: string, line: number): Promise<readonly RowFault[]> => {
    const { rows } = await sql<{ line: string; field: string; words: string }>`
      select line, field, words from liveline.contact_faults
      where import_id = ${importId} and line > ${line} order by line limit ${FAULTS_AT_ONCE}`.execute(db);
    return rows.map((row) => ({ ...row, line: Number(row.line) }));
  };

  return {
    async begin(campaignId, file) {
      const id = newToken();
      const { numAffectedRows } = await sql`
        insert into liveline.contact_imports (id, campaign_id, file, state)
        select ${id}, id, ${storable(file)}, 'reading' from liveline.campaigns
        where id = ${storable(campaignId)} and state <> 'stopped'`.execute(db);
      if (numAffectedRows === 0n)
        throw new LivelineError(
          'CONTACTS_INVALID',
          'there is no such campaign, or it was stopped: make a new one',
        );
      return id;
    },

    put: (importId, rows, faults) =>
      db.transaction().execute(async (one) => {
        const { numAffectedRows } = await sql`
          update liveline.contact_imports
          set rows = rows + ${rows.length + faults.length}, faulty = faulty + ${faults.length}, seen_at = now()
          where id = ${importId} and state = 'reading'`.execute(one);
        if (numAffectedRows === 0n)
          throw new LivelineError('CONTACTS_INVALID', 'this import was given up, or its campaign deleted');
        if (rows.length > 0) await putRows(one, importId, rows);
        if (faults.length > 0) await putFaults(one, importId, faults);
      }),

    finish: (importId) =>
      db.transaction().execute(async (one) => {
        const { rows: found } = await sql<{ campaign_id: string; good: string; there: string }>`
          select campaign_id, rows - faulty as good,
            (select count(*) from liveline.imported_rows r where r.import_id = i.id) as there
          from liveline.contact_imports i where id = ${importId} and state = 'reading' for update`.execute(
          one,
        );
        const of = found[0];
        if (!of)
          throw new LivelineError('CONTACTS_INVALID', 'this import was given up, or its campaign deleted');
        // The table is not logged: what a crash of the database took from it must not be missing in silence.
        if (of.good !== of.there)
          throw new LivelineError(
            'CONTACTS_INVALID',
            'the database has lost rows of it: import the file again',
          );
        const { torn, kept } = await makeContacts(one, { importId, campaignId: of.campaign_id }, partRows);
        const [report] = await reports(
          sql<ImportRow>`
            update liveline.contact_imports
            set state = 'done', kept = ${kept}, merged = rows - faulty - ${torn} - ${kept}, faulty = faulty + ${torn},
              ended_at = now()
            where id = ${importId} returning *`,
          one,
        );
        return report!;
      }),

    fail: (importId, cause) =>
      db.transaction().execute(async (one) => {
        await sql`delete from liveline.imported_rows where import_id = ${importId}`.execute(one);
        const [report] = await reports(
          sql<ImportRow>`
            update liveline.contact_imports set state = 'failed', cause = ${storable(cause)}, ended_at = now()
            where id = ${importId} and state = 'reading' returning *`,
          one,
        );
        if (report) return report;
        throw new LivelineError('CONTACTS_INVALID', 'this import is over already');
      }),

    find: (campaignId) =>
      reports(sql<ImportRow>`
        select * from liveline.contact_imports where campaign_id = ${storable(campaignId)} order by started_at`),

    async *faults(importId) {
      for (let line = 0, faults = await faultsAfter(storable(importId), 0); faults.length > 0;) {
        yield* faults;
        line = faults.at(-1)!.line;
        faults = faults.length < FAULTS_AT_ONCE ? [] : await faultsAfter(storable(importId), line);
      }
    },

    async failLost(nowMs) {
      const lost = await sql<{ id: string }>`
        with lost as (
          update liveline.contact_imports
          set state = 'failed', cause = 'whoever read it is gone: import the file again', ended_at = now()
          where state = 'reading' and seen_at < ${new Date(nowMs - LOST_AFTER_MS)} returning id
        ), gone as (delete from liveline.imported_rows where import_id in (select id from lost))
        select id from lost`.execute(db);
      return lost.rows.length;
    },
  };
}

async function putRows(one: Kysely<Tables>, importId: string, rows: readonly ImportedRow[]): Promise<void> {
  const column = <Value>(of: (row: ImportedRow) => Value): Value[] => rows.map(of);
  await sql`
    insert into liveline.imported_rows (import_id, line, to_number, time_zone, region, variables, consent)
    select ${importId}, * from unnest(
      ${column(({ line }) => line)}::bigint[], ${column(({ to }) => to)}::text[],
      ${column(({ timeZone }) => timeZone ?? null)}::text[], ${column(({ region }) => region ?? null)}::text[],
      ${column(({ variables }) => storableJsonText(variables))}::jsonb[],
      ${column(({ consent }) => (consent ? storableJsonText(consent) : null))}::jsonb[])`.execute(one);
}

async function putFaults(one: Kysely<Tables>, importId: string, faults: readonly RowFault[]): Promise<void> {
  await sql`
    insert into liveline.contact_faults (import_id, line, field, words)
    select ${importId}, * from unnest(
      ${faults.map(({ line }) => line)}::bigint[], ${faults.map(({ field }) => storable(field))}::text[],
      ${faults.map(({ words }) => storable(words))}::text[])`.execute(one);
}

const reportOf = ({ id, file, state, cause, ...counted }: ImportRow): ImportReport => ({
  ...{ id, file, state, cause: cause ?? undefined },
  rows: Number(counted.rows),
  kept: Number(counted.kept),
  merged: Number(counted.merged),
  faulty: Number(counted.faulty),
});
