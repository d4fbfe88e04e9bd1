// What is told of an attempt by the carrier, in any order and more than once. Each is one transaction under the lock of the
// attempt's row. Decides nothing about whom to call.
import { sql } from 'kysely';
import type { CallId } from '../base/ids.ts';
import type { PlacedCall } from '../call/placed-calls.ts';
import type { CallStatus } from '../carrier/webhooks.ts';
import { ANSWERED_LOOK_MS, RINGING_LOOK_MS, SETTLE_AFTER_MS } from './attempt-times.ts';
import { audit } from './audit-postgres.ts';
import { timeOf } from './postgres-clock.ts';
import type { Place } from './postgres-decisions.ts';
import { lockNumbers } from './postgres-facts.ts';
import { at, type AttemptRow, type CampaignRow, type Db, type One } from './postgres-rows.ts';
import { isFinal, laterOf } from './outcome.ts';
import { readSettings } from './settings-faults.ts';
import type { Taken, Told } from './store.ts';

export const lockAttempt = async (
  one: One,
  id: string,
  rehearsal: boolean,
): Promise<AttemptRow | undefined> =>
  (
    await sql<AttemptRow>`
      select * from liveline.attempts where id = ${id} and rehearsal = ${rehearsal} for update`.execute(one)
  ).rows[0];

export const told = (db: Db, place: Place, of: Told, toldMs: number): Promise<Taken> =>
  db.transaction().execute(async (one): Promise<Taken> => {
    const nowMs = await timeOf(one, place, toldMs);
    const attempt = await lockAttempt(one, of.attempt, place.rehearsal);
    if (!attempt) return 'unknown';
    if (attempt.call_id !== null && attempt.call_id !== of.call) return strayOf(one, attempt, of, nowMs);
    switch (attempt.state) {
      case 'claimed':
      case 'placed':
        await take(one, attempt, of, nowMs);
        return 'taken';
      case 'over':
        if (attempt.call_id === null) return strayOf(one, attempt, of, nowMs);
        if (wasTakenBack(attempt, of.status) && (await reopen(one, attempt, nowMs)))
          await take(one, attempt, of, nowMs);
        else if (of.answeredBy !== undefined && attempt.answered_by === null) {
          await sql`update liveline.attempts set answered_by = ${of.answeredBy} where id = ${attempt.id}`.execute(
            one,
          );
          await reopen(one, attempt, nowMs);
        }
        return 'taken';
      case 'void':
        return (await revive(one, attempt, of, nowMs)) ? 'taken' : strayOf(one, attempt, of, nowMs);
    }
  });

async function take(
  one: One,
  attempt: AttemptRow,
  { call, status, sipCode, answeredBy, cause }: Told,
  nowMs: number,
) {
  const was = wasTakenBack(attempt, status) ? undefined : (attempt.status ?? undefined);
  const now = status === undefined ? was : laterOf(was, status);
  const isOver = isFinal(now);
  const wasOver = isFinal(was);
  const wasAnswered = attempt.answered_at !== null || status === 'in-progress' || status === 'completed';
  const lookInMs = isOver ? SETTLE_AFTER_MS : wasAnswered ? ANSWERED_LOOK_MS : RINGING_LOOK_MS;
  // Repeated, it does not put off the end.
  const isNew = attempt.state === 'claimed' || now !== was;
  await sql`
    update liveline.attempts set state = 'placed', call_id = ${call}, status = ${now ?? null},
      placed_at = coalesce(placed_at, ${at(nowMs)}),
      look_at = case when ${isNew && !wasOver} then ${at(nowMs + lookInMs)} else look_at end,
      sip_code = coalesce(sip_code, ${sipCode ?? null}), cause = coalesce(cause, ${cause ?? null}),
      answered_by = coalesce(answered_by, ${answeredBy ?? null}),
      answered_at = coalesce(answered_at, ${wasAnswered ? at(nowMs) : null}),
      ended_at = case when ${isOver} then coalesce(ended_at, ${at(nowMs)}) end
    where id = ${attempt.id}`.execute(one);
}

/** We canceled it, and the carrier said so; they have answered all the same. */
const wasTakenBack = ({ status, cause }: AttemptRow, now: CallStatus | undefined): boolean =>
  status === 'canceled' && cause !== null && (now === 'in-progress' || now === 'completed');

/**
 * It is settled again, with what is known now, unless its contact was called since: then it stays as it is. Rejects at once
 * while somebody holds the contact, such as an import that is being written: all others would wait too.
 */
export async function reopen(
  one: One,
  { id, contact_id, number }: AttemptRow,
  nowMs: number,
): Promise<boolean> {
  if (contact_id !== null) {
    await holdContact(one, contact_id);
    const { numAffectedRows } = await sql`
      update liveline.campaign_contacts c set state = 'dialling'
      where id = ${contact_id} and state in ('waiting', 'done', 'never', 'stopped') and not exists (
        select from liveline.attempts a where a.contact_id = c.id and a.number > ${number} and a.state <> 'void'
      )`.execute(one);
    if (!numAffectedRows) return false;
  }
  await sql`update liveline.attempts set state = 'placed', look_at = ${at(nowMs)} where id = ${id}`.execute(
    one,
  );
  return true;
}

/** Held by somebody else, such as an import: 55P03, and whoever writes tries again. */
export const holdContact = (one: One, id: string) =>
  sql`select from liveline.campaign_contacts where id = ${id} for update nowait`.execute(one);

/**
 * Given up as never placed, and the carrier has it all the same: it is the attempt's call after all, unless they have been
 * called since, or are not to be called any more.
 */
async function revive(one: One, attempt: AttemptRow, of: Told, nowMs: number): Promise<boolean> {
  const { status } = of;
  if (attempt.contact_id === null || status === undefined || status === 'canceled' || status === 'failed')
    return false;
  // In the order of claims: the contact, then its number.
  await holdContact(one, attempt.contact_id);
  await lockNumbers(one, [attempt.to_number]);
  const { numAffectedRows } = await sql`
    update liveline.campaign_contacts c set state = 'dialling', attempts = attempts + 1
    where id = ${attempt.contact_id} and state = 'waiting'
      and not exists (
        select from liveline.attempts a
        where a.contact_id = c.id and a.number > ${attempt.number} and a.state <> 'void'
          or a.to_number = c.to_number and a.state in ('claimed', 'placed')
      )
      and not exists (select from liveline.opt_outs o where o.number = c.to_number)`.execute(one);
  if (!numAffectedRows) return false;
  await take(one, attempt, of, nowMs);
  await audit(one, [lineOf(attempt, 'dial', 'late.placed', nowMs, { call: of.call, status })]);
  return true;
}

/** Once for each thing that is told of it, which is a few times. */
async function strayOf(one: One, attempt: AttemptRow, { call, status }: Told, nowMs: number): Promise<Taken> {
  // It is over by itself, and nobody was talked with.
  if (isFinal(status)) return 'taken';
  await audit(one, [lineOf(attempt, 'void', 'late.dropped', nowMs, { call, status })]);
  return 'stray';
}

export const lineOf = (
  attempt: AttemptRow,
  decision: 'dial' | 'void' | 'settle',
  rule: string,
  nowMs: number,
  facts: Readonly<Record<string, unknown>>,
) => ({
  atMs: nowMs,
  campaignId: attempt.campaign_id ?? undefined,
  contactId: attempt.contact_id ?? undefined,
  attemptId: attempt.id,
  to: attempt.to_number,
  decision,
  rule,
  facts,
});

export const answered = (
  db: Db,
  place: Place,
  id: string,
  call: CallId,
  toldMs: number,
): Promise<PlacedCall | undefined> =>
  db.transaction().execute(async (one): Promise<PlacedCall | undefined> => {
    const nowMs = await timeOf(one, place, toldMs);
    const attempt = await lockAttempt(one, id, place.rehearsal);
    if (!attempt) return undefined;
    const isOurs = attempt.call_id === null || attempt.call_id === call;
    const isOpen = attempt.state === 'claimed' || attempt.state === 'placed';
    const { rows: optOuts } = await sql`
      select from liveline.opt_outs where number = ${attempt.to_number}`.execute(one);
    const isOptedOut = optOuts.length > 0;
    if (!isOurs || !isOpen || isOptedOut) {
      const why = isOptedOut ? 'opted-out' : attempt.state;
      const rule = isOurs ? `answered.${why}` : 'answered.another-call';
      await audit(one, [lineOf(attempt, 'void', rule, nowMs, { call })]);
      return undefined;
    }
    await take(one, attempt, { attempt: id, call, status: 'in-progress' }, nowMs);
    await sql`update liveline.attempts set node = ${place.node} where id = ${id}`.execute(one);
    const { profile, campaign_id, variables } = attempt;
    const machines = await machinesOf(one, campaign_id);
    return { attempt: id, profile, campaign: campaign_id ?? undefined, variables, machines };
  });

/** Settings that cannot be read leave nothing on a machine. */
async function machinesOf(one: One, campaignId: string | null): Promise<PlacedCall['machines']> {
  if (campaignId === null) return undefined;
  const [campaign] = (
    await sql<Pick<CampaignRow, 'settings'>>`
      select settings from liveline.campaigns where id = ${campaignId}`.execute(one)
  ).rows;
  const read = readSettings(campaign?.settings);
  return 'faults' in read ? 'hang-up' : read.settings.machines;
}

export async function maySend(db: Db, rehearsal: boolean, id: string): Promise<boolean> {
  const { rows } = await sql`
    select from liveline.attempts a left join liveline.campaigns m on m.id = a.campaign_id
    where a.id = ${id} and a.rehearsal = ${rehearsal} and a.state = 'claimed'
      and (a.campaign_id is null or m.state = 'running')
      and not exists (select from liveline.opt_outs o where o.number = a.to_number)`.execute(db);
  return rows.length === 1;
}

/** Of an attempt, or of somebody whom a caller is called back by. */
export async function ownerOf(db: Db, call: CallId): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from liveline.attempts where call_id = ${call}
    union all select id from liveline.callbacks where leg_id = ${call}`.execute(db);
  return rows[0]?.id;
}
