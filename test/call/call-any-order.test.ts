// A whole call in the hands of chance: whatever the model, the caller and the carrier do, in any order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { MULAW_8K } from '../../src/audio/format.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import type { TakenOver } from '../../src/call/operator-desk.ts';
import type { CallAction } from '../../src/tools/tool.ts';
import { FakeSession } from '../doubles/fake-session.ts';
import { BILLING, callRig } from './call-rig.ts';

const OPERATOR = 0x33;
const HAND_OVER: CallAction = { type: 'handOver', agent: 'billing', reason: 'an invoice' };

type Deed =
  | { do: 'say' | 'wait'; ms: number }
  | { do: 'callTool'; name: string }
  | { do: 'finishTool'; then: CallAction | undefined }
  | {
      do:
        | ('ready' | 'endTurn' | 'idle' | 'interrupt' | 'lateSound' | 'words' | 'cancelTool' | 'fail')
        | ('lose' | 'comeBack' | 'tell' | 'shout' | 'callerStarts' | 'callerEnds' | 'watchdog' | 'giveUp')
        | ('speak' | 'press' | 'stop' | 'drop' | 'swallow' | 'connect' | 'shutDown' | 'ask' | 'over')
        | ('return' | 'stay' | 'lateTool' | 'depart' | 'handOver')
        | ('takeOver' | 'operatorSpeaks' | 'giveBack' | 'transfer' | 'hangUp');
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
  { weight: 4, arbitrary: just('endTurn', 'idle', 'interrupt', 'speak', 'ask') },
  { weight: 3, arbitrary: just('ready', 'lateSound', 'words', 'cancelTool', 'press', 'connect') },
  { weight: 2, arbitrary: just('drop', 'swallow', 'lateTool') },
  { weight: 2, arbitrary: just('lose', 'comeBack', 'tell') },
  { weight: 3, arbitrary: just('shout', 'callerStarts', 'callerEnds', 'watchdog') },
  { weight: 4, arbitrary: just('depart', 'return', 'connect', 'handOver') },
  { weight: 4, arbitrary: just('takeOver', 'operatorSpeaks', 'giveBack') },
  { weight: 1, arbitrary: just('transfer', 'hangUp') },
  { weight: 1, arbitrary: just('fail', 'stop', 'shutDown', 'over', 'stay', 'giveUp') },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('callTool' as const),
      name: fc.constantFrom('look_up_contact', 'end_call', 'transfer_call'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('finishTool' as const),
      then: fc.constantFrom<CallAction | undefined>(
        undefined,
        BILLING,
        { type: 'hangUp' },
        { type: 'voicemail' },
        HAND_OVER,
      ),
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
  rules: fc.record({
    greetingInterruptible: fc.boolean(),
    greetingGuardMs: fc.constantFrom(0, 800),
    minHeardMs: fc.constantFrom(0, 300),
    deadAirMs: fc.constantFrom(0, 1_000, 4_000),
    silenceMs: fc.constantFrom(0, 5_000),
    lastsAtMostMs: fc.constantFrom(0, 60_000),
  }),
  fallback: fc.record({ withinMs: fc.constantFrom(0, 2_000, 8_000), hasLadder: fc.boolean() }),
  turnTaking: fc.constantFrom('server' as const, 'local' as const),
  repeatedWords: fc.constantFrom(0, 3),
  greeting: fc.constantFrom({}, { greetingMs: 1_500 }),
  through: fc.record({ downMs: fc.nat(100), upMs: fc.nat(100) }),
});

/** Keeps what the model is told at a time when nobody should tell it anything. */
class Witness extends FakeSession {
  readonly wrong: string[] = [];
  isOver = (): boolean => false;
  isElsewhere = (): boolean => false;

  override prompt(text: string): void {
    if (this.isOver()) this.wrong.push(`after the end: ${text}`);
    if (this.isElsewhere()) this.wrong.push(`with nobody there: ${text}`);
    super.prompt(text);
  }

  override inform(text: string): void {
    if (this.isOver()) this.wrong.push(`after the end: ${text}`);
    super.inform(text);
  }
}

test('[FA3][EN6][TO1][GO3] nothing throws, the call ends once and last, and nobody speaks to nobody', () => {
  fc.assert(
    fc.property(anyOptions, fc.array(anyDeed, { maxLength: 50 }), (options, deeds) => {
      let session = new Witness();
      const sessions = [session];
      const all = callRig({
        destinations: ['billing'],
        ...options,
        ...options.greeting,
        session,
        next: () => {
          if (sessions.length > 3) throw new Error('there are no more agents');
          session = new Witness();
          sessions.push(session);
          watch(session);
          const to = { from: 'a', to: 'b', model: 'm', greeting: 'Take over.' };
          return { ...to, cast: all.castOf(session) };
        },
      });
      const { call, clock, lines, told } = all;
      const lastOf = (...types: string[]): number => told.findLastIndex(({ type }) => types.includes(type));
      const watch = (one: Witness): void => {
        one.isOver = () => lastOf('call-ended') >= 0;
        one.isElsewhere = () => lastOf('departed') > lastOf('line-opened');
      };
      watch(session);
      let taken: TakenOver | undefined;
      let takenOver = 0;
      let overs = 0;
      let tools = 0;
      /** The model asks for a tool that lets the caller go, and nobody says a word until they are gone. */
      const depart = (): void => {
        session.callTools({ id: `t${tools++}`, name: 'transfer_call' });
        all.toolDone(`t${tools - 1}`, BILLING);
        clock.advance(6_000);
      };
      const handOver = (): void => {
        session.callTools({ id: `t${tools++}`, name: 'hand_over' });
        all.toolDone(`t${tools - 1}`, HAND_OVER);
        clock.advance(6_000);
      };
      const act = (deed: Deed): void => {
        const line = lines.at(-1);
        switch (deed.do) {
          case 'wait':
            return clock.advance(deed.ms);
          case 'say':
            return void session.say(deed.ms);
          case 'callTool':
            return session.callTools({ id: `t${tools++}`, name: deed.name });
          case 'finishTool':
            return all.toolDone(`t${tools - 1}`, deed.then);
          case 'cancelTool':
            return session.cancelTools(`t${tools - 1}`);
          case 'lateTool':
            return all.toolLate('late');
          case 'depart':
            return depart();
          case 'handOver':
            return handOver();
          case 'ask':
            return call.carrierAsks();
          case 'takeOver': {
            const got = call.operator.takeOver({ name: 'ada', onOver: () => void (overs += 1) });
            if (typeof got === 'string') return;
            taken = got;
            takenOver += 1;
            return;
          }
          case 'operatorSpeaks':
            for (let n = 0; n < 10; n++) taken?.hear(new Uint8Array(160).fill(OPERATOR));
            return clock.advance(100);
          case 'giveBack':
            return taken?.giveBack('a note');
          case 'transfer':
            return void call.operator.transfer('billing');
          case 'hangUp':
            return void call.operator.hangUp();
          case 'over':
            return call.callerHungUp();
          case 'return':
            return call.returned('They are back.');
          case 'stay':
            return call.handedOver();
          case 'connect':
            return void all.connect();
          case 'words':
            session.callerSaid('Yes? ');
            return session.agentSaid('Well. ');
          case 'lateSound':
            return session.lateSound(60);
          case 'speak':
            return line?.speak(new Uint8Array(160).fill(1));
          case 'press':
            return line?.press('1');
          case 'shutDown':
            return call.shutDown();
          case 'shout':
            for (const shout of SHOUT) {
              line?.speak(shout);
              clock.advance(20);
            }
            return;
          case 'callerStarts':
            return session.callerSpeech('started');
          case 'callerEnds':
            return session.callerSpeech('ended');
          case 'watchdog':
            return session.watchdog('noise', 'let be');
          case 'giveUp':
            return session.watchdog('no answer', 'gave up');
          case 'tell':
            call.operator.tell('a note', true);
            return;
          case 'stop':
          case 'drop':
          case 'swallow':
            return line?.[deed.do]();
          default:
            return session[deed.do]();
        }
      };
      all.connect();
      session.ready();
      for (const deed of deeds) {
        act(deed);
        if (session.isElsewhere() && !session.isOver()) expect(lines.at(-1)?.log.at(-1)).toBe('close');
      }
      call.shutDown();
      clock.advance(200);
      expect(all.of('call-ended')).toHaveLength(1);
      // A note from outside is noted whenever it comes.
      expect(told.filter(({ type }) => type !== 'told' && type !== 'tool-late').at(-1)?.type).toBe(
        'call-ended',
      );
      expect(all.ends).toHaveLength(1);
      expect(overs).toBe(takenOver);
      expect(all.of('operator-gave-back')).toHaveLength(takenOver);
      for (const { closed, wrong } of sessions)
        expect({ closed, wrong }).toEqual({ closed: true, wrong: [] });
      expect(all.of('handed-over')).toHaveLength(sessions.length - 1);
      for (const line of lines) expect(line.closed).toBe(true);
      const answered = sessions.flatMap(({ answers }) => answers).map((answer) => answer.id);
      expect(new Set(answered).size).toBe(answered.length);
      clock.advance(60_000);
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 600 },
  );
});
