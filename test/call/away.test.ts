import { describe, expect, test } from 'vitest';
import { COMFORT_BYTE, COMFORT_MS, frame, id, incoming, isApology, rig, settled } from './rig.ts';

const comforts = (line: { played: readonly { bytes: Uint8Array }[] }): number =>
  line.played.filter(({ bytes }) => bytes.every((byte) => byte === COMFORT_BYTE)).length;

const comfortMs = (line: { played: readonly { bytes: Uint8Array }[] }): number =>
  line.played
    .filter(({ bytes }) => bytes.every((byte) => byte === COMFORT_BYTE))
    .reduce((sum, { bytes }) => sum + bytes.length / 8, 0);

describe('[AW1] the call goes on while the model is away', () => {
  test('what was spoken is played out, and is heard', () => {
    const { answered, clock, heardAtMs: _, ...all } = rig();
    const { line, session } = answered();
    session.say(2_000);
    session.agentSaid('We are open from nine');
    session.lose();
    clock.advance(2_200);
    expect(all.of('session-switching')).toMatchObject([{ planned: false }]);
    expect(all.of('transcript').at(-1)?.entry).toMatchObject({
      text: 'We are open from nine',
      state: 'done',
    });
    session.comeBack('told');
    expect(all.of('session-switched')).toMatchObject([{ memory: 'told' }]);
    expect(all.ended).toBeUndefined();
    expect(line.log).not.toContain('clear');
  });

  test('the caller is heard, and a tool that ends meanwhile is answered', async () => {
    const { answered, clock } = rig();
    const { line, session } = answered();
    session.callTools({ id: 'a', name: 'look_up_contact' });
    session.lose();
    const before = session.sent.length;
    line.speak(frame());
    await settled();
    clock.advance(100);
    expect(session.sent).toHaveLength(before + 1);
    expect(session.answers).toMatchObject([{ id: 'a', response: { status: 'ok' } }]);
  });

  test.each<[string, (all: ReturnType<typeof rig>, line: { stop: () => void }) => void, string]>([
    ['the caller hangs up', (_all, line) => line.stop(), 'caller-hung-up'],
    ['the server stops', (all) => all.switchboard.shutDown(), 'shut-down'],
  ])('%s', (_how, leave, reason) => {
    const all = rig();
    const { line, session } = all.answered();
    session.lose();
    leave(all, line);
    all.clock.advance(60_000);
    expect(all.ended?.reason).toBe(reason);
    expect(comforts(line)).toBe(0);
  });

  test('a model that is gone for good is apologised for, after the comfort and whole', () => {
    const all = rig();
    const { line, session } = all.answered();
    session.lose();
    all.clock.advance(1_500);
    session.fail();
    all.clock.advance(10_000);
    expect(all.ended?.reason).toBe('model-failed');
    expect(line.played.filter(({ bytes }) => isApology(bytes)).length).toBeGreaterThan(0);
    expect(line.played.findLast(({ bytes }) => isApology(bytes))).toBe(line.played.at(-1));
  });
});

describe('[AW2] comfort', () => {
  test('a short absence passes in silence', () => {
    const { answered, clock } = rig();
    const { line, session } = answered();
    session.lose();
    clock.advance(1_499);
    session.comeBack();
    clock.advance(20_000);
    expect(comforts(line)).toBe(0);
  });

  test('after 1.5 s it is heard, then every 4 s, until the model is back', () => {
    const { answered, clock } = rig();
    const { line, session } = answered();
    session.lose();
    clock.advance(1_499);
    expect(comfortMs(line)).toBe(0);
    clock.advance(1 + COMFORT_MS);
    expect(comfortMs(line)).toBe(COMFORT_MS);
    clock.advance(4_000);
    expect(comfortMs(line)).toBe(2 * COMFORT_MS);
    session.comeBack();
    clock.advance(20_000);
    expect(comfortMs(line)).toBe(2 * COMFORT_MS);
  });

  test('not over what is still played; half a second after it at the latest', () => {
    const { answered, clock } = rig();
    const { line, session } = answered();
    session.say(3_000);
    session.lose();
    clock.advance(2_900);
    expect(comfortMs(line)).toBe(0);
    clock.advance(100 + 500 + COMFORT_MS);
    expect(comfortMs(line)).toBe(COMFORT_MS);
  });

  test('the answer follows it under a number of its own', () => {
    const { answered, clock, of } = rig();
    const { session } = answered();
    session.say(100);
    session.endTurn();
    clock.advance(500);
    session.lose();
    clock.advance(1_600);
    session.comeBack();
    session.say(200);
    session.agentSaid('Here I am.');
    session.idle();
    clock.advance(2_000);
    const last = of('transcript').at(-1)?.entry;
    expect(last).toMatchObject({ who: 'agent', text: 'Here I am.', state: 'done' });
  });

  test('none when the profile wants none, and none on a line that is not there', () => {
    const silent = rig({ comfortSound: 'none' });
    const one = silent.answered();
    one.session.lose();
    silent.clock.advance(10_000);
    expect(comforts(one.line)).toBe(0);

    const lost = rig();
    const two = lost.answered();
    two.session.lose();
    two.line.drop();
    lost.clock.advance(10_000);
    expect(comforts(two.line)).toBe(0);
  });

  test('not over a caller who speaks; half a second after that at the latest', () => {
    const { answered, clock } = rig();
    const { line, session } = answered();
    session.lose();
    session.callerSpeaks = true;
    clock.advance(6_000);
    expect(comfortMs(line)).toBe(0);
    session.callerSpeaks = false;
    clock.advance(500 + COMFORT_MS);
    expect(comfortMs(line)).toBe(COMFORT_MS);
  });

  test('[EN2] a goodbye that broke off is waited for, and its end ends the call', async () => {
    const all = rig();
    const { session } = all.answered();
    session.callTools({ id: 'bye', name: 'end_call', args: { reason: 'done' } });
    await settled();
    session.say(1_000);
    session.lose();
    all.clock.advance(12_000);
    expect(all.ended).toBeUndefined();
    session.comeBack();
    session.say(1_000);
    session.idle();
    all.clock.advance(3_000);
    expect(all.ended?.reason).toBe('agent-hung-up');
  });

  test('[EN2] one that was said whole is not', async () => {
    const all = rig();
    const { session } = all.answered();
    session.callTools({ id: 'bye', name: 'end_call', args: { reason: 'done' } });
    await settled();
    session.say(1_000);
    session.endTurn();
    session.lose();
    all.clock.advance(1_000 + 3_500);
    expect(all.ended?.reason).toBe('agent-hung-up');
  });

  test('none during a goodbye', async () => {
    const all = rig();
    const { line, session } = all.answered();
    session.callTools({ id: 'bye', name: 'end_call', args: { reason: 'done' } });
    await settled();
    session.lose();
    all.clock.advance(8_000);
    session.comeBack();
    all.clock.advance(6_000);
    expect(all.ended?.reason).toBe('agent-hung-up');
    expect(comforts(line)).toBe(0);
  });
});

describe('[AW2] before the model was there', () => {
  test('heard 4 s after the line opened, and not once the model is ready', () => {
    const all = rig();
    const line = all.connect(all.switchboard.answer(incoming));
    all.clock.advance(3_999);
    expect(comfortMs(line)).toBe(0);
    all.clock.advance(1 + COMFORT_MS);
    expect(comfortMs(line)).toBe(COMFORT_MS);
    all.live.last.ready();
    all.clock.advance(20_000);
    expect(comfortMs(line)).toBe(COMFORT_MS);
  });

  test('a model that never comes: comfort, then the apology, whole and last', () => {
    const all = rig();
    const line = all.connect(all.switchboard.answer(incoming));
    all.clock.advance(9_000);
    all.live.last.fail();
    all.clock.advance(10_000);
    expect(all.ended?.reason).toBe('model-failed');
    expect(comfortMs(line)).toBe(2 * COMFORT_MS);
    expect(isApology(line.played.at(-1)!.bytes)).toBe(true);
  });
});

test('[AW1] of a turn that broke off, words that came without their sound count as not said', () => {
  const { answered, clock } = rig();
  const { session } = answered();
  session.say(1_000);
  session.agentSaid('We are open from nine in the morning until noon');
  session.lose();
  clock.advance(3_000);
  expect(session.recalled()).toEqual([{ who: 'agent', text: 'We are open from' }]);
});

test('words that a profile wants off are kept out of notices, and still recalled', () => {
  const { answered, of } = rig({ transcription: { agent: 'off' } });
  const { session } = answered();
  session.callerSaid(' Hello?');
  session.say(100);
  session.agentSaid('Good morning');
  expect(of('transcript').map(({ entry }) => entry.who)).not.toContain('agent');
  expect(session.recalled().map(({ who }) => who)).toEqual(['caller', 'agent']);
});

describe('[AW3] what is told from outside', () => {
  test('reaches the model, asking for an answer or not, in every phase but the end', () => {
    const { answered, switchboard, live, clock, of } = rig();
    const { line, session } = answered();
    switchboard.operator(id)!.tell('the caller is a member', false);
    session.lose();
    switchboard.operator(id)!.tell('offer the discount', true);
    expect(session.informed).toEqual(['the caller is a member']);
    expect(session.prompts.slice(1)).toEqual(['offer the discount']);
    line.stop();
    clock.advance(1_000);
    expect(switchboard.operator(id)).toBeUndefined();
    expect(live.last.prompts).not.toContain('too late');
    expect(of('told')).toMatchObject([
      { text: 'the caller is a member', answer: false },
      { text: 'offer the discount', answer: true },
    ]);
  });
});

test('what a model is told anew is what the caller heard: the rest of a cut turn is left out', () => {
  const { answered, clock } = rig();
  const { session } = answered();
  session.callerSaid(' When are you open?');
  session.say(4_000);
  session.agentSaid('We are open from nine in the morning until six in the evening');
  clock.advance(2_000);
  session.interrupt();
  session.callerSaid(' Thanks.');
  session.say(100);
  session.agentSaid('You are welcome');
  const [asked, cut, thanks, open] = session.recalled();
  expect([asked, thanks]).toEqual([
    { who: 'caller', text: ' When are you open?' },
    { who: 'caller', text: ' Thanks.' },
  ]);
  expect(cut?.text).toMatch(/^We are open from nine/);
  expect(cut?.text).not.toContain('evening');
  expect(open, 'still played, so it will have been heard').toEqual({ who: 'agent', text: 'You are welcome' });
});
