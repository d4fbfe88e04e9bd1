// A call whose process is killed at any moment of it, whatever was said, typed and asked of tools before: what it is afterwards.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { id, incoming } from './rig.ts';
import { nodesRig } from './nodes-rig.ts';

type Deed =
  | { readonly do: 'wait'; readonly ms: number }
  | {
      readonly do:
        | 'agent'
        | 'idle'
        | 'caller'
        | 'interrupt'
        | 'message'
        | 'slow message'
        | 'key'
        | 'dropLine'
        | 'remember';
    };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 50, max: 2_500 }) }),
  },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('agent', 'idle', 'caller', 'interrupt', 'message', 'slow message', 'key', 'remember')
      .map((name) => ({ do: name })),
  },
);

/** The journal is written so soon, and what is heard of a turn so often. */
const BEHIND_MS = 1_000;

test('[RJ2][RJ3][RJ4] killed anywhere: each effect once, nobody greeted twice, nothing said before that is not known', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 14 }), async (deeds) => {
      const messages: string[] = [];
      const memory = createMemoryCrm({ contacts: [] });
      const all = nodesRig({
        fields: { tools: ['take_message', 'end_call'] },
        crm: {
          ...memory,
          createObject: (object, key, signal) => {
            messages.push(object.text);
            // It is killed in the middle of it.
            if (object.text.startsWith('slow')) return new Promise(() => undefined);
            return memory.createObject(object, key, signal);
          },
        },
      });
      const [first, second] = [all.start('a'), all.start('b')];
      const line = new FakeLine(first.clock);
      await all.streams(first, first.switchboard.answer(incoming), line);
      const session = first.live.last;
      session.ready();
      session.say(800);
      session.agentSaid('Hello, this is reception.');
      session.idle();
      await all.advance(900);
      const asked: string[] = [];
      for (const [at, one] of deeds.entries()) {
        if (one.do === 'wait') await all.advance(one.ms);
        else if (one.do === 'agent') {
          session.say(1_200);
          session.agentSaid(` Sentence ${at}.`);
        } else if (one.do === 'idle') session.idle();
        else if (one.do === 'caller') session.callerSaid(` Word ${at}.`);
        else if (one.do === 'interrupt') session.interrupt();
        else if (one.do === 'key') line.press('5');
        else if (one.do === 'remember') session.remember();
        else {
          asked.push(`${one.do} ${at}`);
          session.callTools({ id: `t${at}`, name: 'take_message', args: { message: `${one.do} ${at}` } });
        }
      }
      await all.advance(BEHIND_MS);
      if (!first.switchboard.has(id)) return;
      const said = all.saidAt(first);
      all.kill(first);
      const verb = await all.asks(second);
      expect(verb.do).toBe('stream');
      const next = second.live.last;
      const known = next.recalled();
      next.ready('kept');
      expect(await all.streams(second, verb, new FakeLine(second.clock))).toBe(true);
      await all.advance(10_000);
      expect(messages.toSorted(), 'what tools have done').toEqual(asked.toSorted());
      expect(
        [...next.prompts, ...next.informed].filter((text) => text.includes('Greet the caller now')),
      ).toEqual([]);
      const isBeingSaid = (text: string): boolean =>
        said.some((one) => one.open && one.text.startsWith(text));
      const words = known.map(({ who, text }) => `${who}: ${text.trim()}`);
      expect(words.filter((text) => !isBeingSaid(text))).toEqual(
        said.filter(({ open }) => !open).map(({ text }) => text),
      );
      expect(second.of('call-rejoined')).toHaveLength(1);
      expect(first.of('call-ended')).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 60_000);
