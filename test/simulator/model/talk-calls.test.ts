// Function calls: who waits for whom, what is cancelled, which answers are refused, what a resumed conversation knows.
import { describe, expect, test } from 'vitest';
import { INVALID, openTalk, prompt, refusal, voice, type TalkRig } from './talk-rig.ts';

const ASKING = {
  name: 'asking',
  turns: [
    {
      hears: 'Who am I?',
      steps: [
        { say: 'One moment.' },
        { call: { name: 'look_up', args: { who: 'caller' } } },
        { say: 'You are {{look_up.name}}.' },
      ],
    },
    { hears: 'Wait.', steps: [{ say: 'I wait.' }] },
  ],
};
const tools = (behavior?: string): object => ({
  tools: [{ functionDeclarations: [{ name: 'look_up', ...(behavior && { behavior }) }, { name: 'other' }] }],
});
const callIds = (rig: TalkRig): string[] =>
  rig.notes.flatMap((note) => (note.type === 'called' ? [note.id] : []));

describe('function calls', () => {
  test('the words wait for the answer and quote it', () => {
    const rig = openTalk(ASKING, tools());
    rig.utter();
    rig.hush(6_000);
    expect(rig.story()).toEqual(['heard: Who am I?', 'sound', 'said: One moment.', 'call: look_up']);
    const call = rig.sent.find(({ message }) => message.toolCall)!.message.toolCall!.functionCalls![0]!;
    expect(call.args).toEqual({ who: 'caller' });
    rig.talk.toolResponse([{ id: call.id!, name: 'look_up', response: { name: 'Ada' } }]);
    rig.hush(6_000);
    expect(rig.story().slice(4)).toEqual([
      'sound',
      'said: You are Ada.',
      'generationComplete',
      'turnComplete',
    ]);
  });

  test('a pending BLOCKING call is cancelled when the caller speaks; its late answer is let pass', () => {
    const rig = openTalk(ASKING, tools('BLOCKING'));
    rig.utter();
    rig.hush(6_000);
    rig.hear(voice('no'));
    expect(rig.story().slice(-3)).toEqual(['cancelled', 'interrupted', 'turnComplete']);
    const [id] = callIds(rig);
    expect(rig.sent.find(({ message }) => message.toolCallCancellation)?.message).toEqual({
      toolCallCancellation: { ids: [id] },
    });
    expect(refusal(() => rig.talk.toolResponse([{ id: id!, response: { name: 'Ada' } }]))).toBe('taken');
    rig.hush(6_000);
    expect(rig.story()).toContain('said: I wait.');
    expect(rig.story()).not.toContain('said: You are Ada.');
  });

  test('a pending NON_BLOCKING call is not', () => {
    const rig = openTalk(ASKING, tools('NON_BLOCKING'));
    rig.utter();
    rig.hush(6_000);
    rig.hear(voice('no'));
    expect(rig.story()).not.toContain('cancelled');
  });

  test('what is undeclared blocks on 2.5 and does not on 3.8', () => {
    for (const [model, cancels] of [
      ['models/gemini-2.5-flash-native-audio-latest', true],
      ['models/gemini-3.8-live', false],
    ] as const) {
      const rig = openTalk(ASKING, { ...tools(), model });
      rig.utter();
      rig.hush(6_000);
      rig.hear(voice('no'));
      expect(rig.story().includes('cancelled')).toBe(cancels);
    }
  });

  test('several calls go out together, and every answer is waited for', () => {
    const rig = openTalk(
      {
        name: 'x',
        turns: [{ steps: [{ call: [{ name: 'look_up' }, { name: 'other' }] }, { say: 'Done.' }] }],
      },
      tools(),
    );
    rig.utter();
    rig.hush(1_000);
    expect(rig.sent.filter(({ message }) => message.toolCall)).toHaveLength(1);
    const [first, second] = callIds(rig);
    rig.talk.toolResponse([{ id: second!, response: {} }]);
    rig.hush(2_000);
    expect(rig.story()).not.toContain('said: Done.');
    rig.talk.toolResponse([{ id: first!, response: {} }]);
    rig.hush(3_000);
    expect(rig.story()).toContain('said: Done.');
  });

  test('wait: false goes on meanwhile', () => {
    const rig = openTalk(
      { name: 'x', turns: [{ steps: [{ call: { name: 'look_up' }, wait: false }, { say: 'Meanwhile.' }] }] },
      tools(),
    );
    rig.utter();
    rig.hush(4_000);
    expect(rig.story()).toEqual([
      'call: look_up',
      'sound',
      'said: Meanwhile.',
      'generationComplete',
      'turnComplete',
    ]);
    expect(refusal(() => rig.talk.toolResponse([{ id: callIds(rig)[0]!, response: {} }]))).toBe('taken');
  });

  test('willContinue keeps the call open', () => {
    const rig = openTalk(ASKING, tools());
    rig.utter();
    rig.hush(6_000);
    const id = callIds(rig)[0]!;
    rig.talk.toolResponse([{ id, response: { name: 'wait' }, willContinue: true }]);
    rig.hush(3_000);
    expect(rig.story().at(-1)).toBe('call: look_up');
    rig.talk.toolResponse([{ id, response: { name: 'Ada' } }]);
    rig.hush(5_000);
    expect(rig.story()).toContain('said: You are Ada.');
  });

  test('a function that was not declared is never called', () => {
    const rig = openTalk(ASKING);
    rig.utter();
    rig.hush(8_000);
    expect(rig.story()).toEqual([
      'heard: Who am I?',
      'sound',
      'said: One moment. You are .',
      'generationComplete',
      'turnComplete',
    ]);
  });

  test('answers nobody waits for are refused', () => {
    const rig = openTalk(ASKING, tools());
    rig.utter();
    rig.hush(6_000);
    const id = callIds(rig)[0]!;
    const answer = (given: object): string => refusal(() => rig.talk.toolResponse([given]));
    expect(answer({ name: 'look_up', response: {} })).toBe(INVALID);
    expect(answer({ id: '', name: 'look_up', response: {} })).toBe(INVALID);
    expect(answer({ id: 'function-call-0', name: 'look_up', response: {} })).toBe(INVALID);
    expect(answer({ id, name: 'other', response: {} })).toBe(INVALID);
    expect(answer({ id, name: 'look_up' })).toBe(INVALID);
    expect(refusal(() => rig.talk.toolResponse([]))).toBe(INVALID);
    expect(answer({ id, name: 'look_up', response: {}, scheduling: 'SILENT' })).toBe('taken');
    expect(answer({ id, name: 'look_up', response: {} })).toBe(INVALID);
  });

  test('ET refuses scheduling, and says IDLE', () => {
    const rig = openTalk(ASKING, {
      ...tools(),
      model: 'models/gemini-3.8-live-extended-thinking',
      generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } },
    });
    rig.utter();
    rig.hush(6_000);
    const id = callIds(rig)[0]!;
    expect(refusal(() => rig.talk.toolResponse([{ id, response: {}, scheduling: 'INTERRUPT' }]))).toBe(
      '1007 Function response scheduling is not supported for this model.',
    );
    rig.talk.toolResponse([{ id, response: {} }]);
    rig.hush(6_000);
    expect(rig.sent.at(-1)?.message.serverContent).toEqual({ turnComplete: true, interactionStatus: 'IDLE' });
  });
});

test('a conversation is taken up from its snapshot: no second greeting, next turn, calls still known', () => {
  const setup = tools('BLOCKING');
  const before = openTalk({ ...ASKING, greeting: { say: 'Good day.' } }, setup);
  prompt(before, 'Greet.');
  before.hush(4_000);
  before.utter();
  before.hush(6_000);
  const [id] = callIds(before);
  const after = openTalk({ ...ASKING, greeting: { say: 'Good day.' } }, setup, before.talk.snapshot());
  expect(refusal(() => after.talk.toolResponse([{ id: id!, response: { error: 'lost' } }]))).toBe('taken');
  prompt(after, 'Go on.');
  after.hush(4_000);
  expect(after.story()).toContain('said: I wait.');
});
