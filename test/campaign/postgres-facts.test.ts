// What is known of a number, however whoever asks for a call writes it, on a real database.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { PhoneNumber } from '../../src/base/phone-number.ts';
import { createPostgresConsents } from '../../src/campaign/consents-postgres.ts';
import { createPostgresSuppressionLists } from '../../src/campaign/do-not-call-postgres.ts';
import { factsOf } from '../../src/campaign/postgres-facts.ts';
import { createPostgresOptOuts } from '../../src/records/opt-outs.ts';
import { freshDatabase, LARGEST } from '../doubles/databases.ts';

const WRITTEN = '+44 (0)20 7946 0958';
const NOW = Date.UTC(2026, 5, 1);

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(text));
}

describe.each(LARGEST)('%s', (size) => {
  test.for([true, false])(
    'consents and lists of a rehearsal count in rehearsals alone, and those of real calls there alone: %s',
    async (rehearsal, context) => {
      const database = await freshDatabase(context, size);
      const number = '+442079460958' as PhoneNumber;
      const list = (asOfMs: number, text: string) => ({
        ...{ name: 'ours', asOfMs, nowMs: NOW, source: bytes(text), signal: new AbortController().signal },
      });
      await createPostgresSuppressionLists(database, rehearsal).import(list(NOW, '+15550100100\n'));
      const given = { number, kind: 'written', givenAtMs: NOW, source: 'web' } as const;
      await createPostgresConsents(database, rehearsal, { epochMs: () => NOW }).add([given]);
      const asked = (of: boolean) =>
        database.sql.transaction().execute((one) => factsOf(one, [number], ['ours'], of));
      expect((await asked(rehearsal))(number)).toMatchObject({
        ...{ consents: [{ kind: 'written' }], lists: [{ name: 'ours', holdsNumber: false }] },
      });
      expect((await asked(!rehearsal))(number)).toMatchObject({ consents: [], lists: [] });
      expect(await createPostgresConsents(database, !rehearsal, { epochMs: () => NOW }).of(number)).toEqual(
        [],
      );
      const others = createPostgresSuppressionLists(database, !rehearsal);
      expect([await others.list(), await others.remove('ours')]).toEqual([[], false]);
      expect(await others.import(list(NOW - 1, `${number}\n`))).toMatchObject({ version: 1 });
      expect((await asked(!rehearsal))(number).lists).toMatchObject([{ holdsNumber: true }]);
      expect((await asked(rehearsal))(number).lists).toMatchObject([{ holdsNumber: false }]);
      expect(await others.remove('ours')).toBe(true);
      expect(await createPostgresSuppressionLists(database, rehearsal).list()).toHaveLength(1);
    },
  );

  test.for(['+442079460958', '+4402079460958'] as PhoneNumber[])(
    'who opted out, or is on a list, with the zero of a trunk is found as %s',
    async (number, context) => {
      const database = await freshDatabase(context, size);
      await createPostgresOptOuts(database).add({ number: WRITTEN, callId: '', reason: '' });
      await createPostgresSuppressionLists(database, false).import({
        ...{ name: 'ours', asOfMs: NOW, nowMs: NOW, source: bytes(`${WRITTEN}\n`) },
        signal: new AbortController().signal,
      });
      const given = { number: WRITTEN, kind: 'written', givenAtMs: NOW, source: 'web' } as const;
      await createPostgresConsents(database, false, { epochMs: () => NOW }).add([given]);
      await sql`
        insert into liveline.attempts
          (id, number, rehearsal, profile, to_number, from_number, state, node, look_at, claimed_at)
        values ('a1', 1, false, 'p', '+442079460958', '+15550100100', 'placed', 'n', now(), ${new Date(NOW)})`.execute(
        database.sql,
      );
      const facts = await database.sql
        .transaction()
        .execute((one) => factsOf(one, [number, '+442079460959' as PhoneNumber], ['ours'], false));
      expect(facts(number)).toMatchObject({
        ...{ isOptedOut: true, lists: [{ holdsNumber: true }], consents: [{ kind: 'written' }] },
        ...{ isOpen: true, past: [{ atMs: NOW }] },
      });
      expect(facts('+442079460959' as PhoneNumber)).toMatchObject({
        ...{ isOptedOut: false, lists: [{ holdsNumber: false }], consents: [] },
      });
    },
  );
});
