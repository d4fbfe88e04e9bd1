// When a call may be handed on: how it stands as it goes on, and what is waited for how long.
import { describe, expect, test } from 'vitest';
import { mayGo } from '../../src/call/moment.ts';
import { callRig } from './call-rig.ts';

describe('[MV1] how a call stands', () => {
  test('before its line is open, and while it greets: somebody would be cut off', () => {
    const { call, connect, session, clock } = callRig();
    expect(call.moment).toBe('busy');
    session.ready();
    const line = connect();
    expect(call.moment, 'nobody has spoken yet').toBe('between');
    session.say(500);
    expect(call.moment).toBe('busy');
    session.idle();
    expect(call.moment, 'the caller has not heard it').toBe('busy');
    clock.advance(600);
    expect(call.moment).toBe('quiet');
    line.drop();
    expect(call.moment, 'the carrier is about to ask').toBe('busy');
  });

  test('with a greeting of a file: once it is heard and the model is there', () => {
    const { call, connect, session, clock } = callRig({ greetingMs: 400 });
    connect();
    expect(call.moment).toBe('busy');
    session.ready();
    expect(call.moment).toBe('busy');
    clock.advance(500);
    expect(call.moment).toBe('quiet');
  });

  test('the caller speaks, and waits for an answer; the agent speaks, and is heard', () => {
    const { call, answered, session, clock } = callRig();
    answered();
    session.callerSpeech('started');
    expect(call.moment).toBe('busy');
    session.callerSaid('When are you open?');
    session.callerSpeech('ended');
    expect(call.moment, 'an answer is owed').toBe('between');
    session.say(2_000);
    session.idle();
    expect(call.moment).toBe('busy');
    clock.advance(1_000);
    expect(call.moment).toBe('busy');
    clock.advance(1_500);
    expect(call.moment).toBe('quiet');
  });

  test('a tool is at work', () => {
    const { call, answered, session, toolDone, clock } = callRig();
    answered();
    session.callTools({ id: 'a', name: 'look' });
    expect(call.moment).toBe('between');
    toolDone('a');
    session.say(100);
    session.idle();
    clock.advance(200);
    expect(call.moment).toBe('quiet');
  });

  test('the caller types, and the model is away', () => {
    const typing = callRig();
    typing.answered().press('4');
    expect(typing.call.moment).toBe('between');
    const away = callRig();
    away.answered();
    away.session.lose();
    expect(away.call.moment).toBe('between');
  });

  test('something secret is being typed: that is nowhere else', () => {
    const all = callRig();
    all.answered();
    expect(all.call.moment).toBe('quiet');
    void all.secrets.ask({ kind: 'pin', monthFirst: false }, new AbortController().signal);
    expect(all.call.moment).toBe('busy');
  });

  test('it is about to end', () => {
    const { call, answered, session, toolDone } = callRig();
    answered();
    session.callTools({ id: 'a', name: 'end_call' });
    toolDone('a', { type: 'hangUp' });
    expect(call.moment).toBe('busy');
  });
});

test.each([
  { moment: 'elsewhere', fromMs: 0 },
  { moment: 'quiet', fromMs: 0 },
  { moment: 'between', fromMs: 20_000 },
  { moment: 'busy', fromMs: 25_000 },
] as const)('[MV1][MV2] $moment: from $fromMs ms on', ({ moment, fromMs }) => {
  expect(mayGo(moment, fromMs)).toBe(true);
  if (fromMs > 0) expect(mayGo(moment, fromMs - 1)).toBe(false);
});
