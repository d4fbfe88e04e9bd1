// Which setup suits which model, field by field.
import { describe, expect, test } from 'vitest';
import type { HeardSetup } from '../../../src/simulator/model/heard.ts';
import { Refused } from '../../../src/simulator/model/judge.ts';
import { judgeSetup } from '../../../src/simulator/model/models.ts';

const MODELS = {
  '3.8': 'models/gemini-3.8-live',
  ET: 'models/gemini-3.8-live-extended-thinking',
  '3.1': 'models/gemini-3.1-flash-live-preview',
  '2.5': 'models/gemini-2.5-flash-native-audio-preview-12-2025',
  '2.0': 'models/gemini-2.0-flash-live-001',
} as const;
type Name = keyof typeof MODELS;
const NAMES = Object.keys(MODELS) as Name[];
type Config = NonNullable<HeardSetup['generationConfig']>;

const outcome = (setup: HeardSetup): string => {
  try {
    return judgeSetup(setup).outcome;
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    return `${thrown.code} ${thrown.message}`;
  }
};
const LEVEL = { thinkingConfig: { thinkingLevel: 'LOW' } };
/** ET takes no setup without a thinking level. */
const withConfig = (name: Name, config: Config): HeardSetup => ({
  model: MODELS[name],
  generationConfig: { responseModalities: ['AUDIO'], ...(name === 'ET' && LEVEL), ...config },
});

const INVALID = '1007 Request contains an invalid argument.';
const NO_LEVEL = '1007 Thinking level is not supported for this model.';
const SPECIFY = '1007 Thinking level must be specified for this model.';
const NO_AFFECT = `1007 Invalid JSON payload received. Unknown name "enableAffectiveDialog" at 'setup.generation_config': Cannot find field.`;

describe.each([
  // what, the config, then the outcome for 3.8, ET, 3.1, 2.5, 2.0
  ['nothing special', {}, ['ready', 'ready', 'ready', 'ready', 'ready']],
  ['a level', LEVEL, [NO_LEVEL, 'ready', 'ready', NO_LEVEL, NO_LEVEL]],
  [
    'MINIMAL',
    { thinkingConfig: { thinkingLevel: 'MINIMAL' } },
    [NO_LEVEL, NO_LEVEL, 'ready', NO_LEVEL, NO_LEVEL],
  ],
  ['a budget', { thinkingConfig: { thinkingBudget: 0 } }, [NO_LEVEL, SPECIFY, INVALID, 'ready', NO_LEVEL]],
  ['an empty thinkingConfig', { thinkingConfig: {} }, [NO_LEVEL, SPECIFY, 'ready', 'ready', NO_LEVEL]],
  [
    'affective dialog',
    { enableAffectiveDialog: true },
    ['dying', 'dying', 'never ready', NO_AFFECT, NO_AFFECT],
  ],
  [
    'a catalogue voice',
    { speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'en-us-tavi' } } } },
    ['ready', 'ready', /^1007 Requested voice/, /^1007 Requested voice/, /^1007 Requested voice/],
  ],
  [
    'a voice that does not exist',
    { speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Nobody' } } } },
    Array(5).fill(/^1007 Requested voice api_name 'Nobody'/),
  ],
  [
    'TEXT',
    { responseModalities: ['TEXT'] },
    Array(5).fill('1007 Cannot extract voices from a non-audio request.'),
  ],
  ['two modalities', { responseModalities: ['TEXT', 'AUDIO'] }, Array(5).fill(INVALID)],
  ['responseMimeType', { responseMimeType: 'text/plain' }, Array(5).fill(INVALID)],
] as [string, Config, (string | RegExp)[]][])('%s', (_, config, expected) => {
  test.each(Object.keys(MODELS).map((name, at) => [name as Name, expected[at]!] as const))(
    'on %s',
    (name, wanted) => {
      expect(outcome(withConfig(name, config))).toMatch(
        typeof wanted === 'string' ? new RegExp(`^${RegExp.escape(wanted)}$`) : wanted,
      );
    },
  );
});

test('an unknown model is 1008 with its name, and so is a name without models/', () => {
  const words = 'is not found for API version v1beta, or is not supported for bidiGenerateContent';
  expect(outcome({ model: 'models/gemini-9-live' })).toBe(`1008 models/gemini-9-live ${words}`);
  expect(outcome({ model: 'gemini-3.8-live' })).toBe(`1008 gemini-3.8-live ${words}`);
});

test('a setup without a model, with system sound, or with negative times is refused', () => {
  expect(outcome({})).toBe(INVALID);
  const model = MODELS['3.8'];
  expect(
    outcome({ model, systemInstruction: { parts: [{ inlineData: { data: '', mimeType: 'audio/pcm' } }] } }),
  ).toBe(INVALID);
  for (const field of ['silenceDurationMs', 'prefixPaddingMs'])
    expect(outcome({ model, realtimeInputConfig: { automaticActivityDetection: { [field]: -1 } } })).toBe(
      INVALID,
    );
});

describe('function declarations', () => {
  const declare = (name: Name, ...functionDeclarations: object[]): string =>
    outcome({ ...withConfig(name, {}), tools: [{ functionDeclarations }] });

  test('BLOCKING is refused by ET alone; NON_BLOCKING by none', () => {
    const outcomes = (behavior: string): string[] =>
      Object.keys(MODELS).map((name) => declare(name as Name, { name: 'f', behavior }));
    expect(outcomes('BLOCKING')).toEqual(['ready', INVALID, 'ready', 'ready', 'ready']);
    expect(outcomes('NON_BLOCKING')).toEqual(['ready', 'ready', 'ready', 'ready', 'ready']);
  });

  test.each([
    [[{ name: '' }], /Invalid function name/],
    [[{ description: 'nameless' }], /Invalid function name/],
    [[{ name: 'look up' }], /Invalid function name/],
    [[{ name: 'a'.repeat(65) }], /Invalid function name/],
    [[{ name: 'f' }, { name: 'f' }], /Duplicate function declaration found: f/],
    [[{ name: 'f', parameters: { type: 'STRING' } }], /should be of type OBJECT/],
    [
      [{ name: 'f', parameters: { type: 'OBJECT', required: ['a'] } }],
      /required\[0\]: property is not defined/,
    ],
    [
      [{ name: 'f', parameters: { type: 'OBJECT', properties: { a: { type: 'ARRAY' } } } }],
      /properties\[a\]\.items: missing field/,
    ],
    [
      [{ name: 'f', parameters: { type: 'OBJECT', properties: { a: { anyOf: [{ type: 'ARRAY' }] } } } }],
      /items: missing field/,
    ],
  ])('%j is refused', (declarations, words) => expect(declare('3.8', ...declarations)).toMatch(words));

  test('URL context is refused by all, code execution by all but the retired one, search by none', () => {
    const outcomes = (tool: object): string[] =>
      NAMES.map((name) => outcome({ ...withConfig(name, {}), tools: [tool] }));
    expect(outcomes({ urlContext: {} })).toEqual(Array(5).fill(INVALID));
    expect(outcomes({ codeExecution: {} })).toEqual([INVALID, INVALID, INVALID, INVALID, 'ready']);
    expect(outcomes({ googleSearch: {} })).toEqual(Array(5).fill('ready'));
    expect(outcomes({})).toEqual(Array(5).fill('ready'));
  });
});

describe('beside the generation', () => {
  const noSuch = (name: string, at: string): string =>
    `1007 Invalid JSON payload received. Unknown name "${name}" at '${at}': Cannot find field.`;
  const outcomes = (setup: HeardSetup): string[] =>
    NAMES.map((name) => outcome({ ...withConfig(name, {}), ...setup }));
  const olderRefuse = (refusal: string): string[] => ['ready', 'ready', 'ready', refusal, refusal];

  test.each<[HeardSetup, string[]]>([
    [
      { historyConfig: { initialHistoryInClientContent: true } },
      olderRefuse(noSuch('historyConfig', 'setup')),
    ],
    [
      { inputAudioTranscription: { languageCodes: ['de-DE'] } },
      olderRefuse(noSuch('languageCodes', 'setup.input_audio_transcription')),
    ],
    [
      { outputAudioTranscription: { customVocabulary: ['x'] } },
      olderRefuse(noSuch('customVocabulary', 'setup.output_audio_transcription')),
    ],
    [{ inputAudioTranscription: {}, outputAudioTranscription: {} }, Array<string>(5).fill('ready')],
    [
      { realtimeInputConfig: { turnCoverage: 'TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO' } },
      olderRefuse(INVALID),
    ],
    [{ realtimeInputConfig: { turnCoverage: 'TURN_INCLUDES_ALL_INPUT' } }, Array<string>(5).fill('ready')],
    [
      { contextWindowCompression: { triggerTokens: '8000', slidingWindow: { targetTokens: '8000' } } },
      Array<string>(5).fill(INVALID),
    ],
    [{ contextWindowCompression: { triggerTokens: '131073' } }, Array<string>(5).fill(INVALID)],
    [
      { contextWindowCompression: { slidingWindow: { targetTokens: '8000' } } },
      Array<string>(5).fill('ready'),
    ],
  ])('%j', (setup, expected) => expect(outcomes(setup)).toEqual(expected));

  test.each<[Config, string[]]>([
    [{ maxOutputTokens: 8_193 }, olderRefuse(INVALID)],
    [{ maxOutputTokens: 65_537 }, Array<string>(5).fill(INVALID)],
    [{ temperature: 2.1 }, Array<string>(5).fill(INVALID)],
    [{ topP: -0.1 }, Array<string>(5).fill(INVALID)],
    [{ topK: 0 }, Array<string>(5).fill(INVALID)],
    [{ presencePenalty: 2 }, Array<string>(5).fill(INVALID)],
    [{ frequencyPenalty: -2 }, Array<string>(5).fill('ready')],
  ])('%j', (config, expected) =>
    expect(NAMES.map((name) => outcome(withConfig(name, config)))).toEqual(expected),
  );

  test.each([
    [-2, INVALID],
    [-1, 'ready'],
    [24_576, 'ready'],
    [24_577, INVALID],
  ])('2.5 with a thinking budget of %d: %s', (thinkingBudget, expected) => {
    expect(outcome(withConfig('2.5', { thinkingConfig: { thinkingBudget } }))).toBe(expected);
  });
});

describe('Google Cloud', () => {
  const path = (id: string): string => `projects/p1/locations/us-central1/publishers/google/models/${id}`;
  const rulesOf = (id: string) => judgeSetup({ model: path(id) }, 'cloud').rules;

  test('has its own names, and answers without scheduling', () => {
    expect(rulesOf('gemini-3.8-live')).toMatchObject({ scheduling: 'refused', history: 'allowed' });
    expect(rulesOf('gemini-live-2.5-flash-native-audio')).toMatchObject({
      scheduling: 'refused',
      behavior: 'BLOCKING',
      thinking: 'refused',
    });
  });

  test.each([
    MODELS['3.8'],
    'gemini-3.8-live',
    path('gemini-2.5-flash-native-audio-latest'),
    path(''),
    `${path('gemini-3.8-live')}/x`,
  ])('does not know %s', (model) => {
    expect(() => judgeSetup({ model }, 'cloud')).toThrow(
      expect.objectContaining({
        code: 1008,
        message: `Publisher Model \`${model}\` was not found or your project does not have access to it.`,
      }),
    );
  });

  test('and the Gemini API does not know its names', () => {
    expect(outcome({ model: path('gemini-3.8-live') })).toMatch(/^1008 /);
  });
});
