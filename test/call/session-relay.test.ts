import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TurnId } from '../../src/base/ids.ts';
import { SessionRelay } from '../../src/call/session-relay.ts';
import type { SessionEvent } from '../../src/live/session.ts';
import { sessionContract, type OpenRig } from '../contracts/session.contract.ts';
import { FakeSession } from '../doubles/fake-session.ts';

const openRelay: OpenRig = (to, resume) => {
  const session = new FakeSession(resume);
  const relay = new SessionRelay(session);
  relay.listen(to);
  return Promise.resolve({
    session: relay,
    model: {
      ready: () => session.ready(),
      remember: (handle) => void session.remember(handle),
      forget: () => Promise.try(() => session.ready('told')),
      say: (ms) => void session.say(ms),
      lateSound: (ms) => session.lateSound(ms),
      endTurn: () => session.endTurn(),
      idle: () => session.idle(),
      interrupt: () => session.interrupt(),
      callTools: (...calls) => session.callTools(...calls),
      cancelTools: (...ids) => session.cancelTools(...ids),
      callerSaid: (text) => session.callerSaid(text),
      agentSaid: (text) => session.agentSaid(text),
      used: (usage) => session.used(usage),
      hangUp: () => session.fail(),
      lose: () => Promise.try(() => session.lose()),
      comeBack: () => Promise.try(() => session.comeBack()),
      loseForGood: () => Promise.try(() => session.fail()),
    },
    caller: {
      speaks: () => session.callerSpeech('started'),
      stops: () => session.callerSpeech('ended'),
    },
    heard: {
      sound: () => Buffer.concat(session.sent),
      prompts: () => session.prompts,
      notes: () => session.told,
      connections: () => 1,
      answers: () => session.answers.map(({ name, response }) => ({ name, response })),
    },
    wait: () => undefined,
    settle: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
  });
};

sessionContract('SessionRelay', openRelay);

test('[HO4] whatever the sessions do, turns are numbered on, and of the old ones nothing is heard', () => {
  const deed = fc.constantFrom('say', 'end', 'take', 'interrupt', 'used', 'next', 'old speaks' as const);
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), (deeds) => {
      let now = new FakeSession();
      const old: FakeSession[] = [];
      const relay = new SessionRelay(now);
      const begun: TurnId[] = [];
      let [last, sounds] = [0, 0];
      relay.listen({
        onAudio: (_pcm, turn) => {
          sounds += 1;
          expect(turn).toBe(begun.at(-1));
        },
        onEvent: (event: SessionEvent) => {
          if (event.type === 'turnStarted') {
            expect(event.turn, 'higher than any before').toBeGreaterThan(last);
            begun.push(event.turn);
            last = event.turn;
          }
          if (event.type === 'turnEnded') expect(event.turn).toBe(begun.at(-1));
          if (event.type === 'interrupted') {
            expect(event.upTo, 'all that there were').toBeGreaterThanOrEqual(last);
            last = Math.max(last, event.upTo);
          }
          if (event.type === 'used') expect([0, begun.at(-1)]).toContain(event.turn);
        },
        recall: () => [],
      });
      for (const what of deeds) {
        if (what === 'say') now.say(40);
        else if (what === 'end') now.endTurn();
        else if (what === 'interrupt') now.interrupt();
        else if (what === 'used') now.used(NONE);
        else if (what === 'take') {
          const taken = relay.takeTurn();
          expect(taken).toBeGreaterThan(last);
          last = taken;
        } else if (what === 'next') {
          const before = now;
          now = new FakeSession();
          relay.goOnWith(now);
          expect(before.closed).toBe(true);
          old.push(before);
        } else {
          const heard = [begun.length, sounds];
          for (const one of old) {
            one.lateSound(40);
            one.endTurn();
            one.say(40);
            one.interrupt();
          }
          expect([begun.length, sounds]).toEqual(heard);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('what is asked of it is asked of whoever is there now; speech that is held stays held', () => {
  const [first, second] = [new FakeSession(), new FakeSession()];
  const relay = new SessionRelay(first);
  relay.listen({
    onAudio: () => undefined,
    onEvent: () => undefined,
    recall: () => [{ who: 'caller', text: 'x' }],
  });
  relay.holdSpeech(true);
  first.callerSpeaks = true;
  relay.prompt('one');
  relay.goOnWith(second);
  expect(second.held).toBe(true);
  expect(relay.callerSpeaks).toBe(false);
  relay.send(new Uint8Array(2));
  relay.prompt('two');
  relay.inform('three');
  relay.letThrough(5);
  relay.close();
  expect([first.prompts, second.prompts, second.informed, second.let]).toEqual([
    ['one'],
    ['two'],
    ['three'],
    [5],
  ]);
  expect([first.sent.length, second.sent.length, second.closed]).toEqual([0, 1, true]);
  expect(second.recalled()).toEqual([{ who: 'caller', text: 'x' }]);
});

const NONE = {
  ...{ promptTokens: 0, responseTokens: 0, totalTokens: 0, cachedTokens: 0 },
  ...{ thoughtTokens: 0, toolUseTokens: 0, prompt: {}, response: {} },
};
