// The audit of dialling, in PostgreSQL: lines are added in the transaction that does what they tell. Knows no rule.
import { sql, type RawBuilder } from 'kysely';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { AuditLine, AuditReading } from './audit.ts';
import { json, type Db, type One } from './postgres-rows.ts';

export async function audit(one: One, lines: readonly AuditLine[]): Promise<void> {
  if (lines.length === 0) return;
  const written = lines.map((line) => ({
    at: new Date(line.atMs).toISOString(),
    campaign_id: line.campaignId,
    contact_id: line.contactId,
    attempt_id: line.attemptId,
    to_number: line.to,
    decision: line.decision,
    rule: line.rule,
    data: line.data ?? '',
    facts: line.facts ?? {},
  }));
  await sql`
    insert into liveline.dial_audit (at, campaign_id, contact_id, attempt_id, to_number, decision, rule, data, facts)
    select at, campaign_id, contact_id, attempt_id, to_number, decision, rule, data, facts
    from jsonb_to_recordset(${json(written)}) as line
      (at timestamptz, campaign_id text, contact_id bigint, attempt_id text, to_number text, decision text, rule text,
        data text, facts jsonb)`.execute(one);
}

interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly campaign_id: string | null;
  readonly contact_id: string | null;
  readonly attempt_id: string | null;
  readonly to_number: string | null;
  readonly decision: AuditLine['decision'];
  readonly rule: string;
  readonly data: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * Of a campaign, in the order of their ids, or from the last one back. `after`: the id of the last one that is known, '' for none. Ids are given before a
 * transaction ends: while the campaign runs, a line may come up before one that was read already. Whoever must have all of them
 * reads from the beginning once it has ended.
 */
export async function auditOf(
  db: Db,
  campaignId: string,
  after: string,
  most: number,
  which?: AuditReading,
): Promise<readonly (AuditLine & { id: string })[]> {
  return linesWhere(db, sql`campaign_id = ${campaignId}`, after, most, which);
}

/** Of a number: in all campaigns, and of calls of none; those of rehearsals among them. In the same order. */
export const auditOfNumber = (
  db: Db,
  to: PhoneNumber,
  after: string,
  most: number,
  which?: AuditReading,
): Promise<readonly (AuditLine & { id: string })[]> =>
  linesWhere(db, sql`to_number = ${to}`, after, most, which);

async function linesWhere(
  db: Db,
  where: RawBuilder<unknown>,
  after: string,
  most: number,
  { newestFirst = false, decisions }: AuditReading = {},
): Promise<readonly (AuditLine & { id: string })[]> {
  const behind = newestFirst ? sql`id < ${after}::bigint` : sql`id > ${after}::bigint`;
  const { rows } = await sql<AuditRow>`
    select * from liveline.dial_audit
    where ${where} and ${after === '' ? sql`true` : behind}
      and ${decisions ? sql`decision = any(${[...decisions]})` : sql`true`}
    order by id ${newestFirst ? sql`desc` : sql`asc`} limit ${most}`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    atMs: row.at.getTime(),
    campaignId: row.campaign_id ?? undefined,
    contactId: row.contact_id ?? undefined,
    attemptId: row.attempt_id ?? undefined,
    to: row.to_number ?? undefined,
    decision: row.decision,
    rule: row.rule,
    data: row.data,
    facts: row.facts,
  }));
}

/** That somebody changed something, outside of any other transaction. */
export const auditControl = (
  one: One,
  campaignId: string,
  rule: string,
  nowMs: number,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> => audit(one, [{ atMs: nowMs, campaignId, decision: 'control', rule, facts }]);
