// Whose turn it is: what the model answers, in which order, at which pace, and what it greets.
import { describe, expect, test } from 'vitest';
import type { ScriptSource } from '../../../src/simulator/model/script.ts';
import { LONG, openTalk, prompt, THINK_MS, TWO_TURNS } from './talk-rig.ts';

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
    const bare = openTalk(TWO_TURNS, {
      inputAudioTranscription: undefined!,
      outputAudioTranscription: undefined!,
    });
    for (const each of [rig, bare]) {
      each.utter();
      each.hush(12_000);
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
    expect(rig.story().filter((word) => word.startsWith('said'))).toEqual([
      'said: Good day.',
      `said: ${LONG}`,
    ]);
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

  test('in the words that are asked for, where the script says so', () => {
    const ask = (source: ScriptSource, text: string): string[] => {
      const rig = openTalk(source);
      prompt(rig, text);
      rig.hush(12_000);
      return rig.story().filter((word) => word.startsWith('said'));
    };
    const asAsked = { ...TWO_TURNS, greeting: { say: 'Good day.', as_asked: true } };
    const words = 'Hello, this is Harbour.\nI am an AI: press 9.';
    const said = ['said: Hello, this is Harbour. I am an AI: press 9.'];
    expect(ask(asAsked, `Greet the caller now, in these words: ${words}`)).toEqual(said);
    expect(ask(asAsked, `Say this now, word for word, and leave nothing out: ${words}`)).toEqual(said);
    expect(ask(asAsked, 'Greet.')).toEqual(['said: Good day.']);
    expect(ask(TWO_TURNS, `Greet the caller now, in these words: ${words}`)).toEqual(['said: Good day.']);
  });

  test('in its own words keeps its recording; asked again it is said again, and the next turn is the next', () => {
    const greeting = { say: 'You are welcome. Have a lovely day. Goodbye!', audio: 'agent/goodbye.wav' };
    const words = greeting.say;
    const rig = openTalk({ ...TWO_TURNS, greeting: { ...greeting, as_asked: true } });
    const plain = openTalk({ ...TWO_TURNS, greeting });
    for (const each of [rig, plain]) {
      prompt(each, `Greet the caller now, in these words: ${words}`);
      each.hush(8_000);
    }
    expect(rig.soundMs()).toBe(plain.soundMs());
    prompt(rig, 'You left something out. Say it now, word for word and without anything else: Press 9.');
    rig.hush(5_000);
    rig.utter();
    rig.hush(12_000);
    expect(rig.story().filter((word) => word.startsWith('said'))).toEqual([
      `said: ${words}`,
      'said: Press 9.',
      `said: ${LONG}`,
    ]);
  });

  test('as asked is not said again to a model that is told of it, and a blank does not take the words away', () => {
    const source = { ...TWO_TURNS, greeting: { say: 'Good day.', as_asked: true } };
    const nudged = openTalk(source, { model: 'models/gemini-3.1-flash-live-preview' });
    prompt(nudged, 'Greet the caller now, in these words: Hello there.');
    nudged.talk.realtimeInput({ text: ' ' });
    nudged.hush(5_000);
    expect(nudged.story()).toContain('said: Hello there.');

    const anew = openTalk(source);
    anew.talk.realtimeInput({ text: '[Said last:\nYou: Hello there, this is Harbour.\nGo on.]' });
    anew.hush(5_000);
    anew.utter();
    anew.hush(12_000);
    expect(anew.story().filter((word) => word.startsWith('said'))).toEqual([`said: ${LONG}`]);
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
