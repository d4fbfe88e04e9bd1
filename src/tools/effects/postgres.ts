// Effects in PostgreSQL, for all processes together: a unique index decides who does a thing.
import { sql } from 'kysely';
import type { JsonObject } from '../../live/session.ts';
import type { Database } from '../../store/database.ts';
import type { Claim, EffectKey, EffectResult, Effects, Settlement } from './effects.ts';

/** A row that goes away between being in the way and being read is rare; twice in a row, somebody is at it. */
const ATTEMPTS = 3;
const DELETED_AT_ONCE = 1_000;

interface Row {
  readonly state: 'running' | 'done' | 'in_doubt';
  readonly late: boolean;
  /** JSON. */
  readonly result: string | null;
}

/** Rejects with what the driver throws. Time is the database's own: machines' clocks differ. */
export function createPostgresEffects({ sql: db }: Pick<Database, 'sql'>): Effects {
  async function insert(
    { callId, tool, argsHash }: EffectKey,
    limitMs: number,
    about: string | undefined,
  ): Promise<number | undefined> {
    const { rows } = await sql<{ round: number }>`
      insert into liveline.tool_effects (call_id, tool, args_hash, about, state, runs_until)
      values (${callId}, ${tool}, ${argsHash}, ${about ?? null}, 'running',
        now() + make_interval(secs => ${limitMs}::float8 / 1000))
      on conflict (call_id, tool, args_hash) where state <> 'reversed' do nothing
      returning (
        select count(*)::int from liveline.tool_effects
        where call_id = ${callId} and tool = ${tool} and args_hash = ${argsHash} and state = 'reversed'
      ) as round`.execute(db);
    return rows[0]?.round;
  }

  async function read({ callId, tool, argsHash }: EffectKey): Promise<Row | undefined> {
    const { rows } = await sql<Row>`
      select state, runs_until < now() as late, result from liveline.tool_effects
      where call_id = ${callId} and tool = ${tool} and args_hash = ${argsHash} and state <> 'reversed'`.execute(
      db,
    );
    return rows[0];
  }

  return {
    async claim(key, limitMs, about) {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const round = await insert(key, limitMs, about);
        if (round !== undefined) return { is: 'mine', round };
        const row = await read(key);
        if (row) return claimOf(row);
      }
      return { is: 'running' };
    },

    async settle(key, settlement) {
      const { callId, tool, argsHash } = key;
      if (settlement.as === 'undone') {
        await sql`
          delete from liveline.tool_effects
          where call_id = ${callId} and tool = ${tool} and args_hash = ${argsHash}
            and state in ('running', 'in_doubt')`.execute(db);
        return;
      }
      const { state, about, result, reverses } = rowOf(settlement);
      // Also where the claim is not there: the database may have been away then.
      await sql`
        with settled as (
          insert into liveline.tool_effects as e (call_id, tool, args_hash, about, state, result, runs_until)
          values (${callId}, ${tool}, ${argsHash}, ${about}, ${state}, ${result}, now())
          on conflict (call_id, tool, args_hash) where state <> 'reversed'
            do update set state = excluded.state, result = excluded.result, about = coalesce(excluded.about, e.about)
              where e.state <> 'done'
          returning about
        )
        update liveline.tool_effects as e set state = 'reversed', result = null
        from settled
        where e.call_id = ${callId} and e.tool = any(${reverses}::text[])
          and (e.tool, e.args_hash) <> (${tool}, ${argsHash})
          and (e.state in ('done', 'in_doubt') or e.state = 'running' and e.runs_until < now())
          and coalesce(e.about = settled.about, true)`.execute(db);
    },
  };
}

/** Deletes what is older than any call can be: a day. How many. */
export async function sweepEffects({ sql: db }: Pick<Database, 'sql'>): Promise<number> {
  let deleted = 0;
  for (;;) {
    // What another process deletes at this moment is skipped, not waited for.
    const { numAffectedRows } = await sql`
      delete from liveline.tool_effects where id in (
        select id from liveline.tool_effects where claimed_at < now() - interval '1 day'
        order by claimed_at limit ${DELETED_AT_ONCE} for update skip locked
      )`.execute(db);
    const count = Number(numAffectedRows ?? 0);
    deleted += count;
    if (count < DELETED_AT_ONCE) return deleted;
  }
}

function claimOf({ state, late, result }: Row): Claim {
  if (state === 'done') return { is: 'done', result: resultOf(result) };
  if (state === 'in_doubt' || late) return { is: 'in-doubt' };
  return { is: 'running' };
}

function rowOf(settlement: Exclude<Settlement, { as: 'undone' }>): {
  state: string;
  about: string | null;
  result: string | null;
  reverses: string[];
} {
  const about = settlement.about ?? null;
  return settlement.as === 'done'
    ? { state: 'done', about, result: JSON.stringify(settlement.result), reverses: [...settlement.reverses] }
    : { state: 'in_doubt', about, result: null, reverses: [] };
}

const UNREADABLE: JsonObject = {
  status: 'ok',
  retryable: false,
  message: 'It was done before. Do not do it again.',
};

/** As text, because jsonb refuses characters that JSON allows; whoever blanks a phone number in it may break it. */
function resultOf(text: string | null): EffectResult {
  try {
    return JSON.parse(text ?? '') as EffectResult;
  } catch {
    return { response: UNREADABLE };
  }
}
