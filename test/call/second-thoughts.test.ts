// A caller who begins to speak when they were about to be let go is waited for and listened to, and the model knows it.
import { describe, expect, test } from 'vitest';
import type { CallAction } from '../../src/tools/tool.ts';
import { BILLING, callRig } from './call-rig.ts';

const HANG_UP: CallAction = { type: 'hangUp' };
const SALES: CallAction = {
  ...{ type: 'transfer', destination: 'sales' },
  reason: 'a quote',
  briefing: 'Ada.',
};
const WAYS = [
  ['a hang-up', HANG_UP],
  ['a transfer', BILLING],
  ['the voicemail', { type: 'voicemail' }],
] as const satisfies [string, CallAction][];

/** The agent has said its last word, and the model waits. */
function leaving(then: CallAction) {
  const all = callRig();
  all.answered();
  all.session.callTools({ id: 'go', name: 'go' });
  all.toolDone('go', then);
  all.session.say(800);
  all.session.idle();
  all.clock.advance(900);
  return all;
}

describe.each(WAYS)('[EN3][GO1] before %s', (_way, then) => {
  test('nobody is let go in the middle of a sentence, and what they said is answered', () => {
    const all = leaving(then);
    all.session.callerSpeech('started');
    all.clock.advance(4_000);
    expect(all.journal).toEqual([]);
    all.session.callerSpeech('ended');
    all.clock.advance(60_000);
    expect([all.journal, all.ended]).toEqual([[], undefined]);
    expect(all.session.informed.at(-1)).toContain('nothing was done');
  });

  test('what came to nothing, a cough, only delays it', () => {
    const all = leaving(then);
    all.session.callerSpeech('started');
    all.clock.advance(1_000);
    all.session.callerSpeaks = false;
    all.clock.advance(1_000);
    expect(all.journal).toHaveLength(1);
    expect(all.session.informed).toEqual([]);
  });

  test('what never ends is noise: they are let go after 10 s', () => {
    const all = leaving(then);
    all.session.callerSpeech('started');
    all.clock.advance(9_000);
    expect(all.journal).toEqual([]);
    all.clock.advance(3_000);
    expect(all.journal).toHaveLength(1);
  });

  test('a sentence that had begun before is answered by the goodbye', () => {
    const all = callRig();
    all.answered();
    all.session.callerSpeech('started');
    all.session.callTools({ id: 'go', name: 'go' });
    all.toolDone('go', then);
    all.session.callerSpeech('ended');
    all.session.say(800);
    all.session.idle();
    all.clock.advance(5_000);
    expect(all.journal).toHaveLength(1);
  });

  test('an interruption is told to the model too', () => {
    const all = callRig();
    all.answered();
    all.session.callTools({ id: 'go', name: 'go' });
    all.toolDone('go', then);
    all.session.say(3_000);
    all.clock.advance(1_000);
    all.session.interrupt();
    expect(all.session.informed.at(-1)).toContain('nothing was done');
  });
});

describe('[GO1] two ways at once', () => {
  const both = (first: CallAction, second: CallAction) => {
    const all = callRig();
    all.answered();
    all.session.callTools({ id: 'a', name: 'a' }, { id: 'b', name: 'b' });
    all.toolDone('a', first);
    all.toolDone('b', second);
    all.session.say(800);
    all.session.idle();
    all.clock.advance(9_000);
    return all;
  };

  test.each([
    ['a transfer, then a hang-up', BILLING, HANG_UP],
    ['a hang-up, then a transfer', HANG_UP, BILLING],
    ['two transfers', BILLING, SALES],
    ['a transfer, then the voicemail', BILLING, { type: 'voicemail' }],
  ] as const satisfies [string, CallAction, CallAction][])('%s: to billing', (_case, first, second) => {
    expect(both(first, second).journal).toMatchObject([{ to: 'destination', name: 'billing' }]);
  });

  test('the model is told that nothing came of the second', () => {
    const { session } = both(BILLING, SALES);
    expect(session.answers.map(({ response }) => response['status'])).toEqual(['ok', 'error']);
  });
});
