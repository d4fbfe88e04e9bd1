// What of a call is in its journal, moment by moment.
import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/call/journal.ts';
import { CALL, callRig } from './call-rig.ts';

function rig() {
  const kept: JournalEntry[] = [];
  const ended: string[] = [];
  const all = callRig({
    journal: {
      begin: (first) => {
        kept.push(first);
        return {
          fence: 1,
          isOurs: true,
          keep: (entry) => void kept.push(entry),
          spent: () => undefined,
          flush: () => Promise.resolve(),
          handTo: () => Promise.resolve(false),
          end: () => void ended.push('ended'),
        };
      },
      of: () => ({
        call: { id: CALL, from: '+15550100123', to: '+15550100100', direction: 'inbound', status: 'ringing' },
        ...{
          profile: 'reception',
          profileVersion: '1',
          begunBy: 'reception',
          answeredAtMs: Date.UTC(2026, 0, 1),
        },
        ...{ contact: undefined, handOvers: 0 },
      }),
    },
  });
  return Object.assign(all, { kept, endedJournals: ended });
}

test('[RJ1] its beginning at once, and what changes soon: several facts in one', () => {
  const { kept, answered, clock, session } = rig();
  expect(kept).toHaveLength(1);
  expect(kept[0]).toMatchObject({ greeted: false, said: [], entries: 0 });
  answered();
  const before = kept.length;
  session.callerSaid('One');
  session.callerSaid(' two');
  expect(kept).toHaveLength(before);
  clock.advance(50);
  expect(kept.slice(before)).toMatchObject([{ greeted: true, said: [{ who: 'caller', text: 'One two' }] }]);
});

test('[RJ1] how far the agent is heard, while it speaks', () => {
  const { kept, answered, clock, session } = rig();
  answered();
  session.say(8_000);
  session.agentSaid('One two three four five six seven eight nine ten eleven twelve thirteen fourteen.');
  clock.advance(1_000);
  const early = kept.at(-1)!.said.at(-1)!.text;
  clock.advance(3_000);
  const late = kept.at(-1)!;
  expect(late.speaking).toBe('agent');
  expect(late.said.at(-1)!.text.startsWith(early)).toBe(true);
  expect(late.said.at(-1)!.text.length).toBeGreaterThan(early.length);
  expect(late.said.at(-1)!.text).not.toContain('fourteen');
  expect(late.open).toHaveLength(1);
});

test('[RJ5] of what is typed in secret nothing', () => {
  const all = rig();
  const { kept, answered, clock } = all;
  const line = answered();
  void all.secrets.ask({ kind: 'pin', monthFirst: false }, new AbortController().signal);
  for (const key of '9753') line.press(key);
  clock.advance(300);
  expect(kept.at(-1)).toMatchObject({ typing: true, keypad: { keys: '' } });
  expect(JSON.stringify(kept)).not.toContain('97');
});

test('[RJ2] a call that is over has no journal, and leaves no timer', () => {
  const { answered, clock, endedJournals, kept } = rig();
  answered().stop();
  const before = kept.length;
  clock.advance(5_000);
  expect(endedJournals).toEqual(['ended']);
  expect(kept).toHaveLength(before);
  expect(clock.pending).toBe(0);
});
