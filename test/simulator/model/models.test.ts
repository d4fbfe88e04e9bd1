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

  test('code execution and URL context are refused, search is not', () => {
    const model = MODELS['3.8'];
    expect(outcome({ model, tools: [{ codeExecution: {} }] })).toBe(INVALID);
    expect(outcome({ model, tools: [{ urlContext: {} }] })).toBe(INVALID);
    expect(outcome({ model, tools: [{}] })).toBe('ready');
  });
});
