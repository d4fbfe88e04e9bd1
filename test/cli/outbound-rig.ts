// The desk of campaigns over a real database, with a terminal that remembers what it was told, and fixed facts around it.
import { PassThrough } from 'node:stream';
import type { TestContext } from 'vitest';
import { loadProfiles } from '../../src/agents/load.ts';
import { parsePhoneNumber } from '../../src/base/phone-number.ts';
import { silentLog } from '../../src/base/log.ts';
import { openDesk } from '../../src/campaign/open-campaigns.ts';
import { loadRules } from '../../src/campaign/rules/load.ts';
import type { OutboundDesk } from '../../src/cli/campaign-desk.ts';
import { freshDatabase } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const fixture = (path: string): string => new URL(`../../fixtures/${path}`, import.meta.url).pathname;

export const SETTINGS = fixture('campaigns/reminders.yaml');
export const CONTACTS = fixture('contacts/reminders.csv');

export async function outboundRig(
  context: Pick<TestContext, 'onTestFinished'>,
  { isInteractive = false, columns = 120 } = {},
) {
  const database = await freshDatabase(context);
  const clock = new ManualClock();
  const profiles = await loadProfiles(fixture('agents'));
  const held = openDesk({
    ...{
      database,
      clock,
      log: silentLog,
      rehearsal: true,
      account: 'rehearsal',
      node: 'test',
      callsPerSecond: 1,
    },
    law: await loadRules(fixture('calling-rules')),
    profileNamed: (name) => profiles.find((profile) => profile.name === name),
    ownNumbers: () =>
      Promise.resolve(['+12125550190', '+13125550190'].flatMap((number) => parsePhoneNumber(number) ?? [])),
  });
  const out: string[] = [];
  const err: string[] = [];
  const output = new PassThrough({ encoding: 'utf8' });
  const told = new AbortController();
  const state = { opened: 0, closed: 0 };
  const desk: OutboundDesk = {
    open: () => {
      state.opened += 1;
      return Promise.resolve({
        ...held,
        rehearsal: true,
        close: () => Promise.resolve(void (state.closed += 1)),
      });
    },
    terminal: {
      ...{ columns, isInteractive, output, ask: () => Promise.resolve('') },
      print: (line) => out.push(line),
      say: (line) => err.push(line),
    },
    ...{ clock, told: told.signal },
  };
  return { ...held, desk, out, err, output, told, clock, state, database };
}
