// What came of each contact, as it is read for an export, and the attempts that nobody has answered yet. Reads only.
import { sql } from 'kysely';
import type { CallId } from '../base/ids.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Fields } from '../agents/instructions.ts';
import type { CallStatus } from '../carrier/webhooks.ts';
import type { Disposition } from '../tools/dispositions.ts';
import { campaignFrom, type CampaignRow, type Db } from './postgres-rows.ts';
import type { QueuedAttempt, ResultRow } from './store.ts';

interface ResultsRow {
  readonly id: string;
  readonly to_number: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly attempts: number;
  readonly variables: Fields;
  readonly attempt_id: string | null;
  readonly from_number: string;
  readonly call_id: string | null;
  readonly status: string | null;
  readonly answered_by: string | null;
  readonly disposition: Disposition | null;
  readonly claimed_at: Date;
  readonly answered_at: Date | null;
  readonly ended_at: Date | null;
  readonly cause: string | null;
}

/** In the order of the contacts; `after`: the id of the last one that is known, '' for all. */
export async function results(
  db: Db,
  campaignId: string,
  after: string,
  most: number,
): Promise<readonly ResultRow[]> {
  const { rows } = await sql<ResultsRow>`
    select c.id, c.to_number, c.state, c.outcome, c.attempts, c.variables, a.id as attempt_id, a.from_number, a.call_id,
      a.status, a.answered_by, a.disposition, a.claimed_at, a.answered_at, a.ended_at, a.cause
    from liveline.campaign_contacts c left join lateral (
      select * from liveline.attempts where contact_id = c.id and state <> 'void' order by number desc limit 1
    ) a on true
    where c.campaign_id = ${campaignId} and c.id > ${after === '' ? '0' : after}::bigint
    order by c.id limit ${most}`.execute(db);
  return rows.map((row) => ({
    contactId: row.id,
    to: row.to_number,
    state: row.state,
    outcome: row.outcome ?? undefined,
    attempts: row.attempts,
    variables: row.variables,
    lastAttempt:
      row.attempt_id === null
        ? undefined
        : {
            id: row.attempt_id,
            from: row.from_number,
            callId: row.call_id ?? undefined,
            status: row.status ?? undefined,
            answeredBy: row.answered_by ?? undefined,
            disposition: row.disposition ?? undefined,
            claimedAtMs: row.claimed_at.getTime(),
            answeredAtMs: row.answered_at?.getTime(),
            endedAtMs: row.ended_at?.getTime(),
            cause: row.cause ?? undefined,
          },
  }));
}

interface UnansweredRow {
  readonly attempt_id: string;
  readonly campaign_id: string | null;
  readonly call_id: CallId;
  readonly status: CallStatus | null;
  readonly to_number: PhoneNumber;
  readonly opted_out: boolean;
  readonly time_zone: string | null;
  readonly region: string | null;
}

export async function unanswered(db: Db, rehearsal: boolean): Promise<readonly QueuedAttempt[]> {
  const { rows } = await sql<UnansweredRow>`
    select a.id as attempt_id, a.campaign_id, a.call_id, a.status, a.to_number, c.time_zone, c.region,
      exists (select from liveline.opt_outs o where o.number = a.to_number) as opted_out
    from liveline.attempts a left join liveline.campaign_contacts c on c.id = a.contact_id
    where a.state = 'placed' and a.rehearsal = ${rehearsal} and a.call_id is not null and a.answered_at is null
      and (a.status is null or a.status in ('queued', 'ringing'))`.execute(db);
  const ids = [...new Set(rows.flatMap(({ campaign_id }) => campaign_id ?? []))];
  const { rows: campaigns } =
    ids.length === 0
      ? { rows: [] }
      : await sql<CampaignRow>`select * from liveline.campaigns where id = any(${ids})`.execute(db);
  const named = new Map(campaigns.map((row) => [row.id, campaignFrom(row)]));
  return rows.flatMap((row) => {
    const campaign = row.campaign_id === null ? undefined : named.get(row.campaign_id);
    // Deleted meanwhile, and its attempts with it.
    if (row.campaign_id !== null && campaign === undefined) return [];
    return {
      id: row.attempt_id,
      callId: row.call_id,
      campaign,
      isOptedOut: row.opted_out,
      status: row.status ?? undefined,
      to: row.to_number,
      timeZone: row.time_zone ?? undefined,
      region: row.region ?? undefined,
    };
  });
}
