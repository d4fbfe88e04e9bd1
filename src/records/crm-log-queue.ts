// Which calls the CRM is to be told of, in PostgreSQL: taken one at a time by any number of processes. Knows no CRM. Times
// are the caller's, as those in the records are.
import { sql } from 'kysely';
import { callId, type CallId } from '../base/ids.ts';
import type { Database } from '../store/database.ts';
import { TELL_WITHIN_MS, type CrmLogResult } from './crm-log-policy.ts';

export interface Claimed {
  readonly id: CallId;
  /** With this one. */
  readonly tries: number;
}

export type Settled = { readonly is: CrmLogResult } | { readonly is: 'due'; readonly after: Date };

export interface CrmLogQueue {
  /** The call that is due for longest, for this process alone until it is settled. Only calls that have ended. */
  claim(now: Date): Promise<Claimed | undefined>;
  /**
   * `done` counts whatever others made of it meanwhile; all else only when it is still the claim that it was. Of a call
   * that was deleted meanwhile nothing stays in the CRM of our own.
   */
  settle(claimed: Claimed, settled: Settled): Promise<void>;
  /** Claims whose process died: `due` again, or in doubt. Gives back those in doubt. */
  giveUpDead(now: Date, as: 'due' | 'in-doubt'): Promise<readonly CallId[]>;
  /** Those that are due and ended too long ago: failed. How many. */
  giveUpOld(now: Date): Promise<number>;
}

/** A claim takes ten seconds; beyond this nobody is there any more who made it. */
const CLAIM_HOLDS_MS = 600_000;

const oldest = (now: Date): Date => new Date(now.getTime() - TELL_WITHIN_MS);

/** `rehearsal`: a CRM hears of calls of its own kind. */
export function createCrmLogQueue({ sql: db }: Pick<Database, 'sql'>, rehearsal: boolean): CrmLogQueue {
  return {
    async claim(now) {
      const until = new Date(now.getTime() + CLAIM_HOLDS_MS);
      // What belongs to the call may be written meanwhile: its key stays as it is.
      const { rows } = await sql<{ id: string; tries: number }>`
        update liveline.calls c
        set crm_log = 'begun', crm_log_tries = c.crm_log_tries + 1, crm_log_after = ${until}
        from (
          select id from liveline.calls
          where crm_log = 'due' and coalesce(crm_log_after, ended_at) <= ${now}::timestamptz
            and ended_at > ${oldest(now)}::timestamptz and rehearsal = ${rehearsal}
          order by coalesce(crm_log_after, ended_at) limit 1 for no key update skip locked
        ) due
        where c.id = due.id
        returning c.id, c.crm_log_tries as tries`.execute(db);
      const row = rows[0];
      return row && { id: callId(row.id), tries: row.tries };
    },

    async settle({ id, tries }, settled) {
      const after = settled.is === 'due' ? settled.after : null;
      const { numAffectedRows } = await sql`
        update liveline.calls set crm_log = ${settled.is}, crm_log_after = ${after}::timestamptz
        where id = ${id} and (${settled.is} = 'done' or (crm_log = 'begun' and crm_log_tries = ${tries}))`.execute(
        db,
      );
      if (numAffectedRows === 0n)
        await sql`
          delete from liveline.crm_calls l where l.call_id = ${id} and l.rehearsal = ${rehearsal}
            and not exists (select from liveline.calls where id = l.call_id and rehearsal = l.rehearsal)`.execute(
          db,
        );
    },

    async giveUpDead(now, as) {
      const { rows } = await sql<{ id: string }>`
        update liveline.calls set crm_log = ${as}, crm_log_after = ${as === 'due' ? now : null}::timestamptz
        where crm_log = 'begun' and crm_log_after <= ${now}::timestamptz and rehearsal = ${rehearsal}
        returning id`.execute(db);
      return as === 'due' ? [] : rows.map(({ id }) => callId(id));
    },

    async giveUpOld(now) {
      const { numAffectedRows } = await sql`
        update liveline.calls set crm_log = 'failed', crm_log_after = null
        where crm_log = 'due' and ended_at <= ${oldest(now)}::timestamptz and rehearsal = ${rehearsal}`.execute(
        db,
      );
      return Number(numAffectedRows ?? 0);
    },
  };
}
