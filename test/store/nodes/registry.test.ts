// The registry against real databases: who is there, who is dead, who is told what.
import { sql } from 'kysely';
import { expect, test, vi, type TestContext } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import type { Database } from '../../../src/store/database.ts';
import { listNodes } from '../../../src/store/nodes/nodes-table.ts';
import type { NodeFigures } from '../../../src/store/nodes/node.ts';
import { NodeRegistry } from '../../../src/store/nodes/registry.ts';
import { freshDatabase, SIZES } from '../../doubles/databases.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

interface Opened {
  readonly nodes: NodeRegistry;
  readonly clock: ManualClock;
  readonly figures: { -readonly [Name in keyof NodeFigures]: NodeFigures[Name] };
  /** Away: nothing is answered. */
  readonly way: { isAway: boolean };
}

function opened(
  context: TestContext,
  database: Database,
  name: string,
  publicUrl = 'https://calls.example',
): Opened {
  const clock = new ManualClock(Date.now());
  const figures = { calls: 0, capacity: undefined, isDraining: false, lagMs: 0.4 };
  const way = { isAway: false };
  const nodes = new NodeRegistry({
    self: {
      ...{ node: `i/${name}-1-1`, key: name.padEnd(8, '_'), name: `${name}:8080`, publicUrl },
      address: `http://127.0.0.1/${name}`,
    },
    database: {
      sql: database.sql,
      ready: () => (way.isAway ? Promise.reject(new Error('away')) : database.ready()),
    },
    figures: () => figures,
    ...{ clock, log: silentLog },
  });
  context.onTestFinished(() => nodes.close());
  return { nodes, clock, figures, way };
}

/** So many seconds go by, each with a beat that is over before the next. */
async function seconds({ nodes, clock }: Opened, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    clock.advance(1_000);
    await nodes.beat();
  }
}

/** As if it had been seen last so long ago. */
const age = (database: Database, node: string, ms: number) =>
  sql`update liveline.nodes set seen_at = clock_timestamp() - ${ms} * interval '1 millisecond'
    where node = ${node}`.execute(database.sql);

test.for(SIZES)('each knows of the others, with their figures (%s)', async (size, context) => {
  const database = await freshDatabase(context, size);
  const one = opened(context, database, 'one');
  const two = opened(context, database, 'two');
  await one.nodes.start(5_000);
  expect(one.nodes.isAlone).toBe(true);
  Object.assign(two.figures, { calls: 3, capacity: 10, lagMs: 7.6 });
  await two.nodes.start(5_000);
  await seconds(one, 1);
  expect(one.nodes.others).toMatchObject([
    {
      ...{
        node: 'i/two-1-1',
        key: 'two_____',
        address: 'http://127.0.0.1/two',
        name: 'two:8080',
        life: 'alive',
      },
      ...{ calls: 3, capacity: 10, isDraining: false, lagMs: 8 },
    },
  ]);
  expect(two.nodes.others.map(({ node, capacity }) => ({ node, capacity }))).toEqual([
    { node: 'i/one-1-1', capacity: undefined },
  ]);
  expect(one.nodes.isAlone).toBe(false);
  expect(one.nodes.other('two_____')).toBe(one.nodes.other('i/two-1-1'));
  expect(one.nodes.other('one_____'), 'itself is no other').toBeUndefined();
  await two.nodes.close();
  await seconds(one, 1);
  expect(one.nodes.others).toEqual([]);
});

test.for(SIZES)('one that has come a moment ago is found by asking (%s)', async (size, context) => {
  const database = await freshDatabase(context, size);
  const [one, two] = [opened(context, database, 'one'), opened(context, database, 'two')];
  await one.nodes.start(5_000);
  // As it begins before the other is there, it does not hear of it.
  const beats = one.nodes.beat();
  await two.nodes.start(5_000);
  expect(one.nodes.other('two_____')).toBeUndefined();
  const found = one.nodes.find('two_____');
  await beats;
  expect(await found).toMatchObject({ node: 'i/two-1-1' });
  expect(await one.nodes.find('one_____'), 'itself is no other').toBeUndefined();
  expect(await one.nodes.find('nobody__')).toBeUndefined();
  one.way.isAway = true;
  expect(await one.nodes.find('i/two-1-1'), 'it is known').toBeDefined();
});

test.for(SIZES)('those of another public address are nothing to it (%s)', async (size, context) => {
  const database = await freshDatabase(context, size);
  const one = opened(context, database, 'one');
  await one.nodes.start(5_000);
  await opened(context, database, 'two', 'https://other.example').nodes.start(5_000);
  await seconds(one, 1);
  expect(one.nodes.others).toEqual([]);
  expect(await one.nodes.askToDrain('two_____')).toBe(false);
  expect((await listNodes(database.sql)).map(({ name }) => name)).toEqual(['one:8080', 'two:8080']);
});

test.for(SIZES)(
  'who was not seen is dead once the database has answered us for 5 s (%s)',
  async (size, context) => {
    const database = await freshDatabase(context, size);
    const [one, two] = [opened(context, database, 'one'), opened(context, database, 'two')];
    await two.nodes.start(5_000);
    await age(database, 'i/two-1-1', 60_000);
    await one.nodes.start(5_000);
    const life = () => one.nodes.other('two_____')?.life;
    expect(life()).toBe('unknown');
    expect(one.nodes.isAlone, 'it may be there').toBe(false);
    expect(one.nodes.pick(), 'nobody new is sent there').toBeUndefined();
    await seconds(one, 4);
    expect(life()).toBe('unknown');
    await seconds(one, 1);
    expect(life()).toBe('dead');
    expect(one.nodes.isAlone).toBe(true);
    await two.nodes.beat();
    await seconds(one, 1);
    expect(life(), 'it is there again').toBe('alive');
  },
);

test.for(SIZES)('a database that was away has nobody called dead (%s)', async (size, context) => {
  const database = await freshDatabase(context, size);
  const [one, two] = [opened(context, database, 'one'), opened(context, database, 'two')];
  await two.nodes.start(5_000);
  await one.nodes.start(5_000);
  await seconds(one, 6);
  await two.nodes.beat();
  await seconds(one, 1);
  one.way.isAway = true;
  await seconds(one, 30);
  expect(one.nodes.others).toMatchObject([{ key: 'two_____', life: 'alive' }]);
  await age(database, 'i/two-1-1', 30_000);
  one.way.isAway = false;
  await seconds(one, 5);
  expect(one.nodes.others).toMatchObject([{ life: 'unknown' }]);
  await seconds(one, 1);
  expect(one.nodes.others).toMatchObject([{ life: 'dead' }]);
});

test('a start does not wait for a database that is away', async (context) => {
  const database = await freshDatabase(context);
  const one = opened(context, database, 'one');
  one.way.isAway = true;
  await one.nodes.start(5_000);
  expect(one.nodes.isAlone).toBe(true);
  one.way.isAway = false;
  await seconds(one, 1);
  expect((await listNodes(database.sql)).map(({ key }) => key)).toEqual(['one_____']);
});

test.for(SIZES)('rows of nodes that nobody has seen for a day go (%s)', async (size, context) => {
  const database = await freshDatabase(context, size);
  const [one, two] = [opened(context, database, 'one'), opened(context, database, 'two')];
  await two.nodes.start(5_000);
  await age(database, 'i/two-1-1', 24 * 3_600_000 + 1_000);
  await one.nodes.start(5_000);
  expect(one.nodes.others).toEqual([]);
  expect((await listNodes(database.sql)).map(({ key }) => key)).toEqual(['one_____']);
});

test.for(SIZES)('who is asked to drain hears of it once, and of nobody else (%s)', async (size, context) => {
  const database = await freshDatabase(context, size);
  const [one, two] = [opened(context, database, 'one'), opened(context, database, 'two')];
  const [ofOne, ofTwo] = [vi.fn<() => void>(), vi.fn<() => void>()];
  one.nodes.onDrain(ofOne);
  two.nodes.onDrain(ofTwo);
  await one.nodes.start(5_000);
  await two.nodes.start(5_000);
  await seconds(one, 1);
  expect(await one.nodes.askToDrain('nobody__')).toBe(false);
  expect(await one.nodes.askToDrain('two_____')).toBe(true);
  await seconds(one, 2);
  await seconds(two, 2);
  expect(ofTwo).toHaveBeenCalledTimes(1);
  expect(ofOne).not.toHaveBeenCalled();
  const late = vi.fn<() => void>();
  two.nodes.onDrain(late);
  expect(late, 'it is known already').toHaveBeenCalledTimes(1);
});

test('who is picked counts as one call more until the database answers', async (context) => {
  const database = await freshDatabase(context);
  const one = opened(context, database, 'one');
  const [two, three] = [opened(context, database, 'two'), opened(context, database, 'three')];
  Object.assign(three.figures, { calls: 1 });
  await two.nodes.start(5_000);
  await three.nodes.start(5_000);
  await one.nodes.start(5_000);
  expect([0, 0, 0].map(() => one.nodes.pick()?.name)).toEqual(['two:8080', 'two:8080', 'three:8080']);
  await seconds(one, 1);
  expect(one.nodes.pick()?.name).toBe('two:8080');
  const besides = one.nodes.pick([two.nodes.self.node]);
  expect(besides?.name, 'who has refused it is left out').toBe('three:8080');
  expect(one.nodes.pick([two, three].map(({ nodes }) => nodes.self.node))).toBeUndefined();
  Object.assign(two.figures, { isDraining: true });
  Object.assign(three.figures, { capacity: 1 });
  await Promise.all([two.nodes.beat(), three.nodes.beat()]);
  await seconds(one, 1);
  expect(one.nodes.pick()).toBeUndefined();
  expect(one.nodes.heir()?.name, 'a call that goes on somewhere').toBe('three:8080');
});
