import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test, type TestContext } from 'vitest';
import { createCampaign } from '../../src/cli/campaign-create.ts';
import { exportCampaign } from '../../src/cli/campaign-export.ts';
import { importFile, listFaults } from '../../src/cli/campaign-import.ts';
import {
  cloneCampaign,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
  stopCampaign,
} from '../../src/cli/campaign-moves.ts';
import { campaignStatus, durationWords, listCampaigns } from '../../src/cli/campaign-status.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { CONTACTS, outboundRig, SETTINGS } from './outbound-rig.ts';

const written = (context: TestContext, name: string, text: string | Uint8Array): string => {
  const path = join(freshFolder(context), name);
  writeFileSync(path, text);
  return path;
};

test('the sample campaign: made with its contacts, started, paused, gone on with, stopped, made again', async (context) => {
  const { desk, out, err, state } = await outboundRig(context);
  expect(await createCampaign(SETTINGS, { contacts: CONTACTS }, desk)).toBe(0);
  expect(out.splice(0)).toEqual([
    'The campaign "Reminders" is made, as a draft for rehearsals.',
    'reminders.csv into Reminders: 8 rows, 8 new contacts, 0 of numbers that were there, 0 left out',
    'Start it: liveline campaign start "Reminders"',
  ]);
  expect(await startCampaign('Reminders', {}, desk)).toBe(0);
  expect(await pauseCampaign('Reminders', desk)).toBe(0);
  expect(await resumeCampaign('Reminders', desk)).toBe(0);
  expect(await stopCampaign('Reminders', desk)).toBe(0);
  expect(await cloneCampaign('Reminders', 'Again', { outcomes: 'stopped, busy' }, desk)).toBe(0);
  expect(out).toEqual([
    expect.stringMatching(/^"Reminders" runs: /),
    expect.stringMatching(/^"Reminders" is paused: /),
    '"Reminders" goes on.',
    expect.stringMatching(/^"Reminders" is stopped for good: /),
    '"Reminders" is made again as "Again", a draft with 8 contacts.',
  ]);
  expect(err.filter((line) => !line.includes('%'))).toEqual([]);
  expect(state.closed).toBe(state.opened);
});

test('what may not be done now is said, exit 1; what there is not, too', async (context) => {
  const { desk, err } = await outboundRig(context);
  await createCampaign(SETTINGS, {}, desk);
  expect([await startCampaign('Reminders', {}, desk), await pauseCampaign('Reminders', desk)]).toEqual([
    1, 1,
  ]);
  expect([await stopCampaign('nobody\u001b[2J', desk), await createCampaign(SETTINGS, {}, desk)]).toEqual([
    1, 1,
  ]);
  expect(err).toEqual([
    expect.stringContaining('there is nobody to call'),
    'a campaign that is draft cannot be paused: it must be running or scheduled',
    'there is no campaign "nobody\\x1b[2J"; liveline campaign list shows those that there are',
    'there is a campaign of this name: give it another one',
  ]);
});

test('a start later: at a time, and at none', async (context) => {
  const { desk, out, err } = await outboundRig(context);
  await createCampaign(SETTINGS, { contacts: CONTACTS }, desk);
  out.splice(0);
  for (const at of ['tomorrow', '2h', '2026-02-30'])
    expect(await startCampaign('Reminders', { at }, desk)).toBe(2);
  expect(err.filter((line) => line.startsWith('--at takes a date or a time'))).toHaveLength(3);
  expect(await startCampaign('Reminders', { at: '2026-01-05T09:00Z' }, desk)).toBe(0);
  expect(out).toEqual([
    expect.stringMatching(/^"Reminders" starts at 2026-01-05 .*, if a server runs then\.$/),
  ]);
});

const yaml = readFileSync(SETTINGS, 'utf8');

test.for<[string, string, string]>([
  [
    'an unowned caller ID',
    yaml.replace('+13125550190', '+14155550190'),
    'caller_ids[1]: +14155550190 is neither',
  ],
  [
    'a consent of no kind',
    yaml.replace('kind: express', 'kind: any'),
    ':8: consent.kind: expected which consent',
  ],
  ['no consent', yaml.replace(/^consent.*$/m, ''), 'consent: expected which consent is needed'],
  [
    'a window that never opens',
    `${yaml}\nwindows: { weekdays: '22:00-23:00' }\n`,
    'windows: these never open',
  ],
  [
    'a list that is not there',
    `${yaml}\nsuppression_lists: [{ name: National }]\n`,
    'suppression_lists: the list "National" was never imported',
  ],
  [
    'a ring that is too short',
    `${yaml}\nretries: { busy: { most: 0 } }\n`,
    'retries.busy.most: expected a whole number',
  ],
  [
    'another profile',
    yaml.replace('Appointment reminder', 'Nobody'),
    'profile: there is no profile "Nobody"',
  ],
  ['an inbound profile', yaml.replace('Appointment reminder', 'Harbour Dental reception'), 'first_words'],
  ['no YAML', 'caller_ids: [', ':1: '],
  ['a list', '- a', 'expected fields, such as profile'],
  ['a name that is none', yaml.replace('name: Reminders', 'name: 7'), ':3: name: expected text'],
])('%s: told with its field, and nothing is made', async ([, text, words], context) => {
  const { desk, out, err, campaigns } = await outboundRig(context);
  expect(await createCampaign(written(context, 'spring.yaml', text), { contacts: CONTACTS }, desk)).toBe(2);
  expect([out, err.join('\n')]).toEqual([[], expect.stringContaining(words)]);
  expect(await campaigns.list()).toEqual([]);
});

test('files that are not there: nothing is made', async (context) => {
  const { desk, err, campaigns } = await outboundRig(context);
  expect(await createCampaign('/nowhere/a.yaml', {}, desk)).toBe(2);
  expect(await createCampaign(SETTINGS, { contacts: '/nowhere/a.csv' }, desk)).toBe(2);
  expect(await createCampaign(SETTINGS, { contacts: CONTACTS, map: ['phone'] }, desk)).toBe(2);
  expect(err).toEqual([
    expect.stringMatching(/^the settings cannot be read: ENOENT/),
    expect.stringMatching(/^the contacts cannot be read: ENOENT/),
    expect.stringMatching(/^--map takes the name of a column/),
  ]);
  expect(await campaigns.list()).toEqual([]);
});

test('contacts that cannot be read: the draft stays, and it is said how to go on', async (context) => {
  const { desk, err, out } = await outboundRig(context);
  const bad = written(context, 'bad.xlsx', 'PK\x03\x04');
  expect(await createCampaign(SETTINGS, { contacts: bad }, desk)).toBe(2);
  expect(err).toEqual([
    expect.stringContaining('this is a spreadsheet (XLSX'),
    'It has no contacts yet: liveline campaign import "Reminders" FILE.csv brings them in.',
  ]);
  const csv = 'Handy;name\n(212) 555-0100;Ada\n+121;Bo\n\u001b[2J;Di\n';
  const mended = written(context, 'mended.csv', csv);
  expect(await importFile('Reminders', mended, { map: ['Handy=phone'] }, desk)).toBe(0);
  expect(out.at(-1)).toBe(
    'mended.csv into Reminders: 3 rows, 1 new contact, 0 of numbers that were there, 2 left out',
  );
  expect(err.filter((line) => line.startsWith('  line'))).toHaveLength(2);
  expect(err.join('')).not.toContain('\u001b');
  out.splice(0);
  expect(await listFaults('Reminders', desk)).toBe(0);
  expect(out.map((line) => line.slice(0, 40))).toEqual([
    expect.stringMatching(/^bad\.xlsx: nothing was taken: /),
    'mended.csv: 2 left out',
    expect.stringMatching(/^ {2}line 3: phone "\+121"/),
    expect.stringMatching(/^ {2}line 4: phone /),
  ]);
});

test('an import that is stopped by Ctrl-C takes nothing', async (context) => {
  const { desk, err, told, contacts, campaigns } = await outboundRig(context);
  await createCampaign(SETTINGS, {}, desk);
  told.abort(new Error('told to stop'));
  await expect(importFile('Reminders', CONTACTS, {}, desk)).rejects.toThrow('told to stop');
  const [campaign] = await campaigns.list();
  expect(await contacts.find(campaign!.id)).toMatchObject([
    { state: 'failed', cause: 'it stopped: told to stop' },
  ]);
  expect(err).toEqual([]);
});

test('list and status: none, one, in numbers that add up; as JSON', async (context) => {
  const { desk, out, database } = await outboundRig(context);
  expect(await listCampaigns({}, desk)).toBe(0);
  expect(out.splice(0)).toEqual([
    'No campaigns for rehearsals yet: liveline campaign create FILE.yaml --contacts FILE.csv',
  ]);
  await createCampaign(SETTINGS, { contacts: CONTACTS }, desk);
  await startCampaign('Reminders', {}, desk);
  await sql`update liveline.campaign_contacts set state = 'done', outcome = 'human' where to_number like '+1212%'`.execute(
    database.sql,
  );
  // The clock of the test is not that of the database, which is written down then.
  await sql`update liveline.campaigns set started_at = '2026-01-01'`.execute(database.sql);
  out.splice(0);
  expect(await listCampaigns({ utc: true }, desk)).toBe(0);
  expect(out.splice(0)).toEqual([
    'id        name       state    contacts  left  profile               started',
    expect.stringMatching(
      /^\S{8} {2}Reminders {2}running {9}8 {5}6 {2}Appointment reminder {2}2026-01-01 00:00$/,
    ),
  ]);
  await sql`update liveline.campaign_contacts set next_at = '2026-12-01T15:00:00Z'`.execute(database.sql);
  expect(await campaignStatus('Reminders', { utc: true }, desk)).toBe(0);
  expect(out.splice(0)).toEqual([
    'Reminders: running, Appointment reminder speaks',
    `${'█'.repeat(8)}${'░'.repeat(22)}  25 %  2 of 8 over, at least 335 days left`,
    'contacts   waiting 6  done 2',
    'outcomes   human 2',
    'next       nobody is due before 2026-12-01 15:00:00 UTC',
  ]);
  expect(await campaignStatus('Reminders', { json: true }, desk)).toBe(0);
  expect(JSON.parse(out.join(''))).toMatchObject({ contacts: { waiting: 6, done: 2 }, remaining: 6 });
});

test.for([false, true])(
  'a campaign is watched until it is over; a terminal: %s',
  async (isInteractive, context) => {
    const { desk, out, err, output, clock, campaigns, database } = await outboundRig(context, {
      isInteractive,
    });
    await createCampaign(SETTINGS, { contacts: CONTACTS }, desk);
    await sql`update liveline.campaign_contacts set next_at = '2026-01-01T12:00:00Z'`.execute(database.sql);
    [out, err].forEach((lines) => lines.splice(0));
    output.read();
    await campaigns.start((await campaigns.list())[0]!.id);
    const watching = campaignStatus('Reminders', { watch: true, utc: true }, desk);
    while (clock.pending === 0) await new Promise(setImmediate);
    await campaigns.stop((await campaigns.list())[0]!.id);
    clock.advance(10_000);
    expect(await watching).toBe(0);
    const drawn = String(output.read() ?? '');
    if (isInteractive) {
      expect(drawn).toMatch(
        /^Reminders: running[^]*\u001b\[4A\u001b\[JReminders: stopped[^]*100 % {2}8 of 8 over\n/,
      );
      expect(err).toEqual([]);
    } else {
      expect(drawn).toBe('');
      expect(err).toEqual([
        'running: 0 %, 0 of 8 over, at least 12 h 0 min left',
        'stopped: 100 %, 8 of 8 over; stopped 8',
      ]);
    }
  },
);

test('Ctrl-C ends the watching, not the campaign', async (context) => {
  const { desk, clock, told, campaigns } = await outboundRig(context);
  await createCampaign(SETTINGS, { contacts: CONTACTS }, desk);
  const watching = campaignStatus('Reminders', { watch: true }, desk);
  while (clock.pending === 0) await new Promise(setImmediate);
  told.abort();
  expect(await watching).toBe(0);
  expect(await campaigns.list()).toMatchObject([{ state: 'draft' }]);
});

test('results and audit are exported: to the terminal, and to a new file', async (context) => {
  const { desk, output, err } = await outboundRig(context);
  await createCampaign(SETTINGS, { contacts: CONTACTS }, desk);
  output.read();
  err.splice(0);
  expect(await exportCampaign('Reminders', {}, desk)).toBe(0);
  const lines = String(output.read()).split('\r\n');
  expect([lines[0], lines.length]).toEqual([expect.stringMatching(/^number,state,.*,appointment,name$/), 10]);
  expect(await exportCampaign('Reminders', { audit: true }, desk)).toBe(0);
  expect(JSON.parse(String(output.read()).split('\n')[0]!)).toMatchObject({ rule: 'campaign.created' });
  const out = join(freshFolder(context), 'results.csv');
  expect(await exportCampaign('Reminders', { out }, desk)).toBe(0);
  expect(readFileSync(out, 'utf8')).toContain('+13125550103');
  expect(await exportCampaign('Reminders', { out, audit: true }, desk)).toBe(1);
  expect(readFileSync(out, 'utf8')).toContain('+13125550103');
  expect(err).toEqual([`Written to ${out}.`, expect.stringMatching(/^It could not be exported: EEXIST/)]);
});

test.each([
  [1, '1 min'],
  [59 * 60_000, '59 min'],
  [200 * 60_000, '3 h 20 min'],
  [72 * 3_600_000, '3 days'],
])('%i ms is %s', (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});
