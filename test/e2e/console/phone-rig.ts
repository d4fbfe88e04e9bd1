// The page's telephone in tests: a microphone that speaks a file, what a page of it shows, and what was heard of it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi, type TestContext } from 'vitest';
import { readWav, writeWav } from '../../../src/audio/wav.ts';
import { resampleWhole } from '../../../src/audio/whole-sound.ts';
import { PCM16_16K } from '../../../src/audio/format.ts';
import { freshFolder } from '../../doubles/fresh-folder.ts';
import { wav } from '../rig.ts';
import { openConsole, type ConsolePage, type PageOptions } from './browser.ts';

const MICROPHONE_HZ = 48_000;

export type Said = { readonly quietMs: number } | { readonly say: string };

/** Flags for a browser whose microphone speaks this, once, each time that it is opened. */
export function speaking(context: Pick<TestContext, 'onTestFinished'>, ...said: readonly Said[]): string[] {
  const parts = said.map((part) => {
    if ('quietMs' in part) return new Int16Array((part.quietMs * MICROPHONE_HZ) / 1_000);
    const { channels, sampleRateHz } = readWav(wav(part.say));
    return resampleWhole(channels[0]!, sampleRateHz, MICROPHONE_HZ);
  });
  const samples = Int16Array.from(parts.flatMap((part) => [...part]));
  const file = join(freshFolder(context), 'microphone.wav');
  const format = { encoding: 'pcm16', sampleRateHz: MICROPHONE_HZ } as const;
  writeFileSync(file, writeWav({ format, channels: [samples] }));
  return ['--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${file}%noloop`];
}

/** The telephone's page, with notes of every microphone that was opened. */
export async function openPhone(
  context: TestContext,
  options: Omit<PageOptions, 'path'>,
): Promise<ConsolePage> {
  const opened = await openConsole(context, { permissions: ['microphone'], ...options, path: '/phone' });
  await opened.page.getByRole('button', { name: 'Call', exact: true }).waitFor();
  await opened.page.evaluate(() => {
    const scope = globalThis as unknown as Heard;
    scope.tracks = [];
    const devices = (globalThis as unknown as { navigator: { mediaDevices?: Devices } }).navigator
      .mediaDevices;
    const ask = devices?.getUserMedia.bind(devices);
    if (!devices || !ask) return;
    devices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      scope.tracks.push(...stream.getTracks());
      return stream;
    };
  });
  return opened;
}

interface Heard {
  tracks: { readonly readyState: string }[];
}

interface Devices {
  getUserMedia(wanted: unknown): Promise<{ getTracks(): Heard['tracks'] }>;
}

/** Of every microphone that the page has opened: `live` or `ended`. */
export const microphones = ({ page }: ConsolePage): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as Heard).tracks.map(({ readyState }) => readyState));

export const press = async ({ page }: ConsolePage, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();

/** Whom to call. */
export const choose = async ({ page }: ConsolePage, agent: string): Promise<unknown> =>
  page.getByRole('combobox', { name: 'Agent' }).selectOption(agent);

/** As the meter of that name shows it now, 0 to 1. */
export const loudness = async ({ page }: ConsolePage, meter: string): Promise<number> =>
  page
    .locator('.meter')
    .filter({ hasText: meter })
    .locator('.meter-bar')
    .evaluate((bar) => Number(/scaleX\(([\d.]+)\)/.exec((bar as HTMLElement).style.transform)?.[1] ?? 0));

/** Until the log of that name holds these words. */
export const shows = async ({ page }: ConsolePage, words: RegExp | string): Promise<void> =>
  page.getByText(words).first().waitFor({ timeout: 40_000 });

/** Lets the files be the caller, in place of a microphone. */
export async function speakByFiles(opened: ConsolePage, ...names: readonly string[]): Promise<void> {
  const { page } = opened;
  await page.getByRole('radio', { name: 'WAV files' }).check();
  await page.getByLabel('WAV files of the caller').setInputFiles(
    names.map((name) => ({
      name: `${name.split('/').at(-1)}.wav`,
      mimeType: 'audio/wav',
      buffer: wav(name),
    })),
  );
}

/** Waits until this is so. */
export const until = (what: () => void): Promise<void> => vi.waitFor(what, { timeout: 40_000, interval: 25 });

/** What the page measured of the last interruption, by samples that its loudspeaker was given. */
export async function lastCut({
  page,
}: ConsolePage): Promise<{ silentAfterMs: number; forgottenMs: number }> {
  const told = page.locator('[data-silent-after-ms]');
  await told.waitFor({ timeout: 40_000 });
  return {
    silentAfterMs: Number(await told.getAttribute('data-silent-after-ms')),
    forgottenMs: Number(await told.getAttribute('data-forgotten-ms')),
  };
}

/** How well what this file says is found in what the model heard; 1 for all of it. By loudness: a browser cleans voices. */
export const likenessTo = (name: string, heard: Uint8Array): number =>
  likenessIn(name, new Int16Array(heard.slice().buffer), PCM16_16K.sampleRateHz);

/** The same, in samples of any rate. */
export function likenessIn(name: string, heard: Int16Array, heardHz: number): number {
  const { channels, sampleRateHz } = readWav(wav(name));
  const { sampleRateHz: toHz } = PCM16_16K;
  return likeness(
    envelope(resampleWhole(channels[0]!, sampleRateHz, toHz)),
    envelope(resampleWhole(heard, heardHz, toHz)),
  );
}

const STEP = 320;

/** Loudness in steps of 20 ms, at 16 kHz. */
function envelope(samples: Int16Array): number[] {
  const steps: number[] = [];
  for (let at = 0; at + STEP <= samples.length; at += STEP)
    steps.push(Math.sqrt(samples.subarray(at, at + STEP).reduce((sum, x) => sum + x * x, 0) / STEP));
  return steps;
}

function likeness(part: readonly number[], all: readonly number[]): number {
  let best = 0;
  for (let at = 0; at + part.length <= all.length; at++) {
    let [product, a, b] = [0, 0, 0];
    for (const [n, x] of part.entries()) {
      const y = all[at + n]!;
      product += x * y;
      a += x * x;
      b += y * y;
    }
    best = Math.max(best, product / Math.sqrt(a * b || 1));
  }
  return best;
}

/** The end of what the model has heard: samples at 16 kHz. */
export function lastHeard(heard: Uint8Array, ms: number): Int16Array {
  const samples = new Int16Array(heard.slice().buffer);
  const count = ms * 16;
  expect(samples.length).toBeGreaterThan(count);
  return samples.subarray(samples.length - count);
}
