// A dialler killed again and again (kill -9), also between the carrier's taking a call and our writing it down, with Twilio's
// adapter against the simulated telephone network: nobody is called twice, and nobody is lost. The long version: npm run bench -- campaign-crash.
import { expect, test } from 'vitest';
import { campaignCrash } from '../../bench/campaign-crash/rounds.ts';
import { freshDatabaseUrl } from '../doubles/databases.ts';

const MINUTES_MS = 60_000;

test(
  'eight kills in a campaign of sixty: 0 double dials, 0 lost, the audit complete',
  async (context) => {
    const { verdict, traffic, kills, openAtLastKill, errors } = await campaignCrash({
      databaseUrl: await freshDatabaseUrl(context),
      ...{ contacts: 60, kills: 8, seed: 1 },
    });
    expect(errors).toEqual([]);
    expect([verdict.doubleDials, verdict.lost, verdict.strange]).toEqual([[], [], []]);
    expect(traffic.refused).toEqual([]);
    expect(traffic.answered).toBeGreaterThan(0);
    expect(verdict.calls).toBeGreaterThanOrEqual(60);
    expect(Math.min(kills.any, kills.accepted, kills.answered)).toBeGreaterThan(0);
    expect(openAtLastKill, 'the campaign was at work until the last kill').toBeGreaterThan(0);
  },
  4 * MINUTES_MS,
);
