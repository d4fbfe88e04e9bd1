import { describe, expect, test, vi } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { SharedSecret } from '../../src/call/shared-secret.ts';
import { Tokens } from '../../src/call/tokens.ts';
import { freshDatabase, SIZES } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const ID = callId('CA1');

describe.each(SIZES)('%s', (size) => {
  test('all that start at once share one secret', async (context) => {
    const database = await freshDatabase(context, size);
    const clock = new ManualClock();
    const secrets = Array.from({ length: 8 }, () => new SharedSecret({ database, clock, log: silentLog }));
    await Promise.all(secrets.map((secret) => secret.start(10_000)));
    expect(new Set(secrets.map(({ current }) => Buffer.from(current).toString('hex'))).size).toBe(1);
    expect(clock.pending).toBe(0);
    const token = new Tokens(clock, secrets[0]).mint(ID);
    expect(new Tokens(clock, secrets[7]).spend(token, ID)).toBe(true);
  });

  test('while the database is away a process has its own, whose tokens stay good when the shared one comes', async (context) => {
    const database = await freshDatabase(context, size);
    const clock = new ManualClock();
    let isAway = true;
    const ready = (): Promise<void> => (isAway ? Promise.reject(new Error('away')) : database.ready());
    const secret = new SharedSecret({ database: { sql: database.sql, ready }, clock, log: silentLog });
    await secret.start(1_000);
    const tokens = new Tokens(clock, secret);
    const early = tokens.mint(ID);
    const own = secret.current;
    clock.advance(1_000);
    await new Promise(setImmediate);
    expect(secret.current).toBe(own);
    isAway = false;
    clock.advance(1_000);
    await vi.waitFor(() => expect(secret.current).not.toBe(own));
    expect(tokens.spend(early, ID)).toBe(true);
    const other = new SharedSecret({ database, clock, log: silentLog });
    await other.start(10_000);
    expect(new Tokens(clock, other).spend(tokens.mint(ID), ID)).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('one that was closed asks no more', async (context) => {
    const database = await freshDatabase(context, size);
    const clock = new ManualClock();
    const ready = vi.fn(() => Promise.reject(new Error('away')));
    const secret = new SharedSecret({ database: { sql: database.sql, ready }, clock, log: silentLog });
    await secret.start(1_000);
    secret.close();
    clock.advance(10_000);
    expect(ready).toHaveBeenCalledOnce();
    expect(clock.pending).toBe(0);
  });
});
