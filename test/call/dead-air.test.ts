import { describe, expect, test } from 'vitest';
import { COMFORT_BYTE, COMFORT_MS, hangingCrm, id, incoming, rig, settled } from './rig.ts';
import { BILLING, callRig } from './call-rig.ts';
import type { FakeLine } from '../doubles/fake-line.ts';

const comfortMs = (line: FakeLine): number =>
  line.played
    .filter(({ bytes }) => bytes.every((byte) => byte === COMFORT_BYTE))
    .reduce((sum, { bytes }) => sum + bytes.length / 8, 0);
const comforts = (line: FakeLine): number => Math.ceil(comfortMs(line) / COMFORT_MS);

/** Greeted, and the model waits for the caller. */
function greeted(options: Parameters<typeof rig>[0] = {}) {
  const all = rig({ deadAirMs: 4_000, ...options });
  const { line, session } = all.answered();
  session.say(1_000);
  session.idle();
  all.clock.advance(1_500);
  return { ...all, line, session };
}

describe('[DA1] silence while it is our turn', () => {
  test('after what the caller said: a sound after 4 s, again every 4 s, until the agent speaks', () => {
    const { clock, line, session } = greeted();
    session.callerSpeech('started');
    session.callerSpeech('ended');
    clock.advance(3_999);
    expect(comfortMs(line)).toBe(0);
    clock.advance(1 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
    clock.advance(4_000);
    expect(comforts(line)).toBe(2);
    session.say(500);
    session.idle();
    clock.advance(30_000);
    expect(comforts(line)).toBe(2);
  });

  test('while a tool runs, from the end of what the agent said before it', async () => {
    const signals: AbortSignal[] = [];
    const { clock, line, session } = greeted({ crm: hangingCrm(signals) });
    session.say(1_000);
    session.callTools({ id: 'a', name: 'look_up_contact' });
    session.idle();
    await settled();
    clock.advance(1_000 + 3_900);
    expect(comfortMs(line)).toBe(0);
    clock.advance(200 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
  });

  describe('while a tool runs that a key has run', () => {
    const keypad = {
      ...{ pauseMs: 2_500, finishKey: '#' as const },
      shortcuts: { '9': { do: 'tool', name: 'opt_out' } } as const,
    };
    const pressed = () => {
      const all = callRig({ rules: { deadAirMs: 4_000, keypad } });
      const line = all.answered();
      return { all, line };
    };

    test('and while the model thinks over what came of it', () => {
      const { all, line } = pressed();
      all.clock.advance(10_000);
      expect(comfortMs(line)).toBe(0);
      line.press('9');
      all.clock.advance(2 * (4_000 + COMFORT_MS));
      expect(comforts(line)).toBe(2);
      all.toolDone([...all.running.keys()][0]!);
      all.clock.advance(4_000 + COMFORT_MS);
      expect(comforts(line)).toBe(3);
      all.session.say(500);
      all.session.idle();
      all.clock.advance(30_000);
      expect(comforts(line)).toBe(3);
    });

    test('a goodbye waits for it, and the caller is hung up on when they have heard what came of it', () => {
      const { all, line } = pressed();
      all.session.callTools({ id: 'end', name: 'end_call' });
      all.toolDone('end', { type: 'hangUp' });
      all.session.say(800);
      all.session.idle();
      all.clock.advance(900);
      line.press('9');
      all.clock.advance(6_000);
      expect(all.ended).toBeUndefined();
      expect(comforts(line)).toBe(1);
      all.toolDone([...all.running.keys()][0]!);
      expect(all.session.prompts.at(-1)).toContain('pressed 9, which has run opt_out');
      all.clock.advance(1_000);
      all.session.say(1_000);
      all.session.idle();
      all.clock.advance(1_400);
      expect(all.ended).toBeUndefined();
      all.clock.advance(200);
      expect(all.ended?.reason).toBe('agent-hung-up');
    });
  });

  test('while the model thinks over what a tool has answered', async () => {
    const { clock, line, session } = greeted();
    session.callTools({ id: 'a', name: 'look_up_contact' });
    await settled();
    session.idle();
    clock.advance(4_100 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
  });

  test('a greeting that does not come: counted from pickup, not from when the model was there', () => {
    const all = rig({ deadAirMs: 4_000 });
    const line = all.connect(all.switchboard.answer(incoming));
    all.clock.advance(3_000);
    all.live.last.ready();
    all.clock.advance(999);
    expect(comfortMs(line)).toBe(0);
    all.clock.advance(1 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
    all.clock.advance(4_000);
    expect(comforts(line)).toBe(2);
  });

  test('the profile says for how long, or that it may last', () => {
    for (const [deadAirMs, expected] of [
      [1_000, 1],
      [0, 0],
    ] as const) {
      const { clock, line, session } = greeted(deadAirMs === 0 ? { deadAirMs: undefined } : { deadAirMs });
      session.callerSpeech('ended');
      clock.advance(1_000 + COMFORT_MS);
      expect(comforts(line)).toBe(expected);
    }
  });

  test('none during a goodbye, none on a line that is not there, and from its return on again', async () => {
    const bye = greeted();
    bye.session.callTools({ id: 'bye', name: 'end_call', args: { reason: 'done' } });
    await settled();
    bye.clock.advance(5_000);
    expect(comfortMs(bye.line)).toBe(0);

    const lost = greeted();
    lost.session.callerSpeech('ended');
    lost.line.drop();
    lost.clock.advance(10_000);
    expect(comfortMs(lost.line)).toBe(0);
    const line = lost.connect(lost.afterStream());
    lost.clock.advance(4_000 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
  });
});

describe('[DA1] a caller who was told of a destination, and waits to be connected', () => {
  const lettingGo = (deadAirMs = 4_000) => {
    const all = callRig({ rules: { deadAirMs } });
    const line = all.answered();
    all.session.callTools({ id: 'go', name: 'transfer_call' });
    all.toolDone('go', BILLING);
    return Object.assign(all, { line });
  };

  test('hears a sound while the model says nothing, and goes there as soon as without', () => {
    const all = lettingGo();
    all.clock.advance(4_000 + COMFORT_MS + 600);
    expect(comforts(all.line)).toBe(1);
    expect(all.journal).toEqual([]);
    all.clock.advance(1_600);
    expect(all.journal).toMatchObject([{ to: 'destination', name: 'billing' }]);
  });

  test('hears it within an announcement that stalls', () => {
    const all = lettingGo();
    all.session.say(500);
    all.clock.advance(500 + 4_200 + COMFORT_MS);
    expect(comforts(all.line)).toBe(1);
    expect(all.journal).toEqual([]);
  });

  test('hears it again and again while the model is away', () => {
    const all = lettingGo();
    all.session.lose();
    all.clock.advance(13_500);
    expect(comforts(all.line)).toBe(3);
  });

  test('hears none once it was announced', () => {
    const all = lettingGo(1_000);
    all.session.say(1_000);
    all.session.endTurn();
    all.clock.advance(2_900);
    expect(all.journal).toEqual([]);
    expect(comforts(all.line)).toBe(0);
  });
});

describe('[DA1] silence in the middle of a turn', () => {
  test('sound that stalls', () => {
    const { clock, line, session } = greeted();
    session.callerSpeech('ended');
    clock.advance(1_000);
    session.say(500);
    clock.advance(500 + 3_900);
    expect(comfortMs(line)).toBe(0);
    clock.advance(200 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
    clock.advance(4_000);
    expect(comforts(line)).toBe(2);
  });

  test('is filled within that turn, which goes on and is still known by what was heard of it', () => {
    const { clock, line, session, of } = greeted();
    session.callerSpeech('ended');
    session.say(510);
    session.agentSaid('Let me see. ');
    clock.advance(600 + 4_000 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
    session.agentSaid('You have an appointment on Thursday at nine with Doctor Osei');
    session.say(4_000);
    clock.advance(1_000);
    session.interrupt();
    expect(of('transcript').at(-1)?.entry).toMatchObject({
      state: 'cut',
      heard: expect.stringMatching(/^Let me see\. You have( an)?$/) as string,
    });
    expect(of('barge-in')).toHaveLength(1);
  });

  test('a tool that is called in it', async () => {
    const { clock, line, session } = greeted({ crm: hangingCrm([]) });
    session.callerSpeech('ended');
    session.say(500);
    session.callTools({ id: 'a', name: 'look_up_contact' });
    await settled();
    clock.advance(500 + 4_100 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
  });
});

describe('[DA2] whose turn it is', () => {
  test('silence is the caller’s once the model has spoken and waits', () => {
    const { clock, line } = greeted();
    clock.advance(60_000);
    expect(comfortMs(line)).toBe(0);
  });

  test('a model that waits without having answered still owes it', () => {
    const { clock, line, session } = greeted();
    session.callerSpeech('ended');
    session.idle();
    clock.advance(4_000 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
  });

  test('the rest of a turn that stalls is waited for', () => {
    const { clock, line, session } = greeted();
    session.say(500);
    session.endTurn();
    clock.advance(500 + 4_000 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
  });

  test('not after an interruption, until the caller has spoken', () => {
    const { clock, line, session } = greeted();
    session.say(2_000);
    clock.advance(500);
    session.interrupt();
    session.callerSpeech('started');
    clock.advance(10_000);
    expect(comfortMs(line)).toBe(0);
    session.callerSpeech('ended');
    clock.advance(4_000 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
  });

  test.each([['let be'], ['gave up']] as const)(
    'not when there was nothing to answer after all (%s)',
    (did) => {
      const { clock, line, session } = greeted();
      session.callerSpeech('ended');
      clock.advance(1_000);
      session.watchdog(did === 'let be' ? 'noise' : 'no answer', did);
      clock.advance(20_000);
      expect(comfortMs(line)).toBe(0);
    },
  );

  test('a cough that wants no answer leaves the caller waiting for the tool that runs', async () => {
    const { clock, line, session } = greeted({ crm: hangingCrm([]) });
    session.say(1_000);
    session.callTools({ id: 'a', name: 'look_up_contact' });
    session.idle();
    await settled();
    session.callerSpeech('ended');
    session.watchdog('noise', 'let be');
    clock.advance(1_000 + 4_200 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
    clock.advance(4_000);
    expect(comforts(line)).toBe(2);
  });

  test('not after a loss between the last sound of a turn and the model’s word that it waits', () => {
    const { clock, line, session } = greeted();
    session.callerSpeech('ended');
    session.say(500);
    session.endTurn();
    clock.advance(200);
    session.lose();
    clock.advance(100);
    session.comeBack();
    clock.advance(60_000);
    expect(comfortMs(line)).toBe(0);
  });

  test('once, and no more, when the model has said all and its word that it waits is lost', () => {
    const { clock, line, session } = greeted();
    session.callerSpeech('ended');
    session.say(500);
    session.endTurn();
    clock.advance(60_000);
    expect(comforts(line)).toBe(1);
    session.callerSpeech('ended');
    clock.advance(4_000 + COMFORT_MS);
    expect(comforts(line), 'and anew for the next question').toBe(2);
  });

  test('a note that is to be answered makes it ours', () => {
    const { clock, line, switchboard } = greeted();
    switchboard.operator(id)?.tell('offer the discount', true);
    clock.advance(4_000 + COMFORT_MS);
    expect(comforts(line)).toBe(1);
  });
});

test('[DA3] what the caller says breaks the silence, and nothing is played over it', () => {
  const { clock, line, session } = greeted();
  session.callerSpeech('ended');
  clock.advance(3_000);
  session.callerSpeech('started');
  clock.advance(3_900);
  expect(comfortMs(line), 'timed anew from where it begins').toBe(0);
  clock.advance(3_000);
  expect(comfortMs(line), 'not over a caller who speaks').toBe(0);
  session.callerSpeech('ended');
  clock.advance(3_999);
  expect(comfortMs(line)).toBe(0);
  clock.advance(1 + COMFORT_MS);
  expect(comforts(line)).toBe(1);
});

test('what the watchdog saw is told as it happens, and counted in the record of the call', () => {
  const { clock, line, session, of } = greeted();
  session.watchdog('no answer', 'reminded');
  session.watchdog('no answer', 'reminded');
  session.watchdog('stalled', 'renewed');
  line.stop();
  clock.advance(100);
  expect(of('watchdog').map(({ saw, did }) => `${saw}: ${did}`)).toEqual([
    'no answer: reminded',
    'no answer: reminded',
    'stalled: renewed',
  ]);
  expect(of('call-ended')).toMatchObject([
    { watchdog: { 'no answer': { reminded: 2 }, stalled: { renewed: 1 } } },
  ]);
});
