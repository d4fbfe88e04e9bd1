// The setup for every model of the table, and what is refused before it is sent.
import { describe, expect, test } from 'vitest';
import { schedulingOf } from '../../../src/live/gemini/declarations.ts';
import { capabilitiesOf, KNOWN_MODELS } from '../../../src/live/gemini/models.ts';
import { buildSetup } from '../../../src/live/gemini/setup.ts';
import { DEFAULT_MODEL, type SessionSetup } from '../../../src/live/session.ts';

const EXTENDED = 'gemini-3.8-live-extended-thinking';
const FLASH_3_1 = 'gemini-3.1-flash-live-preview';
const NATIVE_2_5 = 'gemini-2.5-flash-native-audio-latest';

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

describe('what a profile may set', () => {
  test('tools of all kinds stand side by side', () => {
    expect(
      build({
        model: 'gemini-2.0-flash-live-001',
        tools: [tool('a')],
        googleSearch: true,
        codeExecution: true,
      }).tools,
    ).toEqual([
      { functionDeclarations: [expect.objectContaining({ name: 'a' })] },
      { googleSearch: {} },
      { codeExecution: {} },
    ]);
    expect(build({ googleSearch: false, codeExecution: false })).not.toHaveProperty('tools');
  });

  test('a server that listens for speech itself turns the model’s detection off, and sends it no knobs', () => {
    const voiceActivity = { detector: 'local', silenceMs: 600, prefixPaddingMs: 20 } as const;
    expect(build({ voiceActivity, callerInterrupts: false }).realtimeInputConfig).toEqual({
      automaticActivityDetection: { disabled: true },
      activityHandling: 'NO_INTERRUPTION',
    });
    expect(build({ voiceActivity: { detector: 'model' } })).not.toHaveProperty('realtimeInputConfig');
  });

  test('transcripts: with hints, or without; also where they are off, as the server needs the words', () => {
    const setup = build({
      callerTranscription: { languages: ['de-DE', 'en-US'], vocabulary: ['Liveline'] },
      agentTranscription: false,
    });
    expect(setup.inputAudioTranscription).toEqual({
      languageCodes: ['de-DE', 'en-US'],
      customVocabulary: ['Liveline'],
    });
    expect(setup.outputAudioTranscription).toEqual({});
    expect(build({ callerTranscription: false }).inputAudioTranscription).toEqual({});
    // No hint is none, on a model without hints too.
    const plain = build({ model: NATIVE_2_5, callerTranscription: { languages: [], vocabulary: undefined } });
    expect(plain.inputAudioTranscription).toEqual({});
  });

  test('compression: off, or numbers as text', () => {
    expect(build({ compression: false })).not.toHaveProperty('contextWindowCompression');
    expect(
      build({ compression: { triggerTokens: 131_072, targetTokens: 1 } }).contextWindowCompression,
    ).toEqual({ triggerTokens: '131072', slidingWindow: { targetTokens: '1' } });
  });

  test('numbers of generation go as they are, zero among them', () => {
    const generation = {
      temperature: 0,
      topP: 0.5,
      topK: 1,
      maxOutputTokens: 100,
      presencePenalty: -1,
      frequencyPenalty: 0,
      seed: 0,
    };
    expect(build({ generation, mediaResolution: 'low' }).generationConfig).toEqual({
      responseModalities: ['AUDIO'],
      mediaResolution: 'MEDIA_RESOLUTION_LOW',
      ...generation,
    });
    expect(Object.keys(build({ generation: { temperature: undefined } }).generationConfig)).toEqual([
      'responseModalities',
    ]);
  });

  test.each([
    ['speech', 'TURN_INCLUDES_ONLY_ACTIVITY'],
    ['all-input', 'TURN_INCLUDES_ALL_INPUT'],
    ['speech-and-video', 'TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO'],
  ] as const)('turn coverage: %s', (turnCoverage, wire) => {
    expect(build({ turnCoverage }).realtimeInputConfig).toEqual({ turnCoverage: wire });
  });

  test.each([
    [EXTENDED, { level: 'high' }, { thinkingLevel: 'HIGH' }],
    [FLASH_3_1, { level: 'minimal' }, { thinkingLevel: 'MINIMAL' }],
    [FLASH_3_1, {}, undefined],
    [NATIVE_2_5, { budgetTokens: 0 }, { thinkingBudget: 0 }],
    [NATIVE_2_5, { budgetTokens: -1 }, { thinkingBudget: -1 }],
    [NATIVE_2_5, {}, undefined],
    [DEFAULT_MODEL, {}, undefined],
  ] as const)('%s thinks as told: %j', (model, thinking, wire) => {
    expect(build({ model, thinking }).generationConfig.thinkingConfig).toEqual(wire);
  });

  test.each([
    [DEFAULT_MODEL, undefined, 'BLOCKING'],
    [DEFAULT_MODEL, 'non-blocking', 'NON_BLOCKING'],
    [EXTENDED, undefined, undefined],
    [EXTENDED, 'non-blocking', 'NON_BLOCKING'],
    [FLASH_3_1, undefined, undefined],
    [FLASH_3_1, 'blocking', undefined],
    [NATIVE_2_5, 'blocking', 'BLOCKING'],
  ] as const)('%s: a tool asked to be %s is declared %s', (model, behavior, declared) => {
    const [tools] = build({ model, tools: [{ ...tool('a'), behavior }] }).tools ?? [];
    expect(tools?.functionDeclarations?.[0]?.behavior).toBe(declared);
  });

  test('scheduling is no part of the setup, and known for the answers', () => {
    const scheduled = { ...tool('a'), behavior: 'non-blocking', scheduling: 'when-idle' } as const;
    expect(JSON.stringify(build({ tools: [scheduled] }))).not.toMatch(/scheduling|WHEN_IDLE/);
    expect(schedulingOf(scheduled)).toBe('WHEN_IDLE');
    expect(schedulingOf({ ...tool('a'), scheduling: 'silent' })).toBe('SILENT');
    expect(schedulingOf({ ...tool('a'), scheduling: 'interrupt' })).toBe('INTERRUPT');
    expect(schedulingOf(tool('a'))).toBeUndefined();
  });

  test.each<[string, Partial<SessionSetup>, string]>([
    [DEFAULT_MODEL, { codeExecution: true }, 'code_execution: it cannot run code; leave the field out'],
    [
      DEFAULT_MODEL,
      { thinking: { level: 'low' } },
      'thinking.level: its thinking cannot be set; leave the field out',
    ],
    [NATIVE_2_5, { thinking: { level: 'low' } }, 'thinking.level: it takes thinking.budget_tokens'],
    [NATIVE_2_5, { thinking: { budgetTokens: 24_577 } }, 'thinking.budget_tokens: it takes -1 to 24576'],
    [EXTENDED, { thinking: { level: 'minimal' } }, 'thinking.level: it takes low, medium, high'],
    [EXTENDED, { thinking: { budgetTokens: 0 } }, 'thinking.budget_tokens: it takes thinking.level'],
    ...(['start', 'end'] as const).map((which): [string, Partial<SessionSetup>, string] => [
      DEFAULT_MODEL,
      { voiceActivity: { detector: 'local', [`${which}Sensitivity`]: 'low' } },
      `voice_activity.${which}_sensitivity: with turn_taking: local the model does not listen for speech; leave it out, or set turn_taking: server`,
    ]),
    [NATIVE_2_5, { turnCoverage: 'speech-and-video' }, 'turn_coverage: it takes speech, all-input'],
    [
      NATIVE_2_5,
      { agentTranscription: { vocabulary: ['x'] } },
      'transcription.agent.vocabulary: its transcripts take no hints; leave the field out',
    ],
    [
      NATIVE_2_5,
      { generation: { maxOutputTokens: 8_193 } },
      'generation.max_output_tokens: it says at most 8192',
    ],
    [
      DEFAULT_MODEL,
      { compression: { triggerTokens: 131_073, targetTokens: 1 } },
      'compression.trigger_tokens: its context holds 131072 tokens, so it would never come to that',
    ],
    [
      EXTENDED,
      { tools: [{ ...tool('a'), behavior: 'blocking' }] },
      'tools: a: behavior: all its calls are non-blocking',
    ],
    [
      FLASH_3_1,
      { tools: [{ ...tool('a'), behavior: 'non-blocking' }] },
      'tools: a: behavior: all its calls are blocking',
    ],
    [
      EXTENDED,
      { tools: [{ ...tool('a'), scheduling: 'silent' }] },
      'tools: a: scheduling: its answers carry none; leave the field out',
    ],
    [
      DEFAULT_MODEL,
      { tools: [{ ...tool('a'), scheduling: 'silent' }] },
      'tools: a: scheduling: a call that it waits for needs none; set behavior: non-blocking',
    ],
  ])('%s refuses %j', (model, changes, words) => {
    expect(() => build({ model, ...changes })).toThrow(
      expect.objectContaining({
        code: 'LIVE_SETUP_UNSUPPORTED',
        message: `model ${model} does not take the ${words}`,
      }),
    );
  });
});

describe('the table of models', () => {
  test('knows Google Cloud’s name of 2.5 too, where thinking cannot be set', () => {
    const { known, capabilities } = capabilitiesOf('gemini-live-2.5-flash-native-audio');
    expect(known).toBe(true);
    expect(capabilities).toMatchObject({ thinking: { is: 'omitted' }, historySeed: false });
  });

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

  test('says where each is served under its name', () => {
    const apisOf = (model: string) => capabilitiesOf(model).capabilities.apis;
    for (const model of [DEFAULT_MODEL, EXTENDED, 'gemini-9-live'])
      expect(apisOf(model)).toEqual(['developer', 'cloud']);
    for (const model of KNOWN_MODELS.slice(2)) expect(apisOf(model)).toEqual(['developer']);
    expect(apisOf('gemini-live-2.5-flash-native-audio')).toEqual(['cloud']);
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
