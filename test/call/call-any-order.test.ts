// A whole call in the hands of chance: whatever the model, the caller and the carrier do, in any order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { MULAW_8K } from '../../src/audio/format.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import { callId } from '../../src/base/ids.ts';
import type { Verb } from '../../src/carrier/webhooks.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { frame, id, incoming, rig, settled } from './rig.ts';

type Deed =
  | { do: 'say' | 'wait'; ms: number }
  | { do: 'callTool'; name: string }
  | { do: 'ask'; status: 'in-progress' | 'completed' }
  | {
      do:
        | ('ready' | 'endTurn' | 'idle' | 'interrupt' | 'lateSound' | 'words' | 'cancelTool' | 'fail')
        | ('lose' | 'comeBack' | 'tell' | 'shout' | 'callerStarts' | 'callerEnds' | 'watchdog')
        | ('speak' | 'press' | 'stop' | 'drop' | 'swallow' | 'connect' | 'answer' | 'shutDown' | 'settle');
    };

const just = (...names: Deed['do'][]): fc.Arbitrary<Deed> =>
  fc.constantFrom(...names).map((name) => ({ do: name }) as Deed);
const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('say' as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 8_000 }) }),
  },
  { weight: 4, arbitrary: just('endTurn', 'idle', 'interrupt', 'speak', 'settle') },
  { weight: 3, arbitrary: just('ready', 'lateSound', 'words', 'cancelTool', 'press', 'connect') },
  { weight: 2, arbitrary: just('drop', 'swallow', 'answer') },
  { weight: 2, arbitrary: just('lose', 'comeBack', 'tell') },
  { weight: 3, arbitrary: just('shout', 'callerStarts', 'callerEnds', 'watchdog') },
  { weight: 1, arbitrary: just('fail', 'stop', 'shutDown') },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('callTool' as const),
      name: fc.constantFrom('look_up_contact', 'end_call', 'no_such_tool'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      status: fc.constantFrom('in-progress' as const, 'in-progress' as const, 'completed' as const),
    }),
  },
);
/** Half a second of a real voice, over which the agent is lowered and cut. */
const SHOUT = Array.from({ length: 25 }, (_, n) =>
  soundFromWav(
    readFileSync(new URL('../../fixtures/audio/caller/interrupt.wav', import.meta.url)),
    MULAW_8K,
  ).slice((n + 15) * 160, (n + 16) * 160),
);
const anyOptions = fc.record({
  bargeIn: fc.record({
    greeting_interruptible: fc.boolean(),
    greeting_guard_ms: fc.constantFrom(0, 800),
    min_heard_ms: fc.constantFrom(0, 300),
  }),
  turnTaking: fc.constantFrom('server' as const, 'local' as const),
  deadAirMs: fc.constantFrom(undefined, 1_000, 4_000),
  repeatedWords: fc.constantFrom(0, 3),
  greeting: fc.constantFrom({}, { greetingAudioMs: 1_500 }),
  through: fc.record({ downMs: fc.nat(100), upMs: fc.nat(100) }),
});

test('[FA3][EN6][TO1] nothing throws, the call ends once and last, and leaves nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(anyOptions, fc.array(anyDeed, { maxLength: 40 }), async (options, deeds) => {
      const { greeting_interruptible, greeting_guard_ms } = options.bargeIn;
      const all = rig({
        ...options,
        ...options.greeting,
        bargeIn: {
          ...options.bargeIn,
          // A greeting that is protected whole has no guard.
          greeting_guard_ms: greeting_interruptible ? greeting_guard_ms : 0,
        },
      });
      const { switchboard, clock, live } = all;
      const lines: FakeLine[] = [];
      let verb: Verb = switchboard.answer(incoming);
      let tools = 0;
      const session = live.last;
      const connect = (): void => {
        if (verb.do !== 'stream') return;
        const line = new FakeLine(clock, options.through);
        if (switchboard.attach({ callId: id, token: verb.token }, line)) lines.push(line);
      };
      const act = async (deed: Deed): Promise<void> => {
        const line = lines.at(-1);
        if (deed.do === 'wait') clock.advance(deed.ms);
        else if (deed.do === 'say') session.say(deed.ms);
        else if (deed.do === 'callTool') session.callTools({ id: `t${tools++}`, name: deed.name });
        else if (deed.do === 'cancelTool') session.cancelTools(`t${tools - 1}`);
        else if (deed.do === 'ask') verb = all.afterStream(deed.status);
        else if (deed.do === 'answer') verb = switchboard.answer(incoming);
        else if (deed.do === 'connect') connect();
        else if (deed.do === 'words') {
          session.callerSaid('Yes? ');
          session.agentSaid('Well. ');
        } else if (deed.do === 'lateSound') session.lateSound(60);
        else if (deed.do === 'speak') line?.speak(frame());
        else if (deed.do === 'press') line?.press('1');
        else if (deed.do === 'shutDown') switchboard.shutDown();
        else if (deed.do === 'settle') await settled();
        else if (deed.do === 'shout') {
          for (const shout of SHOUT) {
            line?.speak(shout);
            clock.advance(20);
          }
        } else if (deed.do === 'callerStarts') session.callerSpeech('started');
        else if (deed.do === 'callerEnds') session.callerSpeech('ended');
        else if (deed.do === 'watchdog') session.watchdog('noise', 'let be');
        else if (deed.do === 'tell') switchboard.tell(id, 'a note', false);
        else if (deed.do === 'stop' || deed.do === 'drop' || deed.do === 'swallow') line?.[deed.do]();
        else session[deed.do]();
      };
      connect();
      session.ready();
      for (const deed of deeds) {
        // A call that is over may be called anew, which is another test's matter.
        if (deed.do === 'answer' && all.ended) continue;
        await act(deed);
      }
      switchboard.shutDown();
      await settled();
      clock.advance(200);
      expect(all.ended).toBeDefined();
      expect(all.told.at(-1)?.type).toBe('call-ended');
      expect(session.closed).toBe(true);
      expect(switchboard.callCount).toBe(0);
      for (const line of lines) expect(line.closed).toBe(true);
      const answered = session.answers.map((answer) => answer.id);
      expect(new Set(answered).size).toBe(answered.length);
      clock.advance(60_000);
      expect(clock.pending).toBe(0);
      expect(switchboard.afterStream({ ...incoming, id: callId('CA-other') })).toMatchObject({
        do: 'say-and-hang-up',
      });
    }),
    { numRuns: 300 },
  );
});
