// Server messages into facts, and what we say into JSON: fixtures, the captured wire, and the official types.
import type { LiveClientMessage, LiveServerContent, LiveServerMessage, UsageMetadata } from '@google/genai';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  ACTIVITY_END,
  ACTIVITY_START,
  encodeAudio,
  encodeHistory,
  encodeNote,
  encodePrompt,
  encodeSetup,
  encodeText,
  encodeToolResponse,
} from '../../../src/live/gemini/encode.ts';
import { decode, parse, type LiveFact, type ServerMessage } from '../../../src/live/gemini/messages.ts';
import { capabilitiesOf } from '../../../src/live/gemini/models.ts';
import { buildSetup } from '../../../src/live/gemini/setup.ts';
import { fixture, fixtureNames } from './fixture.ts';

/** A fact in one line: `audio 8` is eight bytes of sound. */
function line(fact: LiveFact): string {
  switch (fact.type) {
    case 'audio':
      return `audio ${fact.pcm.length}`;
    case 'callerSaid':
    case 'agentSaid':
      return `${fact.type} ${fact.text}`;
    case 'toolCalls':
      return `calls ${fact.calls.map(({ id, name, args }) => `${id ?? '-'}:${name}:${JSON.stringify(args)}`).join(' ')}`;
    case 'toolCallsCancelled':
      return `cancelled ${fact.ids.join(' ')}`;
    case 'usage':
      return `usage ${fact.usage.promptTokens} ${fact.usage.responseTokens} ${fact.usage.totalTokens}`;
    default:
      return Object.values(fact)
        .filter((value) => value !== undefined)
        .join(' ');
  }
}

const EXPECTED: Record<string, string[]> = {
  'normal-turn': [
    ...['ready s-1', 'callerSaid  Are you', 'callerSaid  open?'],
    ...['audio 8', 'agentSaid Yes, until', 'audio 4', 'agentSaid  six.'],
    ...['generationComplete', 'turnComplete'],
  ],
  'several-fields': [
    ...['ready', 'callerSaid Hi', 'audio 8', 'agentSaid Hello', 'usage 10 2 12'],
    ...['audio 4', 'agentSaid  there.', 'generationComplete'],
    ...['calls fc1:look_up_contact:{"phone":"x"}', 'turnComplete', 'audio 8', 'interrupted'],
  ],
  'several-parts': ['audio 8', 'audio 4', 'audio 8', 'turnComplete'],
  thoughts: ['audio 8', 'generationComplete', 'turnComplete'],
  'interrupted-late-sound': [
    ...['audio 8', 'audio 8', 'interrupted', 'audio 4', 'agentSaid cut wor', 'audio 4', 'turnComplete'],
    ...['audio 8', 'turnComplete'],
  ],
  'interrupted-no-turn-complete': [
    ...['audio 8', 'interrupted', 'audio 4', 'callerSaid No, tomorrow', 'audio 8'],
    ...['generationComplete', 'turnComplete'],
  ],
  'interrupted-when-quiet': [
    ...['interrupted', 'audio 4', 'turnComplete'],
    ...['audio 8', 'generationComplete', 'interrupted', 'turnComplete'],
  ],
  'tool-call-cancelled': [
    'calls fc1:look_up_contact:{"phone":"x"} fc2:take_message:{}',
    'cancelled fc2 fc9',
    'calls fc1:look_up_contact:{"phone":"x"} fc3:end_call:{}',
    'cancelled fc2',
  ],
  'tool-call-without-ids': ['calls -:look_up_contact:{"phone":"x"} -:look_up_contact:{"phone":"y"}'],
  usage: ['usage 120 30 150', 'turnComplete', 'usage 130 40 170', 'usage 5 7 12', 'usage 5 0 5'],
  'go-away': ['goAway 50000', 'goAway 9500', 'goAway'],
  resumption: ['resumption h-1', 'resumption', 'resumption', 'resumption'],
  'extended-thinking': [
    ...['audio 8', 'generationComplete', 'turnComplete', 'interaction IN_PROGRESS'],
    ...['calls fc1:look_up_contact:{}', 'interaction IN_PROGRESS'],
    ...['audio 8', 'turnComplete', 'interaction IDLE', 'interaction IDLE'],
  ],
  'text-only-turn': [
    ...['agentSaid I cannot', 'agentSaid  speak', 'generationComplete'],
    'turnComplete MALFORMED_FUNCTION_CALL',
  ],
  'words-before-sound': [
    ...['agentSaid Good', 'agentSaid  morning.', 'audio 8', 'generationComplete', 'agentSaid  Bye.'],
    'turnComplete',
  ],
  'unknown-fields': [],
};

describe('decode', () => {
  test('every fixture has its expectation', () => {
    expect(fixtureNames()).toEqual(Object.keys(EXPECTED).sort());
  });

  test.each(Object.keys(EXPECTED))('%s', (name) => {
    const facts = fixture(name).flatMap((message) => [...decode(message)]);
    expect(facts.map(line)).toEqual(EXPECTED[name]);
  });

  test('sound comes out bit for bit', () => {
    const [fact] = decode({
      serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm', data: 'AAEC/f7/' } }] } },
    });
    expect(fact).toEqual({ type: 'audio', pcm: Buffer.from([0, 1, 2, 253, 254, 255]) });
  });

  test('usage in full, by kind; kinds that nobody knows are left out, and so is what is no number', () => {
    const usage = {
      ...{ promptTokenCount: 130, responseTokenCount: 40, totalTokenCount: 175, cachedContentTokenCount: 20 },
      ...{ thoughtsTokenCount: 3, toolUsePromptTokenCount: 2 },
      promptTokensDetails: [
        { modality: 'AUDIO', tokenCount: 100 },
        { modality: 'TEXT', tokenCount: 20 },
        { modality: 'AUDIO', tokenCount: 10 },
        { modality: 'SMELL', tokenCount: 5 },
        { tokenCount: 5 },
      ],
      responseTokensDetails: [{ modality: 'AUDIO' }],
    };
    expect([...decode({ usageMetadata: usage })]).toEqual([
      {
        type: 'usage',
        usage: {
          ...{ promptTokens: 130, responseTokens: 40, totalTokens: 175, cachedTokens: 20 },
          ...{ thoughtTokens: 3, toolUseTokens: 2 },
          ...{ prompt: { audio: 110, text: 20 }, response: { audio: 0 } },
        },
      },
    ]);
  });

  test('usage in the words of Google Cloud', () => {
    const details = [{ modality: 'AUDIO', tokenCount: 7 }];
    expect([
      ...decode({ usageMetadata: { candidatesTokenCount: 7, candidatesTokensDetails: details } }),
    ]).toMatchObject([
      { usage: { promptTokens: 0, responseTokens: 7, totalTokens: 7, prompt: {}, response: { audio: 7 } } },
    ]);
  });

  test.each([
    ['50s', 50_000],
    ['0.2s', 200],
    ['9.500000000s', 9_500],
    ['soon', undefined],
    ['', undefined],
  ])('goAway in %j', (timeLeft, timeLeftMs) => {
    expect([...decode({ goAway: { timeLeft } })]).toEqual([{ type: 'goAway', timeLeftMs }]);
  });

  test('a handle counts only when it is there and resumable', () => {
    const updates = [
      { newHandle: 'h', resumable: true },
      { newHandle: 'h' },
      { newHandle: '', resumable: true },
      { resumable: true },
    ];
    expect(updates.flatMap((sessionResumptionUpdate) => [...decode({ sessionResumptionUpdate })])).toEqual(
      ['h', undefined, undefined, undefined].map((handle) => ({ type: 'resumption', handle })),
    );
  });

  test('a goAway comes after all else that shares its message', () => {
    const facts = decode({
      goAway: { timeLeft: '1s' },
      sessionResumptionUpdate: { newHandle: 'h', resumable: true },
      serverContent: { turnComplete: true },
      toolCall: { functionCalls: [{ id: 'a', name: 'b' }] },
    });
    expect([...facts].map(({ type }) => type)).toEqual([
      ...['toolCalls', 'turnComplete', 'resumption', 'goAway'],
    ]);
  });

  test('whatever JSON arrives, nothing throws', () => {
    const keys = [
      'serverContent',
      'toolCall',
      'toolCallCancellation',
      'goAway',
      'usageMetadata',
      'setupComplete',
    ];
    const inner = ['modelTurn', 'parts', 'inlineData', 'data', 'functionCalls', 'ids', 'text', 'interrupted'];
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue(),
        tie('object'),
        fc.array(tie('object'), { maxLength: 3 }),
      ),
      object: fc.dictionary(fc.constantFrom(...keys, ...inner), tie('value'), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(anything.object, (message) => {
        for (const fact of decode(message)) line(fact);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });
});

describe('parse', () => {
  const json = '{"serverContent":{"inputTranscription":{"text":"é ☎"}}}';
  const message = { serverContent: { inputTranscription: { text: 'é ☎' } } };
  const bytes = Buffer.from(json);
  const exact = new Uint8Array(bytes).buffer;

  test.each([
    ['text', json],
    ['binary', bytes],
    ['an array buffer', exact],
    ['fragments cut inside a letter', [bytes.subarray(0, 50), bytes.subarray(50)]],
    ['a view into a larger buffer', Buffer.concat([Buffer.from('xx'), bytes]).subarray(2)],
  ])('takes %s', (_what, frame) => {
    expect(parse(frame)).toEqual(message);
  });

  test.each(['', '{', 'null', '3', '"text"', '[]', '{"a":1}x'])('%j is no message', (frame) => {
    expect(parse(frame)).toBeUndefined();
    expect(parse(Buffer.from(frame))).toBeUndefined();
  });
});

// The strings are captured from the official client, @google/genai.
describe('what we send, as captured', () => {
  test('sound', () => {
    const wire = '{"realtimeInput":{"audio":{"data":"AAECAw==","mimeType":"audio/pcm;rate=16000"}}}';
    expect(encodeAudio(Uint8Array.of(0, 1, 2, 3))).toBe(wire);
    expect(encodeAudio(Uint8Array.of(9, 0, 1, 2, 3, 9).subarray(1, 5))).toBe(wire);
  });

  test('sound is what JSON.stringify would write', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (pcm) => {
        const audio = { data: Buffer.from(pcm).toString('base64'), mimeType: 'audio/pcm;rate=16000' };
        expect(encodeAudio(pcm)).toBe(JSON.stringify({ realtimeInput: { audio } }));
      }),
    );
  });

  test('a prompt, a text, an answer', () => {
    expect(encodePrompt('Say hi')).toBe(
      '{"clientContent":{"turns":[{"parts":[{"text":"Say hi"}],"role":"user"}],"turnComplete":true}}',
    );
    expect(encodeText('hello')).toBe('{"realtimeInput":{"text":"hello"}}');
    expect(encodeToolResponse('fc1', 'lookup', { output: 'ok' })).toBe(
      '{"toolResponse":{"functionResponses":[{"id":"fc1","name":"lookup","response":{"output":"ok"}}]}}',
    );
    expect(encodeToolResponse('fc1', 'lookup', {}, 'WHEN_IDLE')).toBe(
      '{"toolResponse":{"functionResponses":[{"id":"fc1","name":"lookup","response":{},"scheduling":"WHEN_IDLE"}]}}',
    );
    expect(encodeToolResponse(undefined, 'lookup', {})).toBe(
      '{"toolResponse":{"functionResponses":[{"name":"lookup","response":{}}]}}',
    );
  });

  test('a note, which is not answered; a history; our own activity signals', () => {
    expect(encodeNote('Say hi')).toBe(
      '{"clientContent":{"turns":[{"parts":[{"text":"Say hi"}],"role":"user"}],"turnComplete":false}}',
    );
    const said = [
      { who: 'caller' as const, text: 'Hi' },
      { who: 'agent' as const, text: 'Hello' },
    ];
    expect(encodeHistory(said)).toBe(
      '{"clientContent":{"turns":[{"parts":[{"text":"Hi"}],"role":"user"},{"parts":[{"text":"Hello"}],"role":"model"}],"turnComplete":true}}',
    );
    expect(ACTIVITY_START).toBe('{"realtimeInput":{"activityStart":{}}}');
    expect(ACTIVITY_END).toBe('{"realtimeInput":{"activityEnd":{}}}');
  });

  test('a setup', () => {
    const setup = buildSetup(
      {
        model: 'gemini-3.8-live',
        instructions: '…',
        voice: 'Kore',
        language: 'en-US',
        tools: [
          {
            name: 'end_call',
            description: '…',
            parameters: { type: 'object', properties: { reason: { type: 'string' } } },
          },
        ],
        voiceActivity: {
          startSensitivity: 'high',
          endSensitivity: 'low',
          prefixPaddingMs: 20,
          silenceMs: 500,
        },
        callerInterrupts: false,
      },
      capabilitiesOf('gemini-3.8-live').capabilities,
    );
    expect(encodeSetup(setup)).toBe(
      '{"setup":{"model":"models/gemini-3.8-live","generationConfig":{"responseModalities":["AUDIO"],' +
        '"speechConfig":{"languageCode":"en-US","voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}}}},' +
        '"systemInstruction":{"parts":[{"text":"…"}],"role":"user"},' +
        '"tools":[{"functionDeclarations":[{"name":"end_call","description":"…","behavior":"BLOCKING",' +
        '"parameters":{"type":"OBJECT","properties":{"reason":{"type":"STRING"}}}}]}],' +
        '"realtimeInputConfig":{"automaticActivityDetection":{"startOfSpeechSensitivity":"START_SENSITIVITY_HIGH",' +
        '"endOfSpeechSensitivity":"END_SENSITIVITY_LOW","prefixPaddingMs":20,"silenceDurationMs":500},' +
        '"activityHandling":"NO_INTERRUPTION"},"sessionResumption":{},' +
        '"contextWindowCompression":{"triggerTokens":"25000","slidingWindow":{"targetTokens":"8000"}},' +
        '"inputAudioTranscription":{},"outputAudioTranscription":{}}}',
    );
  });
});

describe('the official types', () => {
  /** The client's enums as the strings that travel; its methods and getters left out. */
  type OnTheWire<T> = T extends string
    ? `${T}`
    : T extends (...args: never) => unknown
      ? never
      : T extends object
        ? { [K in keyof T]: OnTheWire<T[K]> }
        : T;

  type Message = OnTheWire<LiveClientMessage>;

  test('take every message of ours', () => {
    const sent: [string, Message][] = [
      [encodeText('hello'), { realtimeInput: { text: 'hello' } }],
      [
        encodeAudio(Uint8Array.of(0)),
        { realtimeInput: { audio: { data: 'AA==', mimeType: 'audio/pcm;rate=16000' } } },
      ],
      [
        encodePrompt('hi'),
        { clientContent: { turns: [{ parts: [{ text: 'hi' }], role: 'user' }], turnComplete: true } },
      ],
      [
        encodeToolResponse('a', 'b', { c: 1 }, 'SILENT'),
        {
          toolResponse: {
            functionResponses: [{ id: 'a', name: 'b', response: { c: 1 }, scheduling: 'SILENT' }],
          },
        },
      ],
      [
        encodeNote('hi'),
        { clientContent: { turns: [{ parts: [{ text: 'hi' }], role: 'user' }], turnComplete: false } },
      ],
      [
        encodeHistory([{ who: 'agent', text: 'hi' }]),
        { clientContent: { turns: [{ parts: [{ text: 'hi' }], role: 'model' }], turnComplete: true } },
      ],
      [ACTIVITY_START, { realtimeInput: { activityStart: {} } }],
      [ACTIVITY_END, { realtimeInput: { activityEnd: {} } }],
      [
        encodeSetup(
          buildSetup(
            {
              model: 'gemini-3.8-live-extended-thinking',
              instructions: 'Be brief.',
              voice: 'Kore',
              language: 'en-US',
              tools: [
                {
                  name: 'greet',
                  description: 'Greets.',
                  parameters: {
                    type: 'object',
                    properties: { names: { type: 'array', items: { type: ['string', 'null'] } } },
                    required: ['names'],
                  },
                },
              ],
              voiceActivity: { startSensitivity: 'low', endSensitivity: 'high', silenceMs: 600 },
              callerInterrupts: false,
            },
            capabilitiesOf('gemini-3.8-live-extended-thinking').capabilities,
          ),
        ),
        {
          setup: {
            model: 'models/gemini-3.8-live-extended-thinking',
            generationConfig: {
              responseModalities: ['AUDIO'],
              speechConfig: {
                languageCode: 'en-US',
                voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } },
              },
              thinkingConfig: { thinkingLevel: 'LOW' },
            },
            systemInstruction: { parts: [{ text: 'Be brief.' }], role: 'user' },
            tools: [
              {
                functionDeclarations: [
                  {
                    name: 'greet',
                    description: 'Greets.',
                    parameters: {
                      type: 'OBJECT',
                      properties: { names: { type: 'ARRAY', items: { type: 'STRING', nullable: true } } },
                      required: ['names'],
                    },
                  },
                ],
              },
            ],
            realtimeInputConfig: {
              automaticActivityDetection: {
                startOfSpeechSensitivity: 'START_SENSITIVITY_LOW',
                endOfSpeechSensitivity: 'END_SENSITIVITY_HIGH',
                silenceDurationMs: 600,
              },
              activityHandling: 'NO_INTERRUPTION',
            },
            sessionResumption: {},
            contextWindowCompression: { triggerTokens: '25000', slidingWindow: { targetTokens: '8000' } },
            inputAudioTranscription: {},
            outputAudioTranscription: {},
          },
        },
      ],
    ];
    for (const [json, message] of sent) expect(JSON.parse(json)).toEqual(message);
  });

  test('name every field that we read', () => {
    type Content = NonNullable<ServerMessage['serverContent']>;
    type Usage = NonNullable<ServerMessage['usageMetadata']>;
    // Both exceptions are Google's own: prose against types, and Cloud's names.
    expectTypeOf<Exclude<keyof ServerMessage, 'interactionStatus'>>().toExtend<keyof LiveServerMessage>();
    expectTypeOf<keyof Content>().toExtend<keyof LiveServerContent>();
    expectTypeOf<Exclude<keyof Usage, 'candidatesTokenCount' | 'candidatesTokensDetails'>>().toExtend<
      keyof UsageMetadata
    >();
  });
});
