// The setup message on the wire (googleapis generative_service.proto, types of @google/genai): its shape alone.
import type { ThinkingLevel } from './models.ts';
import type { WireSchema } from './schema.ts';

export interface WireFunctionDeclaration {
  name: string;
  description: string;
  behavior?: 'BLOCKING' | 'NON_BLOCKING';
  /** The OpenAPI subset; `additionalProperties` in it gets the whole setup refused. */
  parameters?: WireSchema;
}

export interface WireTool {
  functionDeclarations?: WireFunctionDeclaration[];
  googleSearch?: object;
  codeExecution?: object;
}

export interface WireTranscription {
  languageCodes?: string[];
  customVocabulary?: string[];
}

export interface WireGenerationConfig {
  responseModalities: ['AUDIO'];
  speechConfig?: {
    languageCode?: string;
    voiceConfig?: { prebuiltVoiceConfig: { voiceName: string } };
  };
  thinkingConfig?: { thinkingLevel?: ThinkingLevel; thinkingBudget?: number };
  mediaResolution?: 'MEDIA_RESOLUTION_LOW' | 'MEDIA_RESOLUTION_MEDIUM' | 'MEDIA_RESOLUTION_HIGH';
  temperature?: number;
  topP?: number;
  topK?: number;
  maxOutputTokens?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  seed?: number;
}

export interface WireRealtimeInput {
  automaticActivityDetection?: {
    disabled?: boolean;
    startOfSpeechSensitivity?: 'START_SENSITIVITY_HIGH' | 'START_SENSITIVITY_LOW';
    endOfSpeechSensitivity?: 'END_SENSITIVITY_HIGH' | 'END_SENSITIVITY_LOW';
    prefixPaddingMs?: number;
    silenceDurationMs?: number;
  };
  activityHandling?: 'START_OF_ACTIVITY_INTERRUPTS' | 'NO_INTERRUPTION';
  turnCoverage?:
    'TURN_INCLUDES_ONLY_ACTIVITY' | 'TURN_INCLUDES_ALL_INPUT' | 'TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO';
}

export interface WireSetup {
  /** `models/…` with a key, `projects/…/publishers/google/models/…` on Google Cloud. */
  model: string;
  generationConfig: WireGenerationConfig;
  systemInstruction?: { parts: { text: string }[]; role: string };
  tools?: WireTool[];
  realtimeInputConfig?: WireRealtimeInput;
  sessionResumption?: { handle?: string };
  /** int64 travels as text (protobuf's JSON mapping). */
  contextWindowCompression?: { triggerTokens?: string; slidingWindow?: { targetTokens?: string } };
  inputAudioTranscription?: WireTranscription;
  outputAudioTranscription?: WireTranscription;
  /** What follows `setupComplete` as `clientContent`, up to `turnComplete: true`, was said before. */
  historyConfig?: { initialHistoryInClientContent?: boolean };
}
