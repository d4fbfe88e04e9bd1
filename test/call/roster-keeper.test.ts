// The roster kept up to date: real files, each on a thread of its own, and a clock of the test's.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test, vi, type TestContext } from 'vitest';
import type { Profile } from '../../src/agents/profile.ts';
import { MULAW_8K } from '../../src/audio/format.ts';
import { LivelineError } from '../../src/base/errors.ts';
import { createLog } from '../../src/base/log.ts';
import { keepRoster } from '../../src/call/roster-keeper.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

vi.setConfig({ testTimeout: 60_000 });

const PROMPTS = resolve(import.meta.dirname, '../../fixtures/audio/prompts');
const LOOK_MS = 1_000;
const CHANGED = 'the profiles changed: new calls take them';
const FAULTY = 'the profiles changed and have faults';

/** Tells when the keeper has done what a look led to: it waits for the next. */
class LookClock extends ManualClock {
  waits = 0;

  override after(delayMs: number, then: () => void): () => void {
    if (delayMs === LOOK_MS) this.waits += 1;
    return super.after(delayMs, then);
  }
}

const folder = ({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): string => {
  const dir = mkdtempSync(join(tmpdir(), 'liveline-keeper-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
};

const profile = (more = '', name = 'Desk', numbers = '"*"'): string =>
  `name: ${name}\nnumbers: ${numbers}\ninstructions: Help.\ngreeting: Hello.\n${more}\n`;

async function keeping(
  context: Pick<TestContext, 'onTestFinished'>,
  check: (profiles: readonly Profile[]) => void = () => undefined,
) {
  const dir = folder(context);
  const write = (text: string, file = 'desk.yaml'): void => writeFileSync(join(dir, file), text);
  write(profile());
  const clock = new LookClock();
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    secrets: [],
    destination: { write: (line) => void lines.push(line) },
  });
  const source = {
    ...{ agentsDir: dir, promptsDir: PROMPTS, lineFormat: MULAW_8K, defaultModel: undefined },
    localTurnTaking: { usable: true } as const,
  };
  const keeper = await keepRoster({ source, check, clock, log });
  context.onTestFinished(() => keeper.stop());
  const pass = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n += 1) {
      const { waits } = clock;
      clock.advance(LOOK_MS);
      await vi.waitFor(() => expect(clock.waits).toBeGreaterThan(waits), { timeout: 20_000, interval: 5 });
    }
  };
  const said = (words: string): readonly string[] => lines.filter((line) => line.includes(words));
  const version = (): string | undefined => keeper.roster.profiles[0]?.version;
  return { dir, write, keeper, clock, lines, pass, said, version };
}

test('a sound elsewhere that arrives later is taken when it is there; what is missing is said once', async (context) => {
  const { write, pass, said, keeper } = await keeping(context);
  const sound = join(folder(context), 'hold.wav');
  write(profile(`comfort_sound: ${sound}`));
  await pass(2);
  expect(said(FAULTY)).toHaveLength(1);
  expect(said(FAULTY)[0]).toContain('hold.wav does not exist');
  await pass(31);
  expect(said(FAULTY)).toHaveLength(1);
  copyFileSync(join(PROMPTS, 'comfort.wav'), sound);
  await pass(30);
  expect(keeper.roster.profiles[0]?.comfortSound).toBe(sound);
  expect(said(CHANGED)).toHaveLength(1);
});

test('a sound elsewhere that changes is taken', async (context) => {
  const { write, pass, said, version, keeper } = await keeping(context);
  const sound = join(folder(context), 'hello.wav');
  copyFileSync(join(PROMPTS, 'apology-en.wav'), sound);
  write(profile(`greeting_audio: ${sound}`));
  await pass(2);
  const before = version();
  const heard = keeper.roster.prompts.greeting(sound);
  copyFileSync(join(PROMPTS, 'apology-de.wav'), sound);
  await pass(3);
  expect(version()).not.toBe(before);
  expect(keeper.roster.prompts.greeting(sound)).not.toEqual(heard);
  expect(said(CHANGED)).toHaveLength(2);
  await pass(3);
  expect(said(CHANGED), 'and once').toHaveLength(2);
});

test.runIf(process.platform !== 'win32')(
  'a pipe among the profiles is a fault in words, and later changes are taken',
  async (context) => {
    const { dir, write, pass, said, version } = await keeping(context);
    const before = version();
    execFileSync('mkfifo', [join(dir, 'pipe.yaml')]);
    await pass(2);
    expect(said(FAULTY)[0]).toContain('pipe.yaml is a pipe, a socket or a device, and not a file');
    rmSync(join(dir, 'pipe.yaml'));
    write(profile('voice: Kore'));
    await pass(2);
    expect(version()).not.toBe(before);
  },
);

test('after a fault, files that are as they were: said, and nothing is taken anew', async (context) => {
  const { write, pass, said, version } = await keeping(context);
  const before = version();
  write(profile('voise: Kore'));
  await pass(2);
  write(profile());
  await pass(2);
  expect(version()).toBe(before);
  expect(said('without fault again')).toHaveLength(1);
  expect(said(CHANGED)).toEqual([]);
});

test('at a reload profiles are checked one by one, and calls have their turn after each; the faults of all are told', async (context) => {
  const seen: string[] = [];
  const { write, pass, said } = await keeping(context, (profiles) => {
    const names = profiles.map(({ name }) => name).join();
    seen.push(names);
    setImmediate(() => seen.push('calls'));
    if (names !== 'Desk')
      throw new LivelineError('PROFILE_INVALID', `profiles ask too much:\n  ${names}: no`);
  });
  await pass(1);
  seen.length = 0;
  write(profile('', 'Left', '["+15550100101"]'), 'left.yaml');
  write(profile('', 'Right', '["+15550100102"]'), 'right.yaml');
  await pass(2);
  expect(seen).toEqual(['Desk', 'calls', 'Left', 'calls', 'Right', 'calls']);
  expect(said(FAULTY)).toHaveLength(1);
  expect(JSON.parse(said(FAULTY)[0]!)).toMatchObject({
    faults: ['profiles ask too much:', '  Left: no', '  Right: no'],
  });
});

test('stopped while it reads: the reading is given up without a word', async (context) => {
  const { write, pass, keeper, clock, lines } = await keeping(context);
  write(profile('voice: Kore'));
  await pass(1);
  clock.advance(LOOK_MS);
  keeper.stop();
  await vi.waitFor(() => expect(clock.pending).toBe(0));
  expect(lines).toEqual([]);
});

test('the news of the files: what they were, what they are, and what is wrong with what waits', async (context) => {
  const { write, pass, keeper, clock, dir } = await keeping(context);
  const file = join(dir, 'desk.yaml');
  expect(keeper.news).toEqual({
    ...{ texts: [{ file, name: 'Desk', text: profile() }], before: undefined, failed: undefined },
    readMs: keeper.news.readMs,
  });
  write(profile('voice: Kore'));
  await pass(2);
  expect(keeper.news).toMatchObject({
    ...{ texts: [{ text: profile('voice: Kore') }], before: [{ text: profile() }], failed: undefined },
    readMs: clock.epochMs(),
  });
  write(profile('voice: 7\nvoices: Kore'));
  await pass(2);
  expect(keeper.news).toMatchObject({
    ...{ texts: [{ text: profile('voice: Kore') }], before: [{ text: profile() }] },
    failed: { atMs: clock.epochMs(), texts: [{ text: profile('voice: 7\nvoices: Kore') }] },
  });
  expect(keeper.news.failed?.faults.map((line) => line.slice(0, file.length + 4))).toEqual([
    `${file}:5:1`,
    `${file}:6:1`,
  ]);
  write(profile('voice: Kore'));
  await pass(2);
  expect(keeper.news).toMatchObject({ before: [{ text: profile() }], failed: undefined });
});
