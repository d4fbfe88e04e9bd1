// The audit of the books: everything that calls told, against what the database really holds afterwards. Makes its own
// list with a recorder of its own; knows no faults and no sound.
import { sql } from 'kysely';
import type { Notices } from '../../src/call/notices.ts';
import { startRecorder } from '../../src/records/recorder.ts';
import type { RecordWrite } from '../../src/records/write.ts';
import type { Database } from '../../src/store/database.ts';

export interface Audited {
  /** Writes that calls made. */
  readonly told: number;
  /** Of those, so many are not in the database. */
  readonly missing: number;
  /** So many of them the records themselves say are missing. */
  readonly saidByRecords: number;
  /** Rows that are not what the writes that were taken make, by name. */
  readonly wrong: readonly string[];
}

export class Audit {
  readonly #told: RecordWrite[] = [];
  readonly #taken: RecordWrite[] = [];
  #spooled = 0;

  /** To be called before the first call. */
  listenTo(notices: Notices): void {
    startRecorder({
      notices,
      write: (write) => this.#told.push(write),
      node: 'audit',
      rehearsal: true,
      logsCalls: false,
    });
  }

  /** For `startApp`. */
  readonly onSafe = (writes: readonly RecordWrite[], where: 'database' | 'spool'): void => {
    if (where === 'spool') this.#spooled += writes.length;
    else this.#taken.push(...writes.filter(({ is }) => is !== 'lost'));
  };

  get told(): number {
    return this.#told.length;
  }

  get taken(): number {
    return this.#taken.length;
  }

  /** Were safe on disk before they came into the database. */
  get spooled(): number {
    return this.#spooled;
  }

  async judge({ sql: db }: Pick<Database, 'sql'>): Promise<Audited> {
    const expected = new Map(this.#taken.map(rowOf));
    const { rows } = await READ.execute(db);
    const found = new Map(rows.map(({ key, value }) => [key, value]));
    const { rows: losses } = await sql<{ writes: number }>`
      select coalesce(sum(lost_writes), 0)::int as writes from liveline.calls`.execute(db);
    return {
      told: this.#told.length,
      missing: this.#told.length - this.#taken.length,
      saidByRecords: losses[0]?.writes ?? 0,
      wrong: [...new Set([...expected.keys(), ...found.keys()])].filter(
        (key) => expected.get(key) !== found.get(key),
      ),
    };
  }
}

/** Which row a write makes, and what of it tells one version from another. */
function rowOf(write: RecordWrite): [key: string, value: string] {
  const { callId } = write;
  switch (write.is) {
    case 'turn':
      return [`${callId} turn ${write.n}`, `${write.state} ${write.heard}`];
    case 'tool':
      return [`${callId} tool ${write.id}`, write.tool];
    case 'tool-over':
      return [`${callId} tool-over ${write.id}`, write.state];
    case 'event':
      return [`${callId} event ${write.n}`, write.type];
    case 'usage':
      return [`${callId} usage ${write.n}`, String(write.turn)];
    case 'end':
      return [`${callId} end`, write.outcome];
    case 'call':
      return [`${callId} call`, write.profileVersion];
    case 'moved':
      return [`${callId} moved`, String(write.fence)];
    case 'lost':
      return [`${callId} lost`, String(write.writes)];
  }
}

const READ = sql<{ key: string; value: string }>`
  select id || ' call' as key, profile_version as value from liveline.calls
  union all select id || ' end', outcome from liveline.calls where outcome is not null
  union all select call_id || ' turn ' || n, state || ' ' || heard from liveline.turns
  union all select call_id || ' tool ' || id, tool from liveline.tool_calls
  union all select call_id || ' tool-over ' || id, state from liveline.tool_calls where state <> 'running'
  union all select call_id || ' event ' || n, type from liveline.call_events
  union all select call_id || ' usage ' || n, turn::text from liveline.turn_usage`;
