// What is known of one attempt, for whoever asked for it. Reads only.
import { sql } from 'kysely';
import type { Database } from '../store/database.ts';
import { storable } from '../store/storable.ts';
import type { Attempt, AttemptOutcome } from './attempt.ts';
import type { AttemptRow } from './postgres-rows.ts';

export interface AttemptSeen extends Pick<Attempt, 'id' | 'state' | 'callId' | 'status' | 'answeredBy'> {
  /** Undefined: it is not settled. */
  readonly outcome: AttemptOutcome | undefined;
}

export interface Attempts {
  /** Rejects with what the driver throws. */
  find(id: string): Promise<AttemptSeen | undefined>;
}

export const createPostgresAttempts = ({ sql: db }: Pick<Database, 'sql'>, rehearsal: boolean): Attempts => ({
  async find(id) {
    const { rows } = await sql<AttemptRow>`
      select * from liveline.attempts where id = ${storable(id)} and rehearsal = ${rehearsal}`.execute(db);
    return rows.map((row) => ({
      ...{ id: row.id, state: row.state, callId: row.call_id ?? undefined, status: row.status ?? undefined },
      ...{ answeredBy: row.answered_by ?? undefined, outcome: row.outcome ?? undefined },
    }))[0];
  },
});
