// A model that goes silent without an error: what the caller gets all the same.
import { expect, test, vi } from 'vitest';
import { MULAW_8K } from '../../src/audio/format.ts';
import { writeWav } from '../../src/audio/wav.ts';
import { systemClock } from '../../src/base/clock.ts';
import { callId } from '../../src/base/ids.ts';
import { fastClock } from '../../src/simulator/fast-clock.ts';
import type { FaultSource } from '../../src/simulator/model/faults/fault.ts';
import { scriptOf } from '../../src/simulator/model/script.ts';
import type { StreamFaults } from '../../src/simulator/phone/faults.ts';
import { agentsWith, audioDir, wav, world } from './rig.ts';

const ANSWER = 'Then Thursday at nine it is, and please bring your insurance card along.';
const script = scriptOf(
  {
    name: 'silent-at-times',
    greeting: { say: 'Good morning, would Thursday suit you?' },
    turns: [{ hears: 'Yes, please.', steps: [{ say: ANSWER }] }],
  },
  audioDir,
);

test.concurrent.for<[string, FaultSource, readonly string[], ('server' | 'local')?, StreamFaults?]>([
  ['ignores a short answer', 'ignore-short:under=10s,times=1', ['no answer: reminded']],
  [
    'goes mute while the caller speaks',
    'mute:on=caller-speaking',
    ['no answer: reminded', 'no answer: renewed'],
  ],
  ['says that its turn is complete, and there was none', 'empty-turn:on=thinking', ['empty turn: reminded']],
  ['stalls in the middle of its answer', 'stall:on=agent-speaking,after=300ms,for=60s', ['stalled: renewed']],
  ['ignores what we told it of', 'ignore-short:under=10s,times=1', ['no answer: reminded'], 'local'],
  [
    'stalls while we listen for it',
    'stall:on=agent-speaking,after=300ms,for=60s',
    ['stalled: renewed'],
    'local',
  ],
  [
    'goes mute, on a line that gives back whatever we play',
    'mute:on=caller-speaking',
    ['no answer: reminded', 'no answer: renewed'],
    'local',
    { echo: { db: -6, delayMs: 180 } },
  ],
])('a model that %s: the caller is answered, whole and once', { timeout: 60_000 }, async (row, context) => {
  const { expect } = context;
  const [, fault, did, turnTaking = 'server', stream] = row;
  const clock = fastClock(3, systemClock);
  const agents = { AGENTS_DIR: agentsWith(`turn_taking: ${turnTaking}`, context) };
  const { app, place, told, model } = await world(context, { script, faults: [fault] }, agents, clock);
  const call = place({
    script: [{ say: wav('caller/yes') }, { hangUp: true, when: 'agentQuiet' }],
    quietMs: 9_000,
    patienceMs: 30_000,
    ...(stream && { faults: { stream } }),
  });
  const outcome = await call.done;
  expect(outcome.errors).toEqual([]);
  expect(told(call, 'watchdog').map((notice) => `${notice.saw}: ${notice.did}`)).toEqual(did);
  const agent = new Map(
    told(call, 'transcript').flatMap(({ entry }) => (entry.who === 'agent' ? [[entry.n, entry.text]] : [])),
  );
  const words = [...agent.values()].join(' ').match(/[a-z]+/gi) ?? [];
  expect(words.join(' ')).toBe(`Good morning would Thursday suit you ${ANSWER}`.match(/[a-z]+/gi)!.join(' '));
  expect(told(call, 'call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]);
  expect(model.sessions.length).toBe(did.some((what) => what.includes('renewed')) ? 2 : 1);
  await vi.waitFor(async () => {
    const record = await app.records.get(callId(call.callSid));
    expect(record?.outcome).toBe('caller-hung-up');
    const happened = record!.events.filter(({ type }) => type === 'watchdog');
    expect(happened.map(({ facts }) => `${String(facts['saw'])}: ${String(facts['did'])}`)).toEqual(did);
    const counted = Object.entries(record!.watchdog).flatMap(([saw, remedies]) =>
      Object.entries(remedies).map(([what, times]) => `${saw}: ${what} ${times}`),
    );
    expect(counted.sort()).toEqual(did.map((what) => `${what} 1`).sort());
  }, 15_000);
});

test.concurrent('a conversation without a fault has no false alarm', { timeout: 60_000 }, async (context) => {
  const clock = fastClock(3, systemClock);
  const { place, told } = await world(context, {}, {}, clock);
  const call = place({
    script: [
      ...['yes', 'no', 'look-me-up', 'thanks-goodbye'].map((name) => ({ say: wav(`caller/${name}`) })),
      { hangUp: true, when: 'agentQuiet' },
    ],
  });
  await call.done;
  expect(told(call, 'watchdog')).toEqual([]);
});

/** White noise at about -20 dB, in which there is no voice. */
function hiss(ms: number): Uint8Array {
  let seed = 7;
  const samples = Int16Array.from({ length: ms * 8 }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return ((seed >>> 16) / 65_536 - 0.5) * 11_000;
  });
  return writeWav({ format: MULAW_8K, channels: [samples] });
}

test.concurrent(
  'a cough that the model rightly ignores brings no reminder',
  { timeout: 60_000 },
  async (context) => {
    const clock = fastClock(3, systemClock);
    const faults: FaultSource[] = ['ignore-short:under=1200ms'];
    const { place, told, model } = await world(context, { script, faults }, {}, clock);
    const call = place({ script: [{ say: hiss(400) }, { hangUp: true, when: { afterMs: 9_000 } }] });
    await call.done;
    expect(told(call, 'watchdog').map(({ saw, did }) => `${saw}: ${did}`)).toEqual(['noise: let be']);
    expect(told(call, 'call-ended')).toMatchObject([{ watchdog: { noise: { 'let be': 1 } } }]);
    expect(
      model.sessions[0]!.events.filter(({ type }) => type === 'prompted'),
      'the greeting alone',
    ).toHaveLength(1);
  },
);

test.concurrent('noise without end: the model is told, and says so', { timeout: 60_000 }, async (context) => {
  const clock = fastClock(3, systemClock);
  const { place, told, model } = await world(context, { script }, {}, clock);
  const call = place({ script: [{ say: hiss(24_000) }, { hangUp: true }] });
  await call.done;
  expect(told(call, 'watchdog').map(({ saw, did }) => `${saw}: ${did}`)).toEqual(['noise: reminded']);
  const [, note, ...more] = model.sessions[0]!.events.flatMap((event) =>
    event.type === 'prompted' ? [event.text] : [],
  );
  expect(note).toMatch(/noise/);
  expect(more).toEqual([]);
});

test.concurrent(
  'a turn that comes twice is stopped the second time',
  { timeout: 60_000 },
  async (context) => {
    const clock = fastClock(3, systemClock);
    const faults: FaultSource[] = ['double-turn:on=caller-speaking'];
    const { place, told } = await world(context, { script, faults }, {}, clock);
    const call = place({
      script: [{ say: wav('caller/yes') }, { hangUp: true, when: 'agentQuiet' }],
      quietMs: 3_000,
    });
    await call.done;
    expect(told(call, 'watchdog').map(({ saw, did }) => `${saw}: ${did}`)).toEqual(['said twice: dropped']);
    const entries = new Map(
      told(call, 'transcript').flatMap(({ entry }) => (entry.who === 'agent' ? [[entry.n, entry]] : [])),
    );
    const [, answer, again] = [...entries.values()];
    expect(answer).toMatchObject({ text: ANSWER, state: 'done' });
    expect(again).toMatchObject({ text: ANSWER, state: 'cut' });
    expect(again!.heard.length).toBeLessThan(ANSWER.length / 2);
    expect(told(call, 'barge-in')).toEqual([]);
  },
);

test.concurrent(
  'a greeting that is lost on its way is asked for anew',
  { timeout: 60_000 },
  async (context) => {
    const clock = fastClock(3, systemClock);
    const { place, told, model } = await world(context, { script, faults: ['mute:on=ready'] }, {}, clock);
    const call = place({ script: [{ hangUp: true, when: { afterMs: 20_000 } }] });
    const outcome = await call.done;
    expect(told(call, 'watchdog').map(({ saw, did }) => `${saw}: ${did}`)).toEqual([
      'late greeting: reminded',
      'late greeting: renewed',
    ]);
    expect(model.sessions).toHaveLength(2);
    expect(outcome.heardMs).toBeGreaterThan(1_000);
    expect(told(call, 'call-ended')).toMatchObject([
      { watchdog: { 'late greeting': { reminded: 1, renewed: 1 } } },
    ]);
  },
);
