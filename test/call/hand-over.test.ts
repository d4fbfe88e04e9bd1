import { describe, expect, test } from 'vitest';
import type { CallOptions } from '../../src/call/call-options.ts';
import type { Cast } from '../../src/call/cast.ts';
import type { Said } from '../../src/live/session.ts';
import type { CallAction } from '../../src/tools/tool.ts';
import { ToolRefusal } from '../../src/tools/refusal.ts';
import { toolCallId } from '../../src/base/ids.ts';
import { FakeSession } from '../doubles/fake-session.ts';
import { APOLOGY_BYTE, callRig, type CallRigOptions } from './call-rig.ts';
import { frame } from './rig.ts';

const TO_BILLING: CallAction = { type: 'handOver', agent: 'billing', reason: 'an invoice' };
const RULES: Cast['rules'] = {
  ...{ greetingInterruptible: true, greetingGuardMs: 0, minHeardMs: 0, deadAirMs: 0 },
  ...{ lastsAtMostMs: 0, silenceMs: 0, callerInterrupts: true },
  keypad: { pauseMs: 2_500, finishKey: '#', shortcuts: {} },
};

interface Next {
  readonly asked: { name: string; reason: string; said: readonly Said[]; notes: readonly string[] }[];
  readonly sessions: FakeSession[];
  readonly ran: string[];
  readonly closed: string[];
}

/** A call whose profile knows other agents; each of them is a scripted session of its own. */
function handing(options: CallRigOptions = {}, cast: Partial<Cast> = {}, refusal?: Error) {
  const next: Next = { asked: [], sessions: [], ran: [], closed: [] };
  const opens: CallOptions['handOver'] = (name, reason, said, notes) => {
    next.asked.push({ name, reason, said, notes });
    if (refusal) throw refusal;
    const session = new FakeSession();
    next.sessions.push(session);
    return {
      ...{ from: 'Reception', to: name, model: 'another-model', greeting: `Take over at ${name}.` },
      cast: {
        ...{ session, apology: new Uint8Array(8_000).fill(77), comfort: undefined, rules: RULES },
        fallback: { withinMs: 0, hasLadder: false },
        ...{ turnTaking: 'server', lowerVoiceDb: 12, repeatedWords: 3, silentTools: new Set() },
        showsWords: { caller: true, agent: true },
        openRunner: () => ({
          run: (call) => void next.ran.push(call.id),
          cancel: () => undefined,
          close: () => {
            next.closed.push(name);
            return Promise.resolve();
          },
          drop: () => Promise.resolve(),
        }),
        ...cast,
      },
    };
  };
  const all = Object.assign(callRig({ next: opens, ...options }), { next });
  const line = all.answered();
  const lastEntries = () => {
    const entries = new Map(all.of('transcript').map(({ entry }) => [entry.n, entry]));
    return [...entries.values()];
  };
  return Object.assign(all, { line, lastEntries });
}

function asked(...args: Parameters<typeof handing>) {
  const all = handing(...args);
  all.session.callTools({ id: 'go', name: 'hand_over' });
  all.toolDone('go', TO_BILLING);
  return all;
}

/** The caller is with the second agent, which is not ready yet. */
function handed(...args: Parameters<typeof handing>) {
  const all = asked(...args);
  all.session.say(1_000);
  all.session.idle();
  all.clock.advance(1_600);
  expect(all.next.sessions).toHaveLength(1);
  return Object.assign(all, { second: all.next.sessions[0]! });
}

describe('[HO1] the caller is handed to another agent', () => {
  test('once the old one was heard out, half a second later, on the same line', () => {
    const all = asked();
    all.session.say(1_000);
    all.session.idle();
    all.clock.advance(1_500);
    expect(all.next.asked).toEqual([]);
    all.clock.advance(20);
    expect(all.next.asked).toMatchObject([{ name: 'billing', reason: 'an invoice' }]);
    expect(all.line.heardMs).toBe(520 + 1_020);
    expect(all.line.log).not.toContain('close');
    expect(all.journal, 'the carrier is asked for nothing').toEqual([]);
    expect(all.session.closed).toBe(true);
    expect(all.next.sessions[0]!.prompts).toEqual(['Take over at billing.']);
    expect(all.of('handed-over')).toMatchObject([
      { from: 'Reception', to: 'billing', model: 'another-model', reason: 'an invoice' },
    ]);
    expect(all.of('barge-in'), 'nobody interrupted').toEqual([]);
  });

  test.each([
    ['says nothing at all', 6_000, false],
    ['says that it waits', 2_000, true],
  ])('an old one that %s is waited for %i ms', (_what, ms, idle) => {
    const all = asked();
    if (idle) all.session.idle();
    all.clock.advance(ms - 1);
    expect(all.next.asked).toEqual([]);
    all.clock.advance(1);
    expect(all.next.asked).toHaveLength(1);
  });

  test('a caller who interrupts stays, and nobody is opened', () => {
    const all = asked();
    all.session.say(3_000);
    all.clock.advance(500);
    all.session.interrupt();
    all.clock.advance(60_000);
    expect(all.next.asked).toEqual([]);
    expect(all.session.closed).toBe(false);
  });

  test('the old one is gone for good on the way: the new one takes the caller all the same', () => {
    const all = asked();
    all.session.fail();
    all.clock.advance(6_000);
    expect(all.next.asked).toHaveLength(1);
    const [second] = all.next.sessions;
    second!.ready();
    second!.say(500);
    all.clock.advance(600);
    expect(all.line.played.some(({ bytes }) => bytes.includes(APOLOGY_BYTE))).toBe(false);
    expect(all.ended).toBeUndefined();
  });

  test('a line that is lost for good on the way leads to no agent', () => {
    const all = asked({ fallback: { hasLadder: true } });
    all.line.drop();
    for (let n = 0; n < 4; n++) all.call.carrierAsks();
    expect(all.journal).toEqual([{ to: 'fallback', because: 'line-lost' }]);
  });
});

describe('[HO2] the other agent knows what was heard', () => {
  test('and not what the caller cut off', () => {
    const all = handing();
    all.session.agentSaid('Hello, this is reception.');
    all.session.say(4_000);
    all.session.agentSaid('One two three four five six seven eight.');
    all.session.endTurn();
    all.clock.advance(2_000);
    all.session.interrupt();
    all.session.callerSaid('My invoice is wrong.');
    all.session.callTools({ id: 'go', name: 'hand_over' });
    all.toolDone('go', TO_BILLING);
    all.session.say(1_000);
    all.session.agentSaid('I hand you over.');
    all.session.idle();
    all.clock.advance(1_600);
    const said = all.next.asked[0]!.said.map(({ who, text }) => `${who}: ${text}`);
    expect(said[0]).toBe('agent: Hello, this is reception.');
    expect(said[1]).toMatch(/^agent: One two three/);
    expect(said[1]).not.toMatch(/seven|eight/);
    expect(said.slice(2)).toEqual(['caller: My invoice is wrong.', 'agent: I hand you over.']);
  });

  test('what it is told again on a new connection is its own part alone: the rest it was opened with', () => {
    const all = handing();
    all.session.agentSaid('Hello.');
    all.session.callTools({ id: 'go', name: 'hand_over' });
    all.toolDone('go', TO_BILLING);
    all.clock.advance(6_000);
    const [second] = all.next.sessions;
    second!.ready();
    second!.say(500);
    second!.agentSaid('Billing here.');
    all.clock.advance(600);
    expect(second!.recalled()).toEqual([{ who: 'agent', text: 'Billing here.' }]);
  });

  test('sound that is not heard within half a minute is not heard at all, and told to nobody', () => {
    const all = asked();
    all.session.say(60_000);
    all.session.agentSaid(Array.from({ length: 120 }, (_, n) => `word${n}`).join(' '));
    all.clock.advance(30_500);
    expect(all.next.asked).toHaveLength(1);
    const words = all.next.asked[0]!.said.at(-1)!.text;
    expect(words).toMatch(/word10\b/);
    expect(words).not.toMatch(/word110\b/);
    const heardMs = all.line.heardMs;
    all.clock.advance(5_000);
    expect(all.line.heardMs).toBe(heardMs);
  });
});

describe('[HO2] the other agent knows what came to be known beside it', () => {
  test('keys that were typed, notes of operators, and what tools answered, also late', () => {
    const all = handing();
    all.line.press('4');
    all.line.press('#');
    all.call.operator.tell('Be kind to them.', false);
    all.session.callTools({ id: 'slow', name: 'look', args: { of: 'Ada' } });
    all.toolLate('slow');
    all.session.callTools({ id: 'go', name: 'hand_over' });
    all.toolDone('go', TO_BILLING);
    all.clock.advance(6_000);
    expect(all.next.asked[0]?.notes).toEqual([
      'The caller pressed keypad keys: 4',
      'An operator of this line noted: "Be kind to them."',
      'look({"of":"Ada"}) answered: {"status":"ok"}',
    ]);
  });

  test('not one digit of a secret, nor how many there were', async () => {
    const all = handing();
    const typed = all.secrets.ask({ kind: 'pin', monthFirst: false }, new AbortController().signal);
    for (const key of '8642#') all.line.press(key);
    expect(await typed).toEqual({ digits: '8642' });
    all.clock.advance(5_000);
    all.line.press('1');
    all.clock.advance(5_000);
    all.session.callTools({ id: 'go', name: 'hand_over' });
    all.toolDone('go', TO_BILLING);
    all.clock.advance(6_000);
    expect(all.next.asked[0]?.notes).toEqual(['The caller pressed keypad keys: 1']);
  });

  test('not what is typed on for a tool that a hand-over has cancelled', async () => {
    const all = handing();
    all.session.callTools({ id: 'go', name: 'hand_over' });
    const aborter = new AbortController();
    const typed = all.secrets.ask({ kind: 'card', monthFirst: false }, aborter.signal);
    all.toolDone('go', TO_BILLING);
    for (const [n, key] of Array.from('4929130745873609').entries()) {
      all.clock.advance(1_000);
      if (n === 4) aborter.abort();
      all.line.press(key);
    }
    expect(await typed).toEqual({ none: 'cancelled', times: 1 });
    const [second] = all.next.sessions;
    second!.ready();
    all.clock.advance(4_000);
    expect(second!.prompts).toEqual(['Take over at billing.']);
    expect(all.of('digit')).toEqual([]);
  });

  test('the third agent knows all of it: what was typed for the first, and for the second', () => {
    const toRepairs = { ...RULES.keypad, shortcuts: { 3: { do: 'agent', name: 'repairs' } as const } };
    const all = handing({}, { rules: { ...RULES, keypad: toRepairs } });
    for (const key of '47#') all.line.press(key);
    all.session.callTools({ id: 'go', name: 'hand_over' });
    all.toolDone('go', TO_BILLING);
    all.clock.advance(6_000);
    all.next.sessions[0]!.ready();
    for (const key of '11#3') all.line.press(key);
    expect(all.next.asked.map(({ name, notes }) => ({ name, notes }))).toEqual([
      { name: 'billing', notes: ['The caller pressed keypad keys: 47'] },
      {
        name: 'repairs',
        notes: ['The caller pressed keypad keys: 47', 'The caller pressed keypad keys: 11'],
      },
    ]);
  });
});

describe('[HO3] no word of the caller is lost', () => {
  test('what they say during the change goes to the new agent', () => {
    const all = handed();
    const before = all.second.sent.length;
    const old = all.session.sent.length;
    all.line.speak(frame());
    all.line.speak(frame());
    expect(all.second.sent.length).toBe(before + 2);
    expect(all.session.sent.length).toBe(old);
  });

  test('who speaks is let finish, and answered, before they are handed over', () => {
    const all = asked();
    all.session.say(1_000);
    all.session.idle();
    all.clock.advance(1_400);
    all.session.callerSpeech('started');
    all.clock.advance(3_000);
    expect(all.next.asked, 'they speak').toEqual([]);
    all.session.callerSpeech('ended');
    all.clock.advance(1_000);
    expect(all.next.asked, 'an answer is on its way').toEqual([]);
    all.session.say(1_000);
    all.session.idle();
    all.clock.advance(1_500);
    expect(all.next.asked).toEqual([]);
    all.clock.advance(40);
    expect(all.next.asked).toHaveLength(1);
  });

  test('a noise that goes on, or an answer that does not come, keeps nobody', () => {
    const noisy = asked();
    noisy.session.say(1_000);
    noisy.session.idle();
    noisy.session.callerSpeech('started');
    noisy.clock.advance(1_600 + 9_900);
    expect(noisy.next.asked).toEqual([]);
    noisy.clock.advance(600);
    expect(noisy.next.asked).toHaveLength(1);

    const mute = asked();
    mute.session.say(1_000);
    mute.session.idle();
    mute.clock.advance(1_400);
    mute.session.callerSpeech('started');
    mute.session.callerSpeech('ended');
    mute.clock.advance(3_000);
    expect(mute.next.asked).toEqual([]);
    mute.clock.advance(200);
    expect(mute.next.asked).toHaveLength(1);
  });

  test('who was kept from the model by a protected greeting is heard by the new one', () => {
    const all = callRigGuarded();
    all.line.speak(frame(200));
    all.line.press('3');
    const [second] = all.next.sessions;
    expect(second!.sent.some((pcm) => pcm.some((byte) => byte !== 0))).toBe(true);
    const old = all.session.sent.length;
    all.line.speak(frame(200));
    expect(all.session.sent.length).toBe(old);
    expect(second!.sent.at(-1)!.some((byte) => byte !== 0)).toBe(true);
  });
});

/** The greeting is being heard, and protected; key 3 leads to billing. */
function callRigGuarded() {
  const all = handing({
    rules: {
      greetingInterruptible: false,
      keypad: { pauseMs: 2_500, finishKey: '#', shortcuts: { 3: { do: 'agent', name: 'billing' } } },
    },
    greetingMs: 10_000,
  });
  return all;
}

describe('[HO4] turns are numbered on', () => {
  test('late sound of the old agent is nobody’s, and the new one is heard', () => {
    const all = handed();
    const turns = all.lastEntries().flatMap((entry) => (entry.who === 'agent' ? [entry.turn] : []));
    all.second.ready();
    expect(all.second.say(1_000)).toBe(1);
    all.second.agentSaid('Billing here, what is the number of the invoice?');
    all.second.used({ ...USAGE, promptTokens: 9 });
    all.second.idle();
    const entry = all.lastEntries().at(-1)!;
    expect(entry).toMatchObject({ who: 'agent', text: 'Billing here, what is the number of the invoice?' });
    if (entry.who !== 'agent') throw new Error('the agent speaks');
    expect(entry.turn).toBeGreaterThan(Math.max(...turns));
    expect(all.of('tokens-used')).toMatchObject([{ turn: entry.turn }]);
    const before = all.line.played.length;
    all.session.lateSound(400);
    expect(all.line.played.length).toBe(before);
    all.clock.advance(1_100);
    expect(all.lastEntries().at(-1)).toMatchObject({ state: 'done' });
  });

  test('the new one is interrupted as the old one was', () => {
    const all = handed();
    all.second.ready();
    all.second.say(3_000);
    all.second.agentSaid('One two three four five six.');
    all.clock.advance(1_000);
    all.second.interrupt();
    const cut = all.lastEntries().at(-1)!;
    expect(cut).toMatchObject({ who: 'agent', state: 'cut' });
    expect(all.of('barge-in')).toHaveLength(1);
    const heard = all.line.heardMs;
    all.second.lateSound(1_000);
    all.clock.advance(2_000);
    expect(all.line.heardMs, 'late sound of a dead turn').toBe(heard);
  });

  test('what the old one said last and the new one says first is no repeat', () => {
    const all = handing({ repeatedWords: 3 }, { repeatedWords: 3 });
    all.session.callTools({ id: 'go', name: 'hand_over' });
    all.toolDone('go', TO_BILLING);
    all.session.say(1_000);
    all.session.agentSaid('One moment please, I look.');
    all.session.idle();
    all.clock.advance(1_600);
    const [second] = all.next.sessions;
    second!.ready();
    second!.say(1_000);
    second!.agentSaid('One moment please, I look.');
    second!.idle();
    all.clock.advance(1_200);
    expect(all.of('watchdog')).toEqual([]);
    expect(all.lastEntries().at(-1)).toMatchObject({ state: 'done', heard: 'One moment please, I look.' });
  });
});

describe('[HO5] all of the call is the new agent’s', () => {
  test('its tools, its silence, its apology, and its way to hang up', () => {
    const all = handed({}, { rules: { ...RULES, silenceMs: 5_000 } });
    all.second.ready();
    all.second.callTools({ id: 'look', name: 'look' });
    expect(all.next.ran).toEqual(['look']);
    expect(all.running.size).toBe(0);
    all.second.cancelTools('look');
    all.second.say(500);
    all.second.idle();
    all.clock.advance(5_600);
    expect(all.of('caller-silent')).toMatchObject([{ times: 1 }]);
    all.second.fail();
    all.clock.advance(5_000);
    expect(all.line.played.some(({ bytes }) => bytes.includes(77))).toBe(true);
    expect(all.ended?.reason).toBe('model-failed');
    expect(all.next.closed).toEqual(['billing']);
  });

  test.each([
    ['a tool that a key runs', true],
    ['its first word', false],
  ])('its dead air is filled while the caller waits for %s', (_, byKey) => {
    const shortcuts = { 9: { do: 'tool', name: 'slow' } } as const;
    const rules = { ...RULES, deadAirMs: 4_000, keypad: { ...RULES.keypad, shortcuts } };
    const comfort = new Uint8Array(3_200).fill(78);
    const all = asked({ rules }, { rules, comfort });
    if (byKey) {
      all.session.say(500);
      all.session.idle();
      all.clock.advance(300);
      all.line.press('9');
    }
    all.clock.advance(7_000);
    const [second] = all.next.sessions;
    second!.ready();
    if (byKey) {
      second!.say(800);
      second!.idle();
    }
    all.clock.advance(1_000);
    const before = all.line.heard.length;
    all.clock.advance(9_000);
    const sounds = all.line.heard.slice(before).filter((byte) => byte === 78).length / 3_200;
    expect(sounds).toBe(2);
  });

  test('one that is not there in time leads to its own ladder', () => {
    const all = handed({}, { fallback: { withinMs: 4_000, hasLadder: true } });
    all.clock.advance(4_000);
    expect(all.journal).toEqual([{ to: 'fallback', because: 'model-late' }]);
    expect(all.second.closed).toBe(true);
  });

  test('it goes on to a third, and the first is long gone', () => {
    const all = handed();
    all.second.ready();
    all.second.say(500);
    all.second.callTools({ id: 'on', name: 'hand_over' });
    all.second.idle();
    all.clock.advance(600);
    expect(all.next.ran).toEqual(['on']);
  });

  test('what the old one’s tools look for is dropped; what comes of them late the new one is told', () => {
    const all = asked();
    all.session.callTools({ id: 'slow', name: 'look' });
    all.session.say(500);
    all.session.idle();
    all.clock.advance(1_200);
    expect(all.next.sessions).toHaveLength(1);
    expect(all.of('tool-cancelled')).toMatchObject([{ id: toolCallId('slow') }]);
    all.next.sessions[0]!.ready();
    all.toolLate('slow');
    expect(all.next.sessions[0]!.informed.join()).toMatch(/has come to its end after all/);
  });

  test('a server that hears speech itself begins to, and stops to', () => {
    const all = handed({ turnTaking: 'local' }, { turnTaking: 'server' });
    all.second.ready();
    all.second.say(2_000);
    all.clock.advance(400);
    all.line.speak(frame());
    expect(all.second.held).toBe(false);
    const other = handed({ turnTaking: 'server' }, { turnTaking: 'local' });
    other.second.ready();
    other.second.say(2_000);
    other.clock.advance(400);
    other.line.speak(frame());
    expect(other.second.held).toBe(true);
  });
});

describe('[HO6] an agent that is not to be had', () => {
  test.each([
    ['in words', new ToolRefusal('It is full.'), /could not be handed over to billing: It is full\./],
    ['with anything', new Error('ECONN 127.0.0.1'), /billing: That agent cannot be reached just now\./],
  ])('%s: the caller stays, and the old one is told', (_how, refusal, words) => {
    const all = asked({}, {}, refusal);
    all.session.say(500);
    all.session.idle();
    all.clock.advance(1_200);
    expect(all.next.asked).toHaveLength(1);
    expect(all.session.closed).toBe(false);
    expect(all.session.prompts.at(-1)).toMatch(words);
    expect(all.of('handed-over')).toEqual([]);
    all.clock.advance(60_000);
    expect(all.next.asked, 'not again by itself').toHaveLength(1);
    all.session.say(500);
    all.clock.advance(600);
    expect(all.ended).toBeUndefined();
  });

  test('and nobody is left: an apology, or the ladder', () => {
    const all = asked({}, {}, new Error('no'));
    all.session.fail();
    all.clock.advance(20_000);
    expect(all.line.played.some(({ bytes }) => bytes.includes(APOLOGY_BYTE))).toBe(true);
    expect(all.ended?.reason).toBe('model-failed');
    const ladder = asked({ fallback: { hasLadder: true } }, {}, new Error('no'));
    ladder.session.fail();
    ladder.clock.advance(20_000);
    expect(ladder.journal).toEqual([{ to: 'fallback', because: 'model-failed' }]);
  });
});

describe('[HO7] by key', () => {
  const keypad: Cast['rules']['keypad'] = {
    ...{ pauseMs: 2_500, finishKey: '#' },
    shortcuts: { 3: { do: 'agent', name: 'billing' } },
  };

  test('at once, in mid-sentence; the rest of it is not heard', () => {
    const all = handing({ rules: { keypad } });
    all.session.say(10_000);
    all.clock.advance(1_000);
    all.line.press('3');
    expect(all.next.asked).toMatchObject([{ name: 'billing', reason: 'they pressed 3' }]);
    const heard = all.line.heardMs;
    all.clock.advance(3_000);
    expect(all.line.heardMs).toBe(heard);
  });

  test('before the first agent is there', () => {
    const next: FakeSession[] = [];
    const all = callRig({
      rules: { keypad },
      next: (name) => {
        const session = new FakeSession();
        next.push(session);
        return {
          ...{ from: 'Reception', to: name, model: 'm', greeting: 'Go.' },
          cast: {
            ...{ session, apology: new Uint8Array(0), comfort: undefined, rules: RULES },
            ...{ fallback: { withinMs: 0, hasLadder: false }, turnTaking: 'server', lowerVoiceDb: 0 },
            ...{ repeatedWords: 0, silentTools: new Set(), showsWords: { caller: true, agent: true } },
            openRunner: () => ({
              run: () => undefined,
              cancel: () => undefined,
              close: () => Promise.resolve(),
              drop: () => Promise.resolve(),
            }),
          },
        };
      },
    });
    const line = all.connect();
    line.press('3');
    expect(all.session.closed).toBe(true);
    next[0]!.ready();
    next[0]!.say(500);
    all.clock.advance(600);
    expect(line.heardMs).toBeGreaterThan(450);
    expect(next[0]!.prompts).toEqual(['Go.']);
  });

  test('keys that were typed before are told to the new one', () => {
    const all = handing({ rules: { keypad } });
    all.session.callTools({ id: 'go', name: 'hand_over' });
    all.toolDone('go', TO_BILLING);
    all.clock.advance(5_000);
    all.line.press('4');
    all.clock.advance(1_100);
    expect(all.next.sessions).toHaveLength(1);
    all.line.press('2');
    all.clock.advance(2_600);
    expect(all.next.sessions[0]!.prompts.at(-1)).toMatch(/pressed keypad keys: 42/);
  });
});

const USAGE = {
  ...{ promptTokens: 0, responseTokens: 0, totalTokens: 0, cachedTokens: 0 },
  ...{ thoughtTokens: 0, toolUseTokens: 0, prompt: {}, response: {} },
};
