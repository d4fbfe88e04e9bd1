// The board in a real Chromium before the real server: calls of the simulated network as they go on, on one node and on two.
import { expect, test, vi } from 'vitest';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import { tcpProxy } from '../../doubles/tcp-proxy.ts';
import { wav, world } from '../rig.ts';
import { alone, describeInBrowser, looksRight, openConsole, type ConsolePage, PATIENT } from './browser.ts';

vi.setConfig({ testTimeout: 120_000 });

const TOKEN = 'operator-token-0123456789';
const LONG = { timeout: 30_000 };
const rowOf = ({ page }: ConsolePage, call: PhoneCall) => page.locator(`tr[data-call="${call.callSid}"]`);
const CONVERSATION = [
  { say: wav('caller/hello-opening-hours') },
  { say: wav('caller/interrupt'), when: { agentSpokeForMs: 2_000 } },
  { say: wav('caller/thanks-goodbye') },
];

describeInBrowser('the board', () => {
  test('a call comes, its words, its barge-in and its tools with it, and goes', async (context) => {
    const all = await world(context, {}, await alone(context));
    const opened = await openConsole(context, {
      ...{ url: all.app.publicBaseUrl, path: '/board', expected: [/404 \(Not Found\)/] },
    });
    const { page } = opened;
    await page.getByText('No calls just now').waitFor(LONG);
    await looksRight(opened, 'board-empty');

    const call = all.place({ script: CONVERSATION });
    const row = rowOf(opened, call);
    await row.waitFor(LONG);
    await row.getByText('Ada Moreno').waitFor(LONG);
    await row.getByText('Talking').waitFor(LONG);
    // Louder than nothing: the meter of the agent moves while it speaks.
    await context.expect
      .poll(
        () =>
          row
            .locator('.meter-bar')
            .last()
            .evaluate((bar) =>
              Number(/scaleX\(([\d.]+)\)/.exec((bar as HTMLElement).style.transform)?.[1] ?? 0),
            ),
        LONG,
      )
      .toBeGreaterThan(0.2);

    await page.getByRole('heading', { name: 'Live', level: 1 }).waitFor();
    await row.focus();
    await page.keyboard.press('Enter');
    const talk = page.getByRole('log', { name: 'Conversation' });
    await talk.getByText('how can I help you?').waitFor(LONG);
    await talk.locator('[data-mark="barge-in"]').waitFor(LONG);
    // What the caller did not hear is there, and struck through.
    await talk.locator('s').first().waitFor(LONG);
    expect(await talk.locator('s').first().textContent()).toMatch(/^not heard: .*\w{3}/s);
    await context.expect
      .poll(() => talk.locator('s').first().locator('..').textContent(), LONG)
      .toMatch(/^Agent On Saturdays.*not heard: /s);
    const tool = talk.locator('details').filter({ hasText: 'look_up_contact' });
    await tool.getByText(/done in/).waitFor(LONG);
    await tool.locator('summary').click();
    await tool.getByText('Ada Moreno').waitFor(LONG);
    await page.getByText(/^Last .*, slowest/).waitFor(LONG);
    await looksRight(opened, 'board-call');

    await call.done;
    await page.getByText('This call is not in progress').waitFor(LONG);
    await context.expect.poll(() => row.count(), LONG).toBe(0);
    // What was said stays for whoever still reads it.
    expect(await talk.getByText('how can I help you?').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByText('No calls just now').waitFor();

    await opened.goTo('/');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    const figure = (name: string) => page.locator('.figure').filter({ hasText: name });
    await figure('Voice to voice')
      .getByText(/[1-9] measured in the last hour/)
      .waitFor(LONG);
    await figure('Answer to first word')
      .getByText(/^p95 .* 1 measured in the last hour/)
      .waitFor(LONG);
    await context.expect
      .poll(() => figure('Calls').last().locator('.figure-value').textContent(), LONG)
      .toBe('1');
    await looksRight(opened, 'overview');
  });

  test('the arrows go from call to call, and Enter opens one', async (context) => {
    const all = await world(context, {}, await alone(context));
    const opened = await openConsole(context, { url: all.app.publicBaseUrl, path: '/board' });
    const { page } = opened;
    // One after the other: so they stand.
    await rowOf(opened, all.place(PATIENT)).waitFor(LONG);
    await rowOf(opened, all.place({ ...PATIENT, from: '+15550100999' })).waitFor(LONG);
    const shown = await page
      .locator('tr[data-call]')
      .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['call']));
    await looksRight(opened, 'board-list');
    await page.locator('tr[data-call]').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await context.expect.poll(() => page.url()).toContain(`#/board/${shown[1]}`);
    expect(await page.locator('tr[aria-selected="true"]').getAttribute('data-call')).toBe(shown[1]);
    await page.getByText('+15550100999 called us').first().waitFor();
    await looksRight(opened, 'board-chosen');
  });

  test('the page of one node shows the calls of another, acts on them, and loses them with it', async (context) => {
    const environment = await alone(context);
    const [one, other] = await Promise.all([
      world(context, {}, environment),
      world(context, {}, environment),
    ]);
    const opened = await openConsole(context, { url: one.app.publicBaseUrl, path: '/board' });
    const { page } = opened;
    const call = other.place(PATIENT);
    await call.until('agentQuiet');
    const row = rowOf(opened, call);
    await row.getByText(`:${other.app.port}`).waitFor(LONG);
    await row.getByText('how can I help you?').waitFor(LONG);
    call.say(wav('caller/hello-opening-hours'));
    await row.getByText('On Saturdays').waitFor(LONG);
    await row.click();
    await page.getByText(/Another node has this call/).waitFor(LONG);
    await looksRight(opened, 'board-nodes');
    await opened.goTo('/');
    await page
      .getByRole('row')
      .filter({ hasText: `:${other.app.port}` })
      .waitFor(LONG);
    expect(await page.getByRole('table').getByRole('row').count()).toBe(3);

    await opened.goTo(`/board/${call.callSid}`);
    await page.getByRole('button', { name: 'Hang up', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Hang up', exact: true }).click();
    expect(await call.done).toMatchObject({ hungUpBy: 'server' });
    await row.getByText('Over').waitFor(LONG);

    const another = other.place(PATIENT);
    await rowOf(opened, another).waitFor(LONG);
    await Promise.all([other.app.stop(), other.app.stop()]);
    await context.expect.poll(() => rowOf(opened, another).count(), LONG).toBe(0);
    await page.getByText('No calls just now').waitFor(LONG);
  });

  test('a page that loses its server says so, and is right again once it is back', async (context) => {
    const all = await world(context, {}, await alone(context));
    const way = await tcpProxy('127.0.0.1', all.app.port);
    context.onTestFinished(() => way.end());
    const opened = await openConsole(context, {
      ...{ url: `http://127.0.0.1:${way.port}`, path: '/board' },
      expected: [/WebSocket connection/, /Failed to load resource/],
    });
    const { page } = opened;
    const [first, second] = [all.place(PATIENT), all.place({ ...PATIENT, from: '+15550100999' })];
    for (const call of [first, second]) await rowOf(opened, call).waitFor(LONG);
    await Promise.all([first, second].map((call) => call.until('agentQuiet')));
    way.close();
    await page.getByText('The connection to the server is lost').waitFor(LONG);
    await looksRight(opened, 'board-lost');
    expect(await rowOf(opened, first).count()).toBe(1);

    first.hangUp();
    await first.done;
    second.say(wav('caller/hello-opening-hours'));
    await second.until('saidEnd');
    const third = all.place({ ...PATIENT, from: '+15550100777' });
    await third.until('agentStarted');
    way.open();
    await rowOf(opened, third).waitFor(LONG);
    await context.expect
      .poll(() => page.getByText('The connection to the server is lost').count(), LONG)
      .toBe(0);
    await context.expect.poll(() => rowOf(opened, first).count(), LONG).toBe(0);
    await rowOf(opened, second).getByText('On Saturdays').waitFor(LONG);
    expect(await page.locator('tr[data-call]').count()).toBe(2);
  });

  test('a page whose session is over by the time it comes back leads to the door', async (context) => {
    const all = await world(context, {}, { ...(await alone(context)), OPERATOR_TOKEN: TOKEN });
    const way = await tcpProxy('127.0.0.1', all.app.port);
    context.onTestFinished(() => way.end());
    const url = `http://127.0.0.1:${way.port}`;
    const opened = await openConsole(context, {
      ...{ url, path: '/board', token: TOKEN },
      expected: [/WebSocket connection/, /Failed to load resource/],
    });
    const { page } = opened;
    await page.getByText('No calls just now').waitFor(LONG);
    const left = await opened.context.request.delete('/console/session', { headers: { origin: url } });
    expect(left.status()).toBe(200);
    way.close();
    await page.getByText('The connection to the server is lost').waitFor(LONG);
    way.open();
    await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor(LONG);
  });
});
