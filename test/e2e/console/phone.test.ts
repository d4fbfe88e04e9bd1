// Whole calls from the page's telephone: a real Chromium, its own microphone or files as the caller, the real server, and the
// simulated model.
import { expect, test, vi, type TestContext } from 'vitest';
import type { Notice } from '../../../src/call/notices.ts';
import { isOfPhone } from '../../../src/console/phone-carrier.ts';
import { tcpProxy } from '../../doubles/tcp-proxy.ts';
import { openOffice, sends, transfer, BILLING } from '../people/office.ts';
import { world } from '../rig.ts';
import { alone, describeInBrowser, looksRight, openConsole } from './browser.ts';
import {
  choose,
  lastCut,
  lastHeard,
  likenessTo,
  loudness,
  microphones,
  openPhone,
  press,
  shows,
  speakByFiles,
  speaking,
  until,
} from './phone-rig.ts';

vi.setConfig({ testTimeout: 120_000 });

/** From the word `clear` to a loudspeaker that is silent. */
const SILENT_WITHIN_MS = 50;

const told = <Type extends Notice['type']>(
  notices: readonly Notice[],
  type: Type,
): Extract<Notice, { type: Type }>[] =>
  notices.filter((notice): notice is Extract<Notice, { type: Type }> => notice.type === type);

describeInBrowser('the telephone of the page', () => {
  test('a whole call by microphone: heard, answered, interrupted, keys, mute, hang-up; and a second one', async (context: TestContext) => {
    const { app, model, notices } = await world(context, {}, await alone(context));
    const args = speaking(
      context,
      { quietMs: 11_000 },
      { say: 'caller/hello-opening-hours' },
      { quietMs: 5_000 },
      { say: 'caller/interrupt' },
    );
    const opened = await openPhone(context, { url: app.publicBaseUrl, args });
    const { page } = opened;
    await choose(opened, 'Harbour Dental reception');
    await looksRight(opened, 'phone');
    await press(opened, 'Call');
    await shows(opened, 'In the call');
    const [started] = told(notices, 'call-started');
    expect(started).toMatchObject({ profile: 'Harbour Dental reception', from: '+15550100123' });
    expect(isOfPhone(started!.callId)).toBe(true);
    await shows(opened, /^Hello, this is Liveline/);
    // And not as words alone: the loudspeaker is given the agent's voice.
    await context.expect.poll(() => loudness(opened, 'Agent'), { timeout: 20_000 }).toBeGreaterThan(0.2);

    // The words arrived, and the agent answers them; then the caller speaks over the answer.
    await shows(opened, 'Hello, when are you open on Saturdays?');
    const { silentAfterMs, forgottenMs } = await lastCut(opened);
    expect(silentAfterMs).toBeGreaterThanOrEqual(0);
    expect(silentAfterMs).toBeLessThanOrEqual(SILENT_WITHIN_MS);
    expect(forgottenMs).toBeGreaterThan(0);
    const [bargeIn] = told(notices, 'barge-in');
    // What the caller heard of the answer is known from marks that came back as it was played.
    expect(bargeIn!.heardMs).toBeGreaterThan(1_500);
    expect(bargeIn!.heardMs).toBeLessThan(bargeIn!.sentMs);
    await page.locator('.phone-captions s').waitFor();
    await shows(opened, 'Of course. One moment, I will have a look.');
    const heard = (): Uint8Array => model.sessions[0]!.callerAudio();
    expect(likenessTo('caller/hello-opening-hours', heard())).toBeGreaterThan(0.7);
    expect(likenessTo('caller/interrupt', heard())).toBeGreaterThan(0.7);
    await looksRight(opened, 'phone-in-call');

    for (const key of ['1', '2', 'Hash']) await press(opened, key);
    await until(() => expect(told(notices, 'digit').map(({ digit }) => digit)).toEqual(['1', '2', '#']));
    await page.getByRole('radio', { name: 'Together' }).check();
    await page.getByLabel('Keys to send').fill('40x');
    await press(opened, 'Star');
    expect(told(notices, 'digit')).toHaveLength(3);
    await press(opened, 'Send');
    await until(() =>
      expect(told(notices, 'digit').map(({ digit }) => digit)).toEqual(['1', '2', '#', '4', '0', '*']),
    );

    // The call is on the board like any other, and goes on meanwhile.
    await opened.goTo(`/board/${started!.callId}`);
    const talk = page.getByRole('log', { name: 'Conversation' });
    await talk.locator('[data-mark="barge-in"]').first().waitFor();
    await talk.getByText('Key 4').waitFor();
    await page.getByRole('link', { name: 'To the telephone' }).click();
    const agent = page.getByRole('combobox', { name: 'Agent' });
    expect(await agent.inputValue(), 'whom the call is with').toBe('Harbour Dental reception');

    await press(opened, 'Mute');
    await page.getByRole('button', { name: 'Unmute' }).waitFor();
    const before = heard().length;
    await until(() => expect(heard().length - before).toBeGreaterThan(2 * 32_000));
    expect(lastHeard(heard(), 1_000).every((sample) => sample === 0)).toBe(true);

    expect(await microphones(opened)).toEqual(['live']);
    await press(opened, 'Hang up');
    await until(() =>
      expect(told(notices, 'call-ended')).toMatchObject([
        { callId: started!.callId, reason: 'caller-hung-up' },
      ]),
    );
    expect(await microphones(opened)).toEqual(['ended']);
    await page.getByRole('link', { name: 'Look at this call in the history' }).click();
    const said = page.locator('.transcript');
    await said.getByText('Hello, when are you open on Saturdays?').waitFor();
    await said.locator('s').first().waitFor();
    await page.getByText('Caller hung up').first().waitFor();
    await opened.goTo('/phone');

    await press(opened, 'Call');
    await until(() => expect(told(notices, 'line-opened')).toHaveLength(2));
    expect(await microphones(opened)).toEqual(['ended', 'live']);
    await shows(opened, /^Hello, this is Liveline/);
    await press(opened, 'Hang up');
    await until(() => expect(told(notices, 'call-ended')).toHaveLength(2));
    expect(await microphones(opened)).toEqual(['ended', 'ended']);
  });

  test('files as the caller: no microphone is asked for, and the agent hangs up after its goodbye', async (context: TestContext) => {
    const { app, model, notices } = await world(context, {}, await alone(context));
    const opened = await openPhone(context, { url: app.publicBaseUrl, permissions: [] });
    const { page } = opened;
    await choose(opened, 'Harbour Dental reception');
    await page.getByRole('textbox', { name: 'Call as' }).fill('anonymous');
    await speakByFiles(opened, 'caller/hello-opening-hours', 'caller/interrupt', 'caller/thanks-goodbye');
    await press(opened, 'Call');
    await until(() =>
      expect(told(notices, 'transcript').some(({ entry }) => entry.state === 'done')).toBe(true),
    );
    expect(told(notices, 'call-started')).toMatchObject([{ from: 'anonymous' }]);
    await press(opened, 'Say hello-opening-hours.wav');
    await shows(opened, /^On Saturdays we are open/);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await press(opened, 'Say interrupt.wav');
    expect((await lastCut(opened)).silentAfterMs).toBeLessThanOrEqual(SILENT_WITHIN_MS);
    await shows(opened, /Your next appointment/);
    await press(opened, 'Say thanks-goodbye.wav');
    await shows(opened, 'The call is over.');
    await until(() => expect(told(notices, 'call-ended')).toMatchObject([{ reason: 'agent-hung-up' }]));
    expect(await microphones(opened)).toEqual([]);
    const heard = model.sessions[0]!.callerAudio();
    expect(likenessTo('caller/hello-opening-hours', heard), 'nothing cleans a file').toBeGreaterThan(0.95);
    expect(likenessTo('caller/thanks-goodbye', heard)).toBeGreaterThan(0.95);
    const goodbye = told(notices, 'transcript').findLast(({ entry }) => entry.who === 'agent');
    expect(goodbye!.entry, 'it was heard to its end').toMatchObject({
      text: 'You are welcome. Have a lovely day. Goodbye!',
      heard: 'You are welcome. Have a lovely day. Goodbye!',
    });
  });

  test('a transfer shows where the caller would go, rings nobody, and comes back as if nobody had answered', async (context: TestContext) => {
    const office = await openOffice(context, {
      profile: `destinations:\n  billing: { to: "${BILLING}", description: Invoices, ring_s: 5 }`,
      people: [{ number: BILLING, does: 'answers' }],
      script: sends([{ say: 'One moment.' }, transfer('billing')], [{ say: 'Nobody is there.' }]),
      speed: 1,
    });
    const opened = await openPhone(context, { url: office.app.publicBaseUrl });
    await speakByFiles(opened, 'caller/yes');
    await press(opened, 'Call');
    await until(() =>
      expect(told(office.notices, 'transcript').some(({ entry }) => entry.state === 'done')).toBe(true),
    );
    await press(opened, 'Say yes.wav');
    await shows(opened, `A carrier would now ring ${BILLING}`);
    await shows(opened, 'as if nobody had answered there');
    await shows(opened, 'Nobody is there.');
    await shows(opened, 'In the call');
    expect(told(office.notices, 'returned')).toHaveLength(1);
    expect(office.network.callsTo(BILLING)).toEqual([]);
    await press(opened, 'Hang up');
    await until(() => expect(told(office.notices, 'call-ended')).toHaveLength(1));
  });

  test('a stream that is lost opens again, and the same call goes on', async (context: TestContext) => {
    const { app, model, notices } = await world(context, {}, await alone(context));
    const way = await tcpProxy('127.0.0.1', app.port);
    context.onTestFinished(() => way.end());
    const opened = await openPhone(context, {
      url: `http://127.0.0.1:${way.port}`,
      expected: [/WebSocket connection|Failed to load resource|ERR_/],
    });
    await choose(opened, 'Harbour Dental reception');
    await speakByFiles(opened, 'caller/hello-opening-hours');
    await press(opened, 'Call');
    await until(() =>
      expect(told(notices, 'transcript').some(({ entry }) => entry.state === 'done')).toBe(true),
    );
    way.close();
    way.open();
    await until(() => expect(told(notices, 'line-opened')).toHaveLength(2));
    expect(told(notices, 'line-lost')).toHaveLength(1);
    await shows(opened, 'In the call');
    await press(opened, 'Say hello-opening-hours.wav');
    await until(() =>
      expect(told(notices, 'transcript').some(({ entry }) => entry.text.startsWith('On Saturdays'))).toBe(
        true,
      ),
    );
    expect(model.sessions, 'the same conversation').toHaveLength(1);
    await press(opened, 'Hang up');
    await until(() => expect(told(notices, 'call-ended')).toHaveLength(1));
  });

  test('a page that is closed ends its call', async (context: TestContext) => {
    const { app, notices } = await world(context, {}, await alone(context));
    const opened = await openPhone(context, { url: app.publicBaseUrl });
    // Others have closed by some hour of the day.
    await choose(opened, 'Harbour Dental reception');
    await speakByFiles(opened, 'caller/yes');
    await press(opened, 'Call');
    await until(() => expect(told(notices, 'line-opened')).toHaveLength(1));
    await opened.page.goto('about:blank');
    await until(() => expect(told(notices, 'call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]));
  });

  test.for([
    ['that is refused', ['--use-fake-device-for-media-stream'], [], /The browser may not use the microphone/],
    ['that is not there', [], ['microphone'], /There is no microphone on this machine/],
  ] as const)(
    'a microphone %s: what to do about it is said, and no call is placed',
    async ([, args, permissions, words], context) => {
      const { app, notices } = await world(context, {}, await alone(context));
      const opened = await openPhone(context, { url: app.publicBaseUrl, args, permissions });
      await press(opened, 'Call');
      await shows(opened, words);
      expect(notices).toEqual([]);
      expect(await opened.axe()).toEqual([]);
      await opened.page.getByRole('button', { name: 'Call', exact: true }).waitFor();
    },
  );

  test('a page that came over plain http from another machine says what it lacks, and how to open it', async (context: TestContext) => {
    const OPERATOR_TOKEN = 'operator-token-0123456789';
    const { app } = await world(context, {}, { OPERATOR_TOKEN, ...(await alone(context)) });
    const opened = await openConsole(context, {
      url: `http://liveline.test:${app.port}`,
      path: '/phone',
      args: ['--host-resolver-rules=MAP liveline.test 127.0.0.1'],
      expected: [/Cross-Origin-Opener-Policy header has been ignored/],
    });
    const { page } = opened;
    await page.locator('input[name=token]').fill(OPERATOR_TOKEN);
    await press(opened, 'Sign in');
    await shows(opened, /Browsers give a microphone only to pages that came over https/);
    expect(await page.getByRole('button', { name: 'Call', exact: true }).isDisabled()).toBe(true);
  });
});
