// How each Live model behaves (ai.google.dev, models and live-api/thinking; openclaw/openclaw#152413). Facts alone: it
// judges nothing. Written apart from the client's own table on purpose: a judge that copies the accused acquits
// everybody.

/** Whose server it is: the Gemini API, or Google Cloud, whose models have other names and lack some fields. */
export type Api = 'developer' | 'cloud';

export interface ModelRules {
  readonly thinking: 'refused' | 'level required' | 'level' | 'budget';
  /** A setup may announce history (yagudaev/voiceclaw#248). */
  readonly history: 'allowed' | 'unknown name';
  /** A transcription may be told languages and words; 2.5 does not heed them (google/adk-python#5542). */
  readonly hints: 'allowed' | 'unknown name';
  readonly codeExecution: 'allowed' | 'refused';
  /** TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO came with 3.x. */
  readonly allVideo: 'allowed' | 'refused';
  readonly mostOutputTokens: number;
  /** What a declaration without `behavior` means. */
  readonly behavior: 'BLOCKING' | 'NON_BLOCKING';
  readonly blockingAllowed: boolean;
  readonly scheduling: 'allowed' | 'refused';
  /** `audioStreamEnd` ends the caller's turn; 3.8 ignores it. */
  readonly streamEndEndsTurn: boolean;
  /** A user turn by `clientContent` is answered only once something comes by `realtimeInput`. */
  readonly needsNudge: boolean;
  readonly affectiveDialog: 'dies on first message' | 'never ready' | 'unknown name';
  readonly catalogueVoices: boolean;
  readonly mediaChunks: 'allowed' | 'refused';
  /** Says `interactionStatus: IDLE` when it waits for the caller. */
  readonly saysIdle: boolean;
}

const LIVE_3_8: ModelRules = {
  thinking: 'refused',
  history: 'allowed',
  hints: 'allowed',
  codeExecution: 'refused',
  allVideo: 'allowed',
  mostOutputTokens: 65_536,
  behavior: 'NON_BLOCKING',
  blockingAllowed: true,
  scheduling: 'allowed',
  streamEndEndsTurn: false,
  needsNudge: false,
  affectiveDialog: 'dies on first message',
  catalogueVoices: true,
  mediaChunks: 'refused',
  saysIdle: false,
};

const NATIVE_2_5: ModelRules = {
  ...LIVE_3_8,
  thinking: 'budget',
  history: 'unknown name',
  hints: 'unknown name',
  allVideo: 'refused',
  mostOutputTokens: 8_192,
  behavior: 'BLOCKING',
  streamEndEndsTurn: true,
  affectiveDialog: 'unknown name',
  catalogueVoices: false,
  mediaChunks: 'allowed',
};

const GEMINI_API: ReadonlyMap<string, ModelRules> = new Map([
  ['gemini-3.8-live', LIVE_3_8],
  [
    'gemini-3.8-live-extended-thinking',
    {
      ...LIVE_3_8,
      thinking: 'level required',
      blockingAllowed: false,
      scheduling: 'refused',
      saysIdle: true,
    },
  ],
  [
    'gemini-3.1-flash-live-preview',
    {
      ...LIVE_3_8,
      thinking: 'level',
      behavior: 'BLOCKING',
      streamEndEndsTurn: true,
      needsNudge: true,
      affectiveDialog: 'never ready',
      catalogueVoices: false,
    },
  ],
  ['gemini-2.5-flash-native-audio-preview-12-2025', NATIVE_2_5],
  ['gemini-2.5-flash-native-audio-latest', NATIVE_2_5],
  // Retired at Google; kept because the API's first guide names it.
  ['gemini-2.0-flash-live-001', { ...NATIVE_2_5, thinking: 'refused', codeExecution: 'allowed' }],
]);

/** `scheduling` is no field of an answer there (livekit/agents, plugins-google); thinking: google/adk-python#5542. */
const GOOGLE_CLOUD: ReadonlyMap<string, ModelRules> = new Map([
  ['gemini-3.8-live', { ...LIVE_3_8, scheduling: 'refused' }],
  ['gemini-live-2.5-flash-native-audio', { ...NATIVE_2_5, thinking: 'refused', scheduling: 'refused' }],
]);

const CLOUD_NAME = /^projects\/[^/]+\/locations\/[^/]+\/publishers\/google\/models\/(.+)$/;
const DEVELOPER_NAME = /^models\/(.+)$/;

/** Undefined for a name that this server does not know. */
export const rulesOf = (name: string, api: Api): ModelRules | undefined =>
  api === 'cloud'
    ? GOOGLE_CLOUD.get(CLOUD_NAME.exec(name)?.[1] ?? '')
    : GEMINI_API.get(DEVELOPER_NAME.exec(name)?.[1] ?? '');
