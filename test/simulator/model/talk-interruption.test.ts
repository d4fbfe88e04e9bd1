// What cuts a reply, what does not, and what becomes of the words after it.
import { describe, expect, test } from 'vitest';
import { LONG, openTalk, prompt, THINK_MS, TWO_TURNS, voice } from './talk-rig.ts';

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
