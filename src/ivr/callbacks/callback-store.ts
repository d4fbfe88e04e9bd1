// Promised callbacks in PostgreSQL, taken one at a time by any number of processes. Each change is one statement, or one
// transaction, so that a process may die between any two. Knows no carrier. Times are the caller's.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { newToken, type CallId } from '../../base/ids.ts';
import type { PhoneNumber } from '../../base/phone-number.ts';
import type { Database } from '../../store/database.ts';
import { storable } from '../../store/storable.ts';
import type { Tables } from '../../store/tables.ts';
import type { PromisedCallback, Promising } from '../../tools/callbacks.ts';
import { DAY_MS, DIALS_A_DAY, KEEP_MS, LATE_AT_MOST_MS, LEASE_MS, type Fate } from './policy.ts';

export type CallbackState = 'due' | 'dialling' | 'done' | 'failed' | 'in-doubt';

export interface KeptCallback extends PromisedCallback {
  readonly id: string;
  readonly state: CallbackState;
  /** So often the carrier was, or may have been, asked to call; the last of them is this one. */
  readonly attempts: number;
  /** So often they did not answer. */
  readonly unanswered: number;
}

export interface CallbackStore {
  /** One is open for each number and profile: a later one takes its place. */
  insert(callback: PromisedCallback, key: string): Promise<Promising>;
  get(id: string): Promise<KeptCallback | undefined>;
  /** The one that is due for longest and may be dialled today, for this process alone, with its attempt counted. */
  claim(nowMs: number): Promise<KeptCallback | undefined>;
  /**
   * What came of that attempt, unless it is over already, or not the last one any more. False: so it was. `done` counts
   * always. `legId`: the carrier's, once known.
   */
  settle(id: string, attempt: number, fate: Fate, nowMs: number, legId?: CallId): Promise<boolean>;
  /** Those that are too late to be dialled: failed. */
  giveUpOverdue(nowMs: number, cause: string): Promise<readonly KeptCallback[]>;
  /** Those that are due, and whose number was dialled as often as it is in a day: failed. */
  giveUpTooOften(nowMs: number, cause: string): Promise<readonly KeptCallback[]>;
  /** Those whose attempt nobody heard of again: in doubt. */
  giveUpLost(nowMs: number, cause: string): Promise<readonly KeptCallback[]>;
  /** Deletes those that are over for long, some at a time. How many. */
  sweep(nowMs: number): Promise<number>;
}

interface Row {
  readonly id: string;
  readonly call_id: CallId;
  readonly profile: string;
  readonly to_number: PhoneNumber;
  readonly from_number: PhoneNumber;
  readonly destination: string;
  readonly due_at: Date;
  readonly reason: string;
  readonly state: CallbackState;
  readonly attempts: number;
  readonly unanswered: number;
}

const DELETED_AT_ONCE = 500;

/** `rehearsal`: a promise made to a simulated caller is never kept on a real line. Rejects with what the driver throws. */
export function createCallbackStore({ sql: db }: Pick<Database, 'sql'>, rehearsal: boolean): CallbackStore {
  const kept = async (query: RawBuilder<Row>): Promise<readonly KeptCallback[]> =>
    (await query.execute(db)).rows.map(fromRow);
  // How often a number was dialled since then, whichever profile had promised it.
  const dialsOf = (to: RawBuilder<unknown>, since: RawBuilder<Date>): RawBuilder<number> =>
    sql`(
      select count(*)::integer from liveline.callbacks o, unnest(o.dialled_at) as dialled
      where o.to_number = ${to} and o.rehearsal = ${rehearsal} and dialled > ${since}
    )`;
  // What is counted must not change until it is used (PostgreSQL docs, Advisory Locks).
  const alone = <Result>(work: (one: Kysely<Tables>) => Promise<Result>): Promise<Result> =>
    db.transaction().execute(async (one) => {
      await sql`select pg_advisory_xact_lock(hashtext('liveline.callbacks'))`.execute(one);
      return work(one);
    });

  return {
    insert: ({ callId, profile, to, from, destination, dueEpochMs, reason }, key) =>
      alone(async (one) => {
        const [dueAt, dayBefore] = [at(dueEpochMs), at(dueEpochMs - DAY_MS)];
        const [known] = (await sql`select from liveline.callbacks where key = ${storable(key)}`.execute(one))
          .rows;
        if (known) return 'promised';
        const { rows } = await sql<{ dials: number }>`
          select ${dialsOf(sql`${to}`, dayBefore)} as dials`.execute(one);
        if (rows[0] && rows[0].dials >= DIALS_A_DAY) return 'too-often';
        // One that is being dialled keeps its lease; if nobody answers, it waits for the new time.
        const { numAffectedRows } = await sql`
          update liveline.callbacks
          set key = ${storable(key)}, call_id = ${storable(callId)}, from_number = ${from},
            destination = ${storable(destination)}, reason = ${storable(reason)}, due_at = ${dueAt}, unanswered = 0,
            next_at = case when state = 'due' then ${dueAt} else next_at end
          where to_number = ${to} and profile = ${storable(profile)} and rehearsal = ${rehearsal} and ${isOpen}`.execute(
          one,
        );
        if (numAffectedRows) return 'moved';
        await sql`
          insert into liveline.callbacks
            (id, key, rehearsal, call_id, profile, to_number, from_number, destination, reason, due_at, next_at)
          values (${newToken()}, ${storable(key)}, ${rehearsal}, ${storable(callId)}, ${storable(profile)}, ${to}, ${from},
            ${storable(destination)}, ${storable(reason)}, ${dueAt}, ${dueAt})`.execute(one);
        return 'promised';
      }),

    async get(id) {
      const [row] = await kept(sql<Row>`
        select * from liveline.callbacks where id = ${storable(id)} and rehearsal = ${rehearsal}`);
      return row;
    },

    claim: (nowMs) =>
      alone(async (one) => {
        const { rows } = await sql<Row>`
          update liveline.callbacks c
          set state = 'dialling', attempts = c.attempts + 1, dialled_at = c.dialled_at || ${at(nowMs)},
            next_at = ${at(nowMs + LEASE_MS)}, leg_id = null, cause = null
          from (
            select id from liveline.callbacks d
            where state = 'due' and rehearsal = ${rehearsal} and next_at <= ${at(nowMs)}
              and due_at > ${at(nowMs - LATE_AT_MOST_MS)}
              and ${dialsOf(sql`d.to_number`, at(nowMs - DAY_MS))} < ${DIALS_A_DAY}
            order by next_at limit 1 for update skip locked
          ) due
          where c.id = due.id returning c.*`.execute(one);
        return rows[0] && fromRow(rows[0]);
      }),

    async settle(id, attempt, fate, nowMs, legId) {
      const isOver = fate.is === 'done' || fate.is === 'failed' || fate.is === 'in-doubt';
      const nextInMs = fate.is === 'due' ? fate.inMs : fate.is === 'dialling' ? fate.leaseMs : 0;
      const unanswered = fate.is === 'due' ? fate.unanswered : 0;
      const next = at(nowMs + nextInMs);
      const cause = 'cause' in fate ? storable(fate.cause) : null;
      // The carrier was not reached, so it dialled nobody.
      const isUndialled = fate.is === 'due' && unanswered === 0;
      const { numAffectedRows } = await sql`
        update liveline.callbacks
        set state = ${fate.is}, unanswered = unanswered + ${unanswered}, cause = ${cause},
          dialled_at = case when ${isUndialled} then dialled_at[:cardinality(dialled_at) - 1] else dialled_at end,
          next_at = case ${fate.is} when 'dialling' then greatest(next_at, ${next}) when 'due' then greatest(due_at, ${next})
            else ${next} end,
          settled_at = ${isOver ? at(nowMs) : null},
          leg_id = coalesce(${legId === undefined ? null : storable(legId)}, leg_id)
        where id = ${storable(id)} and rehearsal = ${rehearsal} and state <> 'done'
          and (${fate.is} = 'done' or state in ('dialling', 'in-doubt') and attempts = ${attempt})
          and not (${fate.is} = 'due' and state = 'in-doubt' and ${hasAnother})`.execute(db);
      return numAffectedRows === 1n;
    },

    giveUpOverdue: (nowMs, cause) =>
      kept(sql<Row>`
        update liveline.callbacks set state = 'failed', cause = concat_ws('; the last attempt: ', ${cause}::text, cause),
          settled_at = ${at(nowMs)}
        where state = 'due' and rehearsal = ${rehearsal} and due_at <= ${at(nowMs - LATE_AT_MOST_MS)}
        returning *`),

    giveUpTooOften: (nowMs, cause) =>
      kept(sql<Row>`
        update liveline.callbacks c set state = 'failed', cause = ${cause}, settled_at = ${at(nowMs)}
        where state = 'due' and rehearsal = ${rehearsal} and next_at <= ${at(nowMs)}
          and ${dialsOf(sql`c.to_number`, at(nowMs - DAY_MS))} >= ${DIALS_A_DAY}
        returning *`),

    giveUpLost: (nowMs, cause) =>
      kept(sql<Row>`
        update liveline.callbacks set state = 'in-doubt', cause = ${cause}, settled_at = ${at(nowMs)}
        where state = 'dialling' and rehearsal = ${rehearsal} and next_at <= ${at(nowMs)}
        returning *`),

    async sweep(nowMs) {
      const { numAffectedRows } = await sql`
        delete from liveline.callbacks where id in (
          select id from liveline.callbacks where settled_at <= ${at(nowMs - KEEP_MS)}
          limit ${DELETED_AT_ONCE} for update skip locked
        )`.execute(db);
      return Number(numAffectedRows ?? 0);
    },
  };
}

const isOpen = sql<boolean>`state in ('due', 'dialling')`;
/** Promised since, while nobody knew what had become of the first. */
const hasAnother = sql<boolean>`exists (
  select from liveline.callbacks o where o.state in ('due', 'dialling') and o.id <> callbacks.id
    and (o.rehearsal, o.profile, o.to_number) = (callbacks.rehearsal, callbacks.profile, callbacks.to_number)
)`;

const at = (epochMs: number): RawBuilder<Date> => sql<Date>`${new Date(epochMs)}::timestamptz`;

const fromRow = (row: Row): KeptCallback => ({
  id: row.id,
  callId: row.call_id,
  profile: row.profile,
  to: row.to_number,
  from: row.from_number,
  destination: row.destination,
  dueEpochMs: row.due_at.getTime(),
  reason: row.reason,
  state: row.state,
  attempts: row.attempts,
  unanswered: row.unanswered,
});
