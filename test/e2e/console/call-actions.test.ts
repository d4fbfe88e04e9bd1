// An operator acts on a live call from the board: a real Chromium with a microphone, the real server, a simulated telephone
// at the caller's end, and the simulated model.
import { once } from 'node:events';
import { expect, test, vi, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { readWav } from '../../../src/audio/wav.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import { agentsWith, wav, world, type World } from '../rig.ts';
import {
  alone,
  describeInBrowser,
  looksRight,
  openConsole,
  type ConsolePage,
  type PageOptions,
  PATIENT,
} from './browser.ts';
import { likenessIn, likenessTo, press, speaking, until } from './phone-rig.ts';

vi.setConfig({ testTimeout: 120_000 });

const BILLING = '+12025550111';
const DESTINATIONS = `destinations:
  billing:
    to: "${BILLING}"
    description: Questions about invoices.
    spoken: Billing`;

/** A call whose greeting was heard, and its place on the board. */
async function onBoard(
  context: TestContext,
  all: World,
  options: Partial<PageOptions> = {},
): Promise<{ call: PhoneCall; opened: ConsolePage }> {
  const call = all.place(PATIENT);
  await call.until('agentQuiet');
  const opened = await openConsole(context, {
    ...{ url: all.app.publicBaseUrl, path: `/board/${call.callSid}` },
    // The page asks for what can be done until it hears that the call is over.
    expected: [/404 \(Not Found\)/],
    ...options,
  });
  await opened.page.getByRole('button', { name: 'Listen in' }).waitFor();
  return { call, opened };
}

/** The agent is in the middle of its long answer. */
async function whileItSpeaks(call: PhoneCall): Promise<void> {
  call.say(wav('caller/hello-opening-hours'));
  const { atMs } = await call.until('saidEnd');
  await call.until('agentStarted', (event) => event.atMs > atMs);
}

/** Presses the button, and then the verb in the dialog that it opens. */
async function confirm({ page }: ConsolePage, label: string): Promise<void> {
  await page.getByRole('button', { name: label, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: label, exact: true }).click();
}

interface Sides {
  left: number;
  right: number;
}

/** The highest sample on each side of the loudspeakers since this was asked last. */
async function tapLoudspeakers({ page }: ConsolePage): Promise<() => Promise<Sides>> {
  await page.evaluate(() => {
    const sides: Sides = { left: 0, right: 0 };
    Object.assign(globalThis, { sides });
    const connect = Reflect.get(AudioNode.prototype, 'connect') as (
      to: AudioNode,
      output?: number,
    ) => AudioNode;
    const tap = (node: AudioNode): void => {
      const splitter = new ChannelSplitterNode(node.context, { numberOfOutputs: 2 });
      connect.call(node, splitter);
      for (const [output, side] of (['left', 'right'] as const).entries()) {
        const ear = new AnalyserNode(node.context, { fftSize: 1_024 });
        connect.call(splitter, ear, output);
        const samples = new Float32Array(ear.fftSize);
        setInterval(() => {
          ear.getFloatTimeDomainData(samples);
          for (const sample of samples) sides[side] = Math.max(sides[side], Math.abs(sample));
        }, 20);
      }
    };
    AudioNode.prototype.connect = function (this: AudioNode, ...wire: [AudioNode, number?]) {
      if (wire[0] === this.context.destination) tap(this);
      return connect.apply(this, wire);
    } as typeof AudioNode.prototype.connect;
  });
  return () =>
    page.evaluate(() => {
      const { sides } = globalThis as unknown as { sides: Sides };
      const heard = { ...sides };
      Object.assign(sides, { left: 0, right: 0 });
      return heard;
    });
}

const LOUD = 0.05;
const SILENT = 0.005;

/** How long what the caller has heard since then was loud, in steps of 20 ms. */
function loudMs(call: PhoneCall, sinceAnswerMs: number): number {
  const { channels, sampleRateHz } = readWav(call.recording());
  const step = sampleRateHz / 50;
  const heard = channels[1]!.subarray((sinceAnswerMs * sampleRateHz) / 1_000);
  let loud = 0;
  for (let at = 0; at + step <= heard.length; at += step)
    if (heard.subarray(at, at + step).some((sample) => Math.abs(sample) > LOUD * 32_768)) loud += 20;
  return loud;
}

/** How well the words of this file are found in what the caller has heard since then. */
function heardBy(call: PhoneCall, sinceAnswerMs: number, name: string): number {
  const { channels, sampleRateHz } = readWav(call.recording());
  return likenessIn(name, channels[1]!.slice((sinceAnswerMs * sampleRateHz) / 1_000), sampleRateHz);
}

const acts = async ({ app }: World, { callSid }: PhoneCall): Promise<unknown> =>
  (await fetch(`${app.publicBaseUrl}/api/v1/calls/${callSid}/acts`)).json();

describeInBrowser('acts on a live call', () => {
  test('listening in: the caller on the left, the agent on the right, until it is stopped or over', async (context) => {
    const all = await world(context, {}, await alone(context));
    const { call, opened } = await onBoard(context, all);
    const { page } = opened;
    const loudest = await tapLoudspeakers(opened);
    await press(opened, 'Listen in');
    await page.getByText('Caller on the left, agent on the right.').waitFor();
    await looksRight(opened, 'board-acts-listening');

    await loudest();
    call.say(wav('caller/hello-opening-hours'));
    await vi.waitFor(async () => expect((await loudest()).left).toBeGreaterThan(LOUD), 20_000);
    const { atMs } = await call.until('saidEnd');
    await call.until('agentStarted', (event) => event.atMs > atMs);
    // The last of what the caller said has come by as soon as it is silent on the left.
    await vi.waitFor(async () => expect((await loudest()).left).toBeLessThan(SILENT), 10_000);
    let left = 0;
    await vi.waitFor(async () => {
      const now = await loudest();
      left = Math.max(left, now.left);
      expect(now.right).toBeGreaterThan(LOUD);
    }, 20_000);
    expect(left).toBeLessThan(SILENT);

    await press(opened, 'Stop listening');
    await page.getByRole('button', { name: 'Listen in' }).waitFor();
    await press(opened, 'Listen in');
    await page.getByText('Caller on the left, agent on the right.').waitFor();
    call.hangUp();
    await page.getByText('The call is over.', { exact: true }).first().waitFor();
    await context.expect.poll(() => page.getByRole('button', { name: 'Listen in' }).isDisabled()).toBe(true);
  });

  // By itself: a browser that gets no time gives no sound, and this test knows every word.
  test(
    'taking over: the caller hears the operator, the model hears nothing, a second operator is refused, and given back the model goes on',
    { concurrent: false },
    async (context) => {
      const all = await world(context, {}, await alone(context));
      const args = speaking(context, { quietMs: 8_000 }, { say: 'caller/interrupt' });
      const { call, opened } = await onBoard(context, all, { args, permissions: ['microphone'] });
      const { page } = opened;
      const [session] = all.model.sessions;
      await whileItSpeaks(call);
      await confirm(opened, 'Take over');
      await page.getByText('You speak with the caller').waitFor();
      await call.until('cleared');
      await until(() => expect(all.told(call, 'operator-took-over')).toMatchObject([{ by: 'this machine' }]));
      expect(all.told(call, 'barge-in')).toEqual([]);

      const takenMs = call.durationMs;
      const before = session!.callerAudio().length;
      call.say(wav('caller/thanks-goodbye'));
      // The agent, whose answer would have gone on for long, is silent; then come the words of the microphone.
      await until(() => expect(call.durationMs - takenMs).toBeGreaterThan(1_500));
      expect(loudMs(call, takenMs + 300)).toBe(0);
      await until(() => expect(loudMs(call, takenMs)).toBeGreaterThan(1_000));
      await call.until('saidEnd', ({ atMs }) => atMs > takenMs + 100);
      // Not any sound: the operator's words.
      await until(() => expect(heardBy(call, takenMs, 'caller/interrupt')).toBeGreaterThan(0.7));
      expect(
        session!
          .callerAudio()
          .slice(before + 6_400)
          .every((byte) => byte === 0),
      ).toBe(true);

      expect(await acts(all, call)).toMatchObject({ takeOver: 'taken', operator: 'this machine' });
      const url = `${all.app.publicBaseUrl.replace('http', 'ws')}/console/take-over?call=${call.callSid}`;
      const second = new WebSocket(url);
      const [word] = (await once(second, 'message')) as [Buffer];
      expect(JSON.parse(word.toString())).toMatchObject({ type: 'refused', why: 'taken' });

      await looksRight(opened, 'board-acts-taken-over');
      await page.getByLabel('What the agent should know').fill('They want to hear of their appointment.');
      // What was said by then has been heard; the microphone is silent after its words.
      const givenBackMs = call.durationMs + 500;
      await press(opened, 'Give back');
      const told = await session!.until('prompted', ({ text }) => text.includes('a colleague of yours'));
      expect(told.text).toContain('They want to hear of their appointment.');
      await until(() => expect(loudMs(call, givenBackMs)).toBeGreaterThan(1_000));
      const [back] = all.told(call, 'operator-gave-back');
      const words = all.told(call, 'transcript').map(({ entry }) => entry);
      expect(words.some(({ who, atMs, text }) => who === 'agent' && atMs > back!.atMs && text !== '')).toBe(
        true,
      );
      expect(all.told(call, 'operator-gave-back')).toMatchObject([
        { by: 'this machine', note: 'They want to hear of their appointment.' },
      ]);
      // And the caller is heard by the model again, word for word.
      const sinceBack = session!.callerAudio().length;
      call.say(wav('caller/yes'));
      await until(() =>
        expect(likenessTo('caller/yes', session!.callerAudio().slice(sinceBack))).toBeGreaterThan(0.95),
      );
      await page.getByRole('button', { name: 'Take over' }).waitFor();

      await confirm(opened, 'Hang up');
      expect(await call.done).toMatchObject({ hungUpBy: 'server' });
      await until(() => expect(all.told(call, 'call-ended')).toMatchObject([{ reason: 'operator-hung-up' }]));
      await page.getByText('The call is over.', { exact: true }).first().waitFor();
    },
  );

  test('a page that is closed has given the call back', async (context) => {
    const all = await world(context, {}, await alone(context));
    const args = speaking(context, { quietMs: 500 }, { say: 'caller/interrupt' });
    const { call, opened } = await onBoard(context, all, { args, permissions: ['microphone'] });
    await confirm(opened, 'Take over');
    const { page } = opened;
    await page.getByText('You speak with the caller').waitFor();
    // Whatever else is looked at: the call is theirs until they give it back.
    await page.getByLabel('What the agent should know').press('Escape');
    await page.getByText('You speak with a caller.').waitFor();
    await opened.goTo('/history');
    await page.getByRole('heading', { name: 'History', level: 1 }).waitFor();
    expect(await acts(all, call)).toMatchObject({ takeOver: 'taken' });
    await looksRight(opened, 'on-air');
    await page.getByRole('link', { name: 'To the call' }).click();
    await page.getByText('You speak with the caller').waitFor();
    expect(all.told(call, 'operator-gave-back')).toEqual([]);
    await page.close();
    await all.model.sessions[0]!.until('prompted', ({ text }) => text.includes('a colleague of yours'));
    expect(all.told(call, 'operator-gave-back')).toHaveLength(1);
    expect(await acts(all, call)).toMatchObject({ takeOver: null, operator: null });
  });

  test('a microphone that may not be used takes nobody’s call', async (context) => {
    const all = await world(context, {}, await alone(context));
    const { call, opened } = await onBoard(context, all, { permissions: [] });
    await confirm(opened, 'Take over');
    await opened.page
      .getByRole('dialog')
      .getByRole('alert')
      .getByText(/microphone/)
      .waitFor();
    expect(all.told(call, 'operator-took-over')).toEqual([]);
    await opened.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();

    // Its own server alone is not heard: the call is none the less on the board.
    await opened.page.route(/\/acts$/, (route) =>
      route.fulfill({ status: 404, json: { error: 'CALL_UNKNOWN', message: 'no server knows it' } }),
    );
    await opened.page.getByText('The server of this call does not answer just now.').first().waitFor();
    expect(await opened.page.getByText('The call is over.').count()).toBe(0);
    await opened.page.unroute(/\/acts$/);
    await context.expect
      .poll(() => opened.page.getByRole('button', { name: 'Take over' }).isEnabled(), { timeout: 20_000 })
      .toBe(true);
  });

  test('whispering and transferring', async (context) => {
    const all = await world(
      context,
      {},
      { AGENTS_DIR: agentsWith(DESTINATIONS, context), ...(await alone(context)) },
    );
    const { call, opened } = await onBoard(context, all);
    const { page } = opened;
    await looksRight(opened, 'board-acts');
    await page.getByLabel('Whisper to the agent').fill('They are a member.');
    await press(opened, 'Whisper');
    await page.getByText('The agent knows.').waitFor();
    await all.model.sessions[0]!.until('prompted', ({ text }) => text === 'They are a member.');

    await page.getByRole('button', { name: 'Transfer', exact: true }).click();
    await page.getByLabel('Where to').selectOption('Billing');
    await page.getByRole('dialog').getByRole('button', { name: 'Transfer', exact: true }).click();
    expect(await call.until('dialling')).toMatchObject({ to: BILLING });
    await page.getByText('The caller is with somebody else.').first().waitFor();
    expect(all.told(call, 'departed')).toMatchObject([{ to: 'billing' }]);
  });
});
