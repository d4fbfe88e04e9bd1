// What a client message may hold on v1beta (googleapis generative_service.proto, types of @google/genai), as data. Knows
// names and types, not what models accept.

export interface MessageShape {
  readonly is: 'message';
  readonly fields: Readonly<Record<string, Shape>>;
  /** At most one of the fields may be set; the name is what the server calls the choice. */
  readonly oneOf?: string;
}

export type Shape =
  | { readonly is: 'string' | 'bytes' | 'bool' | 'int32' | 'int64' | 'float' | 'struct' | 'value' }
  | { readonly is: 'enum'; readonly values: readonly string[] }
  | { readonly is: 'list' | 'map'; readonly of: Shape }
  | MessageShape;

const text: Shape = { is: 'string' };
const bool: Shape = { is: 'bool' };
const int32: Shape = { is: 'int32' };
const int64: Shape = { is: 'int64' };
const float: Shape = { is: 'float' };
const struct: Shape = { is: 'struct' };
const value: Shape = { is: 'value' };
const oneOfValues = (...values: string[]): Shape => ({ is: 'enum', values });
const list = (of: Shape): Shape => ({ is: 'list', of });
const map = (of: Shape): Shape => ({ is: 'map', of });
const message = (fields: Record<string, Shape>, oneOf?: string): MessageShape =>
  oneOf === undefined ? { is: 'message', fields } : { is: 'message', fields, oneOf };

const BLOB = message({ mimeType: text, data: { is: 'bytes' } });

const PART = message({
  text,
  thought: bool,
  inlineData: BLOB,
  functionCall: message({ id: text, name: text, args: struct }),
  functionResponse: message({ id: text, name: text, response: struct }),
});

const CONTENT = message({ role: text, parts: list(PART) });

/** The OpenAPI subset; JSON Schema's other words (`additionalProperties`, `const`, `$ref`, …) are unknown names. */
const SCHEMA: MessageShape = {
  is: 'message',
  fields: {
    type: oneOfValues(
      'TYPE_UNSPECIFIED',
      'STRING',
      'NUMBER',
      'INTEGER',
      'BOOLEAN',
      'ARRAY',
      'OBJECT',
      'NULL',
    ),
    format: text,
    title: text,
    description: text,
    nullable: bool,
    default: value,
    example: value,
    enum: list(text),
    pattern: text,
    minLength: int64,
    maxLength: int64,
    minimum: float,
    maximum: float,
    minItems: int64,
    maxItems: int64,
    minProperties: int64,
    maxProperties: int64,
    required: list(text),
    propertyOrdering: list(text),
    get items(): Shape {
      return SCHEMA;
    },
    get properties(): Shape {
      return map(SCHEMA);
    },
    get anyOf(): Shape {
      return list(SCHEMA);
    },
  },
};

const FUNCTION_DECLARATION = message({
  name: text,
  description: text,
  behavior: oneOfValues('UNSPECIFIED', 'BLOCKING', 'NON_BLOCKING'),
  parameters: SCHEMA,
  parametersJsonSchema: value,
  response: SCHEMA,
  responseJsonSchema: value,
});

const TRANSCRIPTION = message({
  languageCodes: list(text),
  customVocabulary: list(text),
  mode: oneOfValues('VERBATIM', 'SMART'),
  wordTimestamp: bool,
  diarization: bool,
});

const GENERATION_CONFIG = message({
  responseModalities: list(oneOfValues('TEXT', 'IMAGE', 'AUDIO')),
  temperature: float,
  topP: float,
  topK: float,
  maxOutputTokens: int32,
  candidateCount: int32,
  presencePenalty: float,
  frequencyPenalty: float,
  seed: int32,
  mediaResolution: oneOfValues('MEDIA_RESOLUTION_LOW', 'MEDIA_RESOLUTION_MEDIUM', 'MEDIA_RESOLUTION_HIGH'),
  speechConfig: message({
    languageCode: text,
    voiceConfig: message({
      prebuiltVoiceConfig: message({ voiceName: text }),
      replicatedVoiceConfig: struct,
      voice: struct,
    }),
  }),
  thinkingConfig: message({
    includeThoughts: bool,
    thinkingBudget: int32,
    thinkingLevel: oneOfValues('MINIMAL', 'LOW', 'MEDIUM', 'HIGH'),
  }),
  enableAffectiveDialog: bool,
  translationConfig: message({ targetLanguageCode: text, echoTargetLanguage: bool }),
  // Fields of the text API: the server knows them and refuses them in a live setup (models.ts).
  responseLogprobs: bool,
  logprobs: int32,
  responseMimeType: text,
  responseSchema: SCHEMA,
  responseJsonSchema: value,
  stopSequences: list(text),
});

const SETUP = message({
  model: text,
  generationConfig: GENERATION_CONFIG,
  systemInstruction: CONTENT,
  tools: list(
    message({
      functionDeclarations: list(FUNCTION_DECLARATION),
      googleSearch: struct,
      codeExecution: struct,
      urlContext: struct,
    }),
  ),
  realtimeInputConfig: message({
    automaticActivityDetection: message({
      disabled: bool,
      startOfSpeechSensitivity: oneOfValues('START_SENSITIVITY_HIGH', 'START_SENSITIVITY_LOW'),
      endOfSpeechSensitivity: oneOfValues('END_SENSITIVITY_HIGH', 'END_SENSITIVITY_LOW'),
      prefixPaddingMs: int32,
      silenceDurationMs: int32,
    }),
    activityHandling: oneOfValues('START_OF_ACTIVITY_INTERRUPTS', 'NO_INTERRUPTION'),
    turnCoverage: oneOfValues(
      'TURN_INCLUDES_ONLY_ACTIVITY',
      'TURN_INCLUDES_ALL_INPUT',
      'TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO',
    ),
  }),
  sessionResumption: message({ handle: text }),
  contextWindowCompression: message({
    triggerTokens: int64,
    slidingWindow: message({ targetTokens: int64 }),
  }),
  inputAudioTranscription: TRANSCRIPTION,
  outputAudioTranscription: TRANSCRIPTION,
  historyConfig: message({ initialHistoryInClientContent: bool }),
  safetySettings: list(struct),
  labels: map(text),
});

export const CLIENT_MESSAGE = message(
  {
    setup: SETUP,
    clientContent: message({ turns: list(CONTENT), turnComplete: bool }),
    realtimeInput: message({
      audio: BLOB,
      video: BLOB,
      text,
      mediaChunks: list(BLOB),
      audioStreamEnd: bool,
      activityStart: message({}),
      activityEnd: message({}),
    }),
    toolResponse: message({
      functionResponses: list(
        message({
          id: text,
          name: text,
          response: struct,
          parts: list(PART),
          scheduling: oneOfValues('SILENT', 'WHEN_IDLE', 'INTERRUPT'),
          willContinue: bool,
        }),
      ),
    }),
  },
  'message_type',
);
