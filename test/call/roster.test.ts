// The roster, read from real files, here and on a thread of its own.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test, vi } from 'vitest';
import { MULAW_8K } from '../../src/audio/format.ts';
import { asideReader, readRoster, rosterOf, type RosterSource } from '../../src/call/roster.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const fixtures = resolve(import.meta.dirname, '../../fixtures');

function source(onTestFinished: (then: () => void) => void, profile: string): RosterSource {
  const agentsDir = mkdtempSync(join(tmpdir(), 'liveline-roster-'));
  onTestFinished(() => rmSync(agentsDir, { recursive: true }));
  cpSync(join(fixtures, 'audio/prompts/apology-de.wav'), join(agentsDir, 'hello.wav'));
  writeFileSync(join(agentsDir, 'desk.yaml'), profile);
  return {
    agentsDir,
    promptsDir: join(fixtures, 'audio/prompts'),
    lineFormat: MULAW_8K,
    defaultModel: 'gemini-x-live',
    localTurnTaking: { usable: true },
  };
}

const aside = () => ({ clock: new ManualClock(), signal: new AbortController().signal });

const PROFILE =
  'name: Desk\nnumbers: "*"\ninstructions: Help.\ngreeting: Hello.\ngreeting_audio: hello.wav\n';

test('aside it is the same as here, with the sounds that the profiles name', async ({ onTestFinished }) => {
  const files = source(onTestFinished, PROFILE);
  const here = await readRoster(files);
  expect(await asideReader(files, aside())()).toEqual(here);
  const { profiles, prompts } = rosterOf(here);
  expect(profiles).toMatchObject([{ name: 'Desk', model: 'gemini-x-live' }]);
  expect(prompts.greeting(profiles[0]?.greetingAudio)?.length).toBeGreaterThan(8_000);
});

test('faults come across as they are: code, file, line, field', async ({ onTestFinished }) => {
  const files = source(onTestFinished, `${PROFILE}volume: 11\n`);
  await expect(asideReader(files, aside())()).rejects.toMatchObject({
    code: 'PROFILE_INVALID',
    message: expect.stringMatching(/desk\.yaml:6:1 +volume: there is no such field/) as string,
  });
});

test('a sound that cannot be read is a fault too', async ({ onTestFinished }) => {
  const files = source(onTestFinished, PROFILE);
  writeFileSync(join(files.agentsDir, 'hello.wav'), 'RIFF');
  await expect(asideReader(files, aside())()).rejects.toMatchObject({ code: 'PROFILE_INVALID' });
});

test('what cannot be read within 30 s is given up, in words', async ({ onTestFinished }) => {
  const { clock, signal } = aside();
  const files = source(onTestFinished, PROFILE);
  const read = asideReader(files, { clock, signal });
  const hangs = `the profiles in ${files.agentsDir} could not be read within 30 s`;
  const reading = read();
  clock.advance(30_000);
  // Each that hangs would hold a thread for good: no other is begun before the last has gone.
  await expect(read()).rejects.toThrow(hangs);
  await expect(reading).rejects.toThrow(hangs);
  expect(clock.pending).toBe(0);
  await vi.waitFor(async () => expect((await read()).profiles).toHaveLength(1), { timeout: 30_000 });
});

test('it can be given up, before and meanwhile', async ({ onTestFinished }) => {
  const files = source(onTestFinished, PROFILE);
  const { clock } = aside();
  const stop = new AbortController();
  const reading = asideReader(files, { clock, signal: stop.signal })();
  stop.abort();
  await expect(reading).rejects.toThrow('given up');
  await expect(asideReader(files, { clock, signal: stop.signal })()).rejects.toThrow('given up');
  expect(clock.pending).toBe(0);
});
