// What must be true after a crash test: the carrier's calls, the attempts, the contacts and the audit tell the same story, and it
// is the one that the outcomes call for.
import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import type { Taken } from './carrier.ts';
import { callsFor, endOf, type End } from './plan.ts';

export interface Verdict {
  readonly calls: number;
  readonly attempts: number;
  /** Attempts by what came of them. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly auditLines: number;
  readonly doubleDials: readonly string[];
  readonly lost: readonly string[];
  /** Anything else that is not as it must be. */
  readonly strange: readonly string[];
}

interface AttemptSeen {
  readonly id: string;
  readonly to_number: string;
  readonly state: string;
  readonly status: string | null;
  readonly outcome: string | null;
  readonly call_id: string | null;
  readonly dialled: number;
  readonly settled: number;
  readonly voided: number;
}

/** What detection says of a machine may be lost: who answers is a human then. Who is not known to have heard us was abandoned. */
const OUTCOMES: Readonly<Record<End, readonly string[]>> = {
  human: ['human', 'abandoned'],
  machine: ['machine', 'human', 'abandoned'],
  busy: ['busy'],
  'no-answer': ['no-answer'],
  failed: ['failed'],
};

export async function judge(
  { sql: db }: Database,
  taken: readonly Taken[],
  contacts: readonly string[],
  seed: number,
): Promise<Verdict> {
  // An attempt of which more was told after its end is settled again, under a rule of its own.
  const { rows: attempts } = await sql<AttemptSeen>`
    select a.id, a.to_number, a.state, a.status, a.outcome, a.call_id,
      count(*) filter (where d.decision = 'dial')::integer as dialled,
      count(*) filter (where d.decision = 'settle' and d.rule <> 'outcome.again')::integer as settled,
      count(*) filter (where d.decision = 'void')::integer as voided
    from liveline.attempts a left join liveline.dial_audit d on d.attempt_id = a.id group by a.id`.execute(
    db,
  );
  const { rows: kept } = await sql<{ to_number: string; state: string; attempts: number }>`
    select to_number, state, attempts from liveline.campaign_contacts`.execute(db);
  const { rows: audit } = await sql<{ lines: number }>`
    select count(*)::integer as lines from liveline.dial_audit`.execute(db);
  const contactOf = new Map(kept.map((contact) => [contact.to_number, contact]));
  const attemptOf = new Map(attempts.map((attempt) => [attempt.id, attempt]));

  const doubleDials = [...Map.groupBy(taken, ({ attempt }) => attempt)]
    .filter(([, calls]) => calls.length > 1)
    .map(([attempt, calls]) => `attempt ${attempt}: ${calls.length} calls`);
  const byNumber = Map.groupBy(taken, ({ to }) => to);
  const lost: string[] = [];
  const strange: string[] = [];
  for (const to of contacts) {
    const calls = byNumber.get(to) ?? [];
    const due = callsFor(to, seed);
    if (calls.length > due) doubleDials.push(`${to}: ${calls.length} calls, where ${due} are called for`);
    if (calls.length < due) lost.push(`${to}: ${calls.length} calls, where ${due} are called for`);
    const contact = contactOf.get(to);
    if (contact?.state !== 'done' && contact?.state !== 'never')
      lost.push(`${to} is ${contact?.state ?? 'gone'}`);
    if (contact && contact.attempts !== due)
      strange.push(`${to}: ${contact.attempts} attempts are counted, and ${due} were due`);
    calls.forEach(({ id, attempt: attemptId, status, isSpokenOn }, at) => {
      const attempt = attemptOf.get(attemptId);
      const end = endOf(to, at + 1, seed);
      if (attempt?.call_id !== id) strange.push(`call ${id} is not that of its attempt ${attemptId}`);
      else if (attempt.status !== status)
        strange.push(`call ${id} is ${status}, and its attempt ${attemptId} ${attempt.status}`);
      else if (!OUTCOMES[end].includes(attempt.outcome ?? ''))
        strange.push(`attempt ${attemptId}, call ${id}: ${attempt.outcome}, where it was ${end}`);
      else if (attempt.outcome === 'human' && !isSpokenOn)
        strange.push(`attempt ${attemptId}, call ${id}: spoken with, and they heard nobody`);
    });
  }
  const ids = new Set(taken.map(({ id }) => id));
  for (const { id, state, call_id: call, dialled, settled, voided } of attempts) {
    if (dialled < 1) strange.push(`attempt ${id} has no line that says why it was made`);
    if (state === 'over' && settled !== 1) strange.push(`attempt ${id} was settled ${settled} times`);
    if (state === 'over' && !ids.has(call ?? ''))
      strange.push(`attempt ${id} is over, and the carrier knows no call of it (${call})`);
    if (state === 'void' && voided < 1) strange.push(`attempt ${id} is void without a line`);
    if (state !== 'over' && state !== 'void') strange.push(`attempt ${id} is ${state}`);
  }
  return {
    calls: taken.length,
    attempts: attempts.length,
    outcomes: Object.fromEntries(
      [...Map.groupBy(attempts, ({ outcome }) => outcome ?? 'none')].map(([is, all]) => [is, all.length]),
    ),
    auditLines: audit[0]?.lines ?? 0,
    ...{ doubleDials, lost, strange },
  };
}
