// Profiles change while calls go on: who talks keeps the wording they began with, who calls next gets the new one.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi, type TestContext } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { writeWav } from '../../src/audio/wav.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import type { CallRecord } from '../../src/records/record.ts';
import type { CallerStep } from '../../src/simulator/phone/script.ts';
import { freshDatabaseUrl } from '../doubles/databases.ts';
import { agentsWith, wav, world, type World } from './rig.ts';

/** Calls of 45 s, and a busy machine takes its time. */
vi.setConfig({ testTimeout: 120_000 });

const OTHER_LINE = '+15550100177';

interface Wording {
  readonly name?: string;
  readonly numbers?: string;
  readonly instructions: string;
  readonly more?: string;
}
const wording = ({ name = 'Desk', numbers = "'*'", instructions, more = '' }: Wording): string =>
  `name: ${name}\nnumbers: ${numbers}\ngreeting: Hello.\ninstructions: ${instructions}\n${more}\n`;

/** A server whose profiles are the test's to change, and its book of records. */
async function reloading(context: Pick<TestContext, 'onTestFinished'>, first: Wording, model = {}) {
  const dir = agentsWith('', context);
  const write = (text: string, file = 'receptionist.yaml'): void => writeFileSync(join(dir, file), text);
  write(wording(first));
  const databaseUrl = await freshDatabaseUrl(context);
  const there = await world(context, model, { AGENTS_DIR: dir, DATABASE_URL: databaseUrl });
  const said = (words: string): readonly string[] => there.log.filter((line) => line.includes(words));
  /** Resolves to the line that says so, once there is one more than before. */
  const saying = async (words: string, change: () => void): Promise<string> => {
    const before = said(words).length;
    change();
    return vi.waitFor(
      () => {
        const lines = said(words);
        expect(lines.length, `"${words}" in the log:\n${there.log.slice(-5).join('')}`).toBe(before + 1);
        return lines.at(-1)!;
      },
      { timeout: 20_000, interval: 20 },
    );
  };
  return {
    ...there,
    dir,
    write,
    taken: (change: () => void) => saying('the profiles changed: new calls take them', change),
    refused: (change: () => void) => saying('the profiles changed and have faults', change),
    version: (name: string) => there.app.profiles.find((profile) => profile.name === name)?.version,
  };
}

async function recordOf(app: World['app'], { callSid }: PhoneCall): Promise<CallRecord> {
  return vi.waitFor(
    async () => {
      const record = await app.records.get(callId(callSid));
      expect(record?.endedAt).toEqual(expect.any(String));
      return record!;
    },
    { timeout: 15_000 },
  );
}

/** Answered, greeted and hung up on. */
async function shortCall({ place, app }: Pick<World, 'place' | 'app'>, to?: string): Promise<CallRecord> {
  const call = place(to === undefined ? {} : { to });
  await call.until('agentQuiet');
  call.hangUp();
  expect(await call.done).toMatchObject({ errors: [] });
  return recordOf(app, call);
}

const instructionsAt = ({ model }: Pick<World, 'model'>, session: number): string =>
  model.sessions[session]?.setup?.systemInstruction?.parts?.[0]?.text ?? '';

/** Asks, speaks over the answer, says goodbye. */
const overTheAnswer = (startMs: number): CallerStep[] => [
  { say: wav('caller/hello-opening-hours'), when: { afterMs: startMs } },
  { say: wav('caller/interrupt'), when: { agentSpokeForMs: 2_000 } },
  { say: wav('caller/thanks-goodbye') },
];

test.concurrent(
  'a call in progress keeps its profile, its rules and its tools; the next one has the new ones',
  async (context) => {
    const there = await reloading(context, {
      instructions: 'The first wording.',
      more: 'tools: [look_up_contact, end_call]',
    });
    const { place, app, model, told, write, taken, version } = there;
    const before = version('Desk');
    const first = place({ script: overTheAnswer(9_000) });
    await first.until('agentQuiet');
    const line = await taken(() =>
      write(
        wording({
          instructions: 'The second wording.',
          // Off: the watchdog speaks to the model when a caller who may not interrupt gets no answer.
          more: 'tools: [end_call]\nbarge_in: { caller_interrupts: false }\nwatchdog: "off"',
        }),
      ),
    );
    const after = version('Desk');
    expect(after).not.toBe(before);
    expect(line).toContain(`Desk (${after})`);
    expect(first.events.filter(({ type }) => type === 'said')).toEqual([]);

    const second = place({ script: overTheAnswer(3_000), patienceMs: 5_000 });
    const ended = await Promise.all([first.done, second.done]);
    expect(ended).toMatchObject([{ errors: [], hungUpBy: 'server' }, { errors: [] }]);
    const [kept, next] = [await recordOf(app, first), await recordOf(app, second)];
    expect([kept.profileVersion, next.profileVersion]).toEqual([before, after]);

    expect(model.sessions).toHaveLength(2);
    expect(instructionsAt(there, 0)).toContain('The first wording.');
    expect(instructionsAt(there, 1)).toContain('The second wording.');
    expect(instructionsAt(there, 1)).not.toContain('The first wording.');
    const declared = model.sessions.map(({ setup }) => JSON.stringify(setup?.tools));
    expect(declared[0]).toContain('look_up_contact');
    expect(declared[1]).not.toContain('look_up_contact');

    // What came after the change: an interruption, and tools.
    expect(told(first, 'barge-in')).toHaveLength(1);
    expect(kept.turns.map(({ state }) => state)).toContain('cut');
    expect(kept.tools.map(({ tool, state }) => `${tool} ${state}`)).toEqual([
      'look_up_contact done',
      'end_call done',
    ]);
    expect(second.events.map(({ type }) => type)).not.toContain('cleared');
    expect(next.events.map(({ type }) => type)).not.toContain('barge-in');
    expect(next.turns.map(({ state }) => state)).not.toContain('cut');
    expect(next.turns.map(({ text }) => text).join(' ')).toContain('On Sundays we are closed');
    expect(next.tools.map(({ tool }) => tool)).not.toContain('look_up_contact');
  },
);

test.concurrent(
  'a faulty file leaves the old wording in force, until it is mended; profiles come and go',
  async (context) => {
    const there = await reloading(context, { instructions: 'One.' });
    const { app, log, dir, write, taken, refused, version } = there;
    const one = version('Desk');
    expect(await shortCall(there)).toMatchObject({ profile: 'Desk', profileVersion: one });

    const line = await refused(() => write(`${wording({ instructions: 'Two.' })}voise: Kore\n`));
    expect(line).toContain(`${join(dir, 'receptionist.yaml')}:6:1  voise`);
    expect(version('Desk')).toBe(one);
    expect(await shortCall(there)).toMatchObject({ profileVersion: one });
    expect(instructionsAt(there, 1)).toContain('One.');
    // Said once, not at every look.
    expect(log.filter((said) => said.includes('the profiles changed and have faults'))).toHaveLength(1);

    await taken(() => write(wording({ instructions: 'Two.' })));
    const two = version('Desk');
    expect(two).not.toBe(one);
    expect(await shortCall(there)).toMatchObject({ profileVersion: two });
    expect(instructionsAt(there, 2)).toContain('Two.');

    const other = { name: 'Other', numbers: `["${OTHER_LINE}"]`, instructions: 'Other.' };
    await taken(() => write(wording(other), 'other.yaml'));
    expect(await shortCall(there, OTHER_LINE)).toMatchObject({ profile: 'Other', to: OTHER_LINE });
    expect(instructionsAt(there, 3)).toContain('Other.');

    const removed = await taken(() => rmSync(join(dir, 'other.yaml')));
    expect(removed).toContain('"removed":["Other"]');
    expect(await shortCall(there, OTHER_LINE)).toMatchObject({ profile: 'Desk', profileVersion: two });

    // Nobody would answer any more: the one that there was goes on answering.
    await refused(() => rmSync(join(dir, 'receptionist.yaml')));
    expect(await shortCall(there)).toMatchObject({ profile: 'Desk', profileVersion: two });
    expect(app.profiles).toHaveLength(1);
  },
);

/** Whole, every stretch of the agent's sound is followed by one pause of this length; a hole makes two of one. */
const HOLE_MS = 150;
const LINES = 5;

test.concurrent(
  'the sound of calls in progress has no hole while a long greeting is read',
  async (context) => {
    const there = await reloading(context, { instructions: 'One.' });
    const { place, dir, write, taken } = there;
    /** What the phones heard of a greeting and a long answer: stretches, and their sum. */
    const hear = async (meanwhile: () => Promise<unknown>) => {
      const calls = Array.from({ length: LINES }, () =>
        place({
          quietMs: HOLE_MS,
          script: [{ say: wav('caller/hello-opening-hours'), when: { afterMs: 3_500 } }],
        }),
      );
      await Promise.all(calls.map((call) => call.until('saidEnd')));
      await Promise.all(
        calls.map((call) => call.until('agentStarted', ({ atMs }) => atMs > spokenAtMs(call))),
      );
      const done = meanwhile();
      await Promise.all(
        calls.map((call) => call.until('agentQuiet', ({ atMs }) => atMs > spokenAtMs(call) + 10_000)),
      );
      await done;
      for (const call of calls) call.hangUp();
      const outcomes = await Promise.all(calls.map((call) => call.done));
      expect(outcomes.flatMap(({ errors }) => errors)).toEqual([]);
      return {
        stretches: calls.map((call) => call.events.filter(({ type }) => type === 'agentStarted').length),
        heardMs: outcomes.map(({ heardMs }) => heardMs),
      };
    };
    // Before any call: what this test itself takes for it must not be heard.
    const samples = Int16Array.from({ length: 20 * 44_100 - 1 }, (_, n) => 8_000 * Math.sin(n / 20));
    const format = { encoding: 'pcm16', sampleRateHz: 44_100 } as const;
    writeFileSync(join(dir, 'long.wav'), writeWav({ format, channels: [samples, samples] }));
    await taken(() => write(wording({ instructions: 'One.', more: 'voice: Kore' })));
    const without = await hear(() => Promise.resolve());
    const during = await hear(() =>
      taken(() => {
        write(wording({ instructions: 'Two.', more: 'greeting_audio: long.wav' }));
      }),
    );
    expect(during.stretches).toEqual(without.stretches);
    expect(without.stretches).toEqual(Array.from({ length: LINES }, () => 2));
    for (const [n, heardMs] of during.heardMs.entries())
      expect(Math.abs(heardMs - without.heardMs[n]!), `call ${n}`).toBeLessThanOrEqual(2 * HOLE_MS);

    // It was taken: who calls now hears it.
    const call = place();
    await call.until('agentStarted');
    call.hangUp();
    await call.done;
    expect(there.told(call, 'greeting-played')).toMatchObject([{ from: 'file', ms: 20_000 }]);
  },
);

const spokenAtMs = ({ events }: PhoneCall): number =>
  events.find(({ type }) => type === 'saidEnd')?.atMs ?? Infinity;
