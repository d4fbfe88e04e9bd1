// The setup for every model of the table, and what is refused before it is sent.
import { describe, expect, test } from 'vitest';
import { capabilitiesOf, KNOWN_MODELS } from '../../../src/live/gemini/models.ts';
import { buildSetup } from '../../../src/live/gemini/setup.ts';
import { DEFAULT_MODEL, type SessionSetup } from '../../../src/live/session.ts';

const EXTENDED = 'gemini-3.8-live-extended-thinking';
const FLASH_3_1 = 'gemini-3.1-flash-live-preview';

const wanted = (changes: Partial<SessionSetup> = {}): SessionSetup => ({
  model: DEFAULT_MODEL,
  instructions: 'Be brief.',
  tools: [],
  voiceActivity: {},
  callerInterrupts: true,
  ...changes,
});
const build = (changes: Partial<SessionSetup> = {}) => {
  const setup = wanted(changes);
  return buildSetup(setup, capabilitiesOf(setup.model).capabilities);
};
const tool = (name: string) => ({
  name,
  description: 'Does it.',
  parameters: { type: 'object', properties: { a: { type: 'string' } } },
});

describe('the setup', () => {
  test('of a plain agent says no more than it must', () => {
    expect(build({ instructions: '' })).toEqual({
      model: 'models/gemini-3.8-live',
      generationConfig: { responseModalities: ['AUDIO'] },
      sessionResumption: {},
      contextWindowCompression: { triggerTokens: '25000', slidingWindow: { targetTokens: '8000' } },
      inputAudioTranscription: {},
      outputAudioTranscription: {},
    });
  });

  test.each(KNOWN_MODELS)('%s: nothing is sent that closes its sockets', (model) => {
    const json = JSON.stringify(
      build({
        model,
        voice: 'Kore',
        language: 'de-DE',
        tools: [tool('a'), tool('b')],
        voiceActivity: {
          startSensitivity: 'high',
          endSensitivity: 'high',
          prefixPaddingMs: 20,
          silenceMs: 500,
        },
        callerInterrupts: false,
      }),
    );
    expect(json).not.toMatch(
      /proactivity|enableAffectiveDialog|mediaChunks|historyConfig|scheduling|additionalProp/,
    );
    expect(json.includes('thinkingConfig')).toBe(model === EXTENDED);
    expect(json.includes('"behavior":"BLOCKING"')).toBe(model !== EXTENDED && model !== FLASH_3_1);
    expect(json).not.toContain('NON_BLOCKING');
    expect(json).toContain(`"model":"models/${model}"`);
  });

  test('extended thinking must have a level; the shortest is asked for', () => {
    expect(build({ model: EXTENDED }).generationConfig.thinkingConfig).toEqual({ thinkingLevel: 'LOW' });
  });

  test('a voice-activity setup of nothing is left out, and fractions are rounded', () => {
    expect(build()).not.toHaveProperty('realtimeInputConfig');
    expect(build({ callerInterrupts: false }).realtimeInputConfig).toEqual({
      activityHandling: 'NO_INTERRUPTION',
    });
    expect(build({ voiceActivity: { silenceMs: 600.4, prefixPaddingMs: 0 } }).realtimeInputConfig).toEqual({
      automaticActivityDetection: { silenceDurationMs: 600, prefixPaddingMs: 0 },
    });
  });

  test('a model may be named as its resource', () => {
    expect(build({ model: 'models/gemini-3.8-live' }).model).toBe('models/gemini-3.8-live');
  });

  test('a tool without parameters is declared without', () => {
    const [declared] =
      build({ tools: [{ ...tool('end_call'), parameters: { type: 'object' } }] }).tools ?? [];
    expect(declared?.functionDeclarations).toEqual([
      { name: 'end_call', description: 'Does it.', behavior: 'BLOCKING' },
    ]);
  });

  test.each<[string, Partial<SessionSetup>, RegExp]>([
    [
      'a catalogue voice on 3.1',
      { model: FLASH_3_1, voice: 'en-us-tavi' },
      /gemini-3\.1-flash-live-preview .* voice/,
    ],
    ['no model', { model: '' }, /model \(none\) .* model/],
    ['a name that is none', { tools: [tool('look up')] }, /gemini-3\.8-live .* tools: "look up"/],
    ['a name too long', { tools: [tool('a'.repeat(65))] }, /tools/],
    ['a tool twice', { tools: [tool('a'), tool('a')] }, /"a" is there twice/],
    ['a schema that cannot be told', { tools: [{ ...tool('a'), parameters: { type: 'string' } }] }, /tool a/],
  ])('%s is refused', (_what, changes, words) => {
    expect(() => build(changes)).toThrow(expect.objectContaining({ code: 'LIVE_SETUP_UNSUPPORTED' }));
    expect(() => build(changes)).toThrow(words);
  });

  test('a catalogue voice goes to a model that has them', () => {
    expect(build({ voice: 'en-us-tavi' }).generationConfig.speechConfig?.voiceConfig).toEqual({
      prebuiltVoiceConfig: { voiceName: 'en-us-tavi' },
    });
  });
});

describe('the table of models', () => {
  test('names those that the first guide and the newest pages name', () => {
    expect(KNOWN_MODELS).toEqual([
      'gemini-3.8-live',
      EXTENDED,
      FLASH_3_1,
      'gemini-2.5-flash-native-audio-preview-12-2025',
      'gemini-2.5-flash-native-audio-latest',
      'gemini-2.0-flash-live-001',
    ]);
  });

  test('takes an unknown model for the newest default family, under its own id', () => {
    const newest = capabilitiesOf(DEFAULT_MODEL).capabilities;
    expect(capabilitiesOf('gemini-9-live')).toEqual({
      known: false,
      capabilities: { ...newest, model: 'gemini-9-live' },
    });
    expect(capabilitiesOf('models/gemini-3.8-live')).toEqual({ known: true, capabilities: newest });
  });
});
