// A machine that answers, in any phase of a call and any order with whatever else happens.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callRig } from './call-rig.ts';

const WORDS = { text: 'We call again.', language: 'en-US' };

test('[FA3][PC5] machine and message, in any order with the rest, end a call once and say nothing after it', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          ...([
            'machine',
            'hang',
            'message',
            'say',
            'idle',
            'interrupt',
            'tool',
            'transfer',
            'line',
            'drop',
          ] as const),
          ...(['stop', 'fail', 'ready', 'later', 'asks', 'digit', 'lose', 'back'] as const),
        ),
        { maxLength: 20 },
      ),
      (deeds) => {
        const { call, session, clock, connect, lines, ends, toolDone, journal } = callRig();
        let tools = 0;
        const does = {
          machine: () => call.asPlaced.machineAnswered(60_000),
          hang: () => call.asPlaced.machineAnswered(0),
          message: () => call.asPlaced.leaveMessage(WORDS),
          say: () => session.say(300),
          idle: () => session.idle(),
          interrupt: () => session.interrupt(),
          tool: () => session.callTools({ id: `t${++tools}`, name: 'look' }),
          transfer: () => toolDone(`t${tools}`, { type: 'hangUp' }),
          line: () => connect(),
          drop: () => lines.at(-1)?.drop(),
          stop: () => lines.at(-1)?.stop(),
          fail: () => session.fail(),
          ready: () => session.ready(),
          later: () => clock.advance(700),
          asks: () => call.carrierAsks(),
          digit: () => lines.at(-1)?.press('1'),
          lose: () => session.lose(),
          back: () => session.comeBack(),
        };
        for (const deed of deeds) does[deed]();
        const isMachine = deeds.some((deed) => deed === 'machine' || deed === 'hang');
        if (isMachine) expect(session.closed).toBe(true);
        clock.advance(3_600_000);
        expect(ends.length).toBeLessThanOrEqual(1);
        if (isMachine) expect(ends).toHaveLength(1);
        if (journal.some(({ to }) => to === 'say')) expect(isMachine).toBe(true);
      },
    ),
    { numRuns: 400 },
  );
});

test('[PC5] a caller who is with somebody else is not hung up on', () => {
  const { answered, call, session, clock, toolDone, ended, journal } = callRig();
  answered();
  session.callTools({ id: 'go', name: 'transfer_call' });
  toolDone('go', { type: 'transfer', destination: 'desk', reason: 'r', briefing: 'b' });
  session.idle();
  clock.advance(3_000);
  expect(journal.at(-1)?.to).toBe('destination');
  call.asPlaced.machineAnswered(0);
  expect(ended).toBeUndefined();
  expect(journal).toHaveLength(1);
});
