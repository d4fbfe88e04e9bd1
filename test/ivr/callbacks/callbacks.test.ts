// Promised callbacks, in a real database: dialled at their time, again when nobody answers, never twice for one attempt.
import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import { createCallbackStore } from '../../../src/ivr/callbacks/callback-store.ts';
import type { Database } from '../../../src/store/database.ts';
import { LARGEST } from '../../doubles/databases.ts';
import { ADA, LINE, MINUTE_MS, numberOf, promiseOf, rig, signal } from './rig.ts';

const HOUR_MS = 60 * MINUTE_MS;

/** Whoever waits for a connection is too late to be in anybody's way. */
const connectAll = ({ sql: db }: Pick<Database, 'sql'>) =>
  Promise.all(Array.from({ length: 8 }, () => sql`select pg_sleep(0.2)`.execute(db)));

describe.each(LARGEST)('%s', (size) => {
  test('dialled at the time that was promised, not before, and once; connected, it is done', async (context) => {
    const { callbacks, carrier, pass, soon, tell, rows, levels } = await rig(context, size);
    await callbacks.promise(promiseOf(soon(HOUR_MS)), 'key', signal);
    await pass(HOUR_MS - 1);
    expect(carrier.placed).toEqual([]);
    await pass(1);
    const { of: id } = carrier.placed[0]!.errand;
    expect(carrier.placed).toEqual([
      { to: ADA, from: LINE, ringS: 30, errand: { is: 'callback', of: id, attempt: 1 } },
    ]);
    expect(await callbacks.of(id, signal)).toMatchObject({
      ...{ profile: 'Harbour Dental', destination: 'billing', reason: 'An invoice', callId: 'CA-1' },
      ...{ id, to: ADA, from: LINE, dueEpochMs: soon(0), state: 'dialling', attempts: 1 },
    });
    for (const status of ['queued', 'ringing', 'in-progress'] as const) await tell(status);
    callbacks.connected(id);
    await tell('completed');
    await pass(3 * HOUR_MS);
    expect(await rows()).toEqual(['done 1 0']);
    expect(carrier.placed).toHaveLength(1);
    expect(levels().filter((level) => level !== 'info')).toEqual([]);
  });

  test('by itself, every few seconds, until it is closed', async (context) => {
    const { callbacks, carrier, clock, soon } = await rig(context, size);
    await callbacks.promise(promiseOf(soon(4_000)), 'key', signal);
    clock.advance(5_000);
    await vi.waitFor(() => expect(carrier.placed).toHaveLength(1));
    await callbacks.promise(promiseOf(soon(1_000), { to: numberOf(2) }), 'key 2', signal);
    await callbacks.close(5_000);
    expect(clock.pending).toBe(0);
    clock.advance(HOUR_MS);
    await callbacks.look();
    expect(carrier.placed).toHaveLength(1);
  });

  test('the same key is the same promise', async (context) => {
    const { callbacks, pass, soon, carrier, rows } = await rig(context, size);
    const at = soon(MINUTE_MS);
    const promise = () => callbacks.promise(promiseOf(at), 'key', signal);
    expect(await Promise.all([promise(), promise(), promise()])).toEqual([
      'promised',
      'promised',
      'promised',
    ]);
    expect(await rows()).toEqual(['due 0 0']);
    await pass(2 * MINUTE_MS);
    callbacks.connected(carrier.placed[0]!.errand.of);
    expect(await promise(), 'also when it is kept').toBe('promised');
    await pass(MINUTE_MS);
    expect(carrier.placed).toHaveLength(1);
  });

  test('one is open for each number and profile: a later one moves it', async (context) => {
    const { callbacks, pass, soon, carrier, rows } = await rig(context, size);
    expect(await callbacks.promise(promiseOf(soon(MINUTE_MS)), '1', signal)).toBe('promised');
    const later = promiseOf(soon(HOUR_MS), { callId: callId('CA-2'), destination: 'sales', reason: 'Else' });
    expect(await callbacks.promise(later, '2', signal)).toBe('moved');
    const other = promiseOf(soon(HOUR_MS), { profile: 'Harbour Optics' });
    expect(await callbacks.promise(other, '3', signal)).toBe('promised');
    await pass(2 * MINUTE_MS);
    expect(carrier.placed).toEqual([]);
    await pass(HOUR_MS);
    expect(await rows()).toEqual(['dialling 1 0', 'dialling 1 0']);
    const kept = await Promise.all(carrier.placed.map(({ errand }) => callbacks.of(errand.of, signal)));
    expect(kept).toContainEqual(
      expect.objectContaining({ callId: 'CA-2', destination: 'sales', reason: 'Else' }),
    );
  });

  test('many at once, from two servers: one call', async (context) => {
    const one = await rig(context, size);
    const two = await rig(context, size, one.database);
    await connectAll(one.database);
    const done = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 === 0 ? one : two).callbacks.promise(promiseOf(one.soon(n)), `key ${n}`, signal),
      ),
    );
    expect(done.filter((what) => what === 'promised')).toHaveLength(1);
    expect(await one.rows()).toEqual(['due 0 0']);
  });

  test('moved while it is dialled: nobody answers, and it waits for the new time', async (context) => {
    const { callbacks, pass, soon, carrier, tell, rows } = await rig(context, size);
    await callbacks.promise(promiseOf(soon(0)), '1', signal);
    await pass(0);
    expect(await callbacks.promise(promiseOf(soon(HOUR_MS)), '2', signal)).toBe('moved');
    await tell('busy');
    await pass(HOUR_MS - 1);
    expect(carrier.placed).toHaveLength(1);
    expect(await rows()).toEqual(['due 1 1']);
    await pass(1);
    expect(carrier.placed).toHaveLength(2);
  });

  test('promised anew while nobody knew what had become of the first: not both', async (context) => {
    const { callbacks, carrier, pass, soon, tell, rows } = await rig(context, size);
    carrier.script.fate = 'CARRIER_IN_DOUBT';
    await callbacks.promise(promiseOf(soon(0)), '1', signal);
    await pass(0);
    expect(await callbacks.promise(promiseOf(soon(HOUR_MS)), '2', signal)).toBe('promised');
    await tell('no-answer');
    expect(await rows()).toEqual(['in-doubt 1 0', 'due 0 0']);
  });

  test('a number is dialled five times a day, whoever promises it and however often; more is not promised', async (context) => {
    const { callbacks, carrier, pass, soon, tell, rows, lines } = await rig(context, size);
    const profiles = ['A', 'B', 'C'];
    for (const profile of profiles) await callbacks.promise(promiseOf(soon(0), { profile }), profile, signal);
    await callbacks.promise(promiseOf(soon(0), { to: numberOf(1) }), 'another', signal);
    const isAda = ({ to }: { to: string }) => to === ADA;
    for (let n = 0; n < 7; n += 1) {
      await pass(0);
      for (const { errand } of carrier.placed)
        callbacks.status({ id: callId('CA-leg'), errand, status: 'busy' });
      await tell('busy');
      await pass(10 * MINUTE_MS);
    }
    expect(carrier.placed.filter(isAda)).toHaveLength(5);
    expect(carrier.placed).toHaveLength(8);
    expect(lines.filter(({ level }) => level === 'error')).toContainEqual(
      expect.objectContaining({ cause: expect.stringContaining('5 times within a day') as string }),
    );
    expect((await rows()).filter((state) => state.startsWith('due'))).toEqual([]);
    const promise = (dueMs: number) =>
      callbacks.promise(promiseOf(dueMs, { profile: 'D' }), `D ${dueMs}`, signal);
    expect(await promise(soon(HOUR_MS))).toBe('too-often');
    expect(await rows()).toHaveLength(4);
    expect(await promise(soon(24 * HOUR_MS)), 'on another day').toBe('promised');
    await pass(24 * HOUR_MS);
    expect(carrier.placed.filter(isAda)).toHaveLength(6);
  });

  test('what did not reach the carrier counts not', async (context) => {
    const { callbacks, carrier, pass, soon, rows } = await rig(context, size);
    await callbacks.promise(promiseOf(soon(0)), 'key', signal);
    carrier.script.fate = 'CARRIER_UNREACHABLE';
    for (let n = 0; n < 7; n += 1) await pass(MINUTE_MS);
    carrier.script.fate = undefined;
    await pass(MINUTE_MS);
    expect(await rows()).toEqual(['dialling 8 0']);
  });

  test('two servers that dial at once agree on how often it was', async (context) => {
    const one = await rig(context, size);
    const two = await rig(context, size, one.database);
    for (let n = 0; n < 20; n += 1)
      await one.callbacks.promise(promiseOf(one.soon(0), { profile: `P${n}` }), `${n}`, signal);
    await connectAll(one.database);
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : two).store.claim(one.soon(0))),
    );
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(5);
  });

  test('nobody is there at the time, or the profile has another name: not dialled, and people are told', async (context) => {
    const { callbacks, carrier, there, pass, soon, rows, lines } = await rig(context, size);
    await callbacks.promise(promiseOf(soon(0)), 'key', signal);
    there.not = 'nobody is there at this hour';
    await pass(0);
    expect(await rows()).toEqual(['failed 1 0']);
    expect(carrier.placed).toEqual([]);
    expect(lines).toMatchObject([{ level: 'error', cause: 'nobody is there at this hour' }]);
  });

  test('who has opted out since is not called; while nobody can say so, nor are they, and nothing is in doubt', async (context) => {
    const { callbacks, carrier, pass, soon, rows, list, lines } = await rig(context, size);
    await callbacks.promise(promiseOf(soon(0)), 'key', signal);
    list.asked = () => Promise.reject(new Error('the database is away'));
    await pass(0);
    expect([await rows(), carrier.placed]).toEqual([['due 1 0'], []]);
    list.asked = () => Promise.resolve(true);
    await pass(10 * MINUTE_MS);
    expect(carrier.placed).toEqual([]);
    expect(await rows()).toEqual(['failed 2 0']);
    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([
      { cause: 'they have asked since not to be called any more' },
    ]);
  });

  for (const status of ['busy', 'no-answer', 'failed', 'canceled'] as const)
    test(`${status}: again after ten minutes, three times in all, then people are told`, async (context) => {
      const { callbacks, carrier, pass, soon, tell, rows, lines } = await rig(context, size);
      await callbacks.promise(promiseOf(soon(0)), 'key', signal);
      await pass(0);
      for (const attempt of [1, 2, 3]) {
        expect(carrier.placed.map(({ errand }) => errand.attempt)).toHaveLength(attempt);
        expect(carrier.placed.at(-1)!.errand.attempt).toBe(attempt);
        await tell('ringing');
        await tell(status);
        // Told again, and late: it changes nothing.
        await tell(status);
        await tell('ringing');
        if (attempt > 1) await tell('no-answer', attempt - 1);
        await pass(10 * MINUTE_MS - 1);
        expect(carrier.placed).toHaveLength(attempt);
        await pass(1);
      }
      expect(await rows()).toEqual(['failed 3 2']);
      const errors = lines.filter(({ level }) => level === 'error');
      expect(errors).toMatchObject([
        {
          callId: 'CA-1',
          destination: 'billing',
          msg: expect.stringContaining('call them yourself') as string,
        },
      ]);
      expect(JSON.stringify(lines)).not.toMatch(/An invoice/);
    });

  test('answered by a machine, or gone before they were connected: as if nobody had answered', async (context) => {
    const { callbacks, carrier, pass, soon, tell, rows, levels } = await rig(context, size);
    await callbacks.promise(promiseOf(soon(0)), 'key', signal);
    await pass(0);
    for (const attempt of [1, 2, 3]) {
      await tell('in-progress');
      await tell('completed');
      await tell('completed');
      await pass(10 * MINUTE_MS);
      expect(carrier.placed).toHaveLength(Math.min(attempt + 1, 3));
    }
    expect(await rows()).toEqual(['failed 3 2']);
    expect(levels().filter((level) => level === 'error')).toHaveLength(1);
    callbacks.connected(carrier.placed[0]!.errand.of);
    await callbacks.look();
    expect(await rows()).toEqual(['done 3 2']);
  });

  test('in doubt, and then somebody had answered: nobody dials again', async (context) => {
    const { callbacks, carrier, pass, soon, tell, rows } = await rig(context, size);
    carrier.script.fate = 'CARRIER_IN_DOUBT';
    await callbacks.promise(promiseOf(soon(0)), 'key', signal);
    await pass(0);
    await tell('completed');
    await pass(HOUR_MS);
    expect(await rows()).toEqual(['failed 1 0']);
    expect(carrier.placed).toHaveLength(1);
  });

  test('a carrier that cannot be reached: the others wait, and it is tried until two hours have passed', async (context) => {
    const { callbacks, carrier, pass, soon, rows, lines } = await rig(context, size);
    for (const name of ['CA-1', 'CA-2'])
      await callbacks.promise(promiseOf(soon(0), { to: numberOf(Number(name.at(-1))) }), name, signal);
    carrier.script.fate = 'CARRIER_UNREACHABLE';
    await pass(0);
    expect(carrier.placed).toHaveLength(1);
    await pass(0);
    expect(carrier.placed).toHaveLength(2);
    await pass(MINUTE_MS - 1);
    expect(carrier.placed).toHaveLength(2);
    await pass(1);
    expect(carrier.placed).toHaveLength(3);
    expect((await rows()).sort()).toEqual(['due 1 0', 'due 2 0']);
    carrier.script.fate = undefined;
    await pass(MINUTE_MS);
    expect((await rows()).sort()).toEqual(['dialling 2 0', 'dialling 3 0']);
    expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  for (const [fate, state] of [
    ['CARRIER_REFUSED', 'failed 1 0'],
    ['CARRIER_IN_DOUBT', 'in-doubt 1 0'],
    ['CONFIG_INVALID', 'in-doubt 1 0'],
  ] as const)
    test(`${fate}: ${state}, people are told, and nobody dials again`, async (context) => {
      const { callbacks, carrier, pass, soon, rows, levels } = await rig(context, size);
      carrier.script.fate = fate;
      await callbacks.promise(promiseOf(soon(0)), 'key', signal);
      for (let n = 0; n < 20; n += 1) await pass(10 * MINUTE_MS);
      expect(await rows()).toEqual([state]);
      expect(carrier.placed).toHaveLength(1);
      expect(levels().filter((level) => level === 'error')).toHaveLength(1);
    });

  test('in doubt, until the carrier tells that nobody answered: then it is dialled again', async (context) => {
    const { callbacks, carrier, pass, soon, tell, rows } = await rig(context, size);
    carrier.script.fate = 'CARRIER_IN_DOUBT';
    await callbacks.promise(promiseOf(soon(0)), 'key', signal);
    await pass(0);
    carrier.script.fate = undefined;
    await tell('ringing');
    expect(await rows()).toEqual(['in-doubt 1 0']);
    await tell('no-answer');
    expect(await rows()).toEqual(['due 1 1']);
    await pass(10 * MINUTE_MS);
    expect(await rows()).toEqual(['dialling 2 1']);
    expect(carrier.placed.map(({ errand }) => errand.attempt)).toEqual([1, 2]);
  });

  test('the carrier tells more quickly than it answers: what it told stands', async (context) => {
    const { callbacks, carrier, pass, soon, rows, start } = await rig(context, size);
    const taken = Promise.withResolvers<ReturnType<typeof callId>>();
    const slow = start({ control: { place: (call) => (carrier.placed.push(call), taken.promise) } });
    await callbacks.close(0);
    await slow.promise(promiseOf(soon(0)), 'key', signal);
    const dialling = pass(0, slow);
    await vi.waitFor(() => expect(carrier.placed).toHaveLength(1));
    slow.status({ id: callId('CA-leg'), errand: carrier.placed[0]!.errand, status: 'busy' });
    await vi.waitFor(async () => expect(await rows()).toEqual(['due 1 1']));
    taken.resolve(callId('CA-leg'));
    await dialling;
    expect(await rows()).toEqual(['due 1 1']);
    await pass(10 * MINUTE_MS, slow);
    expect(carrier.placed.map(({ errand }) => errand.attempt)).toEqual([1, 2]);
  });

  test('a carrier that never tells what became of it: in doubt; one that tells that it was answered is believed for longer', async (context) => {
    const { callbacks, pass, soon, tell, rows, levels } = await rig(context, size);
    await callbacks.promise(promiseOf(soon(0)), 'key', signal);
    await pass(0);
    await tell('in-progress');
    await pass(9 * MINUTE_MS);
    expect(await rows()).toEqual(['dialling 1 0']);
    await pass(2 * MINUTE_MS);
    expect(await rows()).toEqual(['in-doubt 1 0']);
    expect(levels().filter((level) => level === 'error')).toHaveLength(1);
  });

  test('the server was down at the time: up to two hours late it is dialled, later people are told', async (context) => {
    const { callbacks, carrier, pass, soon, rows, lines } = await rig(context, size);
    await callbacks.promise(
      promiseOf(soon(MINUTE_MS), { callId: callId('CA-late'), to: numberOf(1) }),
      'a',
      signal,
    );
    await callbacks.promise(promiseOf(soon(2 * MINUTE_MS)), 'b', signal);
    await pass(2 * HOUR_MS + MINUTE_MS);
    expect(carrier.placed).toHaveLength(1);
    expect(await rows()).toEqual(['failed 0 0', 'dialling 1 0']);
    const errors = lines.filter(({ level }) => level === 'error');
    expect(errors).toMatchObject([
      { callId: 'CA-late', cause: expect.stringContaining('two hours') as string },
    ]);
  });

  test('a number that is not called: refused when it is promised, and again when it is dialled', async (context) => {
    const { callbacks, carrier, guard, pass, soon, rows, lines } = await rig(context, size);
    guard.words = 'this is a premium-rate number';
    await expect(callbacks.promise(promiseOf(soon(0)), 'key', signal)).rejects.toMatchObject({
      code: 'DIAL_REFUSED',
      message: 'this is a premium-rate number',
    });
    expect(await rows()).toEqual([]);
    guard.words = undefined;
    await callbacks.promise(promiseOf(soon(0)), 'key', signal);
    guard.words = 'this is a premium-rate number';
    await pass(0);
    expect(await rows()).toEqual(['failed 1 0']);
    expect(carrier.placed).toEqual([]);
    expect(lines).toMatchObject([{ level: 'error', cause: 'this is a premium-rate number' }]);
  });

  test('two servers on one database: each promise is dialled once', async (context) => {
    const one = await rig(context, size);
    const two = await rig(context, size, one.database);
    for (let n = 0; n < 30; n += 1)
      await one.callbacks.promise(promiseOf(one.soon(n), { to: numberOf(n) }), `key ${n}`, signal);
    await Promise.all([one.pass(MINUTE_MS), two.pass(MINUTE_MS), one.pass(0), two.pass(0)]);
    const dialled = [...one.carrier.placed, ...two.carrier.placed].map(({ errand }) => errand.of);
    expect(dialled).toHaveLength(30);
    expect(new Set(dialled).size).toBe(30);
    expect(new Set(await one.rows())).toEqual(new Set(['dialling 1 0']));
  });

  test('a promise of a rehearsal is never dialled on a real line', async (context) => {
    const { callbacks, carrier, database, pass, soon, start } = await rig(context, size);
    const rehearsed = createCallbackStore(database, true);
    await rehearsed.insert(promiseOf(soon(0)), 'key');
    await pass(0);
    await pass(3 * HOUR_MS);
    expect(carrier.placed).toEqual([]);
    await callbacks.close(0);
    await rehearsed.insert(promiseOf(soon(0)), 'key 2');
    await start({}, rehearsed).look();
    expect(carrier.placed).toHaveLength(1);
  });

  test('the database away: nothing is dialled nor thrown, it is told once, and what was heard meanwhile is written after', async (context) => {
    const { callbacks, store, start, pass, soon, rows, carrier, lines, tell } = await rig(context, size);
    await callbacks.close(0);
    const away = { is: false };
    const cut: typeof store = { ...store };
    for (const name of ['insert', 'get', 'claim', 'settle', 'giveUpOverdue', 'giveUpLost'] as const)
      Object.assign(cut, {
        [name]: (...args: never[]) =>
          away.is
            ? Promise.reject(new Error('connection lost'))
            : (store[name] as (...a: never[]) => unknown)(...args),
      });
    const shaky = start({}, cut);
    await shaky.promise(promiseOf(soon(0)), 'a', signal);
    await pass(0, shaky);
    away.is = true;
    await expect(shaky.promise(promiseOf(soon(0)), 'b', signal)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
    await expect(shaky.of('x', signal)).rejects.toThrow();
    await tell('busy', 1, shaky);
    await pass(MINUTE_MS, shaky);
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    away.is = false;
    await pass(0, shaky);
    expect(await rows()).toEqual(['due 1 1']);
    await pass(10 * MINUTE_MS, shaky);
    expect(carrier.placed).toHaveLength(2);
  });

  test('what is odd changes nothing: unknown ids, old attempts, characters that no database has', async (context) => {
    const { callbacks, carrier, pass, soon, rows, lines } = await rig(context, size);
    await callbacks.promise(promiseOf(soon(0), { reason: 'a\0b\ud800' }), 'key\0', signal);
    await pass(0);
    const { of: id } = carrier.placed[0]!.errand;
    for (const of of ['', 'nobody', 'x\0y', 'x'.repeat(10_000)]) {
      callbacks.connected(of);
      callbacks.status({ id: callId(''), errand: { is: 'callback', of, attempt: 1 }, status: 'busy' });
    }
    for (const attempt of [0, 2, -1, Number.NaN, 2 ** 40, 1.5])
      callbacks.status({ id: callId('CA'), errand: { is: 'callback', of: id, attempt }, status: 'busy' });
    await callbacks.look();
    expect(await rows()).toEqual(['dialling 1 0']);
    expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
    expect(await callbacks.of(id, signal)).toMatchObject({ reason: 'a\ufffdb\ufffd' });
  });

  test('who does not wait is not answered', async (context) => {
    const { callbacks, soon } = await rig(context, size);
    const gone = AbortSignal.abort(new Error('late'));
    await expect(callbacks.promise(promiseOf(soon(0)), 'key', gone)).rejects.toThrow('late');
    await expect(callbacks.of('x', gone)).rejects.toThrow('late');
  });

  test('those that are over for a week are deleted, and no others', async (context) => {
    const { callbacks, carrier, clock, pass, soon, rows } = await rig(context, size);
    for (const name of ['CA-1', 'CA-2', 'CA-3'])
      await callbacks.promise(
        promiseOf(soon(name === 'CA-3' ? 10 * 24 * HOUR_MS : 0), { to: numberOf(Number(name.at(-1))) }),
        name,
        signal,
      );
    await pass(0);
    for (const { errand } of carrier.placed) callbacks.connected(errand.of);
    await callbacks.look();
    expect(await rows()).toEqual(['done 1 0', 'done 1 0', 'due 0 0']);
    clock.advance(7 * 24 * HOUR_MS + HOUR_MS);
    await vi.waitFor(async () => expect(await rows()).toEqual(['due 0 0']));
  });
});
