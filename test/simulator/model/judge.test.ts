// What the judge of client messages takes and refuses, and with which words.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, Refused } from '../../../src/simulator/model/judge.ts';

const refusal = (json: string): string => {
  try {
    judge(json);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Refused);
    return (thrown as Refused).message;
  }
  return 'taken';
};
const refusalOf = (message: unknown): string => refusal(JSON.stringify(message));
const unknown = (name: string, at: string): string =>
  `Invalid JSON payload received. Unknown name "${name}"${at && ` at '${at}'`}: Cannot find field.`;

const declaration = (parameters: unknown): unknown => ({
  setup: { model: 'm', tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] },
});

describe('an unknown name', () => {
  test.each([
    [{ hello: {} }, unknown('hello', '')],
    [{ setup: { model: 'm', proactivity: { proactiveAudio: true } } }, unknown('proactivity', 'setup')],
    [{ setup: { model: 'm', toolConfig: {} } }, unknown('toolConfig', 'setup')],
    [
      { setup: { sessionResumption: { transparent: true } } },
      unknown('transparent', 'setup.session_resumption'),
    ],
    [
      { setup: { generationConfig: { routingConfig: {} } } },
      unknown('routingConfig', 'setup.generation_config'),
    ],
    [
      declaration({ type: 'OBJECT', additionalProperties: false }),
      unknown('additionalProperties', 'setup.tools[0].function_declarations[0].parameters'),
    ],
    [
      declaration({ type: 'OBJECT', properties: { a: { type: 'STRING' }, b: { const: 1 } } }),
      unknown('const', 'setup.tools[0].function_declarations[0].parameters.properties[1].value'),
    ],
    [declaration({ $schema: 'x' }), unknown('$schema', 'setup.tools[0].function_declarations[0].parameters')],
    [{ realtimeInput: { audio: { bytes: '' } } }, unknown('bytes', 'realtime_input.audio')],
    [{ clientContent: { turns: [{ text: 'hi' }] } }, unknown('text', 'client_content.turns[0]')],
    [
      { toolResponse: { functionResponses: [{ callId: 'x' }] } },
      unknown('callId', 'tool_response.function_responses[0]'),
    ],
    [JSON.parse('{"setup":{"__proto__":{}}}') as unknown, unknown('__proto__', 'setup')],
    [{ setup: { constructor: {} } }, unknown('constructor', 'setup')],
  ])('%j is named with its place', (message, words) => expect(refusalOf(message)).toBe(words));
});

describe('a wrong value', () => {
  test.each([
    [{ setup: { model: 5 } }, "Invalid value at 'setup.model' (TYPE_STRING), 5"],
    [{ setup: 'x' }, `Invalid value at 'setup' (type_message), "x"`],
    [{ setup: { generationConfig: { topK: 'many' } } }, /generation_config.top_k' \(TYPE_FLOAT\)/],
    [{ setup: { generationConfig: { seed: 2 ** 31 } } }, /TYPE_INT32/],
    [{ setup: { generationConfig: { seed: 1.5 } } }, /TYPE_INT32/],
    [{ setup: { contextWindowCompression: { triggerTokens: 'many' } } }, /TYPE_INT64/],
    [
      { setup: { generationConfig: { responseModalities: ['SMELL'] } } },
      /response_modalities\[0\]' \(TYPE_ENUM\)/,
    ],
    [{ setup: { realtimeInputConfig: { activityHandling: 'SOMETIMES' } } }, /TYPE_ENUM/],
    [{ realtimeInput: { audioStreamEnd: 'yes' } }, /TYPE_BOOL/],
    [{ realtimeInput: { audio: { data: 7 } } }, /TYPE_BYTES/],
    [{ realtimeInput: { audio: { data: '####' } } }, /Base64 decoding failed for "####"/],
    [{ realtimeInput: { audio: { data: 'AAAAA' } } }, /Base64 decoding failed/],
    [{ toolResponse: { functionResponses: [{ response: 'done' }] } }, /protobuf.Struct/],
    [declaration({ type: ['string', 'null'] }), /Proto field is not repeating, cannot start list/],
    [{ setup: [] }, /Proto field is not repeating, cannot start list/],
  ])('%j is refused', (message, words) => expect(refusalOf(message)).toMatch(words));

  test.each(['', '{', 'null', '[]', '7', '"setup"'])('the text %j is refused', (json) =>
    expect(refusal(json)).toMatch(/^Invalid/),
  );
});

test('two union keys in one message are refused', () => {
  expect(refusalOf({ setup: { model: 'm' }, clientContent: {} })).toBe(
    "Invalid value (oneof), oneof field 'message_type' is already set. Cannot set 'clientContent'",
  );
});

test('a message with no key is refused', () => {
  expect(refusalOf({})).toBe('Request contains an invalid argument.');
});

test('snake_case, lower-case enums, numbers as text and nulls are taken, as Google takes them', () => {
  const message = judge(
    JSON.stringify({
      setup: {
        model: 'm',
        generation_config: { response_modalities: ['audio'], seed: '7' },
        context_window_compression: { trigger_tokens: 25600, slidingWindow: { targetTokens: '100' } },
        system_instruction: null,
      },
    }),
  );
  expect(message).toEqual({
    setup: {
      model: 'm',
      generationConfig: { responseModalities: ['AUDIO'], seed: 7 },
      contextWindowCompression: { triggerTokens: '25600', slidingWindow: { targetTokens: '100' } },
    },
  });
});

test('an int32 goes from −2³¹ to 2³¹ − 1', () => {
  for (const seed of [-(2 ** 31), 2 ** 31 - 1])
    expect(judge(JSON.stringify({ setup: { generationConfig: { seed } } })).setup?.generationConfig).toEqual({
      seed,
    });
  expect(refusalOf({ setup: { generationConfig: { seed: -(2 ** 31) - 1 } } })).toMatch(/TYPE_INT32/);
});

test('every field of the wire sample that v1beta takes is taken', () => {
  const setup = {
    model: 'models/gemini-3.8-live',
    generationConfig: {
      responseModalities: ['AUDIO'],
      temperature: 0.6,
      topP: 0.9,
      topK: 40,
      maxOutputTokens: 500,
      mediaResolution: 'MEDIA_RESOLUTION_LOW',
      seed: 7,
      speechConfig: {
        languageCode: 'en-US',
        voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } },
      },
      thinkingConfig: { thinkingBudget: 0, includeThoughts: false },
      enableAffectiveDialog: true,
    },
    systemInstruction: { parts: [{ text: '…' }], role: 'user' },
    tools: [
      {
        functionDeclarations: [
          {
            name: 'end_call',
            description: '…',
            behavior: 'NON_BLOCKING',
            parameters: { type: 'OBJECT', properties: { reason: { type: 'STRING' } } },
          },
        ],
      },
      { googleSearch: {} },
    ],
    sessionResumption: { handle: 'H1' },
    inputAudioTranscription: {},
    outputAudioTranscription: { languageCodes: ['en'] },
    realtimeInputConfig: {
      automaticActivityDetection: {
        disabled: false,
        startOfSpeechSensitivity: 'START_SENSITIVITY_HIGH',
        endOfSpeechSensitivity: 'END_SENSITIVITY_LOW',
        prefixPaddingMs: 20,
        silenceDurationMs: 500,
      },
      activityHandling: 'START_OF_ACTIVITY_INTERRUPTS',
      turnCoverage: 'TURN_INCLUDES_ONLY_ACTIVITY',
    },
    contextWindowCompression: { triggerTokens: '25600', slidingWindow: { targetTokens: '12800' } },
    historyConfig: { initialHistoryInClientContent: true },
  };
  expect(judge(JSON.stringify({ setup }))).toEqual({ setup });
});

test('whatever comes is either taken as one key or Refused, never another error', () => {
  const keys = fc.constantFrom(
    'setup',
    'clientContent',
    'realtimeInput',
    'toolResponse',
    'turns',
    'audio',
    'tools',
    'x',
  );
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 1, 'AAAA', 'AUDIO'),
      fc.array(tie('node'), { maxLength: 2 }),
      fc.dictionary(keys, tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(tree, (message) => {
      const words = refusalOf(message);
      if (words === 'taken') expect(Object.keys(judge(JSON.stringify(message)))).toHaveLength(1);
      else expect(words.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});
