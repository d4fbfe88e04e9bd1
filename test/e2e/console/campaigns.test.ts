// A campaign in a real browser, from its file of contacts to its results: on the simulated telephones and the simulated model.
import { readFileSync } from 'node:fs';
import { expect, test, vi, type TestContext } from 'vitest';
import type { Person } from '../../../src/simulator/phone/people.ts';
import { migratedDatabaseUrl } from '../../doubles/databases.ts';
import { GREETING, numbered, openTown, OURS } from '../campaigns/town.ts';
import { wav } from '../rig.ts';
import { describeInBrowser, looksRight, openConsole, type ConsolePage, type PageOptions } from './browser.ts';

vi.setConfig({ testTimeout: 180_000 });

const OPERATOR_TOKEN = 'operator-token-0123456789';
const VIEWER_TOKEN = 'viewer-token-0123456789';
const PEOPLE: readonly Omit<Person, 'number'>[] = [
  { does: 'answers', ringsMs: 500, script: [{ say: wav('caller/yes') }] },
  { does: 'busy', ringsMs: 100 },
  { does: 'busy', ringsMs: 100 },
  { does: 'fails' },
];
const SCRIPT = {
  name: 'reminds',
  greeting: { say: GREETING },
  otherwise: {
    steps: [{ say: 'Wonderful. Goodbye.' }, { call: { name: 'end_call', args: { reason: 'done' } } }],
  },
};

/** Who consented, one who did not, and two lines that are no contacts. */
const CONTACTS = [
  'phone,name,consent_kind,consent_at,consent_source',
  ...PEOPLE.map((_, n) => `${numbered(n)},Person ${n},written,2026-03-01,web form`),
  `${numbered(PEOPLE.length)},Nobody asked,,,`,
  '+1212,Too short,written,2026-03-01,web form',
  `${numbered(60)},Of the future,written,2999-01-01,web form`,
  '',
].join('\n');

async function townWithConsole(context: TestContext) {
  const environment = { OPERATOR_TOKEN, VIEWER_TOKEN, DATABASE_URL: await migratedDatabaseUrl(context) };
  const population = (number: string): Omit<Person, 'number'> =>
    PEOPLE.find((_, n) => numbered(n) === number) ?? { does: 'fails' };
  const town = await openTown(context, { population, script: SCRIPT, environment });
  const url = town.app.publicBaseUrl;
  const open = (options: Partial<PageOptions> = {}): Promise<ConsolePage> =>
    openConsole(context, { url, path: '/campaigns', token: OPERATOR_TOKEN, ...options });
  return { ...town, url, open };
}

const sent = (text: string) => ({ name: 'spring.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

async function downloaded({ page }: ConsolePage, link: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: link }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

describeInBrowser('campaigns', () => {
  test('from a file with faults to results that are those of the API', async (context) => {
    const town = await townWithConsole(context);
    const desk = await town.open({ expected: [/status of 422/] });
    const { page } = desk;
    await page.getByText('There is no campaign yet').waitFor();
    await page.getByRole('link', { name: 'New campaign' }).click();

    // The sample names what this town does not have: each fault stands at its field.
    const create = page.getByRole('button', { name: 'Create the draft' });
    expect(await create.isDisabled()).toBe(true);
    await page.getByText('Still missing: name').waitFor();
    await page.getByRole('button', { name: 'Begin with the sample' }).click();
    await create.click();
    await page.getByText('there is no profile "Appointment reminder"').waitFor();
    await page.getByText('+13125550190 is neither a number').waitFor();
    expect(await page.getByLabel('Profile').getAttribute('aria-invalid')).toBe('true');
    await page.getByText('Pace', { exact: true }).click();
    await looksRight(desk, 'campaign-new');

    // What is written as JSON stays, and is not said to be in the fields.
    await page.getByRole('radio', { name: 'JSON' }).check();
    await page.getByLabel('Settings as JSON').fill('{"profile": "of my own"}');
    await page.getByRole('radio', { name: 'Fields' }).check();
    await page.getByText('What you wrote as JSON is not in the fields').waitFor();
    await page.getByRole('radio', { name: 'JSON' }).check();
    expect(await page.getByLabel('Settings as JSON').inputValue()).toBe('{"profile": "of my own"}');
    await page.getByRole('radio', { name: 'Fields' }).check();
    await page.getByText('Pace', { exact: true }).click();

    await page.getByLabel('Name', { exact: true }).fill('Spring');
    await page.getByLabel('Profile').fill('reminder');
    await page.getByLabel('Caller IDs').fill(OURS);
    await page.getByLabel('Consent › kind').selectOption('written');
    await page.getByLabel('Calls per second').fill('20');
    await page.getByLabel('Ramp minutes').fill('0');
    await page.getByText('Attempts', { exact: true }).click();
    await page.getByLabel('Max attempts').fill('1');
    await page.getByLabel('Machines').selectOption('hang-up');
    await create.click();

    // A draft: nobody is on its list, so it cannot start.
    await page.getByRole('heading', { name: 'Spring draft' }).waitFor();
    expect(await page.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
    await page.getByText('There is nobody left to call.').waitFor();
    await page.getByLabel('File of contacts').setInputFiles(sent('name\nAda\n'));
    await page.getByRole('button', { name: 'Send the file' }).click();
    await page.getByRole('alert').filter({ hasText: 'phone' }).waitFor();
    await page.getByLabel('File of contacts').setInputFiles(sent(CONTACTS));
    // What would be left out is said before anything of it is taken.
    await page.getByText('7 rows, of which 2 would be left out').waitFor();
    const expected = page.getByRole('region', { name: 'Lines that would be left out' }).locator('tbody tr');
    expect(await expected.allInnerTexts()).toEqual([
      expect.stringMatching(/^7\s+phone\s+"\+1212" is no/),
      expect.stringMatching(/^8\s+consent_at\s+is before 1990 or in the future/),
    ]);
    const [draft] = await town.campaigns.list();
    expect((await town.campaigns.progress(draft!.id)).contacts).toEqual({});
    await looksRight(desk, 'campaign-check');
    await page.getByRole('button', { name: 'Send the file' }).click();
    await page.getByText('7 rows: 5 new contacts, 0 of a number that was there, 2 left out').waitFor();
    const faults = page.getByRole('region', { name: 'Faults of spring.csv' }).locator('tbody tr');
    await faults.first().waitFor();
    expect(await faults.allInnerTexts()).toEqual([
      expect.stringMatching(/^7\s+phone\s+"\+1212" is no/),
      expect.stringMatching(/^8\s+consent_at\s+is before 1990 or in the future/),
    ]);
    expect((await downloaded(desk, 'Download all faults')).split('\r\n')).toHaveLength(4);
    await looksRight(desk, 'campaign-draft');

    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('heading', { name: 'Spring done' }).waitFor({ timeout: 90_000 });

    const { id } = (await town.campaigns.list())[0]!;
    const { outcomes } = await town.campaigns.progress(id);
    expect(outcomes).toEqual({ human: 1, busy: 2, failed: 1, 'consent.missing': 1 });
    const bars = page.getByRole('list', { name: 'Contacts by outcome' }).getByRole('listitem');
    const drawn = await bars.evaluateAll((all) =>
      all.map((bar) => [bar.dataset['outcome'], Number(bar.querySelector('b')?.textContent)] as const),
    );
    expect(Object.fromEntries(drawn)).toEqual(outcomes);
    await page.getByText('5 of 5 · 100 %').waitFor();

    await page.getByRole('radio', { name: 'Refusals' }).check();
    const refused = page.getByRole('region', { name: 'Decisions' }).locator('tbody tr');
    await context.expect.poll(() => refused.count()).toBe(1);
    expect(await refused.innerText()).toMatch(/\+12125550104\s+never\s+consent\.missing\s+\S.*consent/);
    await page.getByRole('radio', { name: 'All' }).check();
    // Newest first, as the server gives them.
    await refused.first().filter({ hasText: 'campaign.done' }).waitFor();
    await refused.last().filter({ hasText: 'campaign.created' }).waitFor();
    await page.getByRole('radio', { name: 'Attempts' }).check();
    await refused.filter({ hasText: 'campaign.' }).first().waitFor({ state: 'detached' });
    expect(await downloaded(desk, 'Export the results')).toBe(await textOf(town.campaigns.results(id)));
    await looksRight(desk, 'campaign');

    // Those that were busy, once more.
    await page.getByRole('button', { name: 'Call some again' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Busy (2)').waitFor();
    expect(await dialog.getByLabel('Busy (2)').isChecked()).toBe(true);
    expect(await dialog.getByLabel('Human (1)').isChecked()).toBe(false);
    expect(await desk.axe()).toEqual([]);
    await dialog.getByRole('button', { name: 'Make the draft' }).click();
    await page.getByRole('heading', { name: 'Spring again draft' }).waitFor();
    await page.getByText('2 waiting').waitFor();

    await desk.goTo('/campaigns');
    const rows = page.getByRole('region', { name: 'Campaigns, newest first' }).locator('tbody tr');
    await context.expect
      .poll(async () => (await rows.allInnerTexts()).map((row) => row.split(/\s*\n/)[0]))
      .toEqual([...['Spring again', 'Spring']]);
    await page.getByText('5 of 5 · 100 %').waitFor();
    await looksRight(desk, 'campaigns');
  });

  test('scheduled, paused, gone on with, and stopped, each after a question', async (context) => {
    const town = await townWithConsole(context);
    const id = await town.campaign('Autumn', [numbered(70)]);
    const desk = await town.open({ path: `/campaigns/${id}` });
    const { page } = desk;
    const confirm = async (label: string, verb: string): Promise<void> => {
      await page.getByRole('button', { name: label, exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: verb, exact: true }).click();
    };
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByLabel('Not before').fill('2099-01-01T09:00');
    await page.getByRole('dialog').getByRole('button', { name: 'Schedule' }).click();
    await page.getByText('It starts on 1 Jan 2099').waitFor();
    await confirm('Pause', 'Pause');
    await page.getByRole('heading', { name: 'Autumn paused' }).waitFor();
    await confirm('Resume', 'Resume');
    await page.getByRole('heading', { name: 'Autumn scheduled' }).waitFor();
    await confirm('Stop', 'Stop for good');
    await page.getByRole('heading', { name: 'Autumn stopped' }).waitFor();
    expect(await page.getByRole('button', { name: 'Start', exact: true }).count()).toBe(0);
    expect((await town.campaigns.get(id)).state).toBe('stopped');
  });

  test('a viewer sees how far campaigns are, and nothing that changes them', async (context) => {
    const town = await townWithConsole(context);
    const id = await town.campaign('Autumn', [numbered(71)]);
    const desk = await town.open({ token: VIEWER_TOKEN });
    const { page } = desk;
    await page.getByRole('link', { name: 'Autumn' }).waitFor();
    expect(await page.getByRole('link', { name: 'New campaign' }).count()).toBe(0);
    await desk.goTo('/campaigns?new=yes');
    await page.getByRole('link', { name: 'Autumn' }).click();
    await page.getByRole('heading', { name: 'Autumn draft' }).waitFor();
    await page.getByRole('region', { name: 'Decisions' }).waitFor();
    const names = await page.getByRole('main').getByRole('button').allInnerTexts();
    expect(names).toEqual([]);
    expect(await page.getByLabel('File of contacts').count()).toBe(0);
    expect(await downloaded(desk, 'Export the results')).toBe(await textOf(town.campaigns.results(id)));
    await looksRight(desk, 'campaign-viewer');
  });
});

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const line of lines) text += line;
  return text;
}
