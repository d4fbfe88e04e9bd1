// What callers left for the staff in the CRM of our own: messages and tickets. Knows nothing of who reads them.
import { sql, type Selectable } from 'kysely';
import type { CrmObjectsTable } from '../store/tables/crm.ts';
import type { Database } from '../store/database.ts';
import { askingOf } from './postgres-asking.ts';
import { timeOf } from './postgres-values.ts';

export interface LeftMessage {
  readonly kind: 'message' | 'ticket';
  /** As people call it: `M-1001`. */
  readonly number: string;
  readonly title: string;
  readonly text: string;
  /** Who it comes from: a name, a number. */
  readonly from: string;
  readonly status: string;
  readonly contactId: string | null;
  /** ISO 8601, UTC. */
  readonly leftAt: string;
}

export interface LeftMessagesOptions {
  readonly database: Pick<Database, 'sql' | 'ready'>;
  readonly rehearsal: boolean;
  readonly sinceMs: number;
  readonly limit: number;
}

type Row = Pick<Selectable<CrmObjectsTable>, 'number' | 'title' | 'status' | 'contact_id' | 'created_at'> & {
  kind: LeftMessage['kind'];
  facts: Readonly<Record<string, string>>;
};

/** Newest first; at most `limit`. Throws CRM_UNAVAILABLE. */
export function leftMessages(
  { database, rehearsal, sinceMs, limit }: LeftMessagesOptions,
  signal: AbortSignal,
): Promise<readonly LeftMessage[]> {
  return askingOf(database).read(signal, async (db) => {
    const { rows } = await sql<Row>`
      select kind, number, title, status, contact_id, created_at, facts from liveline.crm_objects
      where kind in ('message', 'ticket') and rehearsal = ${rehearsal} and created_at >= ${timeOf(sinceMs)}
      order by created_at desc, n desc limit ${limit}`.execute(db);
    return rows.map(({ contact_id, created_at, facts: { text = '', from = '' }, ...row }) => ({
      ...{ kind: row.kind, number: row.number, title: row.title, text, from, status: row.status },
      ...{ contactId: contact_id, leftAt: created_at.toISOString() },
    }));
  });
}
