// The audit of operators: every line is added once, behind the act, and outlives a database that is away. Nothing of it is
// ever changed. Knows no act by name.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { ExpiringMap } from '../base/expiring-map.ts';
import { LivelineError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { storableJson } from '../records/storable.ts';
import { isDatabaseAway } from '../store/away.ts';
import type { Database } from '../store/database.ts';
import { openSpool } from '../store/spool/spool.ts';
import { WriteBehind } from '../store/write-behind/write-behind.ts';
import type { Act, AuditEntry, AuditPage, AuditQuery } from './audit-entry.ts';

export interface Audit {
  /**
   * Never throws and never waits. The log has it too. `isPiece`: one of many of the same; the first within ten minutes stands
   * for them.
   */
  add(act: Act, isPiece?: boolean): void;
  /** Newest first. Throws API_REQUEST_INVALID for a cursor that it did not give, or what the driver throws. */
  find(query: AuditQuery): Promise<AuditPage>;
  /** Resolves once all that was added is safe: committed, or on disk. */
  settle(): Promise<void>;
  /** What was added is in the database, or at the deadline on disk. */
  close(withinMs: number): Promise<void>;
}

export interface AuditOptions {
  readonly database: Pick<Database, 'sql' | 'ready'>;
  /** `DATA_DIR`. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
}

const PIECES_WITHIN_MS = 600_000;

export async function openAudit({ database, dataDir, clock, log }: AuditOptions): Promise<Audit> {
  const spool = await openSpool<AuditEntry>({ dir: join(dataDir, 'spool'), name: 'audit', clock, log });
  const writes = new WriteBehind<AuditEntry>({
    ...{ spool, clock, log, isAway: isDatabaseAway },
    apply: (batch) => insert(database, batch),
    ready: () => database.ready(),
  });
  const pieces = new ExpiringMap<string, true>(clock, PIECES_WITHIN_MS);
  const isOneMore = (piece: Act): boolean => {
    const key = JSON.stringify({ ...piece, detail: undefined });
    const was = pieces.get(key);
    if (!was) pieces.set(key, true);
    return was === true;
  };
  return {
    add(act, isPiece = false) {
      if (isPiece && isOneMore(act)) return;
      const entry: AuditEntry = {
        ...{ id: randomUUID(), at: new Date(clock.epochMs()).toISOString() },
        ...{ callId: null, campaignId: null },
        ...(storableJson(act) as Act),
        detail: storableJson(act.detail ?? {}) as AuditEntry['detail'],
      };
      const { who, role, action, callId, campaignId, outcome, address } = entry;
      log.info({ operator: who, role, action, callId, campaignId, outcome, address }, 'an operator acted');
      writes.push(entry);
    },
    find: (query) => database.ready().then(() => find(database, query)),
    settle: () => writes.settle(),
    close: (withinMs) => writes.close(withinMs),
  };
}

async function insert({ sql: db }: Pick<Database, 'sql'>, batch: readonly AuditEntry[]): Promise<void> {
  await sql`
    insert into liveline.operator_audit
      (id, at, who, role, by, action, call_id, campaign_id, outcome, detail, address)
    select id, at, who, role, by, action, "callId", "campaignId", outcome, detail, address
    from jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) as line
      (id text, at timestamptz, who text, role text, by text, action text, "callId" text, "campaignId" text, outcome text,
        detail jsonb, address text)
    on conflict (id) do nothing`.execute(db);
}

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly who: string;
  readonly role: AuditEntry['role'];
  readonly by: AuditEntry['by'];
  readonly action: string;
  readonly call_id: string | null;
  readonly campaign_id: string | null;
  readonly outcome: AuditEntry['outcome'];
  readonly detail: AuditEntry['detail'];
  readonly address: string;
}

async function find({ sql: db }: Pick<Database, 'sql'>, query: AuditQuery): Promise<AuditPage> {
  const { action, callId, campaignId, who, outcome, after, before, limit, cursor } = query;
  const narrowed: RawBuilder<unknown>[] = [sql`true`];
  if (action !== undefined) narrowed.push(sql`action = ${action}`);
  if (callId !== undefined) narrowed.push(sql`call_id = ${callId}`);
  if (campaignId !== undefined) narrowed.push(sql`campaign_id = ${campaignId}`);
  if (who !== undefined) narrowed.push(sql`who = ${who}`);
  if (outcome !== undefined) narrowed.push(sql`outcome = ${outcome}`);
  if (after !== undefined) narrowed.push(sql`at >= ${after}::timestamptz`);
  if (before !== undefined) narrowed.push(sql`at < ${before}::timestamptz`);
  if (cursor !== undefined) {
    const [at, id] = readCursor(cursor);
    narrowed.push(sql`(at, id) < (${at}::timestamptz, ${id})`);
  }
  const { rows } = await sql<Row>`
    select id, at, who, role, by, action, call_id, campaign_id, outcome, detail, address from liveline.operator_audit
    where ${sql.join(narrowed, sql` and `)} order by at desc, id desc limit ${limit + 1}`.execute(db);
  const acts = rows.slice(0, limit).map(entryOf);
  const last = acts.at(-1);
  return { acts, next: rows.length > limit && last ? writeCursor(last) : null };
}

const entryOf = ({ at, call_id: callId, campaign_id: campaignId, ...row }: Row): AuditEntry => ({
  ...row,
  at: at.toISOString(),
  callId,
  campaignId,
});

const cursorFacts = z.tuple([z.iso.datetime(), z.uuid()]);

const writeCursor = ({ at, id }: AuditEntry): string =>
  Buffer.from(JSON.stringify([at, id])).toString('base64url');

function readCursor(cursor: string): [at: string, id: string] {
  try {
    return cursorFacts.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw new LivelineError(
      'API_REQUEST_INVALID',
      'the cursor is none of ours: give `next` of the page before',
      { cause },
    );
  }
}
