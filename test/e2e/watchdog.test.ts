// A model that goes silent without an error: what the caller gets all the same.
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { fastClock } from '../../src/simulator/fast-clock.ts';
import type { FaultSource } from '../../src/simulator/model/faults/fault.ts';
import { scriptOf } from '../../src/simulator/model/script.ts';
import { audioDir, wav, world } from './rig.ts';

const ANSWER = 'Then Thursday at nine it is, and please bring your insurance card along.';
const script = scriptOf(
  {
    name: 'silent-at-times',
    greeting: { say: 'Good morning, would Thursday suit you?' },
    turns: [{ hears: 'Yes, please.', steps: [{ say: ANSWER }] }],
  },
  audioDir,
);

test.concurrent.for<[string, FaultSource, readonly string[]]>([
  ['ignores a short answer', 'ignore-short:under=10s,times=1', ['no answer: reminded']],
  [
    'goes mute while the caller speaks',
    'mute:on=caller-speaking',
    ['no answer: reminded', 'no answer: renewed'],
  ],
  ['says that its turn is complete, and there was none', 'empty-turn:on=thinking', ['no answer: reminded']],
  ['stalls in the middle of its answer', 'stall:on=agent-speaking,after=300ms,for=60s', ['stalled: renewed']],
])('a model that %s: the caller is answered, whole and once', { timeout: 60_000 }, async (row, context) => {
  const { expect } = context;
  const [, fault, did] = row;
  const clock = fastClock(3, systemClock);
  const { place, told, model } = await world(context, { script, faults: [fault] }, {}, clock);
  const call = place({
    script: [{ say: wav('caller/yes') }, { hangUp: true, when: 'agentQuiet' }],
    quietMs: 9_000,
    patienceMs: 30_000,
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
