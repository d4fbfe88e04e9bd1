import { describe, expect, test } from 'vitest';
import type { CallAction } from '../../src/tools/tool.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { BILLING, CALL, callRig, type CallRigOptions } from './call-rig.ts';

const TO_BILLING = {
  to: 'destination',
  name: 'billing',
  reason: 'an invoice',
  briefing: 'Ada asks for invoice 7.',
};
const NOBODY = 'The caller is back: nobody answered at Billing. Tell them.';

/** A tool has just asked for the caller to be let go. */
function lettingGo(then: CallAction = BILLING, options: CallRigOptions = {}) {
  const all = callRig(options);
  const line = all.answered();
  all.session.callTools({ id: 'go', name: 'transfer_call' });
  all.toolDone('go', then);
  return Object.assign(all, { line });
}

function elsewhere(options: CallRigOptions = {}) {
  const all = lettingGo(BILLING, options);
  all.session.say(1_000);
  all.session.idle();
  all.clock.advance(1_600);
  expect(all.of('departed')).toHaveLength(1);
  return all;
}

describe('[GO1] the caller is let go', () => {
  test('once "I’ll connect you" was heard, half a second later', () => {
    const all = lettingGo();
    all.session.say(1_000);
    all.session.idle();
    all.clock.advance(1_500);
    expect(all.journal).toEqual([]);
    expect(all.line.log).not.toContain('close');
    all.clock.advance(20);
    expect(all.line.heardMs).toBe(520 + 1_020);
    expect(all.line.log.at(-1)).toBe('close');
    expect(all.journal).toEqual([TO_BILLING]);
    expect(all.of('departed')).toMatchObject([{ to: 'billing', reason: 'an invoice' }]);
    expect(all.session.answers).toMatchObject([{ id: 'go', maybeSilent: true }]);
  });

  test.each([
    ['says nothing at all', 6_000, false],
    ['says that it waits', 2_000, true],
  ])('a model that %s is waited for %i ms', (_what, ms, idle) => {
    const all = lettingGo();
    if (idle) all.session.idle();
    all.clock.advance(ms - 1);
    expect(all.journal).toEqual([]);
    all.clock.advance(1);
    expect(all.journal).toEqual([TO_BILLING]);
  });

  test('unless they interrupt: the call goes on, and nobody is called', () => {
    const all = lettingGo();
    all.session.say(3_000);
    all.clock.advance(500);
    all.session.interrupt();
    all.clock.advance(120_000);
    expect(all.journal).toEqual([]);
    expect(all.ended).toBeUndefined();
    expect(all.line.log).not.toContain('close');
    all.session.callTools({ id: 'again', name: 'transfer_call' });
    all.toolDone('again', BILLING);
    all.clock.advance(6_000);
    expect(all.journal, 'the model may call the tool again').toEqual([TO_BILLING]);
  });

  test('a server that stops meanwhile hangs up', () => {
    const all = lettingGo();
    all.call.shutDown();
    expect(all.journal).toEqual([{ to: 'hang-up' }]);
    expect(all.ended?.reason).toBe('shut-down');
  });
});

describe('[GO2]', () => {
  test('voicemail ends the call, and the carrier goes on', () => {
    const all = lettingGo({ type: 'voicemail' });
    all.clock.advance(6_000);
    expect(all.ended?.reason).toBe('voicemail');
    expect(all.journal).toEqual([{ to: 'voicemail' }]);
    expect(all.line.log.at(-1)).toBe('close');
    expect(all.session.closed).toBe(true);
    expect(all.hungUp).toEqual([]);
  });

  test('a destination does not end it: the session stays open, and nothing is left to be heard', () => {
    const all = lettingGo();
    all.session.say(60_000);
    all.clock.advance(30_000);
    expect(all.journal).toEqual([TO_BILLING]);
    all.clock.advance(1_000);
    expect(all.line.heardMs).toBe(520 + 30_000);
    expect(all.ended).toBeUndefined();
    expect(all.session.closed).toBe(false);
    expect(all.of('barge-in'), 'nobody interrupted').toEqual([]);
    expect(all.of('line-lost'), 'it was let go').toEqual([]);
    const back = all.connect();
    all.clock.advance(5_000);
    expect(back.played, 'the rest of it').toEqual([]);
  });

  test('of what was not heard the transcript says so', () => {
    const all = lettingGo();
    all.session.say(60_000);
    all.session.agentSaid('One two three four');
    all.session.callerSaid('Thank');
    all.clock.advance(30_000);
    const last = new Map(all.of('transcript').map(({ entry }) => [entry.n, entry]));
    expect([...last.values()].slice(-2)).toMatchObject([{ state: 'cut' }, { text: 'Thank', state: 'done' }]);
  });

  test('what is next is written before the line is closed', () => {
    const all = callRig();
    const written: number[] = [];
    class AskingLine extends FakeLine {
      override close(): void {
        written.push(all.journal.length);
        super.close();
      }
    }
    all.call.attach(new AskingLine(all.clock));
    all.session.ready();
    all.session.callTools({ id: 'go', name: 'transfer_call' });
    all.toolDone('go', BILLING);
    all.clock.advance(6_000);
    expect(written).toEqual([1]);
  });

  test('a line that was lost in the goodbye is waited for, and then let go', () => {
    const all = lettingGo();
    all.clock.advance(5_000);
    all.line.drop();
    all.clock.advance(2_000);
    expect(all.journal).toEqual([]);
    all.call.carrierAsks();
    const next = all.connect();
    all.clock.advance(500);
    expect(all.journal).toEqual([TO_BILLING]);
    expect(next.log.at(-1)).toBe('close');
  });

  test('what the line says after it was let go concerns nobody', () => {
    const all = elsewhere();
    all.line.stop();
    all.line.drop();
    all.clock.advance(60_000);
    expect(all.ended).toBeUndefined();
    expect(all.of('line-lost')).toEqual([]);
  });
});

describe('[GO3] while they are elsewhere', () => {
  test('nothing is played, asked or comforted, whatever the model does', () => {
    const all = elsewhere({ rules: { deadAirMs: 1_000, silenceMs: 5_000 }, fallback: { withinMs: 2_000 } });
    const [prompts, notices] = [all.session.prompts.length, all.told.length];
    all.session.say(3_000);
    all.session.callerSpeech('ended');
    all.session.lose();
    all.clock.advance(60_000);
    all.session.comeBack();
    all.session.idle();
    all.call.carrierAsks();
    all.clock.advance(60_000);
    expect(all.session.prompts).toHaveLength(prompts);
    expect(all.told.slice(notices).map(({ type }) => type)).not.toContain('call-ended');
    const back = all.connect();
    all.clock.advance(900);
    expect(back.played, 'nothing of it waited for their return').toEqual([]);
  });

  test('tools are run and answered; where they want the caller to go is not heeded', () => {
    const all = elsewhere();
    all.session.callTools({ id: 'a', name: 'end_call' }, { id: 'b', name: 'look' });
    all.session.cancelTools('b');
    expect([...all.running.keys()]).toEqual(['a']);
    all.toolDone('a', { type: 'hangUp' });
    all.clock.advance(60_000);
    expect(all.session.answers.map(({ id }) => id)).toEqual(['go', 'a']);
    expect(all.session.answers[1], 'nobody would hear a word').toMatchObject({ maybeSilent: true });
    expect(all.journal).toEqual([TO_BILLING]);
    expect(all.ended).toBeUndefined();
  });

  test('a tool that ran when they were let go is answered', () => {
    const all = lettingGo();
    all.session.callTools({ id: 'slow', name: 'look' });
    all.clock.advance(10_000);
    expect(all.of('departed')).toHaveLength(1);
    all.toolDone('slow');
    expect(all.session.answers.map(({ id }) => id)).toEqual(['go', 'slow']);
  });

  test('notes reach the model, and are not to be answered', () => {
    const all = elsewhere();
    const before = all.session.prompts.length;
    all.call.operator.tell('a note', true);
    all.toolLate('x');
    expect(all.session.prompts).toHaveLength(before);
    expect(all.session.informed.slice(-2)).toEqual(['a note', expect.stringContaining('look')]);
  });
});

describe('[GO4] a caller who comes back', () => {
  test('the model is told why as the line opens, and is heard', () => {
    const all = elsewhere();
    all.clock.advance(25_000);
    all.call.returned(NOBODY);
    expect(all.of('returned')).toMatchObject([{ why: NOBODY }]);
    expect(all.session.prompts).not.toContain(NOBODY);
    all.clock.advance(29_999);
    const back = all.connect();
    expect(all.session.prompts.at(-1)).toBe(NOBODY);
    all.session.say(1_000);
    all.session.idle();
    all.clock.advance(60_000);
    expect(back.heardMs).toBe(1_020);
    expect(all.ended).toBeUndefined();
    back.speak(new Uint8Array(160));
    expect(all.session.sent).toHaveLength(1);
    back.stop();
    expect(all.ended?.reason).toBe('caller-hung-up');
  });

  test('told twice, they come back once', () => {
    const all = elsewhere();
    all.call.returned(NOBODY);
    all.call.returned(NOBODY);
    all.connect();
    all.call.returned(NOBODY);
    expect(all.of('returned')).toHaveLength(1);
    expect(all.session.prompts.filter((text) => text === NOBODY)).toHaveLength(1);
  });

  test('by a stream that nobody announced', () => {
    const all = elsewhere();
    all.connect();
    expect(all.of('returned')).toMatchObject([{ why: '' }]);
    expect(all.session.prompts.at(-1)).toContain('back on the line');
    all.clock.advance(31 * 60_000);
    expect(all.ended).toBeUndefined();
  });

  test('and whose stream does not open is not waited for for ever', () => {
    const all = elsewhere();
    all.call.returned(NOBODY);
    all.clock.advance(30_000);
    expect(all.ended?.reason).toBe('line-lost');
    expect(all.hungUp).toEqual([CALL]);
  });

  test('and whose stream fails is given another, three times', () => {
    const all = elsewhere();
    all.call.returned(NOBODY);
    for (let n = 1; n <= 3; n++) {
      all.clock.advance(10_000);
      all.call.carrierAsks();
    }
    expect(all.ended).toBeUndefined();
    all.call.carrierAsks();
    expect(all.ended?.reason).toBe('line-lost');
    expect(all.hungUp, 'it is asking').toEqual([]);
  });

  test('to a model that is away: comfort, and the profile’s patience begin', () => {
    const all = elsewhere({ fallback: { withinMs: 4_000, hasLadder: true } });
    all.session.lose();
    all.clock.advance(60_000);
    expect(all.ended).toBeUndefined();
    all.call.returned(NOBODY);
    const back = all.connect();
    all.clock.advance(3_999);
    expect(back.played.length, 'comfort').toBeGreaterThan(0);
    expect(all.ended).toBeUndefined();
    all.clock.advance(1);
    expect(all.ended?.reason).toBe('model-failed');
    expect(all.journal.at(-1)).toEqual({ to: 'fallback', because: 'model-late' });
  });

  test('may go elsewhere again', () => {
    const all = elsewhere();
    all.call.returned(NOBODY);
    all.connect();
    all.session.callTools({ id: 'go2', name: 'transfer_call' });
    all.toolDone('go2', { ...BILLING, destination: 'sales' } as CallAction);
    all.clock.advance(6_000);
    expect(all.of('departed').map(({ to }) => to)).toEqual(['billing', 'sales']);
  });
});

describe('[GO5] the call ends, and the caller is not hung up on', () => {
  const quietly: [string, (all: ReturnType<typeof elsewhere>) => void, string][] = [
    ['when they stay there', ({ call }) => call.handedOver(), 'transferred'],
    ['when the server stops', ({ call }) => call.shutDown(), 'transferred'],
    ['after half an hour', ({ clock }) => clock.advance(30 * 60_000), 'transferred'],
    ['when the model is gone for good', ({ session }) => session.fail(), 'model-failed'],
    ['when they hang up', ({ call }) => call.callerHungUp(), 'caller-hung-up'],
  ];

  test.each(quietly)('%s', (_when, act, reason) => {
    const all = elsewhere({ fallback: { hasLadder: true } });
    all.clock.advance(1_000);
    act(all);
    expect(all.ended?.reason).toBe(reason);
    expect(all.ends).toEqual([{ intent: undefined, byControl: false }]);
    expect(all.journal).toEqual([TO_BILLING]);
    expect(all.hungUp).toEqual([]);
    expect(all.session.closed).toBe(true);
    all.clock.advance(0);
    expect(all.clock.pending).toBe(0);
  });

  test('[EN8] when it has had its time; the model is not asked for a goodbye that nobody hears', () => {
    const all = elsewhere({ rules: { lastsAtMostMs: 60_000 } });
    const prompts = all.session.prompts.length;
    all.clock.advance(119_000);
    expect(all.ended).toMatchObject({ reason: 'transferred', atMs: 120_000 });
    expect(all.session.prompts).toHaveLength(prompts);
    expect(all.session.informed.at(-1)).toContain('time for this call is up');
    expect(all.hungUp).toEqual([]);
  });

  test('but is, on the way back: then nobody else has them', () => {
    const all = elsewhere();
    all.call.returned(NOBODY);
    all.call.shutDown();
    expect(all.ended?.reason).toBe('shut-down');
    expect(all.hungUp).toEqual([CALL]);
  });

  test('handed over is only who is elsewhere', () => {
    const all = callRig();
    all.answered();
    all.call.handedOver();
    all.call.returned(NOBODY);
    expect(all.ended).toBeUndefined();
    expect(all.of('returned')).toEqual([]);
  });
});
