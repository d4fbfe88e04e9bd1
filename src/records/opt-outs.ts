// The numbers that are not to be called again, in PostgreSQL, for all processes together. Of calls, and of who asks before
// they dial, it knows nothing.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { canonicalNumber } from '../agents/canonical-number.ts';
import { LivelineError } from '../base/errors.ts';
import { parsePhoneNumber, type PhoneNumber } from '../base/phone-number.ts';
import type { Database } from '../store/database.ts';
import type { Tables } from '../store/tables.ts';
import type { OptOutBook } from '../tools/opt-outs.ts';
import {
  MOST_REASON_CHARACTERS,
  type OptOutEntry,
  type OptOutPage,
  type OptOutQuery,
} from './opt-out-entry.ts';
import { unlessAborted } from '../tools/run/aborted.ts';
import { readCursor, writeCursor } from './page-cursor.ts';
import { storableText } from './storable.ts';

/** All of it rejects with what the driver throws, and with API_REQUEST_INVALID for a number that is not E.164. */
export interface OptOuts extends OptOutBook {
  /** Newest first. Throws API_REQUEST_INVALID for a cursor that it did not give. */
  find(query: OptOutQuery): Promise<OptOutPage>;
  /** False: it was not in it. */
  remove(number: string): Promise<boolean>;
}

/** What forgetting a number must leave as it is. */
export const OPTED_OUT = { table: 'opt_outs', column: 'number' } as const;

/** Everything waits until the database is there, or nobody waits any more. */
export function createPostgresOptOuts({ sql: db, ready }: Pick<Database, 'sql' | 'ready'>): OptOuts {
  const ask = async <Answer>(question: RawBuilder<Answer>, signal?: AbortSignal) => {
    const asked = ready().then(() => question.execute(db));
    return signal ? unlessAborted(signal, asked) : asked;
  };
  return {
    async add({ number, callId, reason }, signal) {
      const why = storableText(Array.from(reason).slice(0, MOST_REASON_CHARACTERS).join(''));
      // Outside of calls there is no id.
      const insert = sql`
        insert into liveline.opt_outs (number, call_id, reason)
        values (${e164(number)}, nullif(${storableText(callId)}, ''), ${why})
        on conflict (number) do nothing`;
      await ask(insert, signal);
    },

    async has(number, signal) {
      const select = sql`select number from liveline.opt_outs where number = ${e164(number)}`;
      return (await ask(select, signal)).rows.length > 0;
    },

    async find({ number, limit, cursor }) {
      const narrowed: RawBuilder<unknown>[] = [sql`true`];
      if (number !== undefined) narrowed.push(sql`number = ${e164(number)}`);
      if (cursor !== undefined) {
        const [addedAt, last] = readCursor(cursor);
        narrowed.push(sql`(added_at, number) < (${addedAt}::timestamptz, ${last})`);
      }
      const { rows } = await ask(sql<Row>`
        select number, call_id, reason, added_at from liveline.opt_outs where ${sql.join(narrowed, sql` and `)}
        order by added_at desc, number desc limit ${limit + 1}`);
      const optOuts = rows.slice(0, limit).map(entryOf);
      const last = optOuts.at(-1);
      return { optOuts, next: rows.length > limit && last ? writeCursor(last.addedAt, last.number) : null };
    },

    async remove(number) {
      const { numAffectedRows } = await ask(sql`
        delete from liveline.opt_outs where number = ${e164(number)}`);
      return numAffectedRows === 1n;
    },
  };
}

/** All but the number itself. False: it is not in it. */
export async function forgetOptOut(db: Kysely<Tables>, number: PhoneNumber): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update liveline.opt_outs set call_id = null, reason = '' where number = ${number}`.execute(db);
  return numAffectedRows === 1n;
}

/**
 * A number in another form would be found missing, and called: whoever asks with one is told so. One of a length that nobody
 * knows is taken as it is: who asks during a call to be called no more has the number that the carrier told.
 */
function e164(number: string): PhoneNumber {
  const known = canonicalNumber(number) ?? parsePhoneNumber(number);
  if (known !== undefined) return known;
  throw new LivelineError(
    'API_REQUEST_INVALID',
    'a number that is not to be called is written with a plus and its country: +15550100123',
  );
}

interface Row {
  readonly number: string;
  readonly call_id: string | null;
  readonly reason: string;
  readonly added_at: Date;
}

const entryOf = (row: Row): OptOutEntry => ({
  number: row.number,
  addedAt: row.added_at.toISOString(),
  callId: row.call_id,
  reason: row.reason,
});
