// Who is called next: in one transaction the rules are asked and the attempt is written down with the reason, before any
// carrier hears of it. Knows no rule by itself.
import { sql } from 'kysely';
import { newToken } from '../base/ids.ts';
import { audit } from './audit-postgres.ts';
import type { DueContact } from './dial-rules.ts';
import { asking, decideAll, writeAttempts, type Place } from './postgres-decisions.ts';
import { trustClock } from './postgres-clock.ts';
import { lockSlots, paceTime, type Slots } from './postgres-pace.ts';
import { at, contactFrom, type CampaignRow, type ContactRow, type Db, type One } from './postgres-rows.ts';
import type { Claim, ClaimQuestion, SingleClaim, SingleClaimed } from './store.ts';

export const claim = (db: Db, place: Place, question: ClaimQuestion): Promise<Claim> =>
  db.transaction().execute(async (one): Promise<Claim> => {
    const { campaignId, rules, nowMs } = question;
    await trustClock(one, place);
    // The lock of the account is taken first, everywhere: nobody waits for each other.
    const account = await accountSlots(one, place, question.accountCallsPerSecond, nowMs);
    if (account.free === 0) return { is: 'full' };
    const own = await lockSlots(
      one,
      { of: `campaign ${campaignId}`, callsPerSecond: rules.settings.callsPerSecond },
      paceTime(place, nowMs),
    );
    if (own.free === 0) return { is: 'full' };
    // Not stronger: contacts that are being imported point at the row, and would hold us up.
    const [campaign] = (
      await sql<CampaignRow>`
        select * from liveline.campaigns where id = ${campaignId} and state = 'running' and rehearsal = ${place.rehearsal}
        for no key update`.execute(one)
    ).rows;
    if (!campaign) return { is: 'not-running' };
    const open = await openAttempts(one, campaign, place);
    const { calls } = rules.howMany({
      ...{ nowMs, slots: Math.min(account.free, own.free), capacity: question.capacity, ...open },
      startedAtMs: campaign.started_at?.getTime() ?? nowMs,
    });
    if (calls <= 0) return { is: 'full' };
    const due = await dueContacts(one, campaignId, question.contacts, nowMs);
    if (due.length === 0) return (await isOver(one, campaign, nowMs)) ? { is: 'over' } : { is: 'idle' };
    const { dials, looked } = await decideAll(one, place, question, due, calls);
    await account.take(dials.length);
    await own.take(dials.length);
    return { is: 'claimed', dials, looked };
  });

const accountSlots = (one: One, place: Place, callsPerSecond: number, nowMs: number): Promise<Slots> =>
  lockSlots(
    one,
    { of: `${place.rehearsal ? 'rehearsal ' : ''}account ${place.account}`, callsPerSecond },
    paceTime(place, nowMs),
  );

/** Those that are talked with by this process it counts by itself. */
async function openAttempts(one: One, { id, profile }: CampaignRow, { node, rehearsal }: Place) {
  const isElsewhere = sql<boolean>`(ended_at is null and (answered_at is null or node <> ${node}))`;
  const { rows } = await sql<{ open: number; of_profile: number; of_all: number }>`
    select count(*) filter (where campaign_id = ${id})::integer as open,
      count(*) filter (where profile = ${profile} and ${isElsewhere})::integer as of_profile,
      count(*) filter (where ${isElsewhere})::integer as of_all
    from liveline.attempts where state in ('claimed', 'placed') and rehearsal = ${rehearsal}`.execute(one);
  const {
    open,
    of_profile: ofProfile,
    of_all: ofAll,
  } = rows[0] ?? { open: NaN, of_profile: NaN, of_all: NaN };
  return { open, ringing: { ofProfile, ofAll } };
}

async function dueContacts(one: One, campaignId: string, most: number, nowMs: number): Promise<DueContact[]> {
  const { rows } = await sql<ContactRow>`
    select id, to_number, time_zone, region, variables, state, attempts from liveline.campaign_contacts
    where campaign_id = ${campaignId} and state = 'waiting' and next_at <= ${at(nowMs)}
    order by next_at, id limit ${most} for update skip locked`.execute(one);
  return rows.map(contactFrom);
}

/** Nobody waits, is called, or is still being imported. Each is asked apart, so that it is read of its own index. */
async function isOver(one: One, { id }: CampaignRow, nowMs: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update liveline.campaigns set state = 'done', ended_at = ${at(nowMs)}
    where id = ${id} and not exists (
      select from liveline.campaign_contacts where campaign_id = ${id} and state = 'waiting'
    ) and not exists (
      select from liveline.campaign_contacts where campaign_id = ${id} and state = 'dialling'
    ) and not exists (
      select from liveline.contact_imports where campaign_id = ${id} and state = 'reading'
    )`.execute(one);
  if (!numAffectedRows) return false;
  await audit(one, [{ atMs: nowMs, campaignId: id, decision: 'control', rule: 'campaign.done' }]);
  return true;
}

/** Hours, consent and caps are its caller's own business; the audit says so by what is in `facts`. */
export const claimSingle = (db: Db, place: Place, question: SingleClaim): Promise<SingleClaimed> =>
  db.transaction().execute(async (one): Promise<SingleClaimed> => {
    const { rules, profile, to, variables, nowMs, facts } = question;
    await trustClock(one, place);
    const account = await accountSlots(one, place, question.accountCallsPerSecond, nowMs);
    if (account.free === 0) return { is: 'full' };
    const contact = { id: '', to, timeZone: undefined, region: undefined, variables, attempts: 0 };
    const decision = (await asking(one, place, rules, [to], nowMs))(contact);
    const line = { atMs: nowMs, to, data: decision.data } as const;
    if (decision.may !== 'dial') {
      const { rule, words } = decision;
      await audit(one, [{ ...line, decision: decision.may, rule, facts: { ...facts, words } }]);
      return { is: 'refused', rule, words };
    }
    const { from } = decision;
    const dial = { id: newToken(), campaignId: undefined, profile, to, from, variables, claimedAtMs: nowMs };
    await writeAttempts(one, place, [dial], new Map());
    await audit(one, [
      { ...line, attemptId: dial.id, decision: 'dial', rule: 'single', facts: { ...facts, from } },
    ]);
    await account.take(1);
    return { is: 'claimed', dial };
  });
