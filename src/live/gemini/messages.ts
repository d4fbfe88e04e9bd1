// The Live API on the wire (live-api.md §1.4, §2): JSON in camelCase, one union key per client message.

export interface WireBlob {
  data: string;
  mimeType: string;
}

export interface WirePart {
  text?: string;
  thought?: boolean;
  inlineData?: WireBlob;
}

export interface WireContent {
  role?: string;
  parts?: WirePart[];
}

export interface WireFunctionDeclaration {
  name: string;
  description: string;
  behavior?: 'BLOCKING' | 'NON_BLOCKING';
  /** The OpenAPI subset; `additionalProperties` in it gets the whole setup refused. */
  parameters?: object;
}

export interface WireSetup {
  model: string;
  generationConfig: {
    responseModalities: ['AUDIO'];
    speechConfig?: {
      languageCode?: string;
      voiceConfig?: { prebuiltVoiceConfig: { voiceName: string } };
    };
    thinkingConfig?: { thinkingLevel?: string; thinkingBudget?: number };
  };
  systemInstruction?: WireContent;
  tools?: { functionDeclarations?: WireFunctionDeclaration[] }[];
  realtimeInputConfig?: {
    automaticActivityDetection?: {
      disabled?: boolean;
      startOfSpeechSensitivity?: 'START_SENSITIVITY_HIGH' | 'START_SENSITIVITY_LOW';
      endOfSpeechSensitivity?: 'END_SENSITIVITY_HIGH' | 'END_SENSITIVITY_LOW';
      prefixPaddingMs?: number;
      silenceDurationMs?: number;
    };
    activityHandling?: 'START_OF_ACTIVITY_INTERRUPTS' | 'NO_INTERRUPTION';
    turnCoverage?: string;
  };
  sessionResumption?: { handle?: string };
  contextWindowCompression?: { triggerTokens?: string; slidingWindow?: { targetTokens?: string } };
  inputAudioTranscription?: object;
  outputAudioTranscription?: object;
  historyConfig?: { initialHistoryInClientContent?: boolean };
}

export type ClientMessage =
  | { setup: WireSetup }
  | { clientContent: { turns?: WireContent[]; turnComplete?: boolean } }
  | {
      realtimeInput: {
        audio?: WireBlob;
        text?: string;
        audioStreamEnd?: boolean;
        activityStart?: object;
        activityEnd?: object;
      };
    }
  | {
      toolResponse: {
        functionResponses: { id: string; name: string; response: object; scheduling?: string }[];
      };
    };

export interface ServerMessage {
  setupComplete?: { sessionId?: string };
  serverContent?: {
    modelTurn?: WireContent;
    generationComplete?: boolean;
    turnComplete?: boolean;
    interrupted?: boolean;
    inputTranscription?: { text?: string; finished?: boolean };
    outputTranscription?: { text?: string; finished?: boolean };
    turnCompleteReason?: string;
    interactionStatus?: string;
  };
  toolCall?: { functionCalls?: { id?: string; name?: string; args?: Record<string, unknown> }[] };
  toolCallCancellation?: { ids?: string[] };
  sessionResumptionUpdate?: { newHandle?: string; resumable?: boolean };
  /** `timeLeft` is a protobuf Duration, e.g. "9.5s". */
  goAway?: { timeLeft?: string };
  usageMetadata?: {
    promptTokenCount?: number;
    responseTokenCount?: number;
    totalTokenCount?: number;
  };
}
