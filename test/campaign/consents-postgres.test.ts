// Consents on record, on a real database.
import { describe, expect, test } from 'vitest';
import { createPostgresConsents, type NewConsent } from '../../src/campaign/consents-postgres.ts';
import { freshDatabase, LARGEST } from '../doubles/databases.ts';

const ADA = '+15550100123';
const GIVEN = Date.UTC(2026, 5, 1, 12, 30, 15, 250);
/** Consents of the tests are hours ahead of it at most. */
const clock = { epochMs: () => GIVEN };
const consent = (of: Partial<NewConsent> = {}): NewConsent => ({
  number: ADA,
  kind: 'written',
  givenAtMs: GIVEN,
  source: 'https://example.com/form',
  ...of,
});

describe.each(LARGEST)('%s', (size) => {
  test('what was added is on record, as it was given, newest first, and of no other number', async (context) => {
    const consents = createPostgresConsents(await freshDatabase(context, size), false, clock);
    const full = consent({
      number: '+1 (555) 010-0123',
      givenAtMs: GIVEN + 1,
      expiresAtMs: GIVEN + 2,
      wording: 'You may call me.\0',
      seller: ' Harbour Dental ',
    });
    expect(await consents.add([consent(), full, consent({ number: '+15550100777' })])).toBe(3);
    expect(await consents.of(ADA)).toEqual([
      {
        id: expect.stringMatching(/^\d+$/) as string,
        number: ADA,
        kind: 'written',
        givenAtMs: GIVEN + 1,
        expiresAtMs: GIVEN + 2,
        source: 'https://example.com/form',
        wording: 'You may call me.\ufffd',
        seller: 'Harbour Dental',
        addedAtMs: expect.any(Number) as number,
      },
      expect.objectContaining({ givenAtMs: GIVEN, expiresAtMs: undefined, seller: '', wording: '' }),
    ]);
  });

  test('again it changes nothing, also when it is twice in one go', async (context) => {
    const consents = createPostgresConsents(await freshDatabase(context, size), false, clock);
    expect(await consents.add([consent({ wording: 'first' }), consent({ wording: 'second' })])).toBe(1);
    expect(await consents.add([consent({ wording: 'third' })])).toBe(0);
    expect(await consents.of(ADA)).toMatchObject([{ wording: 'first' }]);
    const sellers = ['Harbour Dental', 'Harbour Heating'].map((seller) => consent({ seller }));
    expect(
      await consents.add([...sellers, consent({ seller: 'Harbour Dental', expiresAtMs: GIVEN + 1 })]),
    ).toBe(2);
    expect((await consents.of(ADA)).map(({ seller, expiresAtMs }) => [seller, expiresAtMs]).sort()).toEqual([
      ['', undefined],
      ['Harbour Dental', GIVEN + 1],
      ['Harbour Heating', undefined],
    ]);
    expect(await consents.add([])).toBe(0);
  });

  test('added again, it ends when either says so, whichever is earlier', async (context) => {
    const consents = createPostgresConsents(await freshDatabase(context, size), false, clock);
    const ending = (expiresAtMs?: number) => consents.add([consent({ expiresAtMs })]);
    const end = async () => (await consents.of(ADA)).map(({ expiresAtMs }) => expiresAtMs);
    expect([await ending(), await end()]).toEqual([1, [undefined]]);
    expect([await ending(GIVEN + 500), await end()]).toEqual([0, [GIVEN + 500]]);
    expect([await ending(GIVEN + 900), await ending(), await end()]).toEqual([0, 0, [GIVEN + 500]]);
    const both = [consent({ expiresAtMs: GIVEN + 300 }), consent({ expiresAtMs: GIVEN + 200 })];
    expect([await consents.add([consent(), ...both]), await end()]).toEqual([0, [GIVEN + 200]]);
  });

  test('a number is found however it is written', async (context) => {
    const consents = createPostgresConsents(await freshDatabase(context, size), false, clock);
    expect(await consents.add([consent({ number: '+44 (0)20 7946 0958' })])).toBe(1);
    expect(await consents.of('+442079460958')).toMatchObject([{ number: '+442079460958' }]);
    expect(await consents.of('+4402079460958')).toHaveLength(1);
  });

  test('all or none', async (context) => {
    const consents = createPostgresConsents(await freshDatabase(context, size), false, clock);
    const bad: [Partial<NewConsent>, string][] = [
      [{ number: '5550100123' }, 'consent 2: the number'],
      [{ number: '+121255501234' }, 'consent 2: the number'],
      [{ givenAtMs: 0 }, 'consent 2: it needs the moment'],
      [{ source: ' ' }, 'consent 2: it needs a source'],
      [{ givenAtMs: NaN }, 'consent 2: it needs the moment'],
      [{ givenAtMs: Date.UTC(12_000, 0) }, 'consent 2: it needs the moment'],
      [{ givenAtMs: GIVEN + 86_400_001 }, 'consent 2: it is dated in the future'],
      [{ expiresAtMs: GIVEN }, 'consent 2: it ends before'],
      [{ expiresAtMs: NaN }, 'consent 2: it ends before'],
    ];
    for (const [of, words] of bad)
      await expect(consents.add([consent(), consent(of)])).rejects.toMatchObject({
        code: 'API_REQUEST_INVALID',
        message: expect.stringContaining(words) as string,
      });
    expect(await consents.of(ADA)).toEqual([]);
    expect(await consents.add([consent({ givenAtMs: GIVEN + 86_400_000 })])).toBe(1);
  });
});

test('nobody is found by a number that is none', async () => {
  const consents = createPostgresConsents(
    { sql: undefined as never, ready: () => Promise.resolve() },
    false,
    clock,
  );
  await expect(consents.of('anonymous')).rejects.toMatchObject({ code: 'API_REQUEST_INVALID' });
});
