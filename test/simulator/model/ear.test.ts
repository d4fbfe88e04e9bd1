// What the model hears: sound formats, when speech starts and ends, and the manual ways to say so.
import { describe, expect, test } from 'vitest';
import { INVALID, openTalk, refusal, THINK_MS, TWO_TURNS, voice } from './talk-rig.ts';

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

  const MANUAL = { realtimeInputConfig: { automaticActivityDetection: { disabled: true } } };
  const silentFrame = audio(Buffer.from(new Uint8Array(640)).toString('base64'));

  test('with manual detection activityStart interrupts, activityEnd asks for the answer, and no silence ends anything', () => {
    const rig = openTalk(TWO_TURNS, MANUAL);
    rig.talk.realtimeInput({ activityStart: {} });
    rig.hear(voice('yes'));
    rig.hush(5_000);
    expect(rig.sent).toEqual([]);
    rig.talk.realtimeInput({ activityEnd: {} });
    rig.clock.advance(1_000);
    expect(rig.story()[0]).toBe('heard: My first question.');
    rig.talk.realtimeInput({ activityStart: {} });
    expect(rig.story().slice(-2)).toEqual(['interrupted', 'turnComplete']);
    expect(refusal(() => rig.talk.realtimeInput({ audioStreamEnd: true }))).toBe(INVALID);
  });

  test('with manual detection sound before activityStart and after activityEnd is refused, between them taken', () => {
    const rig = openTalk(TWO_TURNS, MANUAL);
    expect(refusal(() => rig.talk.realtimeInput(silentFrame))).toBe(INVALID);
    expect(refusal(() => rig.talk.realtimeInput({ activityStart: {}, ...silentFrame }))).toBe('taken');
    expect(refusal(() => rig.talk.realtimeInput(silentFrame))).toBe('taken');
    expect(refusal(() => rig.talk.realtimeInput({ ...silentFrame, activityEnd: {} }))).toBe('taken');
    expect(refusal(() => rig.talk.realtimeInput(silentFrame))).toBe(INVALID);
  });

  test('with manual detection a second start and a second end change nothing', () => {
    const rig = openTalk(TWO_TURNS, MANUAL);
    rig.talk.realtimeInput({ activityEnd: {} });
    for (const say of [
      { activityStart: {} },
      { activityStart: {} },
      { activityEnd: {} },
      { activityEnd: {} },
    ])
      rig.talk.realtimeInput(say);
    rig.clock.advance(20_000);
    expect(rig.notes.filter(({ type }) => type === 'speechStarted')).toHaveLength(1);
    expect(rig.story().filter((word) => word === 'turnComplete')).toHaveLength(1);
  });

  test('with manual detection and NO_INTERRUPTION activityStart lets the reply end', () => {
    const realtimeInputConfig = {
      ...MANUAL.realtimeInputConfig,
      activityHandling: 'NO_INTERRUPTION',
    } as const;
    const rig = openTalk(TWO_TURNS, { realtimeInputConfig });
    for (const say of [{ activityStart: {} }, { activityEnd: {} }]) rig.talk.realtimeInput(say);
    rig.clock.advance(1_000);
    rig.talk.realtimeInput({ activityStart: {} });
    rig.clock.advance(20_000);
    expect(rig.story()).toContain('generationComplete');
    expect(rig.story()).not.toContain('interrupted');
  });
});
