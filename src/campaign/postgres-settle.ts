// The end of an attempt: attempt, contact and audit change in one transaction, under the locks of both rows. What is to come
// of the contact, the rules of its campaign say.
import { sql } from 'kysely';
import { ASK_AGAIN_MS, LEASE_MS } from './attempt-times.ts';
import type { AttemptOutcome } from './attempt.ts';
import { audit, auditControl } from './audit-postgres.ts';
import type { BreakerFacts } from './breakers.ts';
import type { DialRules, EndedAttempt } from './dial-rules.ts';
import { isFinal, outcomeOf, type Next } from './outcome.ts';
import { timeOf, trustClock } from './postgres-clock.ts';
import type { Place } from './postgres-decisions.ts';
import { DAY_MS } from './postgres-facts.ts';
import {
  at,
  attemptFrom,
  before,
  campaignFrom,
  contactFrom,
  type AttemptRow,
  type CampaignRow,
  type ContactRow,
  type Db,
  type One,
} from './postgres-rows.ts';
import { holdContact, lineOf, lockAttempt } from './postgres-told.ts';
import { storable } from '../store/storable.ts';
import type { Campaign, DueAttempt, Voiding } from './store.ts';

/** Nobody was called: the contact is as it was before, and due again then. */
export const giveUp = (db: Db, place: Place, id: string, why: Voiding, toldMs: number): Promise<boolean> =>
  db.transaction().execute(async (one) => {
    if (why.byTime) await trustClock(one, place);
    const nowMs = await timeOf(one, place, toldMs);
    const attempt = await lockAttempt(one, id, place.rehearsal);
    if (attempt?.state !== 'claimed') return false;
    if (attempt.contact_id !== null) await holdContact(one, attempt.contact_id);
    const cause = storable(why.words);
    await sql`
      update liveline.attempts set state = 'void', outcome = 'not-placed', ended_at = ${at(nowMs)}, cause = ${cause}
      where id = ${id}`.execute(one);
    await sql`
      update liveline.campaign_contacts c set attempts = c.attempts - 1, next_at = ${at(nowMs + why.againAtMs - toldMs)},
        state = case m.state when 'stopped' then 'stopped' else 'waiting' end,
        outcome = case m.state when 'stopped' then coalesce(c.outcome, 'stopped') else c.outcome end,
        outcome_at = case m.state when 'stopped' then coalesce(c.outcome_at, ${at(nowMs)}) else c.outcome_at end
      from liveline.campaigns m where m.id = c.campaign_id and c.id = ${attempt.contact_id}`.execute(one);
    await audit(one, [lineOf(attempt, 'void', why.rule, nowMs, { words: cause })]);
    return true;
  });

/** It is settled like a call that failed, at once. */
export const refused = (db: Db, place: Place, id: string, cause: string, toldMs: number): Promise<boolean> =>
  db.transaction().execute(async (one) => {
    const nowMs = await timeOf(one, place, toldMs);
    const { numAffectedRows } = await sql`
      update liveline.attempts set state = 'placed', status = 'failed', cause = ${storable(cause)},
        ended_at = ${at(nowMs)}, look_at = ${at(nowMs)}
      where id = ${id} and rehearsal = ${place.rehearsal} and state = 'claimed'`.execute(one);
    return numAffectedRows === 1n;
  });

const HAS_ENDED = sql<boolean>`state = 'placed' and status in ('completed', 'busy', 'failed', 'no-answer', 'canceled')`;

export async function takeDue(
  db: Db,
  rehearsal: boolean,
  todo: 'settle' | 'ask',
  nowMs: number,
  most: number,
): Promise<readonly DueAttempt[]> {
  const { rows } = await sql<AttemptRow>`
    update liveline.attempts set look_at = ${at(nowMs + LEASE_MS)}
    where id in (
      select id from liveline.attempts
      where state in ('claimed', 'placed') and look_at <= ${at(nowMs)} and rehearsal = ${rehearsal}
        and (${HAS_ENDED}) is ${todo === 'settle' ? sql`true` : sql`not true`}
      order by look_at limit ${most} for update skip locked
    ) returning *`.execute(db);
  return rows.map((row) => ({ ...attemptFrom(row), claimedAtMs: row.claimed_at.getTime() }));
}

export async function lookAgain(db: Db, rehearsal: boolean, id: string, atMs: number): Promise<void> {
  await sql`
    update liveline.attempts set look_at = ${at(atMs)}
    where id = ${id} and rehearsal = ${rehearsal} and state in ('claimed', 'placed')`.execute(db);
}

export const settle = (
  db: Db,
  rehearsal: boolean,
  id: string,
  rulesOf: (campaign: Campaign) => DialRules,
  nowMs: number,
): Promise<boolean> =>
  db.transaction().execute(async (one) => {
    const attempt = await lockAttempt(one, id, rehearsal);
    if (attempt?.state !== 'placed' || attempt.status === null || !isFinal(attempt.status)) return false;
    const { rows: optOuts } = await sql`
      select from liveline.opt_outs where number = ${attempt.to_number}`.execute(one);
    const ended = endedFrom(attempt, optOuts.length > 0);
    if (attempt.contact_id === null) {
      await over(one, attempt, outcomeOf(ended), undefined, nowMs);
      return true;
    }
    const contact = await lockContact(one, attempt.contact_id);
    if (!contact) return false;
    const { campaign, earlier } = await around(one, attempt);
    const rules = rulesOf(campaignFrom(campaign));
    const outcome = rules.outcome(ended);
    const history = [...earlier, { atMs: attempt.claimed_at.getTime(), outcome }];
    const { disposition } = ended;
    const next = rules.next(outcome, { contact: contactFrom(contact), history, disposition }, nowMs);
    await over(one, attempt, outcome, next, nowMs);
    await writeContact(one, contact, campaign, outcome, next, nowMs);
    return true;
  });

const endedFrom = (attempt: AttemptRow, isOptedOut: boolean) =>
  ({
    state: attempt.state,
    status: attempt.status ?? undefined,
    answeredBy: attempt.answered_by ?? undefined,
    disposition: attempt.disposition ?? undefined,
    spoken: attempt.spoken,
    abandoned: attempt.abandoned,
    messageLeft: attempt.message_left,
    refused: attempt.call_id === null,
    sipCode: attempt.sip_code ?? undefined,
    isOptedOut,
  }) satisfies EndedAttempt;

/** Undefined: somebody holds it, such as an import that is being written: it is not waited for, as all others would wait too. */
async function lockContact(one: One, id: string): Promise<ContactRow | undefined> {
  const { rows } = await sql<ContactRow>`
    select id, to_number, time_zone, region, variables, state, attempts from liveline.campaign_contacts
    where id = ${id} for update skip locked`.execute(one);
  return rows[0];
}

async function around(one: One, attempt: AttemptRow) {
  const [campaign] = (
    await sql<CampaignRow>`select * from liveline.campaigns where id = ${attempt.campaign_id}`.execute(one)
  ).rows;
  const { rows: earlier } = await sql<{ claimed_at: Date; outcome: AttemptOutcome }>`
    select claimed_at, outcome from liveline.attempts
    where contact_id = ${attempt.contact_id} and state = 'over' and id <> ${attempt.id} order by number`.execute(
    one,
  );
  // Rows that others point at do not go away before them.
  if (!campaign) throw new TypeError(`attempt ${attempt.id} has no campaign`);
  return {
    campaign,
    earlier: earlier.map(({ claimed_at, outcome }) => ({ atMs: claimed_at.getTime(), outcome })),
  };
}

async function over(
  one: One,
  attempt: AttemptRow,
  outcome: AttemptOutcome,
  next: Next | undefined,
  nowMs: number,
) {
  await sql`
    update liveline.attempts set state = 'over', outcome = ${outcome}, ended_at = coalesce(ended_at, ${at(nowMs)})
    where id = ${attempt.id}`.execute(one);
  const facts = {
    ...{
      status: attempt.status,
      sip: attempt.sip_code,
      answeredBy: attempt.answered_by,
      call: attempt.call_id,
    },
    ...{
      outcome,
      then: next?.then,
      by: next?.rule,
      why: next?.why,
      disposition: attempt.disposition?.outcome,
    },
    at: next?.then === 'retry' ? isoOf(next.atMs) : undefined,
    ...{ cause: causeOf(attempt, outcome), firstWordsMissing: attempt.first_words_missing ?? undefined },
  };
  // Once for each attempt, so that who counts these lines counts attempts.
  const rule = attempt.outcome === null || attempt.outcome === 'not-placed' ? outcome : 'again';
  await audit(one, [lineOf(attempt, 'settle', `outcome.${rule}`, nowMs, facts)]);
}

const causeOf = ({ cause, abandoned }: AttemptRow, outcome: AttemptOutcome): string | undefined =>
  cause ??
  (outcome === 'abandoned' && !abandoned
    ? 'nothing says that they were spoken to: the server that was to do it may have stopped'
    : undefined);

async function writeContact(
  one: One,
  contact: ContactRow,
  campaign: CampaignRow,
  outcome: AttemptOutcome,
  next: Next,
  nowMs: number,
): Promise<void> {
  const waits = campaign.state === 'stopped' ? 'stopped' : 'waiting';
  const state = next.then === 'retry' ? waits : next.then;
  const nextMs = next.then === 'retry' && Number.isFinite(next.atMs) ? next.atMs : nowMs + ASK_AGAIN_MS;
  await sql`
    update liveline.campaign_contacts set state = ${state}, outcome = ${outcome}, outcome_at = ${at(nowMs)},
      next_at = ${at(nextMs)}
    where id = ${contact.id}`.execute(one);
  if (state === 'waiting') await goOn(one, campaign, nowMs);
}

/** What was told late of somebody may have them called again after everybody else was done. */
async function goOn(one: One, { id }: CampaignRow, nowMs: number): Promise<void> {
  const { numAffectedRows } = await sql`
    update liveline.campaigns set state = 'running', ended_at = null where id = ${id} and state = 'done'`.execute(
    one,
  );
  if (numAffectedRows) await auditControl(one, id, 'campaign.goes-on', nowMs);
}

const isoOf = (epochMs: number): string | undefined =>
  Number.isFinite(epochMs) ? new Date(epochMs).toISOString() : undefined;

/** 47 CFR 64.1200(a)(7): abandoned calls are measured over 30 days. */
const ABANDONED_DAYS = 30;

/** Itself, and those that it was cloned of: to who was abandoned it is one campaign. */
async function cloneLine(db: Db, campaignId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive line as (
      select id, cloned_from from liveline.campaigns where id = ${campaignId}
      union select m.id, m.cloned_from from liveline.campaigns m join line on m.id = line.cloned_from
    ) select id from line`.execute(db);
  return rows.map(({ id }) => id);
}

export async function breakerCounts(
  db: Db,
  campaignId: string,
  over: number,
  nowMs: number,
): Promise<Omit<BreakerFacts, 'breakers'>> {
  const { rows: last } = await sql<{ outcome: AttemptOutcome; lacks_words: boolean }>`
    select a.outcome, a.first_words_missing is not null as lacks_words from liveline.attempts a join liveline.campaigns c on c.id = a.campaign_id
    where a.campaign_id = ${campaignId} and a.state = 'over' and a.claimed_at >= c.started_at
    order by a.claimed_at desc limit ${over}`.execute(db);
  const { rows } = await sql<{ answered: number; abandoned: number }>`
    select count(*) filter (where outcome in ('human', 'abandoned', 'opted-out', 'wrong-number') and status is distinct from 'canceled')::integer as answered,
      count(*) filter (where outcome = 'abandoned')::integer as abandoned
    from liveline.attempts
    where campaign_id = any(${await cloneLine(db, campaignId)}) and state = 'over' and claimed_at > ${before(nowMs, ABANDONED_DAYS * DAY_MS)}`.execute(
    db,
  );
  return {
    recent: last.map(({ outcome }) => outcome),
    withoutFirstWords: last.filter((attempt) => attempt.lacks_words).length,
    month: rows[0] ?? { answered: NaN, abandoned: NaN },
  };
}
