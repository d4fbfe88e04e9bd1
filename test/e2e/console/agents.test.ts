// The agents in a real Chromium: as they are loaded, with a file that is changed, and one that cannot be.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { agentsWith, world } from '../rig.ts';
import { alone, describeInBrowser, looksRight, openConsole } from './browser.ts';

vi.setConfig({ testTimeout: 120_000 });

describeInBrowser('agents', () => {
  test('what they answer, what changed in a file, and what is wrong with it by its line', async (context) => {
    const dir = agentsWith('', context);
    const { app } = await world(context, {}, { AGENTS_DIR: dir, ...(await alone(context)) });
    const [profile] = app.profiles;
    const opened = await openConsole(context, { url: app.publicBaseUrl, path: '/agents' });
    const { page } = opened;
    const card = page.getByRole('article', { name: profile!.name });
    await card.waitFor();
    expect(await card.textContent()).toContain(profile!.version);
    expect(await card.locator('.diff').count()).toBe(0);

    const file = join(dir, 'receptionist.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}keep_records_days: 7\n`);
    const diff = card.locator('.diff');
    await card.getByText('Changed, and taken for new calls').click({ timeout: 20_000 });
    const added = diff.locator('[data-is="added"]');
    expect(await added.allTextContents()).toEqual([expect.stringContaining('+ keep_records_days: 7')]);
    expect(await diff.locator('[data-is="removed"]').count()).toBe(0);
    await looksRight(opened, 'agents-changed');

    const lines = `${text}keep_records_days: 7\n`.split('\n');
    writeFileSync(file, `${text}keep_records_days: never\n`);
    await card.getByText('File has faults').waitFor({ timeout: 20_000 });
    await card.getByText(`Line ${lines.length - 1},`).waitFor();
    expect(await diff.locator('[data-is="removed"]').allTextContents()).toEqual([
      expect.stringContaining('− keep_records_days: 7'),
    ]);
    expect(await card.textContent()).toContain(app.profiles[0]!.version);
    await looksRight(opened, 'agents-faulty');

    writeFileSync(join(dir, 'other.yaml'), 'name: Other\n');
    await page.locator('.stack > .agent-faults').getByText('other.yaml').first().waitFor({ timeout: 20_000 });

    await card.getByRole('link', { name: /^Try it/ }).click();
    await page.getByRole('button', { name: 'Call', exact: true }).waitFor();
    expect(page.url()).toContain(`#/phone?profile=${encodeURIComponent(profile!.name)}`);
  });
});
