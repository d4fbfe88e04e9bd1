// A client message once judged: the shapes of shapes.ts as types. Holds no rule.
import type { WireContent } from '../../live/gemini/messages.ts';

export interface HeardSchema {
  type?: string;
  properties?: Record<string, HeardSchema>;
  items?: HeardSchema;
  anyOf?: HeardSchema[];
  required?: string[];
}

export interface HeardDeclaration {
  name?: string;
  description?: string;
  behavior?: string;
  parameters?: HeardSchema;
}

export interface HeardTranscription {
  languageCodes?: string[];
  customVocabulary?: string[];
}

export interface HeardSetup {
  model?: string;
  generationConfig?: {
    responseModalities?: string[];
    speechConfig?: {
      languageCode?: string;
      voiceConfig?: { prebuiltVoiceConfig?: { voiceName?: string } };
    };
    thinkingConfig?: { includeThoughts?: boolean; thinkingBudget?: number; thinkingLevel?: string };
    enableAffectiveDialog?: boolean;
    temperature?: number;
    topP?: number;
    topK?: number;
    maxOutputTokens?: number;
    presencePenalty?: number;
    frequencyPenalty?: number;
  };
  systemInstruction?: WireContent;
  tools?: {
    functionDeclarations?: HeardDeclaration[];
    googleSearch?: object;
    codeExecution?: object;
    urlContext?: object;
  }[];
  realtimeInputConfig?: {
    automaticActivityDetection?: {
      disabled?: boolean;
      startOfSpeechSensitivity?: string;
      endOfSpeechSensitivity?: string;
      prefixPaddingMs?: number;
      silenceDurationMs?: number;
    };
    activityHandling?: string;
    turnCoverage?: string;
  };
  sessionResumption?: { handle?: string };
  contextWindowCompression?: { triggerTokens?: string; slidingWindow?: { targetTokens?: string } };
  inputAudioTranscription?: HeardTranscription;
  outputAudioTranscription?: HeardTranscription;
  historyConfig?: { initialHistoryInClientContent?: boolean };
}

export interface HeardToolAnswer {
  id?: string;
  name?: string;
  response?: Record<string, unknown>;
  scheduling?: string;
  willContinue?: boolean;
}

export interface HeardBlob {
  data?: string;
  mimeType?: string;
}

export interface HeardRealtimeInput {
  audio?: HeardBlob;
  video?: HeardBlob;
  text?: string;
  mediaChunks?: HeardBlob[];
  audioStreamEnd?: boolean;
  activityStart?: object;
  activityEnd?: object;
}

export interface HeardClientContent {
  turns?: WireContent[];
  turnComplete?: boolean;
}

/** Exactly one of these is set. */
export interface HeardMessage {
  setup?: HeardSetup;
  clientContent?: HeardClientContent;
  realtimeInput?: HeardRealtimeInput;
  toolResponse?: { functionResponses?: HeardToolAnswer[] };
}
