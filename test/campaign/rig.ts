// Campaigns in a real database, a clock moved by hand, a carrier that does as it is told, and rules that allow everything unless a
// test says otherwise.
import { sql } from 'kysely';
import type { TestContext } from 'vitest';
import { createLog } from '../../src/base/log.ts';
import { parsePhoneNumber, type PhoneNumber } from '../../src/base/phone-number.ts';
import type { Verdict } from '../../src/campaign/audit.ts';
import type { DialRules } from '../../src/campaign/dial-rules.ts';
import { startDialler, type Dialler, type DiallerOptions } from '../../src/campaign/dialler.ts';
import { outcomeOfEnded, type Next } from '../../src/campaign/outcome.ts';
import { placedCalls } from '../../src/campaign/placed.ts';
import { createCampaignStore } from '../../src/campaign/postgres.ts';
import type { AttemptStore, Campaign, CampaignStore } from '../../src/campaign/store.ts';
import { unwrittenAttempts, type Unwritten } from '../../src/campaign/unwritten.ts';
import type { CallStatus } from '../../src/carrier/webhooks.ts';
import type { Database } from '../../src/store/database.ts';
import { freshDatabase, type Size } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { LINE, scriptedCarrier } from './scripted-carrier.ts';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const signal = new AbortController().signal;

/** One of many who are called. */
export const numberOf = (n: number): PhoneNumber => parsePhoneNumber(`+1555010${String(1_000 + n)}`)!;

export const ring: Verdict = { may: 'ring', data: '' };

/** Retries `busy` after ten minutes and `no-answer` after four hours, three attempts in all. */
export function easyRules(
  over: Partial<DialRules> = {},
  settings: Partial<DialRules['settings']> = {},
): DialRules {
  return {
    settings: {
      ...{ profile: 'Reminder', callerIds: [LINE], suppressionLists: [], callsPerSecond: 100, ringS: 25 },
      ...{ detectsMachines: 'on', endsAtMs: undefined, breakerOver: 50, ...settings },
    },
    hours: () => ring,
    consent: () => ring,
    doNotCall: () => ring,
    caps: () => ring,
    callerId: () => ({ from: LINE }),
    guard: () => undefined,
    howMany: ({ slots, open }) => ({ calls: Math.min(slots, 10 - open), because: '' }),
    breaker: () => undefined,
    outcome: outcomeOfEnded,
    next(outcome, { history }, nowMs): Next {
      const rule = `outcome.${outcome}`;
      const afterMs =
        outcome === 'busy' || outcome === 'canceled'
          ? 10 * MINUTE_MS
          : outcome === 'no-answer'
            ? 4 * HOUR_MS
            : undefined;
      if (afterMs !== undefined && history.length < 3)
        return { then: 'retry', atMs: nowMs + afterMs, rule, why: outcome };
      return { then: outcome === 'human' ? 'done' : 'never', rule, why: outcome };
    },
    ...over,
  };
}

export const CAPACITY = { callsAtOnce: undefined, live: 0, model: { most: undefined, live: 0 } };

export interface Node {
  readonly dialler: Dialler;
  readonly placed: ReturnType<typeof placedCalls>;
  readonly unwritten: Unwritten;
}

export async function rig(
  context: TestContext,
  size: Size = 'embedded',
  rehearsal = false,
  given?: Database,
) {
  const database = given ?? (await freshDatabase(context, size));
  const clock = new ManualClock();
  const carrier = scriptedCarrier(() => clock.epochMs());
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    ...{ level: 'info', secrets: [] },
    destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const store = createCampaignStore(database, { account: 'AC1', node: 'node-1', rehearsal });
  const rules = { now: easyRules() };
  const faults = { now: [] as readonly string[] };
  // A dialler keeps the rules of a campaign; a test changes them on the way.
  const live = new Proxy(rules.now, { get: (_, name) => Reflect.get(rules.now, name) as unknown });
  const expected: string[] = [];
  const optionsOf = (over: Partial<DiallerOptions> = {}): DiallerOptions => ({
    ...{ store, carrier, clock, log, callsPerSecond: 100, unwritten: unwrittenAttempts(log) },
    ready: () => database.ready(),
    expect: ({ id }) => void expected.push(id),
    rulesOf: () => live,
    capacity: () => CAPACITY,
    faults: () => Promise.resolve(faults.now),
    ...over,
  });
  const node = (over: Partial<DiallerOptions> = {}): Node => {
    const options = optionsOf(over);
    const dialler = startDialler(options);
    context.onTestFinished(() => dialler.close(0));
    return { dialler, placed: placedCalls(options), unwritten: options.unwritten };
  };
  const one = node();
  const query = async <Row>(text: string): Promise<Row[]> =>
    (await sql.raw<Row>(text).execute(database.sql)).rows;

  return {
    ...{ database, clock, carrier, log, lines, store, rules, faults, expected, optionsOf, node, one, query },
    campaign: (name = 'Reminders', contacts = 1, first = 1) =>
      campaignOf({ database, store, clock }, name, contacts, first),
    /** Lets time pass, and does what is due then. */
    pass: async (ms: number, who: Node = one): Promise<void> => {
      clock.advance(ms);
      await who.dialler.look();
    },
    /** As the carrier tells it of a call, the last one unless it is said otherwise. */
    tell: async (status: CallStatus, call = carrier.calls.at(-1)!, who: Node = one): Promise<void> => {
      call.status = status;
      who.placed.news.status({ attempt: call.attempt, id: call.id, status });
      await who.unwritten.write();
    },
    /** Somebody spoke to them in time. */
    spoke: async (call = carrier.calls.at(-1)!, who: Node = one): Promise<void> => {
      who.placed.facts.spoke(call.id, 300);
      await who.unwritten.write();
    },
    attempts: async () =>
      (
        await query<{ text: string }>(
          `select concat_ws(' ', number, state, status, outcome) as text from liveline.attempts order by claimed_at, contact_id, number`,
        )
      ).map(({ text }) => text),
    contacts: async () =>
      (
        await query<{ text: string }>(
          `select concat_ws(' ', state, attempts, outcome) as text from liveline.campaign_contacts order by campaign_id, id`,
        )
      ).map(({ text }) => text),
    audit: async () =>
      (
        await query<{ text: string }>(
          `select concat_ws(' ', decision, rule) as text from liveline.dial_audit where decision <> 'control' order by id`,
        )
      ).map(({ text }) => text),
  };
}

interface Made {
  readonly database: Database;
  readonly store: AttemptStore & CampaignStore;
  readonly clock: ManualClock;
}

/** Running, with its contacts, whose numbers count from `first`. */
export async function campaignOf(
  { database, store, clock }: Made,
  name: string,
  contacts: number,
  first = 1,
): Promise<Campaign> {
  const nowMs = clock.epochMs();
  const made = await store.create({ name, profile: 'Reminder', settings: {}, startsAtMs: undefined, nowMs });
  for (let n = 0; n < contacts; n += 1)
    await sql`
      insert into liveline.campaign_contacts (campaign_id, to_number, state, variables, next_at)
      values (${made.id}, ${numberOf(first + n)}, 'waiting', '{"name":"Ada"}', ${new Date(nowMs)})`.execute(
      database.sql,
    );
  return (await store.move(made.id, { from: ['draft'], to: 'running', rule: 'campaign.started', nowMs }))!;
}
