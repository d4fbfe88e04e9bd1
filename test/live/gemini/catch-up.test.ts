// What a model that was away is told, in every situation in which it can have been lost, and in which order.
import { describe, expect, test } from 'vitest';
import { toolCallId } from '../../../src/base/ids.ts';
import type { ServerMessage } from '../../../src/live/gemini/messages.ts';
import {
  calls,
  CLOSED,
  COMPLETE,
  converse,
  EXTENDED,
  FLASH_3_1,
  frame,
  GENERATED,
  handle,
  loudFrame,
  INTERRUPTED,
  NATIVE_2_5,
  READY,
  sound,
  summary,
  words,
  type Conversing,
} from './conversation-rig.ts';

const GREETING = 'The call has just connected. Greet the caller.';

/** A conversation whose greeting was heard, with the handle that knows it. */
function underWay(options: Conversing = {}) {
  const rig = converse(options);
  rig.receive(READY);
  rig.session.prompt(GREETING);
  rig.receive(sound(), words('Hello, this is Harbour Dental.'), GENERATED, COMPLETE, handle('h-1'));
  rig.said.push({ who: 'agent', text: 'Hello, this is Harbour Dental.' });
  rig.told.length = 0;
  return rig;
}

const answer = (rig: ReturnType<typeof converse>, id = 'a'): void =>
  rig.session.answerTool({ id: toolCallId(id), name: 'look_up', response: { found: 'Ada' } });
const only = (lines: readonly string[], kind: string): string[] =>
  lines.filter((line) => line.startsWith(kind));
const NOTE = /^note \[The connection was renewed\. For your memory.*You: Hello, this is Harbour Dental\./s;
const CONTINUATION = /^ask \[The connection was renewed while you were speaking/;
const RESULT = /^ask \[The result of look_up.*\{"found":"Ada"\}/s;
const FOLLOWS = /^answer a \{"error":"The connection was renewed\. The result follows/;

describe('the way back', () => {
  test('by the newest handle, as the same model', () => {
    const rig = underWay();
    rig.receive(handle('h-2'));
    rig.switchOver();
    expect(rig.last().setup).toEqual({ ...rig.dialled[0]!.setup, sessionResumption: { handle: 'h-2' } });
    expect(rig.told).toEqual(['remembered h-2', 'switching', 'switched, memory kept']);
  });

  test('without a handle: a new model, told what was said, as history', () => {
    const rig = underWay();
    rig.said.push({ who: 'caller', text: 'Are you open?' });
    const sent = summary(rig.switchOver({ is: 'closed', code: 1007, reason: '' }));
    expect(rig.last().setup).toMatchObject({
      sessionResumption: {},
      historyConfig: { initialHistoryInClientContent: true },
    });
    expect(sent).toEqual(['history model: Hello, this is Harbour Dental. / user: Are you open?']);
    expect(rig.told).toEqual(['switching', 'switched, memory told']);
  });

  test('without a handle where the model takes no history: in its instructions', () => {
    const rig = underWay({ model: NATIVE_2_5 });
    const sent = rig.switchOver({ is: 'closed', code: 1007, reason: '' });
    expect(sent).toEqual([]);
    expect(rig.last().setup.historyConfig).toBeUndefined();
    expect(rig.last().setup.systemInstruction?.parts).toEqual([
      { text: 'Be brief.' },
      { text: expect.stringContaining('You: Hello, this is Harbour Dental.') as string },
    ]);
  });

  test('what a new model is told of a long talk is the newest of it', () => {
    const rig = underWay();
    for (let at = 0; at < 3; at += 1) rig.said.push({ who: 'caller', text: `${at} ${'x'.repeat(5_000)}` });
    const [told = ''] = summary(rig.switchOver({ is: 'closed', code: 1007, reason: '' }));
    expect([told.includes('user: 2 x'), told.includes('user: 1 x')]).toEqual([true, true]);
    expect([told.includes('user: 0 x'), told.includes('Harbour Dental')]).toEqual([false, false]);
  });

  test('the history of the profile goes first on the first connection, and before the talk on a new one', () => {
    const history = [{ who: 'caller' as const, text: 'I called yesterday.' }];
    const rig = converse({ wanted: { history } });
    rig.session.prompt(GREETING);
    rig.receive(READY);
    expect(rig.last().setup.historyConfig).toEqual({ initialHistoryInClientContent: true });
    expect(rig.last().sent[0]).toEqual({
      clientContent: {
        turns: [{ role: 'user', parts: [{ text: 'I called yesterday.' }] }],
        turnComplete: true,
      },
    });
    expect(summary(rig.sent()).slice(1)).toEqual([`ask ${GREETING}`]);
    rig.receive(sound(), GENERATED, COMPLETE);
    rig.said.push({ who: 'agent', text: 'Hello again.' });
    expect(summary(rig.switchOver())).toEqual(['history user: I called yesterday. / model: Hello again.']);
  });

  test('a way that refuses us leads to the other one, as a new model', () => {
    const rig = underWay({ ways: 2 });
    const sent = summary(rig.switchOver({ is: 'refused', status: 403, words: '' }));
    expect(rig.last()).toMatchObject({ way: 1, setup: { sessionResumption: {} } });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(/^history/);
  });
});

describe('what is asked', () => {
  test('nothing was going on: a reminder, and no question', () => {
    const sent = summary(underWay().switchOver());
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(NOTE);
  });

  test('a reminder of a conversation that is known is short; of one that went on, whole', () => {
    const entries = (from: number): void => {
      for (let at = from; at < from + 10; at += 1) rig.said.push({ who: 'caller', text: `entry ${at}` });
    };
    const rig = underWay();
    entries(0);
    rig.receive(handle('h-2'));
    const [known = ''] = summary(rig.switchOver());
    expect([known.includes('entry 4'), known.includes('entry 3')]).toEqual([true, false]);
    entries(10);
    rig.clock.advance(10_000);
    const [grown = ''] = summary(rig.switchOver());
    expect([grown.includes('entry 9'), grown.includes('entry 8')]).toEqual([true, false]);
  });

  test('nothing was said: nothing is told', () => {
    const rig = converse();
    rig.receive(READY, handle('h-1'));
    expect(rig.switchOver()).toEqual([]);
  });

  test('the greeting was asked for and never sounded: once more, and no continuation', () => {
    const rig = converse();
    rig.receive(READY);
    rig.session.prompt(GREETING);
    expect(summary(rig.switchOver())).toEqual([`ask ${GREETING}`]);
  });

  test.each<[string, ServerMessage[]]>([
    ['the greeting broke, before any handle', []],
    ['an answer broke, after a handle', [handle('h-1')]],
  ])('%s: its rest is asked for, and nothing else', (_what, before) => {
    const rig = converse();
    rig.receive(READY, ...before);
    rig.session.prompt(GREETING);
    rig.receive(sound(), words('Hello, this is'));
    rig.said.push({ who: 'agent', text: 'Hello, this is' });
    const sent = summary(rig.switchOver());
    expect(only(sent, 'ask')).toHaveLength(1);
    expect(only(sent, 'ask')[0]).toMatch(CONTINUATION);
    expect(only(sent, 'ask')[0]).toContain('You: Hello, this is\n');
    expect(only(sent, 'note')).toEqual([]);
    expect(rig.told.slice(-3)).toEqual([
      'turnEnded 1',
      'switching',
      `switched, memory ${before.length > 0 ? 'kept' : 'told'}`,
    ]);
  });

  test('a turn whose sound had all come is not broken', () => {
    const rig = underWay();
    rig.receive(sound(), GENERATED);
    expect(only(summary(rig.switchOver()), 'ask')).toEqual([]);
  });

  test('a turn that the caller had cut off is not gone on with', () => {
    const rig = underWay();
    rig.receive(sound(), INTERRUPTED);
    expect(only(summary(rig.switchOver()), 'ask')).toEqual([]);
  });

  test('an operator’s prompt while the agent spoke: the prompt alone, no continuation', () => {
    const rig = underWay();
    rig.receive(sound());
    rig.session.prompt('The caller pressed 1.');
    rig.receive(sound());
    expect(only(summary(rig.switchOver()), 'ask')).toEqual(['ask The caller pressed 1.']);
  });

  test('prompts given while the model was away are asked as one', () => {
    const rig = underWay();
    rig.hooks.onEvent = ({ type }) => {
      if (type === 'switching') rig.session.prompt('one');
    };
    rig.end();
    rig.session.prompt('two');
    rig.clock.advance(0);
    rig.receive(READY);
    expect(only(summary(rig.sent()), 'ask')).toEqual(['ask one\ntwo']);
    rig.hooks.onEvent = () => undefined;
    rig.receive(sound(), COMPLETE);
    rig.clock.advance(10_000);
    expect(only(summary(rig.switchOver()), 'ask')).toEqual([]);
  });

  test('the rest of a turn is asked for again when the next connection breaks too', () => {
    const rig = underWay();
    rig.receive(sound());
    expect(only(summary(rig.switchOver()), 'ask')[0]).toMatch(CONTINUATION);
    const again = rig.dialled.length;
    rig.end();
    rig.clock.advance(250);
    expect(rig.dialled).toHaveLength(again + 1);
    rig.receive(READY);
    expect(only(summary(rig.sent()), 'ask')[0]).toMatch(CONTINUATION);
    rig.receive(sound(), GENERATED, COMPLETE);
    rig.clock.advance(10_000);
    expect(only(summary(rig.switchOver()), 'ask')).toEqual([]);
  });

  test('3.1: the nudge after the question; no reminder where such notes are disputed', () => {
    const rig = underWay({ model: FLASH_3_1 });
    rig.receive(sound());
    const broken = summary(rig.switchOver());
    expect(broken).toHaveLength(2);
    expect(broken[0]).toMatch(CONTINUATION);
    expect(broken[1]).toBe('text " "');
    rig.receive(sound(), COMPLETE);
    rig.clock.advance(10_000);
    expect(rig.switchOver()).toEqual([]);
  });

  test('extended thinking was in the middle of an answer after a filler: it is asked to go on', () => {
    const rig = underWay({ model: EXTENDED });
    const filler = [sound(), GENERATED, COMPLETE, { interactionStatus: 'IN_PROGRESS' }];
    rig.receive({ interactionStatus: 'IDLE' }, ...filler);
    expect(only(summary(rig.switchOver()), 'ask')[0]).toMatch(CONTINUATION);
    rig.receive(sound(), COMPLETE, { interactionStatus: 'IDLE' });
    rig.clock.advance(10_000);
    expect(only(summary(rig.switchOver()), 'ask')).toEqual([]);
  });
});

describe('functions', () => {
  test('pending, and known to the handle: it is told to wait at once, and gets the result as words', () => {
    const rig = underWay();
    rig.receive(calls('a'), handle('h-2'));
    const sent = rig.switchOver();
    expect(summary(sent)[0]).toMatch(FOLLOWS);
    expect(only(summary(sent), 'ask')).toEqual([]);
    answer(rig);
    answer(rig);
    expect(only(summary(sent), 'ask')).toHaveLength(1);
    expect(only(summary(sent), 'ask')[0]).toMatch(RESULT);
    expect(only(summary(sent), 'answer')).toHaveLength(1);
  });

  test('pending, and not to be waited for: that it is to wait is not spoken to', () => {
    const behavior = 'non-blocking' as const;
    const rig = underWay({
      wanted: { tools: [{ name: 'look_up', description: '', parameters: {}, behavior }] },
    });
    rig.receive(calls('a'), handle('h-2'));
    expect(rig.switchOver()[0]).toMatchObject({
      toolResponse: { functionResponses: [{ id: 'a', scheduling: 'SILENT' }] },
    });
  });

  test('pending, and not known to the handle: the result alone', () => {
    const rig = underWay();
    rig.receive(calls('a'));
    const sent = rig.switchOver();
    answer(rig);
    expect(only(summary(sent), 'answer')).toEqual([]);
    expect(only(summary(sent), 'ask')).toHaveLength(1);
  });

  test('answered while the model was away: the one that waits for it is told to wait, then gets it, once', () => {
    const rig = underWay();
    rig.receive(calls('a'), handle('h-2'));
    rig.end();
    answer(rig);
    rig.clock.advance(0);
    rig.receive(READY);
    const sent = summary(rig.sent());
    expect(only(sent, 'answer')).toHaveLength(1);
    expect(sent[0]).toMatch(FOLLOWS);
    expect(only(sent, 'ask')).toHaveLength(1);
    expect(sent.at(-1)).toMatch(RESULT);
  });

  test.each<[string, ServerMessage[], RegExp[]]>([
    ['a handle that knows the call only', [handle('h-2')], [FOLLOWS]],
    ['a handle from before the call', [], []],
  ])('answered, and no sound after it, with %s: the result again', (_what, then, answers) => {
    const rig = underWay();
    rig.receive(calls('a'), ...then);
    answer(rig);
    const sent = summary(rig.switchOver());
    expect(only(sent, 'answer')).toHaveLength(answers.length);
    for (const [at, expected] of answers.entries()) expect(only(sent, 'answer')[at]).toMatch(expected);
    expect(only(sent, 'ask')).toHaveLength(1);
    expect(only(sent, 'ask')[0]).toMatch(RESULT);
  });

  test('answered, and the handle knows it: nothing waits', () => {
    const rig = underWay();
    rig.receive(calls('a'));
    answer(rig);
    rig.receive(sound(), COMPLETE, handle('h-2'));
    const sent = summary(rig.switchOver());
    expect([...only(sent, 'answer'), ...only(sent, 'ask')]).toEqual([]);
  });

  test.each<[string, (rig: ReturnType<typeof converse>) => void]>([
    [
      'answered and spoken of',
      (rig) => {
        answer(rig);
        rig.receive(sound(), COMPLETE);
      },
    ],
    ['cancelled', (rig) => rig.receive({ toolCallCancellation: { ids: ['a'] } })],
  ])('%s since the handle: what waits for it is set free, without a question', (_what, since) => {
    const rig = underWay();
    rig.receive(calls('a'), handle('h-2'));
    since(rig);
    const sent = summary(rig.switchOver());
    expect(only(sent, 'answer')).toHaveLength(1);
    expect(only(sent, 'answer')[0]).toMatch(/^answer a \{"error":.*dealt with before/);
    expect(only(sent, 'ask')).toEqual([]);
  });

  test('pending over two losses: told to wait each time, the result once', () => {
    const rig = underWay();
    rig.receive(calls('a'), handle('h-2'));
    rig.switchOver();
    rig.clock.advance(10_000);
    const sent = rig.switchOver();
    expect(only(summary(sent), 'answer')).toHaveLength(1);
    answer(rig);
    expect(only(summary(sent), 'ask')).toHaveLength(1);
  });

  test('told to wait, and the newest handle knows it: not told again', () => {
    const rig = underWay();
    rig.receive(calls('a'), handle('h-2'));
    rig.switchOver();
    rig.clock.advance(200);
    rig.receive(handle('h-3'));
    rig.clock.advance(10_000);
    expect(only(summary(rig.switchOver()), 'answer')).toEqual([]);
  });

  test('a new model is not answered what it never called, and gets the result as words', () => {
    const rig = underWay();
    rig.receive(calls('a'), handle('h-2'));
    const sent = rig.switchOver({ is: 'closed', code: 1007, reason: '' });
    answer(rig);
    expect(only(summary(sent), 'answer')).toEqual([]);
    expect(only(summary(sent), 'ask')).toHaveLength(1);
  });

  test('a call and a broken turn: no continuation, the result goes on', () => {
    const rig = underWay();
    rig.receive(sound(), calls('a'));
    const sent = rig.switchOver();
    expect(only(summary(sent), 'ask')).toEqual([]);
    answer(rig);
    expect(only(summary(sent), 'ask')[0]).toMatch(RESULT);
  });
});

describe('notes', () => {
  test('wait while the agent speaks and until its turn is complete, and are told once', () => {
    const rig = underWay();
    rig.receive(sound());
    rig.session.inform('one');
    rig.receive(GENERATED);
    rig.session.inform('two');
    expect(only(summary(rig.sent()), 'note')).toEqual([]);
    rig.receive(COMPLETE, COMPLETE);
    expect(only(summary(rig.sent()), 'note')).toEqual(['note one\ntwo']);
  });

  test('wait while the caller speaks or waits, while a prompt is unanswered, while a function runs', () => {
    const rig = underWay();
    rig.callerSpeaks(400);
    rig.session.inform('note');
    rig.receive(calls('a'), COMPLETE);
    answer(rig);
    rig.receive(COMPLETE);
    expect(only(summary(rig.sent()), 'note')).toEqual([]);
    rig.receive(sound(), COMPLETE);
    expect(only(summary(rig.sent()), 'note')).toEqual(['note note']);
  });

  /** `send_keys` was answered, the model need not say anything to it, and says that it waits. */
  function mayBeSilent() {
    const rig = underWay();
    rig.receive(calls('a'));
    rig.session.answerTool({ id: toolCallId('a'), name: 'look_up', response: {}, maybeSilent: true });
    rig.receive(COMPLETE);
    const told = (): string[] => only(summary(rig.sent()), 'note');
    return Object.assign(rig, { told });
  }

  test('wait for no word to a result to which there need be none, a second after the model waits', () => {
    const rig = mayBeSilent();
    rig.session.inform('one');
    rig.clock.advance(999);
    rig.session.send(frame(0));
    expect(rig.told(), 'some say that they wait once more before they speak').toEqual([]);
    rig.clock.advance(1);
    rig.session.send(frame(0));
    expect(rig.told()).toEqual(['note one']);
    rig.session.inform('two');
    expect(rig.told()).toEqual(['note one', 'note two']);
  });

  test('wait for a word to such a result that comes after all', () => {
    const rig = mayBeSilent();
    rig.session.inform('one');
    rig.clock.advance(900);
    rig.receive(sound());
    rig.clock.advance(5_000);
    rig.session.send(frame(0));
    expect(rig.told()).toEqual([]);
    rig.receive(COMPLETE);
    expect(rig.told()).toEqual(['note one']);
  });

  test('a new connection is not asked to go on with such a result', () => {
    const soon = mayBeSilent();
    expect(only(summary(soon.switchOver()), 'ask')).toHaveLength(1);
    const later = mayBeSilent();
    later.clock.advance(1_000);
    expect(only(summary(later.switchOver()), 'ask')).toEqual([]);
  });

  test('extended thinking: wait for IDLE', () => {
    const rig = underWay({ model: EXTENDED });
    rig.receive({ interactionStatus: 'IN_PROGRESS' }, sound(), COMPLETE);
    rig.session.inform('note');
    expect(only(summary(rig.sent()), 'note')).toEqual([]);
    rig.receive({ interactionStatus: 'IDLE' });
    expect(only(summary(rig.sent()), 'note')).toEqual(['note note']);
  });

  test('given while the model is away: told when it is there', () => {
    const rig = underWay();
    rig.end();
    rig.session.inform('note');
    rig.clock.advance(0);
    rig.receive(READY);
    expect(only(summary(rig.sent()), 'note').at(-1)).toBe('note note');
  });

  test('never cut off the rest of a broken turn: they wait until it was said', () => {
    const rig = underWay();
    rig.receive(sound());
    rig.session.inform('note');
    const sent = rig.switchOver();
    expect(summary(sent).at(-1)).toMatch(CONTINUATION);
    rig.receive(sound(), COMPLETE);
    expect(summary(sent).at(-1)).toBe('note note');
  });

  test('told after the handle was given: told again; told before it: not', () => {
    const rig = underWay();
    rig.session.inform('before');
    rig.clock.advance(200);
    rig.receive(handle('h-2'));
    rig.session.inform('after');
    expect(summary(rig.switchOver()).slice(1)).toEqual(['note after']);
  });

  test('given before the handle and not told by then: told after it', () => {
    const rig = underWay();
    rig.receive(sound());
    rig.session.inform('note');
    rig.clock.advance(1_000);
    rig.receive(GENERATED, handle('h-2'));
    expect(summary(rig.switchOver()).at(-1)).toBe('note note');
  });

  test('all of them to a new model', () => {
    const rig = underWay();
    rig.session.inform('one');
    rig.session.inform('two');
    const sent = summary(rig.switchOver({ is: 'closed', code: 1007, reason: '' }));
    expect(sent).toEqual(['history model: Hello, this is Harbour Dental.', 'note one\ntwo']);
  });
});

describe('what a broken sentence was about', () => {
  const result = '{"found":"Ada"}';

  test('a result that it was speaking of, whose handle is older', () => {
    const rig = underWay();
    rig.receive(calls('a'));
    answer(rig);
    rig.receive(sound(), words('It is on'));
    rig.said.push({ who: 'agent', text: 'It is on' });
    const [asked] = only(summary(rig.switchOver()), 'ask');
    expect(asked).toMatch(CONTINUATION);
    expect(asked).toContain(`look_up has answered: ${result}`);
  });

  test('not any more once a handle stands for what was said of it', () => {
    const rig = underWay();
    rig.receive(calls('a'));
    answer(rig);
    rig.receive(sound(), COMPLETE, handle('h-2'), sound());
    rig.said.push({ who: 'agent', text: 'It is on Monday. And' });
    expect(only(summary(rig.switchOver()), 'ask')[0]).not.toContain('has answered');
  });

  test('a prompt that it was speaking to; without a word of the answer, it is asked again as it was', () => {
    const rig = underWay();
    rig.session.prompt('Offer the discount.');
    rig.receive(sound());
    rig.said.push({ who: 'caller', text: 'Hm.' });
    expect(only(summary(rig.switchOver()), 'ask')[0]).toMatch(/Offer the discount\.$/);
    rig.clock.advance(10_000);
    rig.receive(sound(), words('We have'));
    rig.said.push({ who: 'agent', text: 'We have' });
    const again = only(summary(rig.switchOver()), 'ask')[0];
    expect(again).toMatch(CONTINUATION);
    expect(again).toContain('What you were speaking to: Offer the discount.');
  });

  test('a filler’s sound does not answer the result of a call that was not waited for', () => {
    const tools = [{ name: 'look_up', description: '', parameters: {}, behavior: 'non-blocking' as const }];
    const rig = underWay({ wanted: { tools } });
    rig.receive(sound(), calls('a'));
    answer(rig);
    rig.receive(sound(), GENERATED);
    expect(only(summary(rig.switchOver()), 'ask')[0]).toMatch(/^ask \[The result of look_up/);
  });

  test('a silent tool’s result is only told', () => {
    const tools = [
      {
        ...{ name: 'look_up', description: '', parameters: {} },
        ...{ behavior: 'non-blocking' as const, scheduling: 'silent' as const },
      },
    ];
    const rig = underWay({ wanted: { tools } });
    rig.receive(calls('a'));
    const sent = rig.switchOver();
    answer(rig);
    expect(only(summary(sent), 'ask')).toEqual([]);
    expect(summary(sent).at(-1)).toBe(`note look_up has answered: ${result}`);
  });

  test('a handle that comes with the setup does not know what was answered since: it is answered again', () => {
    const rig = underWay();
    rig.receive(calls('a'), handle('h-2'));
    rig.switchOver();
    rig.receive(handle('h-3'));
    rig.clock.advance(10_000);
    expect(only(summary(rig.switchOver()), 'answer')).toHaveLength(1);
  });
});

describe('order and sound', () => {
  test('history, then answers and reminder, then the question, then the caller', () => {
    const rig = underWay();
    rig.receive(calls('a'), handle('h-2'));
    rig.end();
    rig.session.send(frame(1));
    answer(rig);
    rig.clock.advance(0);
    rig.hooks.onEvent = ({ type }) => {
      if (type === 'switched') rig.session.prompt('inside');
    };
    rig.receive(READY);
    expect(summary(rig.sent()).map((line) => line.split(' ')[0])).toEqual([
      ...['answer', 'note', 'ask', 'ask', 'sound'],
    ]);
    expect(summary(rig.sent())[3]).toBe('ask inside');
  });

  test('over a caller who speaks, the agent’s broken turn is not gone on with', () => {
    const rig = underWay();
    rig.receive(sound());
    for (let count = 0; count < 20; count += 1) rig.session.send(loudFrame());
    expect(only(summary(rig.switchOver()), 'ask')).toEqual([]);
  });

  test('a caller who spoke is heard again; over a cough that did not interrupt, the agent goes on', () => {
    const rig = underWay();
    rig.receive(sound());
    rig.callerSpeaks(1_000);
    const sent = summary(rig.switchOver());
    expect(only(sent, 'ask')).toHaveLength(1);
    const [, count] = /×(\d+)/.exec(sent.at(-1)!)!;
    expect(Number(count)).toBeGreaterThanOrEqual(80);
  });

  test('however softly the caller speaks while the model is away, all of it arrives', () => {
    const rig = underWay();
    rig.end();
    for (let count = 0; count < 200; count += 1) rig.session.send(frame(count % 3));
    rig.clock.advance(0);
    rig.receive(READY);
    expect(summary(rig.sent()).at(-1)).toBe('sound ×200');
  });

  test('a caller who was answered is not heard again', () => {
    const rig = underWay();
    rig.callerSpeaks(1_000);
    rig.receive(sound(), COMPLETE);
    for (let count = 0; count < 50; count += 1) rig.session.send(frame(0));
    expect(summary(rig.switchOver()).at(-1)).toBe('sound ×30');
  });

  test('a caller whose words made the model call a function is not heard again: it has understood them', () => {
    const rig = underWay();
    rig.callerSpeaks(1_000);
    rig.receive(calls('a'));
    for (let count = 0; count < 50; count += 1) rig.session.send(frame(0));
    expect(summary(rig.switchOver()).at(-1)).toBe('sound ×30');
  });

  test('an activity of our own is opened again around what was not answered', () => {
    const rig = underWay({ wanted: { voiceActivity: { detector: 'local' } } });
    rig.callerSpeaks(1_000);
    const sent = summary(rig.switchOver());
    expect(sent.slice(-3).map((line) => line.split(' ')[0])).toEqual(['started', 'sound', 'ended']);
  });
});

describe('the moment of a renewal, with 31 s left', () => {
  const now = (rig: ReturnType<typeof converse>): string => {
    rig.receive({ goAway: { timeLeft: '31s' } });
    if (rig.dialled.length > 1) return 'at once';
    rig.clock.advance(20_000);
    if (rig.dialled.length > 1) return 'in the last third';
    rig.clock.advance(10_000);
    return rig.dialled.length > 1 ? 'at the last moment' : 'never';
  };

  test.each<[string, (rig: ReturnType<typeof converse>) => void, string]>([
    ['nothing happened since the handle', () => undefined, 'at once'],
    ['a note was told since the handle', (rig) => rig.session.inform('a note'), 'in the last third'],
    [
      'a turn was said since the handle',
      (rig) => rig.receive(sound(), GENERATED, COMPLETE),
      'in the last third',
    ],
    ['the agent speaks', (rig) => rig.receive(sound(), handle('h-2')), 'at the last moment'],
    [
      'the agent is still being heard',
      (rig) => rig.receive(sound(), GENERATED, handle('h-2')),
      'at the last moment',
    ],
    ['a prompt is not answered', (rig) => rig.session.prompt('asked'), 'at the last moment'],
    ['a function runs', (rig) => rig.receive(calls('a'), handle('h-2')), 'at the last moment'],
    ['the caller waits, whose words are kept', (rig) => rig.callerSpeaks(400), 'in the last third'],
  ])('%s', (_what, happens, when) => {
    const rig = underWay();
    happens(rig);
    expect(now(rig)).toBe(when);
  });

  test('a new session has no handle yet: it is not settled by what an older one knew', () => {
    const rig = underWay();
    rig.switchOver({ is: 'closed', code: 1007, reason: '' });
    const dials = rig.dialled.length;
    rig.receive({ goAway: { timeLeft: '31s' } });
    expect(rig.dialled).toHaveLength(dials);
  });
});

describe('a listener that acts inside an event', () => {
  test.each(['switching', 'turnEnded', 'switched'])('closes in `%s`: silent from then on', (at) => {
    const rig = underWay();
    rig.receive(sound());
    rig.hooks.onEvent = ({ type }) => {
      if (type === at) rig.session.close();
    };
    rig.end();
    rig.clock.advance(0);
    if (at === 'switched') rig.receive(READY);
    rig.clock.advance(60_000);
    expect(rig.told.at(-1)?.split(/[ ,]/)[0]).toBe(at);
    expect(rig.dialled).toHaveLength(at === 'switched' ? 2 : 1);
    expect(rig.clock.pending).toBe(0);
  });

  test.each(['switching', 'turnEnded'])('closes in `%s` of a planned renewal: nobody dials', (at) => {
    const rig = underWay();
    rig.receive(sound());
    rig.hooks.onEvent = ({ type }) => {
      if (type === at) rig.session.close();
    };
    rig.receive({ goAway: { timeLeft: '0.2s' } });
    rig.clock.advance(60_000);
    expect([rig.dialled.length, rig.dialled[0]!.closes, rig.clock.pending]).toEqual([1, 1, 0]);
  });

  test('prompts, notes, answers and sound given inside `switching` all arrive once', () => {
    const rig = underWay();
    rig.receive(calls('a'));
    rig.hooks.onEvent = ({ type }) => {
      if (type !== 'switching') return;
      rig.session.prompt('asked');
      answer(rig);
      rig.session.send(frame(5));
    };
    rig.end();
    rig.clock.advance(0);
    rig.receive(READY);
    const sent = summary(rig.sent());
    expect(only(sent, 'ask')).toHaveLength(1);
    expect(only(sent, 'ask')[0]).toMatch(/^ask asked\n\[The result of look_up/);
    expect(sent.at(-1)).toBe('sound ×1');
    expect(summary(rig.dialled[0]!.sent)).toEqual([`ask ${GREETING}`]);
  });
});

test('the agent’s turns and the numbers taken for other sound go on rising over every loss', () => {
  const rig = underWay();
  expect(rig.session.takeTurn()).toBe(2);
  rig.receive(sound());
  rig.end(CLOSED);
  expect(rig.session.takeTurn()).toBe(4);
  rig.clock.advance(0);
  rig.receive(READY, sound());
  expect(rig.told.filter((line) => line.startsWith('turnStarted'))).toEqual([
    'turnStarted 3',
    'turnStarted 5',
  ]);
});

test('words and sound of a turn that broke do not come back as the next one’s', () => {
  const rig = underWay();
  rig.receive(sound(), INTERRUPTED);
  rig.switchOver();
  rig.receive(words('New words.'), sound());
  expect(rig.told.slice(-3)).toEqual(['turnStarted 3', 'agent 3:New words.', 'sound 3:4']);
});

test('what the old connection still says when the new one is dialled is not told', () => {
  const rig = underWay();
  rig.receive({ goAway: { timeLeft: '0.2s' } });
  const before = rig.told.length;
  rig.dialled[0]!.to.onMessage(sound());
  rig.dialled[0]!.to.onEnded(CLOSED);
  rig.receive(READY);
  rig.dialled[0]!.to.onMessage({ toolCall: { functionCalls: [{ id: 'x', name: 'y' }] } });
  rig.dialled[0]!.to.onEnded(CLOSED);
  expect(rig.told.slice(before)).toEqual(['switched, memory kept']);
  expect(rig.dialled).toHaveLength(2);
});
