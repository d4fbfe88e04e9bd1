// What must be true after a crash test: the carrier's calls, the attempts, the contacts and the audit tell the same story, and it
// is the one that the outcomes call for.
import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import type { Taken } from './network.ts';
import { callsFor } from './plan.ts';

export interface Verdict {
  readonly calls: number;
  readonly attempts: number;
  /** Given up before anybody was called. */
  readonly voided: number;
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
  readonly call_id: string | null;
  readonly dialled: number;
  readonly settled: number;
  readonly voided: number;
}

export async function judge(
  { sql: db }: Database,
  taken: readonly Taken[],
  contacts: readonly string[],
  seed: number,
): Promise<Verdict> {
  const { rows: attempts } = await sql<AttemptSeen>`
    select a.id, a.to_number, a.state, a.call_id,
      count(*) filter (where d.decision = 'dial')::integer as dialled,
      count(*) filter (where d.decision = 'settle')::integer as settled,
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
    const [calls, due] = [byNumber.get(to)?.length ?? 0, callsFor(to, seed)];
    if (calls > due) doubleDials.push(`${to}: ${calls} calls, where ${due} are called for`);
    if (calls < due) lost.push(`${to}: ${calls} calls, where ${due} are called for`);
    const contact = contactOf.get(to);
    if (contact?.state !== 'done' && contact?.state !== 'never')
      lost.push(`${to} is ${contact?.state ?? 'gone'}`);
    if (contact && contact.attempts !== due)
      strange.push(`${to}: ${contact.attempts} attempts are counted, and ${due} were due`);
  }
  for (const call of taken) {
    const attempt = attemptOf.get(call.attempt);
    if (attempt?.call_id !== call.id)
      strange.push(`call ${call.id} is not that of its attempt ${call.attempt}`);
  }
  for (const { id, state, dialled, settled, voided } of attempts) {
    if (dialled < 1) strange.push(`attempt ${id} has no line that says why it was made`);
    if (state === 'over' && settled !== 1) strange.push(`attempt ${id} was settled ${settled} times`);
    if (state === 'void' && voided < 1) strange.push(`attempt ${id} is void without a line`);
    if (state !== 'over' && state !== 'void') strange.push(`attempt ${id} is ${state}`);
  }
  return {
    calls: taken.length,
    attempts: attempts.length,
    voided: attempts.filter(({ state }) => state === 'void').length,
    auditLines: audit[0]?.lines ?? 0,
    ...{ doubleDials, lost, strange },
  };
}
