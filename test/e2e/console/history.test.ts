// A call afterwards, in a real Chromium: found, heard, read, and taken away.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi, type TestContext } from 'vitest';
import { readWav } from '../../../src/audio/wav.ts';
import { callId } from '../../../src/base/ids.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { freshFolder } from '../../doubles/fresh-folder.ts';
import { agentsWith, script, wav, world, type World } from '../rig.ts';
import { alone, describeInBrowser, looksRight, openConsole, type ConsolePage } from './browser.ts';

vi.setConfig({ testTimeout: 120_000 });

const CALLER = `+1555${String(Date.now()).slice(-7)}`;

/** A recorded call in which a tool ran, and its record. */
async function oneCall(context: TestContext): Promise<{ all: World; record: CallRecord }> {
  const agents = agentsWith('recording:\n  announcement: none', context);
  const all = await world(
    context,
    { script: script('take-message') },
    { AGENTS_DIR: agents, ...(await alone(context)) },
  );
  // Calls of other tests are in the same database.
  const call = all.place({ from: CALLER });
  await call.until('agentQuiet');
  call.say(wav('caller/leave-a-message'));
  const { atMs } = await call.until('saidEnd');
  await call.until('agentStarted', (event) => event.atMs > atMs);
  await call.until('agentQuiet', (event) => event.atMs > atMs);
  call.hangUp();
  await call.done;
  const record = await vi.waitFor(
    async () => {
      const found = await all.app.records.get(callId(call.callSid));
      expect(found?.recording).toMatchObject({ lostMs: 0 });
      return found!;
    },
    { timeout: 20_000 },
  );
  return { all, record };
}

/** How many pixels of a lane hold its colour, beyond the line in the middle that silence draws. */
const drawn = ({ page }: ConsolePage, side: 'caller' | 'agent'): Promise<number> =>
  page.evaluate((of) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-side="${of}"]`)!;
    const { width, height } = canvas;
    // Read from a copy that is made for it: Chromium warns of reading one that is drawn on.
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    let count = 0;
    for (let y = 0; y < height; y += 1)
      if (Math.abs(y - height / 2) > 3)
        for (let x = 0; x < width; x += 1) if (data[(y * width + x) * 4 + 3]! > 128) count += 1;
    return count;
  }, side);

const positionS = ({ page }: ConsolePage): Promise<number> =>
  page.evaluate(() => document.querySelector('audio')!.currentTime);

describeInBrowser('history', () => {
  test('a call is found by its filters, heard where it is read, and downloaded whole', async (context) => {
    const { all, record } = await oneCall(context);
    const { url } = { url: all.app.publicBaseUrl };
    const opened = await openConsole(context, {
      ...{ url, path: `/history?number=${encodeURIComponent(CALLER)}` },
      args: ['--autoplay-policy=user-gesture-required'],
    });
    const { page } = opened;
    const rows = page.locator('tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    await looksRight(opened, 'history');

    await page.getByLabel('Watchdog saw').selectOption('Said twice');
    await page.getByText('No call is like this').waitFor();
    expect(page.url()).toContain('watchdog=said+twice');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await rows.first().waitFor();
    await page.getByLabel('Number').fill('+15550100999');
    await page.getByText('No call is like this').waitFor();
    await page.getByLabel('Number').fill(record.from);
    await rows.first().waitFor();
    await page.getByLabel('Tool').fill('no_such_tool');
    await page.getByText('No call is like this').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByLabel('Number').fill(record.from);
    await page.getByLabel('Tool').fill('take_message');
    await page.getByLabel('Outcome').selectOption('Caller hung up');
    await page.getByRole('combobox', { name: 'Agent', exact: true }).selectOption(record.profile);
    // The table before stays for a moment.
    await page.getByText('1 call', { exact: true }).waitFor();
    await rows.first().getByRole('link').click();

    await page.getByRole('heading', { name: 'Recording' }).waitFor();
    await context.expect.poll(() => drawn(opened, 'caller'), { timeout: 20_000 }).toBeGreaterThan(50);
    await context.expect.poll(() => drawn(opened, 'agent')).toBeGreaterThan(50);
    await page
      .getByText(/after \d/)
      .first()
      .waitFor();
    await page.locator('.transcript summary').getByText('take_message').click();
    await page.getByText('The caller will be ten minutes late tomorrow.').waitFor();
    await looksRight(opened, 'call');

    // The last turn: its place in the sound is that of its words.
    const turn = record.turns.at(-1)!;
    const dueS = (turn.atMs - record.recording!.fromMs) / 1_000;
    await page.locator('.transcript li[data-is="said"]').last().getByRole('button').click();
    await context.expect.poll(() => positionS(opened)).toBeGreaterThanOrEqual(dueS - 0.01);
    expect(await positionS(opened)).toBeLessThan(dueS + 5);
    // It plays on from there by itself.
    const [startedS, lastsS] = [await positionS(opened), record.recording!.durationMs / 1_000];
    await context.expect
      .poll(() => positionS(opened))
      .toBeGreaterThan(Math.min(startedS + 0.2, lastsS - 0.05));
    const range = page.getByRole('slider', { name: 'Position in the recording' });
    await range.focus();
    await page.keyboard.press('Home');
    await context.expect.poll(() => positionS(opened)).toBeLessThan(dueS);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download all' }).click(),
    ]);
    const dir = freshFolder(context);
    await download.saveAs(join(dir, 'bundle.tar'));
    execFileSync('tar', ['-xf', 'bundle.tar'], { cwd: dir });
    const folder = join(
      dir,
      readdirSync(dir).find((name) => name.startsWith('liveline-'))!,
    );
    expect(JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8'))).toMatchObject({ id: record.id });
    expect(readWav(readFileSync(join(folder, 'recording.wav'))).channels).toHaveLength(2);
  });

  test('a call that nobody knows', async (context) => {
    const { app } = await world(context, {}, await alone(context));
    const opened = await openConsole(context, {
      ...{ url: app.publicBaseUrl, path: '/calls/CA-nobody' },
      expected: [/404 \(Not Found\)/],
    });
    await opened.page.getByText('there is no record of this call').waitFor();
  });
});
