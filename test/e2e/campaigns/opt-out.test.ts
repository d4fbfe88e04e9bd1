// Somebody says no more, by a key in the middle of a call: nothing of ours calls that number again.
import { expect, test, vi } from 'vitest';
import { GREETING, numbered, openTown } from './town.ts';

vi.setConfig({ testTimeout: 120_000 });

test('who opts out while they talk is not called by two other campaigns that have them next', async (context) => {
  const [them, others] = [numbered(1), [numbered(2), numbered(3)]];
  const town = await openTown(context, {
    script: { name: 'greets', greeting: { say: GREETING }, otherwise: { steps: [{ say: 'Very well.' }] } },
    population: (number) =>
      number === them
        ? {
            does: 'answers',
            ringsMs: 500,
            script: [{ press: '9', when: { afterMs: 2_500 } }],
            hangsUpAfterMs: 20_000,
          }
        : { does: 'busy', ringsMs: 100 },
  });
  const first = await town.campaign('first', [them]);
  const queued = await Promise.all(
    ['second', 'third'].map((name, n) => town.campaign(name, [them, others[n]!])),
  );
  await town.campaigns.start(first);
  const phone = await town.network.called(them);
  await vi.waitFor(
    async () => {
      const { optOuts } = await town.optOuts(them);
      expect(optOuts).toHaveLength(1);
    },
    { timeout: 30_000, interval: 100 },
  );
  // They are still on the phone.
  expect(phone.ended).toBe(false);
  for (const id of queued) await town.campaigns.start(id);
  for (const id of queued) await town.done(id);
  phone.hangUp();
  await town.done(first);

  expect(town.network.callsTo(them)).toHaveLength(1);
  for (const [n, id] of queued.entries()) {
    const { attempts, audit } = await town.rows(id);
    expect(attempts.map(({ to_number }) => to_number)).toEqual([others[n]]);
    const decided = audit.filter(({ to_number }) => to_number === them);
    expect(decided.map(({ decision }) => decision)).toEqual(['never']);
    expect(decided[0]?.rule).toBe('consent.revoked');
  }
  expect((await town.campaigns.progress(first)).outcomes).toEqual({ 'opted-out': 1 });
});
