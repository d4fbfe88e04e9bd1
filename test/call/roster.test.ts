// The roster, read from real files, here and on a thread of its own.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { MULAW_8K } from '../../src/audio/format.ts';
import { readRoster, readRosterAside, rosterOf, type RosterSource } from '../../src/call/roster.ts';

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

const PROFILE =
  'name: Desk\nnumbers: "*"\ninstructions: Help.\ngreeting: Hello.\ngreeting_audio: hello.wav\n';

test('aside it is the same as here, with the sounds that the profiles name', async ({ onTestFinished }) => {
  const files = source(onTestFinished, PROFILE);
  const here = await readRoster(files);
  expect(await readRosterAside(files)).toEqual(here);
  const { profiles, prompts } = rosterOf(here);
  expect(profiles).toMatchObject([{ name: 'Desk', model: 'gemini-x-live' }]);
  expect(prompts.greeting(profiles[0]?.greetingAudio)?.length).toBeGreaterThan(8_000);
});

test('faults come across as they are: code, file, line, field', async ({ onTestFinished }) => {
  const files = source(onTestFinished, `${PROFILE}volume: 11\n`);
  await expect(readRosterAside(files)).rejects.toMatchObject({
    code: 'PROFILE_INVALID',
    message: expect.stringMatching(/desk\.yaml:6:1 +volume: there is no such field/) as string,
  });
});

test('a sound that cannot be read is a fault too', async ({ onTestFinished }) => {
  const files = source(onTestFinished, PROFILE);
  writeFileSync(join(files.agentsDir, 'hello.wav'), 'RIFF');
  await expect(readRosterAside(files)).rejects.toMatchObject({ code: 'PROFILE_INVALID' });
});
