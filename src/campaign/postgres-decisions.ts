// Decisions about contacts, made and written down in the transaction that holds their locks: contacts, attempts and audit together.
// Which contacts these are is not known here.
import { sql } from 'kysely';
import type { Clock } from '../base/clock.ts';
import { newToken } from '../base/ids.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import { ASK_AGAIN_MS, CLAIM_LOOK_MS } from './attempt-times.ts';
import type { AuditLine } from './audit.ts';
import { audit } from './audit-postgres.ts';
import { decide, type Decision } from './dial-decision.ts';
import type { DialRules, DueContact } from './dial-rules.ts';
import { callerIdUses, factsOf, lockNumbers } from './postgres-facts.ts';
import { at, json, type One } from './postgres-rows.ts';
import type { Claimed, ClaimQuestion } from './store.ts';

/** `account`: at the carrier. `node`: this process. */
export interface Place {
  readonly account: string;
  readonly node: string;
  readonly rehearsal: boolean;
  /**
   * Of this process, and by how much it may differ from the database's. Left out: time is made up, and what is handed in
   * holds.
   */
  readonly clock?: (Pick<Clock, 'epochMs'> & { readonly mayDifferMs: number }) | undefined;
}

/** A moment that has passed already would be asked about again and again. */
const SOONEST_AGAIN_MS = 1_000;

interface Ruling {
  readonly contact: DueContact;
  readonly decision: Decision;
  readonly attempt: string | undefined;
}

export async function decideAll(
  one: One,
  place: Place,
  { campaignId, rules, nowMs }: ClaimQuestion,
  due: readonly DueContact[],
  calls: number,
): Promise<{ dials: Claimed[]; looked: number }> {
  const ask = await asking(
    one,
    place,
    rules,
    due.map(({ to }) => to),
    nowMs,
  );
  const rulings: Ruling[] = [];
  const dials: Claimed[] = [];
  for (const contact of due) {
    if (dials.length === calls) break;
    const decision = ask(contact);
    const attempt = decision.may === 'dial' ? newToken() : undefined;
    rulings.push({ contact, decision, attempt });
    if (decision.may !== 'dial' || attempt === undefined) continue;
    const { profile } = rules.settings;
    const { to, variables } = contact;
    dials.push({ id: attempt, campaignId, profile, to, from: decision.from, variables, claimedAtMs: nowMs });
  }
  await writeContacts(one, rulings, nowMs);
  await writeAttempts(
    one,
    place,
    dials,
    new Map(rulings.flatMap((r) => (r.attempt ? [[r.attempt, r.contact.id]] : []))),
  );
  await audit(
    one,
    rulings.map((ruling) => lineOf(ruling, campaignId, nowMs)),
  );
  return { dials, looked: rulings.length };
}

/** Also counts what is decided on the way: a caller ID is used by each of them. */
export async function asking(
  one: One,
  { rehearsal }: Place,
  rules: DialRules,
  numbers: readonly PhoneNumber[],
  nowMs: number,
): Promise<(contact: DueContact) => Decision> {
  await lockNumbers(one, numbers);
  const { suppressionLists, callerIds } = rules.settings;
  const facts = await factsOf(one, numbers, suppressionLists, rehearsal);
  const uses = new Map(await callerIdUses(one, callerIds, nowMs, rehearsal));
  return (contact) => {
    const decision = decide(rules, { contact, facts: facts(contact.to), callerIds: uses, nowMs });
    if (decision.may !== 'dial') return decision;
    const { calls, firstAtMs } = uses.get(decision.from) ?? { calls: 0, firstAtMs: nowMs };
    uses.set(decision.from, { calls: calls + 1, firstAtMs });
    return decision;
  };
}

async function writeContacts(one: One, rulings: readonly Ruling[], nowMs: number): Promise<void> {
  const changes = rulings.map(({ contact, decision }) => {
    switch (decision.may) {
      case 'dial':
        return { id: contact.id, state: 'dialling', attempts: contact.attempts + 1 };
      case 'never':
        return { id: contact.id, state: 'never', attempts: contact.attempts, outcome: decision.rule };
      case 'wait': {
        const nextMs = Math.max(decision.untilMs ?? nowMs + ASK_AGAIN_MS, nowMs + SOONEST_AGAIN_MS);
        return {
          id: contact.id,
          state: 'waiting',
          attempts: contact.attempts,
          next_at: new Date(nextMs).toISOString(),
          waits_for: decision.rule,
        };
      }
    }
  });
  await sql`
    update liveline.campaign_contacts c
    set state = n.state, attempts = n.attempts, next_at = coalesce(n.next_at, c.next_at), waits_for = n.waits_for,
      outcome = coalesce(n.outcome, c.outcome),
      outcome_at = case when n.outcome is null then c.outcome_at else ${at(nowMs)} end
    from jsonb_to_recordset(${json(changes)}) as n
      (id bigint, state text, attempts integer, next_at timestamptz, waits_for text, outcome text)
    where c.id = n.id`.execute(one);
}

/** Void attempts have numbers too: the next one is that after all of them. */
export async function writeAttempts(
  one: One,
  { node, rehearsal }: Place,
  dials: readonly Claimed[],
  contactOf: ReadonlyMap<string, string>,
): Promise<void> {
  if (dials.length === 0) return;
  const attempts = dials.map((dial) => ({
    id: dial.id,
    campaign_id: dial.campaignId,
    contact_id: contactOf.get(dial.id),
    profile: dial.profile,
    to_number: dial.to,
    from_number: dial.from,
    variables: dial.variables,
    claimed_at: new Date(dial.claimedAtMs).toISOString(),
    look_at: new Date(dial.claimedAtMs + CLAIM_LOOK_MS).toISOString(),
  }));
  await sql`
    insert into liveline.attempts (id, campaign_id, contact_id, number, rehearsal, profile, to_number, from_number,
      variables, state, node, look_at, claimed_at)
    select n.id, n.campaign_id, n.contact_id,
      1 + coalesce((select max(number) from liveline.attempts a where a.contact_id = n.contact_id), 0),
      ${rehearsal}, n.profile, n.to_number, n.from_number, n.variables, 'claimed', ${node}, n.look_at, n.claimed_at
    from jsonb_to_recordset(${json(attempts)}) as n
      (id text, campaign_id text, contact_id bigint, profile text, to_number text, from_number text, variables jsonb,
        look_at timestamptz, claimed_at timestamptz)`.execute(one);
}

function lineOf({ contact, decision, attempt }: Ruling, campaignId: string, nowMs: number): AuditLine {
  const line = { atMs: nowMs, campaignId, contactId: contact.id, to: contact.to, data: decision.data };
  switch (decision.may) {
    case 'dial':
      return { ...line, attemptId: attempt, decision: 'dial', rule: 'all', facts: { from: decision.from } };
    case 'wait':
      return {
        ...line,
        decision: 'wait',
        rule: decision.rule,
        facts: { words: decision.words, until: untilOf(decision.untilMs) },
      };
    case 'never':
      return { ...line, decision: 'never', rule: decision.rule, facts: { words: decision.words } };
  }
}

const untilOf = (epochMs: number | undefined): string | undefined =>
  epochMs === undefined || !Number.isFinite(epochMs) ? undefined : new Date(epochMs).toISOString();
