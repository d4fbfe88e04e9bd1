// The rules of the Live API's turns: who speaks when, what cuts what, and what is announced in which order.
import { describe, expect, test } from 'vitest';
import { Refused } from '../../../src/simulator/model/judge.ts';
import { openTalk, THINK_MS, voice, type TalkRig } from './talk-rig.ts';

const LONG = 'This is a long answer that goes on for quite a while, so that there is time to speak over it.';
const TWO_TURNS = {
  name: 'two',
  greeting: { say: 'Good day.' },
  turns: [
    { hears: 'My first question.', steps: [{ say: LONG }] },
    { hears: 'My second question.', steps: [{ say: 'Second answer.' }] },
  ],
};
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
const prompt = (rig: TalkRig, text: string): void =>
  rig.talk.clientContent({ turns: [{ role: 'user', parts: [{ text }] }], turnComplete: true });
const callIds = (rig: TalkRig): string[] =>
  rig.notes.flatMap((note) => (note.type === 'called' ? [note.id] : []));
const refusal = (act: () => void): string => {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof Refused) return `${thrown.code} ${thrown.message}`;
    throw thrown;
  }
  return 'taken';
};
const INVALID = '1007 Request contains an invalid argument.';

describe('a turn', () => {
  test('the end of speech brings transcript, sound with its words, generationComplete, then turnComplete', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.hush(15_000);
    expect(rig.story()).toEqual([
      'heard: My first question.',
      'sound',
      `said: ${LONG}`,
      'generationComplete',
      'turnComplete',
    ]);
  });

  test('sound comes at four times real time, turnComplete when it would have been heard', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.clock.advance(30_000);
    const at = (pick: (message: (typeof rig.sent)[number]['message']) => unknown): number =>
      rig.sent.find(({ message }) => pick(message))!.atMs;
    const soundMs = rig.soundMs();
    const first = at((message) => message.serverContent?.modelTurn);
    const generated = at((message) => message.serverContent?.generationComplete);
    const complete = at((message) => message.serverContent?.turnComplete);
    expect(soundMs).toBeGreaterThan(5_000);
    expect(generated - first).toBeGreaterThan(soundMs / 4 - 100);
    expect(generated - first).toBeLessThan(soundMs / 4 + 1);
    expect(complete - first).toBeCloseTo(soundMs, 0);
  });

  test('the first sound comes when speech has ended and the model has thought', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    const thoughtMs = rig.clock.nowMs();
    expect(rig.sent).toEqual([]);
    rig.clock.advance(THINK_MS);
    expect(rig.sent[0]!.atMs).toBeGreaterThan(thoughtMs);
  });

  test('usage comes with turnComplete and grows', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.hush(12_000);
    rig.utter();
    rig.hush(12_000);
    const bills = rig.sent.flatMap(({ message }) => (message.usageMetadata ? [message.usageMetadata] : []));
    expect(bills).toHaveLength(2);
    expect(bills[0]!.promptTokenCount).toBeGreaterThan(15);
    expect(bills[0]!.responseTokenCount).toBeGreaterThan(100);
    expect(bills[1]!.promptTokenCount).toBeGreaterThan(
      bills[0]!.promptTokenCount! + bills[0]!.responseTokenCount!,
    );
  });

  test('transcripts come only when asked for', () => {
    const rig = openTalk(TWO_TURNS);
    const bare = openTalk(TWO_TURNS, { inputAudioTranscription: undefined!, outputAudioTranscription: undefined! });
    for (const { utter, hush } of [rig, bare]) {
      utter();
      hush(12_000);
    }
    expect(bare.story()).toEqual(['sound', 'generationComplete', 'turnComplete']);
    expect(bare.soundMs()).toBe(rig.soundMs());
  });

  test('when turns run out, `otherwise` answers again and again; without it the model is silent', () => {
    const otherwise = openTalk({ name: 'x', otherwise: { steps: [{ say: 'Again.' }] } });
    const silent = openTalk({ name: 'x' });
    for (const rig of [otherwise, silent])
      for (let times = 0; times < 3; times++) {
        rig.utter();
        rig.hush(3_000);
      }
    expect(otherwise.story().filter((word) => word === 'said: Again.')).toHaveLength(3);
    expect(silent.sent).toEqual([]);
  });

  test('a turn without steps is heard and not answered', () => {
    const rig = openTalk({ name: 'x', turns: [{ hears: 'Hm.' }, { steps: [{ say: 'Yes?' }] }] });
    rig.utter();
    rig.hush(1_000);
    rig.utter();
    rig.hush(3_000);
    expect(rig.story()).toEqual(['heard: Hm.', 'sound', 'said: Yes?', 'generationComplete', 'turnComplete']);
  });

  test('a pause delays what follows it', () => {
    const plain = openTalk({ name: 'x', turns: [{ steps: [{ say: 'Yes?' }] }] });
    const paused = openTalk({ name: 'x', turns: [{ steps: [{ pause: '1.5s' }, { say: 'Yes?' }] }] });
    for (const rig of [plain, paused]) {
      rig.utter();
      rig.clock.advance(10_000);
    }
    expect(paused.sent[0]!.atMs - plain.sent[0]!.atMs).toBeCloseTo(1_500);
  });

  test('closing leaves no timer', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.clock.advance(400);
    expect(rig.clock.pending).toBe(1);
    rig.talk.close();
    expect(rig.clock.pending).toBe(0);
  });
});

describe('the greeting', () => {
  test('answers the first text, and only that', () => {
    const rig = openTalk(TWO_TURNS);
    prompt(rig, 'The call just connected.');
    rig.hush(5_000);
    prompt(rig, 'And now?');
    rig.hush(12_000);
    expect(rig.story().filter((word) => word.startsWith('said'))).toEqual(['said: Good day.', `said: ${LONG}`]);
  });

  test('is not spent by speech', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.hush(12_000);
    prompt(rig, 'Greet.');
    rig.hush(5_000);
    expect(rig.story()).toContain('said: Good day.');
  });

  test('by realtimeInput.text works as well', () => {
    const rig = openTalk(TWO_TURNS);
    rig.talk.realtimeInput({ text: 'Greet.' });
    rig.hush(5_000);
    expect(rig.story()).toContain('said: Good day.');
  });

  test('on 3.1 a user turn is answered only once realtimeInput nudges', () => {
    const rig = openTalk(TWO_TURNS, { model: 'models/gemini-3.1-flash-live-preview' });
    prompt(rig, 'Greet.');
    rig.hush(5_000);
    expect(rig.sent).toEqual([]);
    rig.talk.realtimeInput({ text: ' ' });
    rig.hush(5_000);
    expect(rig.story()).toContain('said: Good day.');
    rig.talk.realtimeInput({ text: ' ' });
    rig.hush(5_000);
    expect(rig.story().filter((word) => word === 'turnComplete')).toHaveLength(1);
  });

  test('history at the start is not answered when the setup says that it is history', () => {
    const rig = openTalk(TWO_TURNS, { historyConfig: { initialHistoryInClientContent: true } });
    prompt(rig, 'Old times.');
    rig.hush(5_000);
    expect(rig.sent).toEqual([]);
    prompt(rig, 'Greet.');
    rig.hush(5_000);
    expect(rig.story()).toContain('said: Good day.');
  });
});

describe('interruption', () => {
  test('speech over a reply brings interrupted, then turnComplete, and no generationComplete', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.hush(THINK_MS + 500);
    rig.hear(voice('no'));
    expect(rig.story()).toEqual([
      'heard: My first question.',
      'sound',
      expect.stringMatching(/^said: This is/),
      'interrupted',
      'turnComplete',
    ]);
    rig.hush(5_000);
    expect(rig.story().slice(5)).toEqual([
      'heard: My second question.',
      'sound',
      'said: Second answer.',
      'generationComplete',
      'turnComplete',
    ]);
  });

  test('it comes also after generationComplete, while the model believes that playback runs', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.hush(THINK_MS + 2_500);
    expect(rig.story()).toContain('generationComplete');
    expect(rig.story()).not.toContain('turnComplete');
    rig.hear(voice('no'));
    expect(rig.story().slice(-2)).toEqual(['interrupted', 'turnComplete']);
  });

  test('not after turnComplete', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.hush(15_000);
    rig.hear(voice('no'));
    expect(rig.story()).not.toContain('interrupted');
  });

  test('is seen within 200 ms of the onset of speech', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.hush(THINK_MS + 500);
    const onsetMs = rig.clock.nowMs() + 60; // the recording starts with 60 ms of silence
    rig.hear(voice('no'));
    const { atMs } = rig.sent.find(({ message }) => message.serverContent?.interrupted)!;
    expect(atMs - onsetMs).toBeGreaterThan(50);
    expect(atMs - onsetMs).toBeLessThan(200);
  });

  test('NO_INTERRUPTION lets the reply end and answers afterwards', () => {
    const rig = openTalk(TWO_TURNS, { realtimeInputConfig: { activityHandling: 'NO_INTERRUPTION' } });
    rig.utter();
    rig.hush(THINK_MS + 500);
    rig.utter();
    rig.hush(20_000);
    expect(rig.story()).toEqual([
      'heard: My first question.',
      'sound',
      `said: ${LONG}`,
      'generationComplete',
      'turnComplete',
      'heard: My second question.',
      'sound',
      'said: Second answer.',
      'generationComplete',
      'turnComplete',
    ]);
  });

  test('a caller who goes on before the first sound gets that reply afterwards, said once', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.hear(voice('no'));
    rig.hush(20_000);
    expect(rig.story()).toEqual([
      'heard: My first question.',
      'sound',
      `said: ${LONG}`,
      'generationComplete',
      'turnComplete',
    ]);
  });

  test('clientContent cuts what is said; turnComplete without turns cuts and starts nothing', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.hush(THINK_MS + 500);
    rig.talk.clientContent({ turnComplete: true });
    rig.hush(5_000);
    expect(rig.story().slice(-2)).toEqual(['interrupted', 'turnComplete']);
    prompt(rig, 'Go on.');
    rig.hush(5_000);
    expect(rig.story()).toContain('said: Good day.');
  });

  test('turnComplete:false parks the text until the turn is completed', () => {
    const rig = openTalk(TWO_TURNS);
    rig.talk.clientContent({ turns: [{ role: 'user', parts: [{ text: 'Greet.' }] }] });
    rig.hush(5_000);
    expect(rig.sent).toEqual([]);
    rig.talk.clientContent({ turnComplete: true });
    rig.hush(5_000);
    expect(rig.story()).toContain('said: Good day.');
  });

  test('realtimeInput.text does not cut; it is answered when the reply is over', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.hush(THINK_MS + 500);
    rig.talk.realtimeInput({ text: 'By the way.' });
    rig.hush(20_000);
    expect(rig.story()).not.toContain('interrupted');
    expect(rig.story()).toContain('said: Good day.');
  });
});

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
    expect(rig.story().slice(4)).toEqual(['sound', 'said: You are Ada.', 'generationComplete', 'turnComplete']);
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
      { name: 'x', turns: [{ steps: [{ call: [{ name: 'look_up' }, { name: 'other' }] }, { say: 'Done.' }] }] },
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
    expect(rig.story()).toEqual(['call: look_up', 'sound', 'said: Meanwhile.', 'generationComplete', 'turnComplete']);
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

describe('what is heard', () => {
  const audio = (data: string, mimeType = 'audio/pcm;rate=16000') => ({ audio: { data, mimeType } });

  test.each([
    [audio('AAAA', 'audio/x-mulaw;rate=8000')],
    [audio('AAAA', 'audio/wav')],
    [audio('AAAA', '')],
    [audio('AAAA', 'audio/pcm;rate=44100')],
    [audio('AAAA')], // three bytes: half a sample too many
  ])('%j is refused', (input) => {
    expect(refusal(() => openTalk({ name: 'x' }).talk.realtimeInput(input))).toBe(INVALID);
  });

  test('a blob without a type or without data is refused', () => {
    const { talk } = openTalk({ name: 'x' });
    for (const audio of [{}, { data: 'AAA=' }, { mimeType: 'audio/pcm' }])
      expect(refusal(() => talk.realtimeInput({ audio }))).toBe(INVALID);
  });

  test('sound without a rate is 16 kHz; 8 kHz is converted', () => {
    const rig = openTalk(TWO_TURNS);
    expect(refusal(() => rig.talk.realtimeInput(audio('AAA=', 'audio/pcm')))).toBe('taken');
    const pcm = voice('yes');
    const narrow = new Int16Array(pcm.length / 4);
    const wide = new Int16Array(pcm.buffer, pcm.byteOffset, pcm.length / 2);
    for (let at = 0; at < narrow.length; at++) narrow[at] = wide[2 * at]!;
    const at8k = Buffer.from(narrow.buffer);
    for (let at = 0; at < at8k.length; at += 320)
      rig.talk.realtimeInput(audio(at8k.subarray(at, at + 320).toString('base64'), 'audio/pcm;rate=8000'));
    expect(rig.notes.map(({ type }) => type)).toEqual(['speechStarted']);
  });

  test('media chunks are refused by 3.8 with its words, and heard by 2.5', () => {
    const chunks = { mediaChunks: [{ data: 'AAA=', mimeType: 'audio/pcm;rate=16000' }] };
    expect(refusal(() => openTalk(TWO_TURNS).talk.realtimeInput(chunks))).toBe(
      '1007 realtime_input.media_chunks is deprecated. Use audio, video, or text instead.',
    );
    const old = openTalk(TWO_TURNS, { model: 'models/gemini-2.5-flash-native-audio-latest' });
    expect(refusal(() => old.talk.realtimeInput(chunks))).toBe('taken');
  });

  test('silenceDurationMs decides when speech has ended; a longer pause is needed with LOW', () => {
    const endMs = (detection: object): number => {
      const rig = openTalk(TWO_TURNS, { realtimeInputConfig: { automaticActivityDetection: detection } });
      rig.hear(voice('yes'));
      const fromMs = rig.clock.nowMs();
      while (!rig.notes.some(({ type }) => type === 'speechEnded')) rig.hush(20);
      return rig.clock.nowMs() - fromMs;
    };
    const usual = endMs({});
    expect(endMs({ silenceDurationMs: 900 }) - usual).toBe(400);
    expect(endMs({ endOfSpeechSensitivity: 'END_SENSITIVITY_LOW' }) - usual).toBe(200);
  });

  test('a click is no speech', () => {
    const rig = openTalk(TWO_TURNS);
    rig.hear(voice('yes').subarray(10_000, 11_280));
    rig.hush(3_000);
    expect(rig.notes).toEqual([]);
  });

  test.each([
    ['models/gemini-3.8-live', 0],
    ['models/gemini-3.1-flash-live-preview', 1],
    ['models/gemini-2.5-flash-native-audio-latest', 1],
  ])('audioStreamEnd on %s ends %i turns', (model, turns) => {
    const rig = openTalk(TWO_TURNS, { model });
    rig.hear(voice('yes'));
    rig.talk.realtimeInput({ audioStreamEnd: true });
    rig.clock.advance(20_000);
    expect(rig.notes.filter(({ type }) => type === 'turnComplete')).toHaveLength(turns);
  });

  test('activityStart is silently ignored while detection is automatic', () => {
    const rig = openTalk(TWO_TURNS);
    rig.utter();
    rig.hush(THINK_MS + 500);
    rig.talk.realtimeInput({ activityStart: {} });
    rig.talk.realtimeInput({ activityEnd: {} });
    rig.hush(20_000);
    expect(rig.story()).not.toContain('interrupted');
  });

  test('with manual detection only activityStart and activityEnd count, and audioStreamEnd is refused', () => {
    const rig = openTalk(TWO_TURNS, { realtimeInputConfig: { automaticActivityDetection: { disabled: true } } });
    rig.utter();
    rig.hush(5_000);
    expect(rig.sent).toEqual([]);
    rig.talk.realtimeInput({ activityStart: {} });
    rig.hear(voice('yes'));
    rig.talk.realtimeInput({ activityEnd: {} });
    rig.hush(1_000);
    rig.talk.realtimeInput({ activityStart: {} });
    expect(rig.story().slice(-2)).toEqual(['interrupted', 'turnComplete']);
    expect(refusal(() => rig.talk.realtimeInput({ audioStreamEnd: true }))).toBe(INVALID);
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
