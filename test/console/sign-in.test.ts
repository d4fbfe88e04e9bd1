import { sql } from 'kysely';
import { expect, test, type TestContext } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { createPostgresSessions, IDLE_MS } from '../../src/console/sessions.ts';
import { createSignIn, FORGIVEN_AFTER_MS, LONGEST_NAME, WRONG_TRIES } from '../../src/console/sign-in.ts';
import { roleOfToken, type Tokens } from '../../src/console/tokens.ts';
import type { Database } from '../../src/store/database.ts';
import { freshDatabase } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const TOKENS: Tokens = { operator: 'operator-token-0123456789', viewer: 'viewer-token-0123456789' };

test('a token is good for its role, and nothing else is good for any', () => {
  expect(roleOfToken(TOKENS.operator, TOKENS)).toBe('operator');
  expect(roleOfToken(TOKENS.viewer!, TOKENS)).toBe('viewer');
  for (const shown of ['', 'operator-token-012345678', `${TOKENS.operator} `])
    expect(roleOfToken(shown, TOKENS)).toBeUndefined();
  expect(roleOfToken(TOKENS.viewer!, { operator: TOKENS.operator })).toBeUndefined();
});

test('after many wrong tokens an address waits, and nobody else does', async () => {
  const clock = new ManualClock();
  const signIn = createSignIn({ tokens: TOKENS, sessions: { open: () => Promise.resolve('s') }, clock });
  const code = (token: string, from = '192.0.2.1'): Promise<unknown> =>
    signIn.enter({ token, name: '' }, from).then(
      ({ role }) => role,
      (thrown: unknown) => (thrown as { code: unknown }).code,
    );
  for (let tries = 0; tries < WRONG_TRIES; tries += 1) expect(await code('wrong')).toBe('NOT_AUTHORISED');
  expect(await code(TOKENS.operator)).toBe('TOO_MANY_TRIES');
  expect(await code(TOKENS.operator, '192.0.2.2')).toBe('operator');
  clock.advance(FORGIVEN_AFTER_MS);
  expect(await code(TOKENS.operator)).toBe('operator');
});

test.for([
  ['  Ada \n Lovelace\u202e', 'Ada Lovelace'],
  ['', 'viewer'],
  ['x'.repeat(200), 'x'.repeat(LONGEST_NAME)],
] as const)('who calls themselves %j is %j in the audit', async ([name, known]) => {
  const clock = new ManualClock();
  const signIn = createSignIn({ tokens: TOKENS, sessions: { open: () => Promise.resolve('s') }, clock });
  expect((await signIn.enter({ token: TOKENS.viewer!, name }, 'a')).name).toBe(known);
});

async function kept(context: TestContext) {
  const database = await freshDatabase(context);
  let atMs = Date.UTC(2026, 10, 1);
  const clock = { epochMs: () => atMs, nowMs: () => atMs };
  return {
    database,
    sessions: (tokens = TOKENS, over: Pick<Database, 'sql' | 'ready'> = database) =>
      createPostgresSessions({ database: over, tokens, clock }),
    advance: (ms: number): void => void (atMs += ms),
  };
}

test('a session lasts as long as it is used, and not half a day longer', async (context) => {
  const { sessions, advance } = await kept(context);
  const ada = { role: 'operator', name: 'Ada' } as const;
  const secret = await sessions().open(ada);
  advance(IDLE_MS - 1);
  expect(await sessions().find(secret)).toEqual(ada);
  advance(IDLE_MS - 1);
  expect(await sessions().find(secret)).toEqual(ada);
  advance(IDLE_MS);
  expect(await sessions().find(secret)).toBeUndefined();
});

test('the secret is not in the database, and a token that was changed ends its sessions', async (context) => {
  const { sessions, database } = await kept(context);
  const secret = await sessions().open({ role: 'viewer', name: 'Grace' });
  const { rows } = await sql<{ row: string }>`
    select operator_sessions::text as row from liveline.operator_sessions`.execute(database.sql);
  expect(rows).toHaveLength(1);
  expect(rows[0]!.row).not.toContain(Buffer.from(secret).toString('hex'));
  expect(rows[0]!.row).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
  const changed = { ...TOKENS, viewer: 'another-viewer-token-0123' };
  expect(await sessions(changed).find(secret)).toBeUndefined();
  expect(await sessions().find(secret)).toMatchObject({ role: 'viewer' });
});

test('who signs out is out, and what is no secret of ours is not looked for', async (context) => {
  const { sessions } = await kept(context);
  const secret = await sessions().open({ role: 'operator', name: 'Ada' });
  const other = await sessions().open({ role: 'operator', name: 'Grace' });
  await sessions().close(secret);
  expect(await sessions().find(secret)).toBeUndefined();
  expect(await sessions().find(other)).toMatchObject({ name: 'Grace' });
  for (const shown of ['', 'x', `${other}x`]) expect(await sessions().find(shown)).toBeUndefined();
});

test('while the database is away, who was found lately is still known; nobody else is, nor who has signed out', async (context) => {
  const { database, advance, sessions } = await kept(context);
  let isAway = false;
  const unsteady = {
    sql: database.sql,
    ready: () =>
      isAway ? Promise.reject(new LivelineError('DATABASE_UNAVAILABLE', 'away')) : database.ready(),
  };
  const desk = sessions(TOKENS, unsteady);
  const ada = { role: 'operator', name: 'Ada' } as const;
  const [used, unused, left] = [await desk.open(ada), await desk.open(ada), await desk.open(ada)];
  for (const secret of [used, left]) expect(await desk.find(secret)).toEqual(ada);
  isAway = true;
  expect(await desk.find(used)).toEqual(ada);
  await expect(desk.find(unused)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await expect(desk.close(left)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await expect(desk.find(left)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  advance(3_600_000);
  await expect(desk.find(used)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});
