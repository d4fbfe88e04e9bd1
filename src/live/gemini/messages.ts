// The Live API on the wire (googleapis generative_service.proto, types of @google/genai): its shapes, and how a server
// message becomes facts. Knows nothing of sockets or turns.
import type { Modality, TokenUsage } from '../session.ts';
import type { Scheduling } from './models.ts';
import type { WireSetup } from './wire-setup.ts';

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

interface WireTokens {
  modality?: string;
  tokenCount?: number;
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
        functionResponses: { id?: string; name: string; response: object; scheduling?: Scheduling }[];
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
    /** Google Cloud's name for `responseTokenCount`. */
    candidatesTokenCount?: number;
    totalTokenCount?: number;
    cachedContentTokenCount?: number;
    thoughtsTokenCount?: number;
    toolUsePromptTokenCount?: number;
    promptTokensDetails?: WireTokens[];
    responseTokensDetails?: WireTokens[];
    /** Google Cloud's name for `responseTokensDetails`. */
    candidatesTokensDetails?: WireTokens[];
  };
  /** Google's prose (ai.google.dev, live-api/thinking) shows it here, its types in `serverContent`; both are read. */
  interactionStatus?: string;
}

/** A function call as it came: Google Cloud may leave the id out. */
export interface CalledFunction {
  id: string | undefined;
  name: string;
  args: Record<string, unknown>;
}

/** What one server message says, in the order in which `decode` gives it. */
export type LiveFact =
  | { type: 'ready'; sessionId: string | undefined }
  | { type: 'callerSaid'; text: string }
  | { type: 'audio'; pcm: Uint8Array }
  | { type: 'agentSaid'; text: string }
  | { type: 'generationComplete' }
  | { type: 'interrupted' }
  | { type: 'toolCalls'; calls: CalledFunction[] }
  | { type: 'toolCallsCancelled'; ids: string[] }
  /** `reason` is given when the turn did not end as it should, e.g. MALFORMED_FUNCTION_CALL. */
  | { type: 'turnComplete'; reason: string | undefined }
  | { type: 'interaction'; status: string }
  | { type: 'usage'; usage: TokenUsage }
  | { type: 'resumption'; handle: string | undefined }
  | { type: 'goAway'; timeLeftMs: number | undefined };

// The wire is not ours: what the types above promise is looked at once more before it is believed.
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const count = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const objects = <Item extends object>(value: readonly Item[] | undefined): readonly Item[] =>
  Array.isArray(value) ? value.filter((item): item is Item => isObject(item)) : [];

/**
 * One message, zero or more facts: several fields and several parts may share a message on 3.x, so every field is
 * looked at. What the caller said comes before the answer to it, sound before the `interrupted` that kills it, and the
 * end of a turn after all that belongs to the turn.
 */
export function* decode(message: ServerMessage): Generator<LiveFact, void, void> {
  if (message.setupComplete) yield { type: 'ready', sessionId: text(message.setupComplete.sessionId) };
  const content = message.serverContent;
  if (content) {
    const heard = text(content.inputTranscription?.text);
    if (heard !== undefined) yield { type: 'callerSaid', text: heard };
    for (const { thought, inlineData } of objects(content.modelTurn?.parts)) {
      const sound = thought ? undefined : text(inlineData?.data);
      if (sound !== undefined && (text(inlineData?.mimeType) ?? 'audio/').startsWith('audio/'))
        yield { type: 'audio', pcm: Buffer.from(sound, 'base64') };
    }
    const said = text(content.outputTranscription?.text);
    if (said !== undefined) yield { type: 'agentSaid', text: said };
    if (content.generationComplete) yield { type: 'generationComplete' };
    if (content.interrupted) yield { type: 'interrupted' };
  }
  const calls = objects(message.toolCall?.functionCalls).map(({ id, name, args }) => ({
    id: text(id),
    name: text(name) ?? '',
    args: isObject(args) ? args : {},
  }));
  if (calls.length > 0) yield { type: 'toolCalls', calls };
  const cancelled = message.toolCallCancellation?.ids;
  const ids = Array.isArray(cancelled) ? cancelled.filter((id) => text(id) !== undefined) : [];
  if (ids.length > 0) yield { type: 'toolCallsCancelled', ids };
  if (content?.turnComplete) yield { type: 'turnComplete', reason: text(content.turnCompleteReason) };
  const status = text(content?.interactionStatus) ?? text(message.interactionStatus);
  if (status !== undefined) yield { type: 'interaction', status };
  yield* bookkeeping(message);
}

function* bookkeeping(message: ServerMessage): Generator<LiveFact, void, void> {
  if (message.usageMetadata) yield { type: 'usage', usage: usageOf(message.usageMetadata) };
  const resumption = message.sessionResumptionUpdate;
  if (resumption)
    yield { type: 'resumption', handle: resumption.resumable ? text(resumption.newHandle) : undefined };
  if (message.goAway) {
    const seconds = Number.parseFloat(text(message.goAway.timeLeft) ?? '');
    yield { type: 'goAway', timeLeftMs: Number.isNaN(seconds) ? undefined : seconds * 1_000 };
  }
}

function usageOf(used: NonNullable<ServerMessage['usageMetadata']>): TokenUsage {
  const promptTokens = count(used.promptTokenCount) ?? 0;
  const responseTokens = count(used.responseTokenCount) ?? count(used.candidatesTokenCount) ?? 0;
  return {
    promptTokens,
    responseTokens,
    totalTokens: count(used.totalTokenCount) ?? promptTokens + responseTokens,
    cachedTokens: count(used.cachedContentTokenCount) ?? 0,
    thoughtTokens: count(used.thoughtsTokenCount) ?? 0,
    toolUseTokens: count(used.toolUsePromptTokenCount) ?? 0,
    prompt: byModality(used.promptTokensDetails),
    response: byModality(used.responseTokensDetails ?? used.candidatesTokensDetails),
  };
}

const MODALITIES: ReadonlyMap<string, Modality> = new Map([
  ['TEXT', 'text'],
  ['AUDIO', 'audio'],
  ['IMAGE', 'image'],
  ['VIDEO', 'video'],
]);

function byModality(details: readonly WireTokens[] | undefined): Partial<Record<Modality, number>> {
  const sums: Partial<Record<Modality, number>> = {};
  for (const { modality, tokenCount } of objects(details)) {
    const kind = MODALITIES.get(text(modality) ?? '');
    if (kind) sums[kind] = (sums[kind] ?? 0) + (count(tokenCount) ?? 0);
  }
  return sums;
}

/** A frame as `ws` hands it over. Google sends its JSON in binary frames, stand-ins in text frames. */
export type RawFrame = string | Uint8Array | ArrayBuffer | readonly Uint8Array[];

/** Undefined when the frame holds no JSON object. */
export function parse(frame: RawFrame): ServerMessage | undefined {
  try {
    const message: unknown = JSON.parse(textOf(frame));
    return isObject(message) && !Array.isArray(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

function textOf(frame: RawFrame): string {
  if (typeof frame === 'string') return frame;
  if (frame instanceof ArrayBuffer) return Buffer.from(frame).toString();
  if (!(frame instanceof Uint8Array)) return Buffer.concat(frame).toString();
  return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString();
}
