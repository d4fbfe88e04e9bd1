// What the calls since a time come to: how many by how they ended, and what the model cost.
import { sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../store/database.ts';

const count = z.int().nonnegative();

export const totals = z
  .object({
    calls: count.describe(
      'That began since then, those in progress and those that nobody answered among them.',
    ),
    outcomes: z
      .array(
        z.object({
          outcome: z.string().nullable().describe('As in CallSummary; null: in progress.'),
          calls: count,
        }),
      )
      .describe('The most frequent first.'),
    costUsd: z
      .number()
      .describe('What the model cost, by its list prices; of calls in progress, their turns so far.'),
    unpricedCalls: count.describe('Of models whose prices are not known: they are not in costUsd.'),
  })
  .meta({ id: 'Totals' });
export type Totals = z.output<typeof totals>;

export interface TotalsStore {
  /** Throws what the driver throws. */
  since(time: Date): Promise<Totals>;
}

interface Row {
  outcome: string | null;
  /** As text: bigint. */
  calls: string;
  unpriced: string;
  cost: string;
}

export const createPostgresTotals = ({ sql: db, ready }: Pick<Database, 'sql' | 'ready'>): TotalsStore => ({
  async since(time) {
    await ready();
    const { rows } = await sql<Row>`
      select outcome, count(*) as calls, count(*) filter (where cost is null) as unpriced, coalesce(sum(cost), 0) as cost
      from (
        select c.outcome, case when c.usage is not null then c.cost_micro_usd else (
          select coalesce(sum(u.cost_micro_usd), 0) from liveline.turn_usage u where u.call_id = c.id
        ) end as cost
        from liveline.calls c where c.started_at >= ${time.toISOString()}
      ) of_each
      group by outcome order by calls desc, outcome`.execute(db);
    const sum = (of: (row: Row) => string): number => rows.reduce((all, row) => all + Number(of(row)), 0);
    return {
      calls: sum((row) => row.calls),
      outcomes: rows.map(({ outcome, calls }) => ({ outcome, calls: Number(calls) })),
      costUsd: sum((row) => row.cost) / 1e6,
      unpricedCalls: sum((row) => row.unpriced),
    };
  },
});
