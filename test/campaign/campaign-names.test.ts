// Names of campaigns: one of each among those that are real, and among those of rehearsals.
import { expect, test } from 'vitest';
import { createCampaignStore } from '../../src/campaign/postgres.ts';
import { rig } from './rig.ts';

test('a name that a campaign on the simulators has is free for a real one', async (context) => {
  const { database, clock } = await rig(context);
  const place = { account: 'AC1', node: 'node-1' };
  const made = { name: 'Reminders', profile: 'Reminder', settings: {}, startsAtMs: undefined };
  for (const rehearsal of [true, false]) {
    const store = createCampaignStore(database, { ...place, rehearsal });
    const create = () => store.create({ ...made, nowMs: clock.epochMs() });
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'CAMPAIGN_CONFLICT' });
  }
});
