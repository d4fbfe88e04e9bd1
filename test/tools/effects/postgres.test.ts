import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { describe, expect, test, type TestContext } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { callId, toolCallId } from '../../../src/base/ids.ts';
import { silentLog } from '../../../src/base/log.ts';
import { openDatabase, type Database } from '../../../src/store/database.ts';
import { createPostgresEffects, sweepEffects } from '../../../src/tools/effects/postgres.ts';
import type { EffectKey, Effects } from '../../../src/tools/effects/effects.ts';
import { createRunner, type ToolDone } from '../../../src/tools/run/runner.ts';
import type { Tool } from '../../../src/tools/tool.ts';
import { effectsContract } from '../../contracts/effects.contract.ts';
import {
  freshDatabase,
  migratedDatabaseUrl,
  LARGEST,
  TEST_DATA_DIR,
  type Size,
} from '../../doubles/databases.ts';
import { contextOf } from '../rig.ts';

const key = (argsHash: string): EffectKey => ({ callId: callId('CA1'), tool: 'book', argsHash });
const settled = { as: 'done', result: { response: { status: 'ok' } }, reverses: [] } as const;

const moveBack = async ({ sql: db }: Database, ms: number): Promise<void> => {
  await sql`
    update liveline.tool_effects set runs_until = runs_until - make_interval(secs => ${ms / 1000}::float8),
      claimed_at = claimed_at - make_interval(secs => ${ms / 1000}::float8)`.execute(db);
};

/** As other processes do it: each with a pool of its own. */
async function twoPools(context: TestContext, size: Size): Promise<readonly [Effects, Effects]> {
  const url = await migratedDatabaseUrl(context, size);
  const open = async (): Promise<Effects> => {
    const database = openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog });
    context.onTestFinished(() => database.close());
    await database.ready();
    return createPostgresEffects(database);
  };
  return [await open(), await open()];
}

describe.each(LARGEST)('%s', (size) => {
  effectsContract('PostgreSQL', async (context) => {
    const database = await freshDatabase(context, size);
    return { effects: createPostgresEffects(database), pass: (ms) => moveBack(database, ms) };
  });

  test('of two pools that claim a hundred things at once, each is claimed by one', async (context) => {
    const pools = await twoPools(context, size);
    const keys = Array.from({ length: 100 }, (_, n) => key(`args ${n}`));
    const claims = await Promise.all(
      keys.flatMap((each) => pools.map((effects) => effects.claim(each, 60_000))),
    );
    expect(claims.filter(({ is }) => is === 'mine')).toHaveLength(100);
    expect(claims.filter(({ is }) => is === 'running')).toHaveLength(100);
  });

  test('one that tries again and again while others give up: never two at a time, and done once', async (context) => {
    const pools = await twoPools(context, size);
    let at = 0;
    let most = 0;
    let dones = 0;
    const work = async (effects: Effects): Promise<void> => {
      for (;;) {
        const claim = await effects.claim(key('contested'), 60_000);
        if (claim.is === 'done') return;
        if (claim.is !== 'mine') continue;
        most = Math.max(most, ++at);
        await new Promise((resolve) => setImmediate(resolve));
        // Undone nine times, done the tenth.
        const settlement = ++dones < 10 ? ({ as: 'undone' } as const) : settled;
        at -= 1;
        await effects.settle(key('contested'), settlement);
      }
    };
    await Promise.all([...pools, ...pools].map(work));
    expect({ most, dones }).toEqual({ most: 1, dones: 10 });
  });

  test('two processes that run the same tool call at once: one does it, both are answered', async (context) => {
    const pools = await twoPools(context, size);
    let times = 0;
    const book: Tool = {
      declaration: { name: 'book', description: 'Books.', parameters: {} },
      timeoutMs: 5_000,
      effect: {},
      accept: () => Promise.resolve({ when: 'Monday' }),
      run: () => Promise.resolve({ tell: { message: `Booked, act ${++times}.` } }),
    };
    const { callId: call, caller, called, crm, texts, office, profile } = contextOf();
    const answers = pools.map((effects) => {
      const answered = Promise.withResolvers<ToolDone>();
      const runner = createRunner({
        ...{ tools: [book], effects, callId: call, caller, called, crm, texts, office, profile },
        ...{ log: silentLog, clock: systemClock, onDone: answered.resolve },
      });
      context.onTestFinished(() => runner.close());
      runner.run({ id: toolCallId('fc-1'), name: 'book', args: {} });
      return answered.promise;
    });
    const told = await Promise.all(answers);
    expect(told.map(({ response }) => response['message'])).toEqual(['Booked, act 1.', 'Booked, act 1.']);
    expect(told.filter(({ repeated }) => repeated)).toHaveLength(1);
  });

  test('the constraint holds without our code', async (context) => {
    const { sql: db } = await freshDatabase(context, size);
    const insert = (state: string) =>
      sql`
      insert into liveline.tool_effects (call_id, tool, args_hash, state, runs_until)
      values ('CA1', 'book', 'aa', ${state}, now())`.execute(db);
    await insert('running');
    await expect(insert('running')).rejects.toMatchObject({ code: '23505' });
    await expect(insert('done')).rejects.toMatchObject({ constraint: 'tool_effects_once' });
    await insert('reversed');
    await insert('reversed');
  });

  test('rows older than a day are swept, by several at once', async (context) => {
    const database = await freshDatabase(context, size);
    const effects = createPostgresEffects(database);
    for (const n of [1, 2, 3]) await effects.claim(key(`old ${n}`), 1_000);
    await moveBack(database, 25 * 3_600_000);
    await effects.claim(key('new'), 1_000);
    const counts = await Promise.all([sweepEffects(database), sweepEffects(database)]);
    expect(counts[0] + counts[1]).toBe(3);
    expect(await effects.claim(key('new'), 1_000)).toEqual({ is: 'running' });
    expect(await effects.claim(key('old 1'), 1_000)).toEqual({ is: 'mine', round: 0 });
  });

  test('a result that somebody has broken in the table is still done', async (context) => {
    const database = await freshDatabase(context, size);
    const effects = createPostgresEffects(database);
    await effects.settle(key('aa'), settled);
    await sql`update liveline.tool_effects set result = '{"response":[forgotten]'`.execute(database.sql);
    expect(await effects.claim(key('aa'), 1_000)).toMatchObject({
      is: 'done',
      result: { response: { status: 'ok', message: expect.any(String) as string } },
    });
  });

  test('what a process was doing when it was killed runs, and then is in doubt; it is never begun again', async (context) => {
    const url = await migratedDatabaseUrl(context, size);
    const database = openDatabase({ url, dataDir: TEST_DATA_DIR, log: silentLog });
    context.onTestFinished(() => database.close());
    await database.ready();
    const child = spawn(process.execPath, [`${import.meta.dirname}/effects-child.ts`], {
      env: { ...process.env, EFFECTS_URL: url, EFFECTS_DATA_DIR: TEST_DATA_DIR },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(line.toString())).toEqual({ is: 'mine', round: 0 });
    child.kill('SIGKILL');
    await exited;
    const effects = createPostgresEffects(database);
    expect(await effects.claim(key('child'), 60_000)).toEqual({ is: 'running' });
    await moveBack(database, 61_000);
    expect(await effects.claim(key('child'), 60_000)).toEqual({ is: 'in-doubt' });
  });
});
