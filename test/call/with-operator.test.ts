// An operator who speaks in the agent's place: from each phase of a call, through whatever happens, and back.
import { describe, expect, test } from 'vitest';
import type { KeypadRules } from '../../src/ivr/keypad.ts';
import type { Operator } from '../../src/call/operator-seat.ts';
import type { TakenOver } from '../../src/call/operator-desk.ts';
import { BILLING, callRig, COMFORT_BYTE, GREETING_BYTE, type CallRigOptions } from './call-rig.ts';

const OPERATOR = 0x33;
const frame = (byte = OPERATOR): Uint8Array => new Uint8Array(160).fill(byte);

function desk(options: CallRigOptions = {}) {
  const all = callRig(options);
  const overs: string[] = [];
  const operatorOf = (name: string): Operator => ({ name, onOver: () => void overs.push(name) });
  const ada = operatorOf('ada');
  let taken: TakenOver | undefined;
  const tryTakeOver = (by = ada) => {
    const got = all.call.operator.takeOver(by);
    return typeof got === 'string' ? got : ((taken = got), 'taken over');
  };
  return {
    ...all,
    ...{ all, overs, operatorOf, tryTakeOver },
    takeOver: (by = ada): TakenOver => {
      expect(tryTakeOver(by)).toBe('taken over');
      return taken!;
    },
    /** The operator speaks, in real time. */
    speak: (frames: number, mic = taken!): void => {
      for (let n = 0; n < frames; n++) {
        mic.hear(frame());
        all.clock.advance(20);
      }
    },
    /** What the model was given of the caller since then. */
    modelHears: (since: number): boolean =>
      all.session.sent.slice(since).some((pcm) => pcm.some((byte) => byte !== 0)),
    operatorHeardMs: (line = all.lines.at(-1)!): number =>
      line.heard.filter((byte) => byte === OPERATOR).length / 8,
  };
}

function speaking(options: CallRigOptions = {}) {
  const all = desk(options);
  const line = all.all.answered();
  const turn = all.session.say(5_000);
  all.clock.advance(1_000);
  return { ...all, line, turn };
}

describe('[OA3] the operator speaks in the agent’s place', () => {
  test('the agent is cut off, and it counts as nobody’s barge-in', () => {
    const { takeOver, line, session, clock, of, call, turn } = speaking();
    session.agentSaid('One two three four five six seven eight nine ten eleven twelve.');
    takeOver();
    expect(line.log.at(-1)).toBe('clear');
    const before = line.heardMs;
    session.lateSound(400);
    clock.advance(1_000);
    expect(line.heardMs).toBe(before);
    expect(of('barge-in')).toEqual([]);
    expect(of('operator-took-over')).toMatchObject([{ by: 'ada' }]);
    expect(call.transcript.entries.at(-1)).toMatchObject({ turn, state: 'cut' });
  });

  test('the caller hears them, and not the model, which hears silence', () => {
    const { takeOver, speak, line, session, clock, modelHears, operatorHeardMs } = speaking();
    takeOver();
    const [sent, heard] = [session.sent.length, line.heardMs];
    line.speak(frame(0x10), frame(0x11));
    speak(50);
    session.interrupt();
    session.say(2_000);
    session.idle();
    speak(50);
    clock.advance(500);
    expect(operatorHeardMs()).toBe(100 * 20);
    expect(line.heardMs - heard).toBe(100 * 20);
    expect(session.sent.length).toBe(sent + 2);
    expect(modelHears(sent)).toBe(false);
  });

  test('a turn of the model that began before the operator’s first word is not heard either', () => {
    const { takeOver, speak, line, session, clock, call } = speaking();
    takeOver();
    const heard = line.heardMs;
    session.interrupt();
    const turn = session.say(300);
    session.agentSaid('I am still here.');
    speak(20);
    session.say(300);
    session.endTurn();
    clock.advance(2_000);
    expect(line.heardMs - heard).toBe(20 * 20);
    expect(call.transcript.entries.at(-1)).toMatchObject({ turn, state: 'cut', heard: '' });
    expect(call.transcript.said.map(({ text }) => text)).not.toContain('I am still here.');
  });

  test.each([
    ['the recorded greeting, before the model is there', { greetingMs: 3_000 }, false],
    ['the recorded greeting', { greetingMs: 3_000 }, true],
    ['a protected greeting', { greetingMs: 3_000, rules: { greetingInterruptible: false } }, true],
    ['a guarded greeting', { greetingMs: 3_000, rules: { greetingGuardMs: 800 } }, true],
  ])('in %s', (_what, options, ready) => {
    const { takeOver, speak, connect, session, clock, modelHears, operatorHeardMs } = desk(options);
    const line = connect();
    if (ready) session.ready();
    line.speak(frame(0x10));
    clock.advance(500);
    const taken = takeOver();
    const sent = session.sent.length;
    expect(modelHears(0), 'what they had said before').toBe(true);
    line.speak(frame(0x11));
    speak(50);
    session.ready();
    session.say(1_000);
    session.idle();
    speak(25);
    expect(modelHears(sent)).toBe(false);
    expect(line.heard.filter((byte) => byte === GREETING_BYTE).length / 8).toBe(500);
    expect(operatorHeardMs() / 20).toBeGreaterThan(70);
    expect(session.prompts).toEqual([]);
    taken.giveBack('They want a table.');
    expect(session.prompts).toEqual([expect.stringContaining('They want a table.')]);
    line.speak(frame(0x12));
    expect(modelHears(sent)).toBe(true);
  });

  test('before the model was ever there: it is missed from the giving back on', () => {
    const { takeOver, connect, clock, session } = desk({ fallback: { withinMs: 8_000 } });
    const line = connect();
    clock.advance(1_000);
    const taken = takeOver();
    clock.advance(30_000);
    expect(line.log).not.toContain('play');
    taken.giveBack();
    clock.advance(1_600);
    expect(line.heard).toContain(COMFORT_BYTE);
    session.ready();
    session.say(1_000);
    clock.advance(2_000);
    expect(session.prompts).toHaveLength(1);
  });

  test('while a tool runs: it is answered, and the model is asked nothing', () => {
    const { takeOver, clock, session, toolDone, all } = desk();
    all.answered();
    session.callTools({ id: 't1', name: 'look' });
    const taken = takeOver();
    toolDone('t1');
    session.callTools({ id: 't2', name: 'look' });
    toolDone('t2');
    clock.advance(20_000);
    expect(session.answers).toMatchObject([
      { id: 't1', response: { status: 'ok' }, maybeSilent: true },
      { id: 't2', response: { status: 'ok' } },
    ]);
    expect(session.prompts).toHaveLength(1);
    taken.giveBack();
    session.say(500);
    clock.advance(600);
    expect(session.prompts).toHaveLength(2);
  });

  test.each([{ type: 'hangUp' } as const, BILLING, { type: 'voicemail' } as const])(
    'what a tool asks of the call is not done: $type',
    (then) => {
      const { takeOver, clock, session, toolDone, all, ended, of } = desk();
      all.answered();
      session.callTools({ id: 't1', name: 'act' });
      takeOver();
      toolDone('t1', then);
      clock.advance(60_000);
      expect(session.answers).toMatchObject([{ id: 't1', response: { status: 'error' } }]);
      expect(ended).toBeUndefined();
      expect(of('departed')).toEqual([]);
    },
  );

  test('nothing secret is asked for', async () => {
    const { takeOver, all } = desk();
    all.answered();
    takeOver();
    const asked = all.secrets.ask({ kind: 'pin', monthFirst: false }, new AbortController().signal);
    expect(await asked).toMatchObject({ none: 'elsewhere' });
  });

  test('no key acts; a group that had begun is told', () => {
    const keypad: KeypadRules = { pauseMs: 2_500, finishKey: '#', shortcuts: { 0: { do: 'hang-up' } } };
    const { takeOver, all, session, clock, of } = desk({ rules: { keypad } });
    const line = all.answered();
    line.press('4');
    takeOver();
    line.press('0');
    line.press('7');
    clock.advance(10_000);
    expect(session.informed).toEqual(['[The caller pressed keypad keys: 4]']);
    expect(session.prompts).toHaveLength(1);
    expect(of('call-ended')).toEqual([]);
    expect(of('digit').map(({ digit }) => digit)).toEqual(['4', '0', '7']);
  });

  test('nothing comforts, no silence is timed, and a whisper reaches the model', () => {
    const { takeOver, all, session, clock, line } = speaking({
      rules: { deadAirMs: 1_000, silenceMs: 5_000 },
      fallback: { withinMs: 2_000, hasLadder: true },
    });
    takeOver();
    session.lose();
    all.call.operator.tell('They are calm now.', true);
    clock.advance(30_000);
    session.comeBack();
    expect(line.heard).not.toContain(COMFORT_BYTE);
    expect(session.informed).toEqual(['They are calm now.']);
    expect(all.ended).toBeUndefined();
    expect(session.prompts).toHaveLength(1);
  });
});

describe('[OA4] nobody takes over a call', () => {
  test('that an operator has', () => {
    const { all, takeOver, tryTakeOver, operatorOf } = desk();
    all.answered();
    const taken = takeOver();
    expect(tryTakeOver(operatorOf('bob'))).toBe('taken');
    taken.giveBack();
    expect(tryTakeOver(operatorOf('bob'))).toBe('taken over');
  });

  test('whose caller types a secret', () => {
    const { all, tryTakeOver } = desk();
    all.answered();
    void all.secrets.ask({ kind: 'pin', monthFirst: false }, new AbortController().signal);
    expect(tryTakeOver()).toBe('typing-secret');
  });

  test('whose caller is about to be let go, or is elsewhere', () => {
    const { all, tryTakeOver, session, toolDone, clock } = desk();
    all.answered();
    session.callTools({ id: 'go', name: 'transfer_call' });
    toolDone('go', BILLING);
    expect(tryTakeOver()).toBe('leaving');
    clock.advance(6_000);
    expect(tryTakeOver()).toBe('elsewhere');
  });

  test('whose line is not open, whose model is gone, and that is over', () => {
    const { all, tryTakeOver, connect, session, call, clock } = desk();
    expect(tryTakeOver()).toBe('no-line');
    all.answered().drop();
    expect(tryTakeOver()).toBe('no-line');
    connect();
    session.fail();
    expect(tryTakeOver()).toBe('without-model');
    call.shutDown();
    clock.advance(100);
    expect(tryTakeOver()).toBe('over');
  });
});

describe('[OA6] given back', () => {
  test('the model is told for how long, and the note, goes on, and hears the caller', () => {
    const { takeOver, speak, session, line, clock, of, modelHears, overs } = speaking();
    const taken = takeOver();
    session.interrupt();
    speak(100);
    const sent = session.sent.length;
    taken.giveBack('They get a refund.');
    expect(session.prompts.at(-1)).toMatch(/2 seconds.*"They get a refund\."/);
    expect(of('operator-gave-back')).toMatchObject([{ by: 'ada', forMs: 2_000, note: 'They get a refund.' }]);
    expect(overs).toEqual(['ada']);
    line.speak(frame(0x10));
    expect(modelHears(sent)).toBe(true);
    session.say(1_000);
    session.idle();
    const before = line.heardMs;
    clock.advance(2_000);
    expect(line.heardMs - before, 'the rest of the operator’s words, and then the model’s').toBe(40 + 1_020);
  });

  test('twice is once, and who has it no more is heard no more', () => {
    const { takeOver, speak, session, line, clock, overs } = speaking();
    const taken = takeOver();
    taken.giveBack();
    taken.giveBack();
    const before = line.heardMs;
    speak(20, taken);
    clock.advance(500);
    expect(line.heardMs).toBe(before);
    expect(session.prompts).toHaveLength(2);
    expect(overs).toEqual(['ada']);
  });

  test('while the model reconnects: it is missed from then on, and told once it is there', () => {
    const { takeOver, session, line, clock } = speaking();
    session.lose();
    const taken = takeOver();
    clock.advance(5_000);
    taken.giveBack();
    clock.advance(1_400);
    expect(line.heard).not.toContain(COMFORT_BYTE);
    clock.advance(200);
    expect(line.heard).toContain(COMFORT_BYTE);
    session.comeBack();
    expect(session.prompts).toHaveLength(2);
  });

  test('a model that was lost and is back meanwhile simply goes on', () => {
    const { takeOver, session, line, clock } = speaking({ fallback: { withinMs: 2_000 } });
    const taken = takeOver();
    session.lose();
    clock.advance(10_000);
    session.comeBack();
    taken.giveBack();
    clock.advance(3_000);
    expect(line.heard).not.toContain(COMFORT_BYTE);
  });

  test('one that is gone for good is apologised for only then', () => {
    const { takeOver, speak, session, clock, all, operatorHeardMs } = speaking();
    session.callTools({ id: 't1', name: 'look' });
    const taken = takeOver();
    session.fail();
    expect(all.running.size).toBe(0);
    speak(500);
    expect(all.ended).toBeUndefined();
    taken.giveBack();
    clock.advance(2_000);
    expect(operatorHeardMs()).toBe(500 * 20);
    expect(all.ended).toMatchObject({ reason: 'model-failed' });
  });

  test('or leads to the ladder', () => {
    const { takeOver, session, clock, all } = speaking({ fallback: { hasLadder: true } });
    const taken = takeOver();
    session.fail();
    taken.giveBack();
    clock.advance(100);
    expect(all.journal).toEqual([{ to: 'fallback', because: 'model-failed' }]);
  });

  test('a call that has had its time has a minute more', () => {
    const { takeOver, session, clock, all } = speaking({ rules: { lastsAtMostMs: 60_000 } });
    const taken = takeOver();
    clock.advance(300_000);
    expect(all.ended).toBeUndefined();
    taken.giveBack();
    expect(session.prompts.at(-1)).toContain('The time for this call is up');
    clock.advance(59_999);
    expect(all.ended).toBeUndefined();
    clock.advance(1);
    expect(all.ended).toMatchObject({ reason: 'time-limit' });
  });

  test('another agent, to whom the caller is handed, is told of it', () => {
    let told: readonly string[] = [];
    const all = callRig({
      next: (_name, _reason, _said, notes) => {
        told = notes;
        throw new Error('not just now');
      },
    });
    all.answered();
    const taken = all.call.operator.takeOver({ name: 'ada', onOver: () => undefined });
    if (typeof taken === 'string') throw new Error(taken);
    taken.giveBack('They get a refund.');
    all.session.callTools({ id: 'h', name: 'hand_over' });
    all.toolDone('h', { type: 'handOver', agent: 'billing', reason: 'an invoice' });
    all.clock.advance(10_000);
    expect(told).toEqual([expect.stringContaining('noted: "They get a refund."')]);
  });
});

describe('[OA7] whatever happens meanwhile', () => {
  test('a line that is lost and comes back: the operator goes on', () => {
    const { takeOver, speak, line, connect, all, session, modelHears } = speaking();
    const taken = takeOver();
    speak(50);
    line.drop();
    speak(50);
    const next = connect();
    const sent = session.sent.length;
    speak(50);
    next.speak(frame(0x10));
    expect(next.heard.filter((byte) => byte === OPERATOR).length / 160).toBeGreaterThan(40);
    expect(modelHears(sent)).toBe(false);
    expect(all.ended).toBeUndefined();
    taken.giveBack();
    expect(session.prompts).toHaveLength(2);
  });

  test('given back while there is no line: the agent goes on with the next one', () => {
    const { takeOver, line, connect, session, clock } = speaking();
    const taken = takeOver();
    line.drop();
    taken.giveBack();
    session.interrupt();
    session.say(500);
    session.idle();
    const next = connect();
    clock.advance(1_000);
    expect(next.heardMs).toBeGreaterThanOrEqual(500);
  });

  test.each<[string, (all: ReturnType<typeof speaking>) => void, string]>([
    ['the caller hangs up', ({ line }) => line.stop(), 'caller-hung-up'],
    ['an operator hangs up', ({ call }) => void call.operator.hangUp(), 'operator-hung-up'],
    ['the server stops', ({ call }) => call.shutDown(), 'shut-down'],
    [
      'the line never comes back',
      ({ line, clock }) => {
        line.drop();
        clock.advance(15_000);
      },
      'line-lost',
    ],
  ])('%s: it ends, and the operator is told', (_what, happens, reason) => {
    const all = speaking();
    all.takeOver();
    all.speak(50);
    happens(all);
    all.clock.advance(100);
    expect(all.all.ended).toMatchObject({ reason });
    expect(all.overs).toEqual(['ada']);
    const last = all.told.slice(-2).map(({ type }) => type);
    expect(last).toEqual(['operator-gave-back', 'call-ended']);
    expect(all.session.prompts).toHaveLength(1);
  });

  test('a transfer takes it from them', () => {
    const all = speaking({ destinations: ['billing'] });
    all.takeOver();
    expect(all.call.operator.transfer('billing')).toBeUndefined();
    expect(all.overs).toEqual(['ada']);
    expect(all.journal).toMatchObject([{ to: 'destination', name: 'billing' }]);
    expect(all.line.log.at(-1)).toBe('close');
  });
});

describe('[OA1] an operator hangs up', () => {
  test.each<[string, (all: ReturnType<typeof desk>) => void, number]>([
    ['while it rings', () => undefined, 1],
    ['on a call', ({ all }) => void all.answered(), 0],
    ['on a caller whose line is lost', ({ all }) => all.answered().drop(), 1],
    [
      'on a caller who is elsewhere',
      ({ all }) => {
        all.answered();
        all.session.callTools({ id: 'go', name: 'transfer_call' });
        all.toolDone('go', BILLING);
        all.clock.advance(6_000);
      },
      1,
    ],
    [
      'over an apology',
      ({ all }) => {
        all.answered();
        all.session.fail();
      },
      0,
    ],
  ])('%s', (_what, until, byRest) => {
    const all = desk();
    until(all);
    expect(all.call.operator.hangUp()).toBeUndefined();
    expect(all.all.ended).toMatchObject({ reason: 'operator-hung-up' });
    expect(all.journal.at(-1)).toEqual({ to: 'hang-up' });
    expect(all.hungUp).toHaveLength(byRest);
    expect(all.call.operator.hangUp()).toBe('over');
  });
});

describe('[OA2] an operator sends the caller to somebody', () => {
  const options: CallRigOptions = { destinations: ['billing'] };
  const TO_BILLING = { to: 'destination', name: 'billing' };

  test('at once, whatever is being said', () => {
    const { all, call, line, clock } = { ...speaking(options) };
    const before = line.heardMs;
    expect(call.operator.transfer('billing')).toBeUndefined();
    clock.advance(100);
    expect(all.journal).toMatchObject([TO_BILLING]);
    expect(line.heardMs).toBe(before);
    expect(call.operator.transfer('billing')).toBe('elsewhere');
  });

  test('as soon as the line is there', () => {
    const { all, call, connect, clock } = desk(options);
    call.operator.transfer('billing');
    clock.advance(2_000);
    expect(all.journal).toEqual([]);
    connect();
    clock.advance(600);
    expect(all.journal).toMatchObject([TO_BILLING]);
  });

  test('before the apology, and the call ends as transferred', () => {
    const { all, call, session } = speaking(options);
    session.fail();
    call.operator.transfer('billing');
    expect(all.journal).toMatchObject([TO_BILLING]);
    expect(all.ended).toMatchObject({ reason: 'transferred' });
  });

  test('from an operator whose model is gone', () => {
    const { all, call, session, takeOver, overs } = speaking(options);
    takeOver();
    session.fail();
    call.operator.transfer('billing');
    expect(all.ended).toMatchObject({ reason: 'transferred' });
    expect(overs).toEqual(['ada']);
  });

  test('only to a destination of the profile', () => {
    const { call, all } = speaking(options);
    expect(call.operator.transfer('the moon')).toBe('no-such-destination');
    expect(all.journal).toEqual([]);
  });
});

describe('[OA8] a whisper is taken', () => {
  test('while there is a model that can hear it, and else is refused', () => {
    const { all, call, session, takeOver, of } = speaking();
    expect(call.operator.tell('They are a member.', false)).toBeUndefined();
    takeOver();
    expect(call.operator.tell('They still are.', false)).toBeUndefined();
    session.fail();
    expect(call.operator.tell('Offer a discount.', true)).toBe('without-model');
    call.shutDown();
    expect(all.ended).toBeDefined();
    expect(call.operator.tell('Too late.', true)).toBe('over');
    expect(of('told')).toHaveLength(2);
  });

  test('not over an apology', () => {
    const { call, session, of } = speaking();
    session.fail();
    expect(call.operator.tell('Offer a discount.', true)).toBe('without-model');
    expect(of('told')).toEqual([]);
  });
});
