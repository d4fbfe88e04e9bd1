// One attempt as it is asked for: what is known of it at each stage, and of no other installation's.
import { expect, test } from 'vitest';
import { createPostgresAttempts } from '../../src/campaign/attempts-postgres.ts';
import { singleCalls } from '../../src/campaign/single-calls.ts';
import { numberOf, rig, SECOND_MS, signal } from './rig.ts';
import { LINE } from './scripted-carrier.ts';

test('placed, told of, settled; in a rehearsal nothing is known of real ones, nor the other way round', async (context) => {
  const { optionsOf, tell, pass, database } = await rig(context);
  const single = singleCalls({ ...optionsOf(), guard: () => undefined, closed: signal });
  const { attempt, call } = await single.place(
    {
      ...{ to: numberOf(1), from: LINE, profile: 'Reminder', variables: {}, ringS: 25 },
      ...{ detectsMachines: 'off', askedBy: 'api' },
    },
    signal,
  );
  const found = await Promise.all(
    [true, false].map((rehearsal) => createPostgresAttempts(database, rehearsal).find(attempt)),
  );
  expect(found.filter((each) => each !== undefined)).toHaveLength(1);
  const attempts = createPostgresAttempts(database, found[0] !== undefined);
  expect(await attempts.find(attempt)).toMatchObject({
    ...{ id: attempt, callId: call, state: 'placed', outcome: undefined },
  });
  await tell('busy');
  await pass(3 * SECOND_MS);
  expect(await attempts.find(attempt)).toMatchObject({ state: 'over', status: 'busy', outcome: 'busy' });
  for (const id of ['', 'other', '\0', '\ud800']) expect(await attempts.find(id)).toBeUndefined();
});
