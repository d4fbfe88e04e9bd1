// A conversation taken up on another socket: what its handle stands for, and what becomes of calls and their results.
import { describe, expect, test } from 'vitest';
import type { TalkSnapshot } from '../../../src/simulator/model/talk.ts';
import {
  cutAfter,
  INVALID,
  LONG,
  notedBy,
  openTalk,
  prompt,
  refusal,
  saidBy,
  TWO_TURNS,
  WORDS,
  type TalkRig,
} from './talk-rig.ts';

const ASKING = {
  name: 'asking',
  greeting: { say: 'Good day to you.' },
  turns: [
    {
      steps: [
        { say: 'One moment, I will look.' },
        { call: { name: 'look_up' } },
        { say: 'You are {{look_up.name}}.' },
      ],
    },
    { steps: [{ say: 'I wait.' }] },
  ],
};
const TOOLS = { tools: [{ functionDeclarations: [{ name: 'look_up', behavior: 'BLOCKING' }] }] };
const RESULT =
  '[The result of look_up, which you called before: {"name":"Ada"}\nGo on without calling look_up again.]';

/** The conversation while it waits for `look_up`. */
function calling(): { before: TalkRig; id: string } {
  const before = openTalk(ASKING, TOOLS);
  prompt(before, 'Greet.');
  before.hush(4_000);
  before.utter();
  before.hush(5_000);
  const id = before.notes.flatMap((note) => (note.type === 'called' ? [note.id] : []))[0]!;
  return { before, id };
}
const takenUp = (from: TalkSnapshot): TalkRig => openTalk(ASKING, TOOLS, from);

describe('a result that comes as text', () => {
  test('is what the words after the call rest on, in a new conversation', () => {
    const rig = openTalk(ASKING, TOOLS);
    prompt(
      rig,
      `[Said:\nYou: Good day to you.\nYou: One moment, I will look.\nYou have called look_up; wait.]`,
    );
    rig.hush(3_000);
    expect(rig.sent).toEqual([]);
    prompt(rig, RESULT);
    rig.hush(3_000);
    expect(saidBy(rig)).toEqual(['said: You are Ada.']);
    prompt(rig, RESULT);
    rig.hush(3_000);
    expect(saidBy(rig)).toHaveLength(1);
  });

  test('is waited for after an error answered the call', () => {
    const { before, id } = calling();
    const rig = takenUp(before.talk.snapshot());
    rig.talk.toolResponse([{ id, response: { error: 'The result follows.' } }]);
    prompt(rig, '[Said:\nYou: One moment, I will look.\nWait.]');
    rig.hush(3_000);
    expect(rig.sent).toEqual([]);
    prompt(rig, RESULT);
    rig.hush(3_000);
    expect(saidBy(rig)).toEqual(['said: You are Ada.']);
  });

  test('says nothing once the caller has gone on', () => {
    const { before, id } = calling();
    const rig = takenUp(before.talk.snapshot());
    rig.talk.toolResponse([{ id, response: { error: 'The result follows.' } }]);
    rig.utter();
    rig.hush(3_000);
    prompt(rig, RESULT);
    rig.hush(3_000);
    expect(saidBy(rig)).toEqual(['said: I wait.']);
  });

  test('without the call being told, the call is made', () => {
    const rig = openTalk(ASKING, TOOLS);
    prompt(rig, '[You: One moment, I will look.\nGo on.]');
    rig.hush(3_000);
    expect(saidBy(rig)).toEqual(['call: look_up']);
  });
});

describe('a call of an earlier socket', () => {
  test('may still be answered with its result, and the words after it follow', () => {
    const { before, id } = calling();
    const rig = takenUp(before.talk.snapshot());
    rig.talk.toolResponse([{ id, response: { name: 'Ada' } }]);
    rig.hush(3_000);
    expect(saidBy(rig)).toEqual(['said: You are Ada.']);
  });

  test('is waited for like every other that was made with it', () => {
    const both = {
      name: 'both',
      turns: [{ steps: [{ call: [{ name: 'look_up' }, { name: 'look_up' }] }, { say: 'Both are done.' }] }],
    };
    const before = openTalk(both, TOOLS);
    before.utter();
    before.hush(1_000);
    const [first, second] = before.notes.flatMap((note) => (note.type === 'called' ? [note.id] : []));
    const rig = openTalk(both, TOOLS, before.talk.snapshot());
    rig.talk.toolResponse([{ id: first!, response: {} }]);
    rig.hush(3_000);
    expect(rig.sent).toEqual([]);
    rig.talk.toolResponse([{ id: second!, response: {} }]);
    rig.hush(3_000);
    expect(saidBy(rig)).toEqual(['said: Both are done.']);
  });

  test('unanswered, swallows one utterance and is not cancelled by it', () => {
    const { before, id } = calling();
    const rig = takenUp(before.talk.snapshot());
    rig.utter();
    rig.hush(3_000);
    expect(rig.sent).toEqual([]);
    rig.utter();
    rig.hush(3_000);
    expect(saidBy(rig)).toEqual(['said: I wait.']);
    expect(refusal(() => rig.talk.toolResponse([{ id, response: { name: 'Ada' } }]))).toBe('taken');
  });

  test('answered in time, swallows nothing', () => {
    const { before, id } = calling();
    const rig = takenUp(before.talk.snapshot());
    rig.talk.toolResponse([{ id, response: { error: 'lost' } }]);
    rig.utter();
    rig.hush(3_000);
    expect(saidBy(rig)).toEqual(['said: I wait.']);
  });

  test('is unknown to an older handle, and to a conversation that forgot', () => {
    const { before, id } = calling();
    for (const from of [before.moves[0]!, undefined]) {
      const rig = openTalk(ASKING, TOOLS, from);
      expect(refusal(() => rig.talk.toolResponse([{ id, response: { error: 'lost' } }]))).toBe(INVALID);
    }
  });
});

describe('a handle issued while a reply is under way', () => {
  test('comes when it begins, when all is sent, when a tool is called and when it has answered', () => {
    const { before, id } = calling();
    const places = (): unknown[] =>
      before.moves.map(({ position: { next, left } }) => [
        next,
        left && [left.is, left.place.step, left.place.word, ...left.place.awaits],
      ]);
    const soFar = [
      [0, ['broken', 0, 0]],
      [0, undefined],
      [1, ['broken', 0, 0]],
      [1, ['broken', 2, 0, 'look_up']],
    ];
    expect(places()).toEqual(soFar);
    before.talk.toolResponse([{ id, response: { name: 'Ada' } }]);
    before.hush(3_000);
    expect(places()).toEqual([...soFar, [1, ['broken', 2, 0]], [1, undefined]]);
  });

  const cutInMidSentence = (): TalkRig => {
    const before = openTalk(TWO_TURNS);
    before.utter();
    before.hush(1_300);
    return before;
  };

  test('knows what was sent: a text gets the rest, no word twice and none lost', () => {
    const before = cutInMidSentence();
    const sent = saidBy(before)[0]!.slice('said: '.length);
    expect(sent.split(' ').length).toBeGreaterThan(5);
    expect(sent).not.toBe(LONG);
    for (const text of ['Go on.', `[You: ${sent}\nSay the rest.]`]) {
      const rig = openTalk(TWO_TURNS, {}, before.talk.snapshot());
      prompt(rig, text);
      rig.hush(15_000);
      expect(`${sent} ${notedBy(rig).join(' ')}`).toBe(LONG);
      expect(saidBy(rig)).toEqual([`said: ${LONG.slice(sent.length + 1)}`]);
    }
  });

  test('a caller who speaks gets the next turn', () => {
    const rig = openTalk(TWO_TURNS, {}, cutInMidSentence().talk.snapshot());
    rig.utter();
    rig.hush(5_000);
    expect(saidBy(rig)).toEqual(['said: Second answer.']);
  });

  test('older than the drop, it gets to know the rest from text', () => {
    const before = cutInMidSentence();
    const sent = saidBy(before)[0]!.slice('said: '.length);
    const rig = openTalk(TWO_TURNS, {}, before.moves[0]);
    prompt(rig, `[You: ${sent}\nSay the rest.]`);
    rig.hush(15_000);
    expect(`${sent} ${notedBy(rig).join(' ')}`).toBe(LONG);
  });

  test('of a reply that was not begun, it owes the whole of it to whoever asks', () => {
    const before = openTalk(TWO_TURNS);
    before.utter();
    const rig = openTalk(TWO_TURNS, {}, before.talk.snapshot());
    rig.utter();
    rig.hush(15_000);
    expect(saidBy(rig)).toEqual([`said: ${LONG}`]);
  });

  test('of a reply that broke off twice, it still knows how far it had got', () => {
    const first = openTalk(TWO_TURNS);
    prompt(first, cutAfter(5));
    first.hush(1_000);
    const sent = notedBy(first)[0]!;
    const heard = saidBy(first)[0]!.slice('said: '.length);
    expect(sent.startsWith(heard)).toBe(true);
    expect(heard.length).toBeLessThan(sent.length);
    const second = openTalk(TWO_TURNS, {}, first.talk.snapshot());
    prompt(second, 'Go on.');
    second.hush(15_000);
    expect(`${WORDS.slice(0, 5).join(' ')} ${heard} ${notedBy(second).join(' ')}`).toBe(LONG);
  });
});
