// What the rules need to know of numbers, read in the transaction that decides. Knows no rule.
import { sql } from 'kysely';
import { canonicalForm } from '../agents/canonical-number.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { AttemptOutcome } from './attempt.ts';
import type { Consent } from './consent.ts';
import type { NumberFacts, PastDial } from './dial-rules.ts';
import type { SuppressionList } from './do-not-call.ts';
import type { CallerIdUse } from './pacing.ts';
import { at, type One } from './postgres-rows.ts';

export const DAY_MS = 86_400_000;

/**
 * Until the end of the transaction nobody else decides about these numbers. In one order everywhere, so that nobody waits for
 * each other.
 */
export async function lockNumbers(one: One, numbers: readonly PhoneNumber[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended('liveline.dial ' || number, 0) as key
      from unnest(${numbers.map(canonicalForm)}::text[]) as number order by key
    ) ordered`.execute(one);
}

interface ConsentRow {
  readonly id: string;
  readonly number: string;
  readonly kind: string;
  readonly given_at: Date;
  readonly expires_at: Date | null;
  readonly seller: string;
}

/** Their locks are held: what is read here stays as it is, but for consents and lists, which people change. */
export async function factsOf(
  one: One,
  numbers: readonly PhoneNumber[],
  lists: readonly string[],
  rehearsal: boolean,
): Promise<(number: PhoneNumber) => NumberFacts> {
  // One call may be asked for with a number that is written otherwise; what is kept has one form.
  const kept = [...new Set([...numbers, ...numbers.map(canonicalForm)])];
  const { rows: consents } = await sql<ConsentRow>`
    select id, number, kind, given_at, expires_at, seller from liveline.consents
    where number = any(${kept}) and rehearsal = ${rehearsal} order by given_at`.execute(one);
  const { rows: optOuts } = await sql<{ number: string }>`
    select number from liveline.opt_outs where number = any(${kept})`.execute(one);
  const { rows: dials } = await sql<DialRow>`
    select to_number, from_number, claimed_at, state, outcome from liveline.attempts
    where to_number = any(${kept}) and rehearsal = ${rehearsal} and state <> 'void'
    order by claimed_at`.execute(one);
  const known = lists.length === 0 ? [] : await listsOf(one, lists, kept, rehearsal);
  const consentsBy = Map.groupBy(consents, ({ number }) => number);
  const dialsBy = Map.groupBy(dials, ({ to_number }) => canonicalForm(to_number));
  const optedOut = new Set(optOuts.map(({ number }) => number));
  return (number) => {
    const form = canonicalForm(number);
    const dialled = dialsBy.get(form) ?? [];
    return {
      consents: (consentsBy.get(form) ?? []).map(consentFrom),
      isOptedOut: optedOut.has(number) || optedOut.has(form),
      lists: known.map(({ of, ...list }): SuppressionList => ({
        ...list,
        holdsNumber: of.has(number) || of.has(form),
      })),
      past: dialled.map(pastFrom),
      isOpen: dialled.some(({ state }) => state !== 'over'),
    };
  };
}

const consentFrom = (row: ConsentRow): Consent => ({
  id: row.id,
  kind: row.kind,
  givenAtMs: row.given_at.getTime(),
  expiresAtMs: row.expires_at?.getTime(),
  seller: row.seller,
});

interface DialRow {
  readonly to_number: PhoneNumber;
  readonly from_number: PhoneNumber;
  readonly claimed_at: Date;
  readonly state: string;
  readonly outcome: AttemptOutcome | null;
}

const pastFrom = ({ from_number, claimed_at, state, outcome }: DialRow): PastDial => ({
  from: from_number,
  atMs: claimed_at.getTime(),
  outcome: state === 'over' ? (outcome ?? undefined) : undefined,
});

async function listsOf(one: One, names: readonly string[], numbers: readonly string[], rehearsal: boolean) {
  const { rows } = await sql<{ name: string; as_of: Date; version: number; held: string[] }>`
    select l.name, l.as_of, l.version, array(
      select s.number from liveline.suppressed_numbers s
      where s.list = l.name and s.rehearsal = l.rehearsal and s.version = l.version and s.number = any(${numbers})
    ) as held
    from liveline.suppression_lists l where l.name = any(${names}) and l.rehearsal = ${rehearsal}
    order by l.name`.execute(one);
  return rows.map(({ name, as_of, version, held }) => ({
    name,
    asOfMs: as_of.getTime(),
    version,
    of: new Set(held),
  }));
}

const HOUR_MS = 3_600_000;

/**
 * Within the last 24 hours; a caller ID that was not used is left out. `firstAtMs` may be earlier, by less than an hour: asked
 * again then, it is exact.
 */
export async function callerIdUses(
  one: One,
  callerIds: readonly PhoneNumber[],
  nowMs: number,
  rehearsal: boolean,
): Promise<CallerIdUse> {
  const sinceMs = nowMs - DAY_MS;
  // The hour in which the day began is counted, as a part of it is too old; of the others the sums are kept.
  const wholeFromMs = (Math.floor(sinceMs / HOUR_MS) + 1) * HOUR_MS;
  const { rows } = await sql<{ from_number: PhoneNumber; calls: number; first_at: Date }>`
    select from_number, sum(calls)::integer as calls, min(first_at) as first_at from (
      select from_number, calls, hour as first_at from liveline.caller_id_uses
      where from_number = any(${callerIds}) and rehearsal = ${rehearsal} and hour >= ${at(wholeFromMs)} and calls > 0
      union all
      select from_number, count(*), min(claimed_at) from liveline.attempts
      where from_number = any(${callerIds}) and claimed_at > ${at(sinceMs)} and claimed_at < ${at(wholeFromMs)}
        and rehearsal = ${rehearsal} and state <> 'void'
      group by from_number
    ) used group by from_number`.execute(one);
  return new Map(
    rows.map(({ from_number, calls, first_at }) => [from_number, { calls, firstAtMs: first_at.getTime() }]),
  );
}
