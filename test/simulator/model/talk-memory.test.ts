// What a conversation does with what it is told of its past.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ScriptSource } from '../../../src/simulator/model/script.ts';
import {
  cutAfter,
  GREETED,
  LONG,
  notedBy,
  openTalk,
  prompt,
  saidBy,
  TWO_TURNS,
  WORDS,
  type TalkRig,
} from './talk-rig.ts';

const context = (rig: TalkRig, ...turns: [role: string, text: string][]): void =>
  rig.talk.clientContent({ turns: turns.map(([role, text]) => ({ role, parts: [{ text }] })) });

describe('a new conversation that is told of its past', () => {
  test('says the rest of a sentence, with the sound that belongs to it, and the next turn after it', () => {
    const whole = openTalk(TWO_TURNS);
    whole.utter();
    whole.hush(15_000);
    const rig = openTalk(TWO_TURNS);
    prompt(rig, cutAfter(8));
    rig.hush(15_000);
    const rest = WORDS.slice(8).join(' ');
    expect(rig.story()).toEqual(['sound', `said: ${rest}`, 'generationComplete', 'turnComplete']);
    expect(notedBy(rig)).toEqual([rest]);
    const share = (WORDS.length - 8) / WORDS.length;
    expect(rig.soundMs()).toBeLessThanOrEqual(whole.soundMs() * share);
    expect(rig.soundMs()).toBeGreaterThan(whole.soundMs() * share - 100);
    rig.utter();
    rig.hush(5_000);
    expect(rig.story()).toContain('said: Second answer.');
  });

  test('says the last word of a sentence aloud, too', () => {
    const rig = openTalk(TWO_TURNS);
    prompt(rig, cutAfter(WORDS.length - 1));
    rig.hush(3_000);
    expect(saidBy(rig)).toEqual(['said: it.']);
    expect(rig.soundMs()).toBeGreaterThan(0);
  });

  test('has sound for the last word even of a recording that is faster than its text', () => {
    const words = Array.from({ length: 400 }, (_, word) => `word${word}`);
    const rig = openTalk({ name: 'x', greeting: { say: words.join(' '), audio: 'agent/goodbye.wav' } });
    prompt(rig, `[You: ${words.slice(0, -1).join(' ')}]`);
    rig.hush(3_000);
    expect(saidBy(rig)).toEqual(['said: word399']);
    expect(rig.soundMs()).toBeGreaterThan(0);
  });

  test('has nothing to say when all was said, until something new is asked', () => {
    const rig = openTalk(TWO_TURNS);
    prompt(rig, cutAfter(WORDS.length));
    rig.hush(5_000);
    expect(rig.sent).toEqual([]);
    prompt(rig, '[The caller pressed 1.]');
    rig.hush(5_000);
    expect(saidBy(rig)).toEqual(['said: Second answer.']);
  });

  test('answers a caller who speaks, whatever sentence had broken off', () => {
    const rig = openTalk(TWO_TURNS);
    context(rig, ['user', cutAfter(8)]);
    rig.hush(3_000);
    expect(rig.sent).toEqual([]);
    rig.utter();
    rig.hush(5_000);
    expect(saidBy(rig)).toEqual(['said: Second answer.']);
  });

  test('a caller who speaks before the first word of the rest has done with it', () => {
    const rig = openTalk(TWO_TURNS);
    prompt(rig, cutAfter(8));
    rig.utter();
    rig.hush(5_000);
    expect(saidBy(rig)).toEqual(['said: Second answer.']);
  });

  const history = (rig: TalkRig, turnComplete: boolean): void =>
    rig.talk.clientContent({
      turns: [
        { role: 'model', parts: [{ text: 'Good day.' }] },
        { role: 'user', parts: [{ text: 'My first question.' }] },
        { role: 'model', parts: [{ text: WORDS.slice(0, 3).join(' ') }] },
      ],
      turnComplete,
    });

  test('history is remembered and not answered; a text then gets the rest of its last sentence', () => {
    const rig = openTalk(TWO_TURNS, { historyConfig: { initialHistoryInClientContent: true } });
    history(rig, false);
    rig.talk.clientContent({ turnComplete: true });
    rig.hush(3_000);
    expect(rig.sent).toEqual([]);
    rig.talk.realtimeInput({ text: 'Say the rest.' });
    rig.hush(15_000);
    expect(saidBy(rig)).toEqual([`said: ${WORDS.slice(3).join(' ')}`]);
  });

  test('after history, a caller who speaks gets the next turn and no greeting', () => {
    const rig = openTalk(TWO_TURNS, { historyConfig: { initialHistoryInClientContent: true } });
    history(rig, true);
    rig.utter();
    rig.hush(5_000);
    expect(saidBy(rig)).toEqual(['said: Second answer.']);
  });

  test('a transcript in the instructions is remembered; a line quoted in them is not', () => {
    const told = (text: string): string[] => {
      const rig = openTalk(TWO_TURNS, { systemInstruction: { parts: [{ text }] } });
      prompt(rig, 'Go on.');
      rig.hush(15_000);
      return saidBy(rig);
    };
    expect(told(`Be kind. The call is under way:\n${GREETED}\nCaller: So?\nYou: This is a long`)).toEqual([
      `said: ${WORDS.slice(4).join(' ')}`,
    ]);
    expect(told(`Be kind. The call is under way:\n${GREETED}\nDo not greet again.`)).toEqual([
      `said: ${LONG}`,
    ]);
    expect(told('Greet with the words: Good day. You may say: This is a long answer.')).toEqual([
      'said: Good day.',
    ]);
  });

  test('what is told once in the instructions was said once', () => {
    const steps = [{ say: 'One moment, I will look.' }];
    const text = 'Be kind.\n[So far:\nYou: One moment, I will look.]\nBe short.';
    const rig = openTalk(
      { name: 'x', turns: [{ steps }, { steps }] },
      { systemInstruction: { parts: [{ text }] } },
    );
    rig.utter();
    rig.hush(4_000);
    expect(saidBy(rig)).toEqual(['said: One moment, I will look.']);
  });

  test('on 3.1 the nudge is what gets the rest', () => {
    const rig = openTalk(TWO_TURNS, { model: 'models/gemini-3.1-flash-live-preview' });
    prompt(rig, cutAfter(8));
    rig.hush(3_000);
    expect(rig.sent).toEqual([]);
    rig.talk.realtimeInput({ text: ' ' });
    rig.hush(15_000);
    expect(saidBy(rig)).toEqual([`said: ${WORDS.slice(8).join(' ')}`]);
  });
});

describe('a text that tells what is known and leaves nothing open gets no answer', () => {
  const ALL = cutAfter(WORDS.length);

  test.each<[string, (rig: TalkRig) => void, number]>([
    ['at once', (rig) => prompt(rig, ALL), 0],
    ['by realtimeInput', (rig) => rig.talk.realtimeInput({ text: ALL }), 0],
    [
      'parked, then completed',
      (rig) => {
        context(rig, ['user', ALL]);
        rig.talk.clientContent({ turnComplete: true });
      },
      0,
    ],
    [
      'parked, then something new',
      (rig) => {
        context(rig, ['user', ALL]);
        prompt(rig, '[The caller pressed 1.]');
      },
      1,
    ],
    [
      'in a model’s turn',
      (rig) => {
        context(rig, ['model', LONG]);
        rig.talk.clientContent({ turnComplete: true });
      },
      0,
    ],
  ])('%s', (_, act, answers) => {
    const rig = openTalk(TWO_TURNS);
    act(rig);
    rig.hush(5_000);
    expect(saidBy(rig)).toHaveLength(answers);
  });
});

describe('the receptionist, cut after any word', () => {
  const script = resolve(import.meta.dirname, '../../../fixtures/scripts/receptionist.yaml');
  const source = parse(readFileSync(script, 'utf8')) as ScriptSource;
  const setup = { tools: [{ functionDeclarations: [{ name: 'look_up_contact' }, { name: 'end_call' }] }] };
  const said = (...lines: string[]): string => lines.map((line) => `You: ${line}`).join('\n');
  const HELLO = 'Hello, this is Liveline at Harbour Dental. How can I help you?';
  const LOOK = 'Of course. One moment, I will have a look.';
  const FOUND = 'Thank you, Ada Moreno. Your next appointment is Friday at ten past eleven.';

  /** What a new model says that is asked for the rest. */
  const restOf = (told: string): TalkRig => {
    const rig = openTalk(source, setup);
    prompt(
      rig,
      `[It was cut. The caller heard this:\n${told}\nSay the rest of your last sentence, and greet nobody.]`,
    );
    rig.hush(25_000);
    return rig;
  };

  const words = HELLO.split(' ');
  test.each(words.map((_, count) => count).slice(1))('its greeting, after %d', (count) => {
    expect(notedBy(restOf(said(words.slice(0, count).join(' '))))).toEqual([words.slice(count).join(' ')]);
  });

  const found = FOUND.split(' ');
  test.each([
    [2, 'Your next appointment is not known to me.'],
    [4, 'Your next appointment is not known to me.'],
    [5, 'next appointment is not known to me.'],
    [7, 'is not known to me.'],
  ])('what it has looked up, after %d, without the result: no second look-up', (count, rest) => {
    const rig = restOf(said(HELLO, `${LOOK} ${found.slice(0, count).join(' ')}`));
    expect(rig.story().filter((word) => word.startsWith('call'))).toEqual([]);
    expect(notedBy(rig)).toEqual([rest]);
  });
});
