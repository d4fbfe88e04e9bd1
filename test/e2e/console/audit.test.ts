// Who did what, in a real Chromium: as the API tells it, and narrowed.
import { expect, test, vi } from 'vitest';
import type { AuditPage } from '../../../src/console/audit-entry.ts';
import { world } from '../rig.ts';
import { alone, describeInBrowser, looksRight, openConsole } from './browser.ts';

vi.setConfig({ testTimeout: 120_000 });

const OPERATOR_TOKEN = 'operator-token-0123456789';
const VIEWER_TOKEN = 'viewer-token-0123456789';
const authorization = `Bearer ${VIEWER_TOKEN}`;

describeInBrowser('the audit', () => {
  test('who did what to which call, newest first; a viewer reads it too', async (context) => {
    const { app } = await world(context, {}, { OPERATOR_TOKEN, VIEWER_TOKEN, ...(await alone(context)) });
    const url = app.publicBaseUrl;
    const hungUp = await fetch(`${url}/api/v1/calls/CA1234567890/hang-up`, {
      method: 'POST',
      headers: { authorization },
    });
    expect(hungUp.status).toBe(403);
    const opened = await openConsole(context, { url, path: '/audit', token: VIEWER_TOKEN, name: 'Grace' });
    const { page } = opened;
    const rows = page.getByRole('region', { name: 'Acts, newest first' }).locator('tbody tr');
    await context.expect.poll(() => rows.count()).toBe(2);
    const { acts } = (await (
      await fetch(`${url}/api/v1/audit`, { headers: { authorization } })
    ).json()) as AuditPage;
    expect(acts.map(({ action }) => action)).toEqual(['sign-in', 'hang-up']);
    expect(await rows.allInnerTexts()).toEqual([
      expect.stringMatching(/Grace\s+viewer, by session\s+Sign in\s+–\s+Done/),
      expect.stringMatching(/viewer\s+viewer, by token\s+Hang up\s+Call CA1234…\s+Refused/),
    ]);
    await looksRight(opened, 'audit');
    await page.getByLabel('Outcome').selectOption('Refused');
    await context.expect.poll(() => rows.count()).toBe(1);
    expect(page.url()).toContain('outcome=refused');
    await opened.goTo('/audit?call=CA-of-nobody');
    await page.getByText('Nothing of this kind was done').waitFor();
    await page.getByRole('button', { name: 'Of all' }).click();
    await context.expect.poll(() => rows.count()).toBe(2);
  });
});
