// The list of numbers that are not called, on a real database.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createPostgresOptOuts } from '../../src/records/opt-outs.ts';
import { freshDatabase, LARGEST } from '../doubles/databases.ts';

const ADA = '+15550100123';
const BO = '+15550100777';

describe.each(LARGEST)('%s', (size) => {
  test('a number that was added is in it, however it is written, and no other', async (context) => {
    const optOuts = createPostgresOptOuts(await freshDatabase(context, size));
    expect(await optOuts.has(ADA)).toBe(false);
    await optOuts.add({ number: ADA, callId: 'CA1', reason: 'stop calling' });
    expect([await optOuts.has(ADA), await optOuts.has('+1 (555) 010-0123'), await optOuts.has(BO)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('the zero of a trunk in brackets is none of the number', async (context) => {
    const optOuts = createPostgresOptOuts(await freshDatabase(context, size));
    await optOuts.add({ number: '+44 (0)20 7946 0958', callId: '', reason: '' });
    expect(await optOuts.has('+442079460958')).toBe(true);
    expect((await optOuts.find({ limit: 1 })).optOuts).toMatchObject([{ number: '+442079460958' }]);
    expect([await optOuts.remove('+4402079460958'), await optOuts.has('+442079460958')]).toEqual([
      true,
      false,
    ]);
  });

  test('a caller whose number is of an unknown length is not called either', async (context) => {
    const optOuts = createPostgresOptOuts(await freshDatabase(context, size));
    await optOuts.add({ number: '+121255501234', callId: 'CA1', reason: '' });
    expect(await optOuts.has('+121255501234')).toBe(true);
  });

  test('of a number that is in it already nothing changes, also by twenty at once', async (context) => {
    const optOuts = createPostgresOptOuts(await freshDatabase(context, size));
    await optOuts.add({ number: ADA, callId: 'CA1', reason: 'first' });
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        optOuts.add({ number: ADA, callId: `CA${n + 2}`, reason: 'later' }),
      ),
    );
    const { optOuts: all } = await optOuts.find({ limit: 50 });
    expect(all).toEqual([
      { number: ADA, callId: 'CA1', reason: 'first', addedAt: expect.any(String) as string },
    ]);
  });

  test.each(['5550100123', 'anonymous', '', 'sip:ada@example.com', '015550100123'])(
    'a number that is none is never taken for one that may be called: "%s"',
    async (number) => {
      const asked = { sql: undefined as never, ready: () => Promise.resolve() };
      const optOuts = createPostgresOptOuts(asked);
      const invalid = { code: 'API_REQUEST_INVALID' };
      await expect(optOuts.has(number)).rejects.toMatchObject(invalid);
      await expect(optOuts.add({ number, callId: '', reason: '' })).rejects.toMatchObject(invalid);
      await expect(optOuts.remove(number)).rejects.toMatchObject(invalid);
    },
  );

  test('pages, newest first, also of what came at the same moment; none is missed', async (context) => {
    const database = await freshDatabase(context, size);
    const optOuts = createPostgresOptOuts(database);
    const numbers = Array.from({ length: 7 }, (_, n) => `+1555010020${n}`);
    for (const number of numbers) await optOuts.add({ number, callId: '', reason: '' });
    await sql`update liveline.opt_outs set added_at = case when number < '+15550100203' then now() else now() - interval '1 day' end`.execute(
      database.sql,
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await optOuts.find({ limit: 2, cursor });
      seen.push(...page.optOuts.map(({ number }) => number));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['2', '1', '0', '6', '5', '4', '3'].map((n) => `+1555010020${n}`));
    expect((await optOuts.find({ limit: 2, number: '+1 555 010 0204' })).optOuts).toMatchObject([
      { number: '+15550100204', callId: null },
    ]);
    for (const wrong of ['x', Buffer.from('["2026","x"]').toString('base64url')])
      await expect(optOuts.find({ limit: 2, cursor: wrong })).rejects.toMatchObject({
        code: 'API_REQUEST_INVALID',
      });
  });

  test('what callers say is kept as far as it can be', async (context) => {
    const optOuts = createPostgresOptOuts(await freshDatabase(context, size));
    await optOuts.add({ number: ADA, callId: 'CA\0', reason: `a\0\ud800${'😀'.repeat(300)}` });
    const [entry] = (await optOuts.find({ limit: 1 })).optOuts;
    expect(entry).toMatchObject({ callId: 'CA\ufffd', reason: `a\ufffd\ufffd${'😀'.repeat(197)}` });
  });

  test('taken off, a number may be called again', async (context) => {
    const optOuts = createPostgresOptOuts(await freshDatabase(context, size));
    await optOuts.add({ number: ADA, callId: '', reason: '' });
    expect([await optOuts.remove(ADA), await optOuts.remove(ADA), await optOuts.has(ADA)]).toEqual([
      ...[true, false, false],
    ]);
  });
});

test('who waits for a database that does not come is let go', async () => {
  const never = createPostgresOptOuts({ sql: undefined as never, ready: () => new Promise(() => undefined) });
  const gone = new AbortController();
  const added = never.add({ number: ADA, callId: '', reason: '' }, gone.signal);
  const asked = never.has(ADA, gone.signal);
  gone.abort(new Error('too late'));
  await expect(added).rejects.toThrow('too late');
  await expect(asked).rejects.toThrow('too late');
});
