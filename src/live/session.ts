// A session: one conversation with the model. It numbers the agent's turns and hides the sockets it runs on.
import type { AudioFormat } from '../audio/format.ts';
import type { LivelineError } from '../base/errors.ts';
import type { ToolCallId, TurnId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';

/** The stable Live model (ai.google.dev, models/gemini-3.8-live): for profiles that name none. */
export const DEFAULT_MODEL = 'gemini-3.8-live';

export type JsonObject = { readonly [key: string]: unknown };

/** A function that the model may call. `parameters` is plain JSON Schema; the vendor strips what its API refuses. */
export interface ToolDeclaration {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

export interface VoiceActivitySetup {
  readonly startSensitivity?: 'high' | 'low' | undefined;
  readonly endSensitivity?: 'high' | 'low' | undefined;
  /** Speech shorter than this does not count as a start. */
  readonly prefixPaddingMs?: number | undefined;
  /** Silence that ends the caller's turn. */
  readonly silenceMs?: number | undefined;
}

/** All that a session is opened with. A vendor refuses what its model lacks with LIVE_SETUP_UNSUPPORTED. */
export interface SessionSetup {
  readonly model: string;
  readonly instructions: string;
  readonly voice?: string | undefined;
  /** BCP 47, e.g. `en-US`. */
  readonly language?: string | undefined;
  readonly tools: readonly ToolDeclaration[];
  readonly voiceActivity: VoiceActivitySetup;
  /** Whether the model stops speaking when the caller starts. */
  readonly callerInterrupts: boolean;
}

export interface ToolCall {
  readonly id: ToolCallId;
  readonly name: string;
  readonly args: JsonObject;
}

export interface ToolAnswer {
  readonly id: ToolCallId;
  readonly name: string;
  readonly response: JsonObject;
}

export interface TokenUsage {
  readonly promptTokens: number;
  readonly responseTokens: number;
  readonly totalTokens: number;
}

export type SessionEvent =
  /** The model took the setup; what was sent before is on its way. */
  | { type: 'ready' }
  /** The first sound of a turn follows. */
  | { type: 'turnStarted'; turn: TurnId }
  /** No more sound of this turn will come. */
  | { type: 'turnEnded'; turn: TurnId }
  /** The model stopped because the caller spoke: every turn up to this one is dead. 0 when there was none. */
  | { type: 'interrupted'; upTo: TurnId }
  /** The model waits for the caller: nothing is being generated. */
  | { type: 'idle' }
  /** A fragment of what the caller said. */
  | { type: 'callerSaid'; text: string }
  /** A fragment of what the agent says in this turn. */
  | { type: 'agentSaid'; turn: TurnId; text: string }
  | { type: 'toolsCalled'; calls: readonly ToolCall[] }
  | { type: 'toolsCancelled'; ids: readonly ToolCallId[] }
  | { type: 'used'; usage: TokenUsage }
  /** The session is over and was not closed by us. Comes at most once, and last. */
  | { type: 'failed'; error: LivelineError };

export interface SessionListener {
  /** Agent sound in the session's `speaks` format, any length. Sound of a dead turn may still come, under its number. */
  onAudio(pcm: Uint8Array, turn: TurnId): void;
  onEvent(event: SessionEvent): void;
}

/** Rules every session keeps are numbered [SE…] in test/contracts/session.contract.ts. No method throws on a dead session. */
export interface LiveSession {
  /** What `send` takes. */
  readonly hears: AudioFormat;
  /** What `onAudio` gives. */
  readonly speaks: AudioFormat;
  /** Once, in the same tick as the opening; events start after it. */
  listen(to: SessionListener): void;
  /** Caller sound. Before the session is ready it is kept, in order, and follows when it is. */
  send(pcm: Uint8Array): void;
  /** Something the caller did not say but the model shall react to, e.g. "the call just connected". */
  prompt(text: string): void;
  /** Exactly once per tool call that was not cancelled. */
  answerTool(answer: ToolAnswer): void;
  close(): void;
}

export interface Live {
  /** Throws LIVE_SETUP_UNSUPPORTED, naming the field and the model, for a setup that `open` would refuse. Dials nobody. */
  check(setup: SessionSetup): void;
  /**
   * Starts a session at once and answers synchronously; the socket opens behind it.
   * Throws what `check` throws. `log`: of the call that it is for.
   */
  open(setup: SessionSetup, log: Log): LiveSession;
}
