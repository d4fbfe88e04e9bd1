// What each Live model takes and how it behaves (ai.google.dev, models and live-api/thinking; openclaw/openclaw#152413).
// Pure facts: it knows no session and no wire shapes.
import { DEFAULT_MODEL, type SessionSetup } from '../session.ts';
import type { Api } from './access.ts';

export type Behavior = 'BLOCKING' | 'NON_BLOCKING';
/** What the model does with the answer to a call that it did not wait for. */
export type Scheduling = 'SILENT' | 'WHEN_IDLE' | 'INTERRUPT';
export type ThinkingLevel = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH';
export type TurnCoverage = NonNullable<SessionSetup['turnCoverage']>;

export interface Capabilities {
  /** The model's id as it goes into the setup, without `models/`. */
  readonly model: string;
  /** Where it is served under this id (ai.google.dev and docs.cloud.google.com, the models' pages). */
  readonly apis: readonly Api[];
  /** `omitted`: any thinkingConfig closes the socket. `level`: one must be sent where required. Else sending is a choice. */
  readonly thinking:
    | { readonly is: 'omitted' }
    | { readonly is: 'level'; readonly required: boolean; readonly levels: readonly ThinkingLevel[] }
    /** In tokens; 0 is none, -1 as much as the model likes. */
    | { readonly is: 'budget'; readonly most: number };
  readonly functions: {
    /** Empty: a declaration must not name a behaviour. */
    readonly declarable: readonly Behavior[];
    readonly default: Behavior;
    /** What an answer may carry; empty: the field closes the socket or does nothing. */
    readonly scheduling: readonly Scheduling[];
  };
  /** An answer names the call that it answers. Not on Google Cloud, where the function's name pairs them (livekit/agents, plugins-google). */
  readonly answersCarryId: boolean;
  readonly googleSearch: boolean;
  readonly codeExecution: boolean;
  /** Turns of talk may be seeded before the first turn (historyConfig: ai.google.dev, live-api/capabilities). */
  readonly historySeed: boolean;
  /** When turns of text may be sent: any time, or as history before the talk (Google's pages say both of 3.1). */
  readonly clientContent: 'any time' | 'disputed';
  /** A user turn makes the model speak; 3.1 wants a push after it (pipecat-ai/pipecat, gemini_live/llm.py). */
  readonly greeting: 'turn' | 'turn and nudge';
  /** What says that nothing is being generated. */
  readonly idleSignal: 'turnComplete' | 'interactionStatus';
  /** Takes voice ids such as `en-us-tavi` beside the named voices. */
  readonly catalogueVoices: boolean;
  /** A transcription may be told languages and words (sierra-research/tau2-bench#544; not 2.5: google/adk-python#5542). */
  readonly languageHints: boolean;
  readonly turnCoverages: readonly TurnCoverage[];
  /** In tokens (ai.google.dev, the models' own pages). */
  readonly contextWindow: number;
  readonly mostOutputTokens: number;
  readonly compression: boolean;
  readonly resumption: boolean;
}

type Family = Omit<Capabilities, 'model'>;

const LIVE_3_8: Family = {
  apis: ['developer', 'cloud'],
  thinking: { is: 'omitted' },
  functions: {
    declarable: ['BLOCKING', 'NON_BLOCKING'],
    default: 'NON_BLOCKING',
    scheduling: ['SILENT', 'WHEN_IDLE', 'INTERRUPT'],
  },
  answersCarryId: true,
  googleSearch: true,
  codeExecution: false,
  historySeed: true,
  clientContent: 'any time',
  greeting: 'turn',
  idleSignal: 'turnComplete',
  catalogueVoices: true,
  languageHints: true,
  turnCoverages: ['speech', 'all-input', 'speech-and-video'],
  contextWindow: 131_072,
  mostOutputTokens: 65_536,
  compression: true,
  resumption: true,
};

const EXTENDED_THINKING: Family = {
  ...LIVE_3_8,
  thinking: { is: 'level', required: true, levels: ['LOW', 'MEDIUM', 'HIGH'] },
  functions: { declarable: ['NON_BLOCKING'], default: 'NON_BLOCKING', scheduling: [] },
  idleSignal: 'interactionStatus',
};

const FLASH_3_1: Family = {
  ...LIVE_3_8,
  apis: ['developer'],
  thinking: { is: 'level', required: false, levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] },
  functions: { declarable: [], default: 'BLOCKING', scheduling: [] },
  clientContent: 'disputed',
  greeting: 'turn and nudge',
  catalogueVoices: false,
};

const NATIVE_2_5: Family = {
  ...LIVE_3_8,
  apis: ['developer'],
  thinking: { is: 'budget', most: 24_576 },
  functions: { ...LIVE_3_8.functions, default: 'BLOCKING' },
  historySeed: false,
  catalogueVoices: false,
  languageHints: false,
  turnCoverages: ['speech', 'all-input'],
  mostOutputTokens: 8_192,
};

/** Google Cloud's own name of it; thinking is off there (google/adk-python#5542). */
const CLOUD_2_5: Family = { ...NATIVE_2_5, apis: ['cloud'], thinking: { is: 'omitted' } };

/** Retired; the API's first guide names it. */
const FLASH_2_0: Family = { ...NATIVE_2_5, thinking: { is: 'omitted' }, codeExecution: true };

const MODELS: ReadonlyMap<string, Family> = new Map([
  [DEFAULT_MODEL, LIVE_3_8],
  ['gemini-3.8-live-extended-thinking', EXTENDED_THINKING],
  ['gemini-3.1-flash-live-preview', FLASH_3_1],
  ['gemini-2.5-flash-native-audio-preview-12-2025', NATIVE_2_5],
  ['gemini-2.5-flash-native-audio-latest', NATIVE_2_5],
  ['gemini-2.0-flash-live-001', FLASH_2_0],
  ['gemini-live-2.5-flash-native-audio', CLOUD_2_5],
]);

/** As the Gemini API names them; Google Cloud has some under other names. */
export const KNOWN_MODELS: readonly string[] = [...MODELS]
  .filter(([, { apis }]) => apis.includes('developer'))
  .map(([id]) => id);

/** A model that the table does not name is taken for the newest default family: a new id must not need a new release. */
export function capabilitiesOf(model: string): { known: boolean; capabilities: Capabilities } {
  const id = model.replace(/^models\//, '');
  const entry = MODELS.get(id);
  return { known: entry !== undefined, capabilities: { ...(entry ?? LIVE_3_8), model: id } };
}
