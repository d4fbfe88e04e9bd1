// A page under which the server goes away, comes back newer, or does not know its operator any more: what is shown stays, nobody
// goes on speaking unseen, and what cannot go on says so.
import { expect, test, vi, type TestContext } from 'vitest';
import { tcpProxy } from '../../doubles/tcp-proxy.ts';
import { world, type World } from '../rig.ts';
import { alone, describeInBrowser, openConsole, PATIENT } from './browser.ts';
import { choose, microphones, openPhone, press, shows, until } from './phone-rig.ts';

vi.setConfig({ testTimeout: 120_000 });

const OPERATOR_TOKEN = 'operator-token-0123456789';
const AWAY = [/WebSocket connection/, /Failed to load resource/];
const MICROPHONE = ['--use-fake-device-for-media-stream'];

const guarded = async (context: TestContext): Promise<World> =>
  world(context, {}, { OPERATOR_TOKEN, ...(await alone(context)) });

describeInBrowser('the page without its server', () => {
  test('what was shown stays while the server is away, and nobody believes to have signed out', async (context) => {
    const { app } = await guarded(context);
    const way = await tcpProxy('127.0.0.1', app.port);
    context.onTestFinished(() => way.end());
    const opened = await openConsole(context, {
      ...{ url: `http://127.0.0.1:${way.port}`, path: '/agents', token: OPERATOR_TOKEN, expected: AWAY },
    });
    const { page } = opened;
    const card = page.getByRole('article', { name: 'Harbour Dental reception' });
    await card.waitFor();
    way.close();
    // As browsers say it when somebody comes back to the page: the session is asked for as well.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    await press(opened, 'Sign out');
    await page.getByRole('banner').getByRole('alert').getByText('The server does not answer').waitFor();
    await page.getByRole('main').getByRole('alert').getByText('The server does not answer').waitFor();
    expect(await card.count()).toBe(1);
    expect(await opened.axe()).toEqual([]);
    way.open();
    await context.expect
      .poll(() => page.getByRole('main').getByRole('alert').count(), { timeout: 20_000 })
      .toBe(0);
    await press(opened, 'Sign out');
    await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
  });

  test('whoever signs out goes on speaking nowhere, and of a microphone that is gone the caller is told', async (context) => {
    const { app, notices } = await guarded(context);
    const opened = await openPhone(context, {
      ...{ url: app.publicBaseUrl, token: OPERATOR_TOKEN, args: MICROPHONE },
      // What would end the call by itself comes from nobody.
      expected: [/status of 401/],
    });
    await choose(opened, 'Harbour Dental reception');
    await press(opened, 'Call');
    await until(() => expect(notices.some(({ type }) => type === 'line-opened')).toBe(true));
    await opened.page.evaluate(() => {
      const { tracks } = globalThis as unknown as { tracks: EventTarget[] };
      tracks.at(-1)!.dispatchEvent(new Event('ended'));
    });
    await shows(opened, /^The microphone is gone/);
    expect(await microphones(opened)).toEqual(['live']);
    await opened.goTo('/history');
    await shows(opened, 'Your telephone is in a call.');
    expect(await opened.axe()).toEqual([]);
    await press(opened, 'Sign out');
    await opened.page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
    await until(() =>
      expect(notices.filter(({ type }) => type === 'call-ended')).toMatchObject([
        { reason: 'caller-hung-up' },
      ]),
    );
    expect(await microphones(opened)).toEqual(['ended']);
  });

  test('a part of the page that went with an update is said to be gone, and no call is left open', async (context) => {
    const { app, notices } = await world(context, {}, await alone(context));
    const opened = await openPhone(context, { url: app.publicBaseUrl, args: MICROPHONE, expected: AWAY });
    await opened.page.route(/net\.worker/, (route) => route.fulfill({ status: 404 }));
    await press(opened, 'Call');
    await shows(opened, /^The part of the page that carries sound could not be loaded: reload the page/);
    await opened.page.getByRole('button', { name: 'Call', exact: true }).waitFor();
    expect(await microphones(opened)).toEqual(['ended']);
    await until(() => {
      const of = (wanted: string): number => notices.filter(({ type }) => type === wanted).length;
      expect(of('call-ended')).toBe(of('call-started'));
    });
  });

  test('a view that cannot be drawn leaves the frame, and the next one', async (context) => {
    const { app } = await world(context, {}, await alone(context));
    const opened = await openConsole(context, {
      ...{ url: app.publicBaseUrl, path: '/', expected: [/./] },
    });
    const { page } = opened;
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await page.route(/api\/v1\/profiles$/, (route) => route.fulfill({ json: { agents: 'of another kind' } }));
    await page.getByRole('link', { name: 'Agents' }).click();
    await page.getByText('This page met something that it does not know').waitFor();
    expect(await opened.axe()).toEqual([]);
    await page.getByRole('link', { name: 'Campaigns' }).click();
    await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();
    expect(await page.getByText('This page met something').count()).toBe(0);
  });

  test('a board that is left and looked at again while its socket breaks goes on', async (context) => {
    const all = await guarded(context);
    const way = await tcpProxy('127.0.0.1', all.app.port);
    context.onTestFinished(() => way.end());
    const opened = await openConsole(context, {
      ...{ url: `http://127.0.0.1:${way.port}`, path: '/', token: OPERATOR_TOKEN, expected: AWAY },
    });
    const { page } = opened;
    await page.getByRole('link', { name: 'History' }).click();
    const [socket] = await Promise.all([
      page.waitForEvent('websocket'),
      // The overview has let its socket go by then, or has it still.
      page.reload().then(() => opened.goTo('/board')),
    ]);
    await page.getByText('No calls just now').waitFor();
    await opened.goTo('/campaigns');
    await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();
    const closed = socket.waitForEvent('close');
    way.close();
    await closed;
    way.open();
    await opened.goTo('/board');
    const call = all.place(PATIENT);
    await page.getByRole('row').getByText('how can I help you?').waitFor();
    // By then the parting of the first view is long over.
    await call.until('agentQuiet');
    call.hangUp();
    await page.getByText('No calls just now').waitFor();
  });
});
