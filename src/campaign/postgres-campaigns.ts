// Campaigns as they are kept: made, moved from state to state, counted. Knows neither rules nor carriers.
import { sql, type RawBuilder } from 'kysely';
import { LivelineError } from '../base/errors.ts';
import { newToken } from '../base/ids.ts';
import { isUniqueViolation } from './postgres-faults.ts';
import { timeOf } from './postgres-clock.ts';
import type { Place } from './postgres-decisions.ts';
import { auditControl } from './audit-postgres.ts';
import { at, before, campaignFrom, json, type CampaignRow, type Db, type One } from './postgres-rows.ts';
import { storable } from '../store/storable.ts';
import type { Campaign, CampaignState, Move, NewCampaign, Progress } from './store.ts';

export async function create(db: Db, rehearsal: boolean, campaign: NewCampaign): Promise<Campaign> {
  return unlessTaken(
    db.transaction().execute((one) => insert(one, rehearsal, campaign, 'campaign.created', undefined)),
  );
}

async function insert(
  one: One,
  rehearsal: boolean,
  { name, profile, settings, startsAtMs, nowMs }: NewCampaign,
  rule: string,
  clonedFrom: string | undefined,
): Promise<Campaign> {
  const { rows } = await sql<CampaignRow>`
    insert into liveline.campaigns (id, name, rehearsal, profile, settings, state, created_at, starts_at, cloned_from)
    values (${newToken()}, ${storable(name)}, ${rehearsal}, ${storable(profile)}, ${json(settings)}, 'draft', ${at(nowMs)},
      ${startsAtMs === undefined ? null : at(startsAtMs)}, ${clonedFrom ?? null})
    returning *`.execute(one);
  const made = campaignFrom(rows[0]!);
  await auditControl(one, made.id, rule, nowMs, { name, clonedFrom });
  return made;
}

async function unlessTaken<Made>(making: Promise<Made>): Promise<Made> {
  try {
    return await making;
  } catch (thrown) {
    if (!isUniqueViolation(thrown)) throw thrown;
    throw new LivelineError('CAMPAIGN_CONFLICT', 'there is a campaign of this name: give it another one', {
      cause: thrown,
    });
  }
}

/** The clone's contacts have none of the attempts of the first: what was called lately, the caps know. */
export const clone = (
  db: Db,
  rehearsal: boolean,
  id: string,
  name: string,
  outcomes: readonly string[],
  nowMs: number,
): Promise<Campaign | undefined> =>
  unlessTaken(
    db.transaction().execute(async (one) => {
      const [from] = (
        await sql<CampaignRow>`
          select * from liveline.campaigns where id = ${storable(id)} and rehearsal = ${rehearsal}`.execute(
          one,
        )
      ).rows;
      if (!from) return undefined;
      const fresh = { name, profile: from.profile, settings: from.settings, startsAtMs: undefined, nowMs };
      const made = await insert(one, rehearsal, fresh, 'campaign.cloned', id);
      const { numAffectedRows } = await sql`
        insert into liveline.campaign_contacts
          (campaign_id, import_id, line, to_number, time_zone, region, variables, state, next_at)
        select ${made.id}, import_id, line, to_number, time_zone, region, variables, 'waiting', ${at(nowMs)}
        from liveline.campaign_contacts
        where campaign_id = ${id} and outcome = any(${outcomes}) and state in ('done', 'never', 'stopped')
        order by id`.execute(one);
      if (!numAffectedRows)
        throw new LivelineError(
          'CAMPAIGN_CONFLICT',
          'nobody would be in it: no contact has come to its end with one of these outcomes; those who still wait count once the campaign is stopped',
        );
      return made;
    }),
  );

export async function list(
  db: Db,
  rehearsal: boolean,
  where: RawBuilder<boolean>,
): Promise<readonly Campaign[]> {
  const { rows } = await sql<CampaignRow>`
    select * from liveline.campaigns where rehearsal = ${rehearsal} and ${where} order by created_at, id`.execute(
    db,
  );
  return rows.map(campaignFrom);
}

export const withId = (id: string): RawBuilder<boolean> => sql<boolean>`id = ${storable(id)}`;
export const inStates = (states: readonly CampaignState[] | undefined): RawBuilder<boolean> =>
  states === undefined ? sql<boolean>`true` : sql<boolean>`state = any(${states})`;

export const move = (db: Db, place: Place, id: string, to: Move): Promise<Campaign | undefined> =>
  db.transaction().execute(async (one) => {
    const { startsAtMs, pausedBy } = to;
    const nowMs = await timeOf(one, place, to.nowMs);
    const isOver = to.to === 'stopped' || to.to === 'done';
    const { rows } = await sql<CampaignRow>`
      update liveline.campaigns set state = ${to.to},
        paused_by = ${to.to === 'paused' ? storable(pausedBy ?? '') || null : null},
        starts_at = coalesce(${startsAtMs === undefined ? null : at(startsAtMs)}, starts_at),
        started_at = case when ${to.to === 'running'} then ${at(nowMs)} else started_at end,
        ended_at = ${isOver ? at(nowMs) : null}
      where id = ${storable(id)} and rehearsal = ${place.rehearsal} and state = any(${to.from})
      returning *`.execute(one);
    const [row] = rows;
    if (!row) return undefined;
    await auditControl(one, id, to.rule, nowMs, { pausedBy, startsAt: row.starts_at?.toISOString() });
    return campaignFrom(row);
  });

const STOPPED_AT_ONCE = 5_000;

/** Campaign by campaign, in the order of their index: those that wait in others are not looked at. */
export async function stopContacts(db: Db, rehearsal: boolean, nowMs: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update liveline.campaign_contacts set state = 'stopped', outcome = coalesce(outcome, 'stopped'),
      outcome_at = coalesce(outcome_at, ${at(nowMs)})
    where id in (
      select c.id from liveline.campaigns m cross join lateral (
        select id from liveline.campaign_contacts
        where campaign_id = m.id and state = 'waiting' order by next_at, id limit ${STOPPED_AT_ONCE}
        for update skip locked
      ) c
      where m.state = 'stopped' and m.rehearsal = ${rehearsal} limit ${STOPPED_AT_ONCE}
    )`.execute(db);
  return Number(numAffectedRows ?? 0);
}

const LATELY_MS = 600_000;

/** All of one moment, so that it adds up. */
export const progress = (db: Db, id: string, nowMs: number): Promise<Progress> =>
  db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (one) => {
      const count = async (query: RawBuilder<Count>): Promise<Record<string, number>> =>
        Object.fromEntries((await query.execute(one)).rows.map(({ of, count: found }) => [of, found]));
      const contacts = await count(sql<Count>`
        select state as of, count(*)::integer as count from liveline.campaign_contacts
        where campaign_id = ${id} group by 1`);
      const outcomes = await count(sql<Count>`
        select outcome as of, count(*)::integer as count from liveline.campaign_contacts
        where campaign_id = ${id} and outcome is not null group by 1`);
      const attempts = await count(sql<Count>`
        select state as of, count(*)::integer as count from liveline.attempts where campaign_id = ${id} group by 1`);
      const waits = await count(sql<Count>`
        select waits_for as of, count(*)::integer as count from liveline.campaign_contacts
        where campaign_id = ${id} and state = 'waiting' and waits_for is not null group by 1`);
      const { rows } = await sql<{ ended: number; next_at: Date | null; last_at: Date | null }>`
        select
          (select count(*)::integer from liveline.campaign_contacts
            where campaign_id = ${id} and state in ('done', 'never')
              and outcome_at > ${before(nowMs, LATELY_MS)}) as ended,
          (select min(next_at) from liveline.campaign_contacts
            where campaign_id = ${id} and state = 'waiting') as next_at,
          (select max(next_at) from liveline.campaign_contacts
            where campaign_id = ${id} and state = 'waiting') as last_at`.execute(one);
      const [row] = rows;
      return {
        ...{ contacts, outcomes, attempts, waits },
        endedLately: row?.ended ?? 0,
        nextAtMs: row?.next_at?.getTime(),
        lastAtMs: row?.last_at?.getTime(),
      };
    });

interface Count {
  readonly of: string;
  readonly count: number;
}
