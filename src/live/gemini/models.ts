// What each Live model takes and how it behaves (ai.google.dev, models and live-api/thinking; openclaw/openclaw#152413).
// Pure facts: it knows no session and no wire shapes.
import { DEFAULT_MODEL } from '../session.ts';

export type Behavior = 'BLOCKING' | 'NON_BLOCKING';
export type Scheduling = 'SILENT' | 'WHEN_IDLE' | 'INTERRUPT';

export interface Capabilities {
  /** The model's id as it goes into the setup, without `models/`. */
  readonly model: string;
  /** `omitted`: any thinkingConfig closes the socket. `level`: one must be sent. Else sending is a choice. */
  readonly thinking:
    | { readonly is: 'omitted' }
    | { readonly is: 'level'; readonly required: boolean; readonly levels: readonly string[] }
    | { readonly is: 'budget' };
  readonly functions: {
    /** Empty: a declaration must not name a behaviour. */
    readonly declarable: readonly Behavior[];
    readonly default: Behavior;
    /** What an answer may carry; empty: the field closes the socket or does nothing. */
    readonly scheduling: readonly Scheduling[];
  };
  /** When turns of text may be sent: any time, or as history before the talk (Google's pages say both of 3.1). */
  readonly clientContent: 'any time' | 'disputed';
  /** A user turn makes the model speak; 3.1 wants a push after it (pipecat-ai/pipecat, gemini_live/llm.py). */
  readonly greeting: 'turn' | 'turn and nudge';
  /** What says that nothing is being generated. */
  readonly idleSignal: 'turnComplete' | 'interactionStatus';
  /** Whether voices of the catalogue (`en-us-tavi`) are taken beside the named ones (`Kore`). */
  readonly catalogueVoices: boolean;
  readonly compression: boolean;
  readonly resumption: boolean;
}

const BOTH: readonly Behavior[] = ['BLOCKING', 'NON_BLOCKING'];
const EVERY_SCHEDULING: readonly Scheduling[] = ['SILENT', 'WHEN_IDLE', 'INTERRUPT'];

const LIVE_3_8: Omit<Capabilities, 'model'> = {
  thinking: { is: 'omitted' },
  functions: { declarable: BOTH, default: 'NON_BLOCKING', scheduling: EVERY_SCHEDULING },
  clientContent: 'any time',
  greeting: 'turn',
  idleSignal: 'turnComplete',
  catalogueVoices: true,
  compression: true,
  resumption: true,
};

const EXTENDED_THINKING: typeof LIVE_3_8 = {
  ...LIVE_3_8,
  thinking: { is: 'level', required: true, levels: ['LOW', 'MEDIUM', 'HIGH'] },
  functions: { declarable: ['NON_BLOCKING'], default: 'NON_BLOCKING', scheduling: [] },
  idleSignal: 'interactionStatus',
};

const FLASH_3_1: typeof LIVE_3_8 = {
  ...LIVE_3_8,
  thinking: { is: 'level', required: false, levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] },
  functions: { declarable: [], default: 'BLOCKING', scheduling: [] },
  clientContent: 'disputed',
  greeting: 'turn and nudge',
  catalogueVoices: false,
};

const NATIVE_2_5: typeof LIVE_3_8 = {
  ...LIVE_3_8,
  thinking: { is: 'budget' },
  functions: { declarable: BOTH, default: 'BLOCKING', scheduling: EVERY_SCHEDULING },
  catalogueVoices: false,
};

/** Retired; the API's first guide names it. */
const FLASH_2_0: typeof LIVE_3_8 = { ...NATIVE_2_5, thinking: { is: 'omitted' } };

const TABLE: ReadonlyMap<string, Omit<Capabilities, 'model'>> = new Map([
  [DEFAULT_MODEL, LIVE_3_8],
  ['gemini-3.8-live-extended-thinking', EXTENDED_THINKING],
  ['gemini-3.1-flash-live-preview', FLASH_3_1],
  ['gemini-2.5-flash-native-audio-preview-12-2025', NATIVE_2_5],
  ['gemini-2.5-flash-native-audio-latest', NATIVE_2_5],
  ['gemini-2.0-flash-live-001', FLASH_2_0],
]);

export const KNOWN_MODELS: readonly string[] = [...TABLE.keys()];

/** A model that the table does not name is taken for the newest default family: a new id must not need a new release. */
export function capabilitiesOf(model: string): { known: boolean; capabilities: Capabilities } {
  const id = model.replace(/^models\//, '');
  const entry = TABLE.get(id);
  return { known: entry !== undefined, capabilities: { ...(entry ?? LIVE_3_8), model: id } };
}
