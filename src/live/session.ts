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
  /** `blocking`: the model says nothing until it has the answer. Left out: blocking where the model can. */
  readonly behavior?: 'blocking' | 'non-blocking' | undefined;
  /** What the model does with the answer to a non-blocking call. Left out: as the model does by itself. */
  readonly scheduling?: 'silent' | 'when-idle' | 'interrupt' | undefined;
}

export interface VoiceActivitySetup {
  /** Who notices that the caller speaks: the model, or this server, which then tells the model. Left out: the model. */
  readonly detector?: 'model' | 'local' | undefined;
  readonly startSensitivity?: 'high' | 'low' | undefined;
  readonly endSensitivity?: 'high' | 'low' | undefined;
  /** Speech shorter than this does not count as a start. */
  readonly prefixPaddingMs?: number | undefined;
  /** Silence that ends the caller's turn. */
  readonly silenceMs?: number | undefined;
}

/**
 * `false`: not to be shown; the words are asked for all the same, as a model that is new has to be told them. The hints
 * are for the recogniser alone: the agent's own language is set elsewhere.
 */
export type TranscriptionSetup =
  | false
  | {
      /** BCP 47. */
      readonly languages?: readonly string[] | undefined;
      /** Names and terms that the recogniser shall know. */
      readonly vocabulary?: readonly string[] | undefined;
    };

export interface GenerationSetup {
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly seed?: number | undefined;
}

export interface ThinkingSetup {
  readonly level?: 'minimal' | 'low' | 'medium' | 'high' | undefined;
  /** 0: none. -1: as much as the model likes. */
  readonly budgetTokens?: number | undefined;
}

/** How long a silent model is waited for before it is reminded, and then its connection renewed. 0: for ever. */
export interface WatchdogSetup {
  /** Of sound that holds no words, before the model is told so. */
  readonly noiseAfterMs?: number | undefined;
  /** For an answer, once the caller has fallen silent. */
  readonly answerWithinMs?: number | undefined;
  /** For a first word, once the model was asked or told something: the greeting, or what a function has answered. */
  readonly wordWithinMs?: number | undefined;
  /** For more of a turn, once all sound of it so far must have been heard. */
  readonly restWithinMs?: number | undefined;
}

/** One stretch of talk, in words. */
export interface Said {
  readonly who: 'caller' | 'agent';
  readonly text: string;
}

/** By which a model takes a conversation up again, from any process (ai.google.dev, live-session: session resumption). */
export interface ModelMemory {
  readonly handle: string;
  /** Whose it is, as the vendor names it: another model, or another way in, does not know it. */
  readonly model: string;
  /** When it came: epoch ms. */
  readonly atMs: number;
  /** How many of what `recall()` gave then it stands for. */
  readonly known: number;
  /** Calls whose answers it waits for: the vendor answers them, and the call has nothing to do with them. */
  readonly waitsFor: readonly { readonly id: ToolCallId; readonly name: string }[];
}

/** A conversation that another session began, which is gone. */
export interface Resumption {
  /** Its newest. None, one that is too old or one that is refused: a new conversation is told what was said, by `recall()`. */
  readonly memory: ModelMemory | undefined;
  /** Calls that were not answered: each takes its one answer. */
  readonly pending: readonly ToolCall[];
}

/** All that a session is opened with. A vendor refuses what its model lacks with LIVE_SETUP_UNSUPPORTED. */
export interface SessionSetup {
  readonly model: string;
  readonly instructions: string;
  readonly voice?: string | undefined;
  /** BCP 47, e.g. `en-US`. */
  readonly language?: string | undefined;
  readonly tools: readonly ToolDeclaration[];
  readonly googleSearch?: boolean | undefined;
  readonly codeExecution?: boolean | undefined;
  readonly voiceActivity: VoiceActivitySetup;
  /** Whether the model stops speaking when the caller starts. */
  readonly callerInterrupts: boolean;
  /** What of the caller's sound belongs to a turn. Left out: as the model has it. */
  readonly turnCoverage?: 'speech' | 'all-input' | 'speech-and-video' | undefined;
  /** Left out: on, without hints. */
  readonly callerTranscription?: TranscriptionSetup | undefined;
  readonly agentTranscription?: TranscriptionSetup | undefined;
  /** When the context is cut down, and to what. `false`: never. Left out: as this server thinks best. */
  readonly compression?:
    false | { readonly triggerTokens: number; readonly targetTokens: number } | undefined;
  readonly mediaResolution?: 'low' | 'medium' | 'high' | undefined;
  readonly thinking?: ThinkingSetup | undefined;
  readonly generation?: GenerationSetup | undefined;
  /** Talk that the model shall believe to have had before this call. */
  readonly history?: readonly Said[] | undefined;
  /** Left out: as this server thinks best. */
  readonly watchdog?: WatchdogSetup | undefined;
  /** Left out: the conversation begins. */
  readonly resume?: Resumption | undefined;
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
  /** The agent need not say anything to it. */
  readonly maybeSilent?: boolean | undefined;
}

export type Modality = 'text' | 'audio' | 'image' | 'video';

/** What the API bills for a turn: `prompt` is the whole conversation so far, every time. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly responseTokens: number;
  readonly totalTokens: number;
  /** Of the prompt: what was billed at the lower price of a cache. */
  readonly cachedTokens: number;
  readonly thoughtTokens: number;
  readonly toolUseTokens: number;
  /** The same tokens by kind, as far as the API tells. */
  readonly prompt: Readonly<Partial<Record<Modality, number>>>;
  readonly response: Readonly<Partial<Record<Modality, number>>>;
}

/**
 * What goes wrong without an error. `no answer`: to what the caller said · `late greeting` · `no first word`: to what else
 * the call asked or told · `empty turn`: one of which nothing came · `stalled`: in the middle of a turn · `noise`: loud
 * sound from the caller that holds no words · `said twice`: a turn that only repeats the one before.
 */
export type Trouble =
  'no answer' | 'late greeting' | 'no first word' | 'empty turn' | 'stalled' | 'noise' | 'said twice';

/** `let be`: the model was right to say nothing · `dropped`: the caller did not hear it. */
export type Remedy = 'reminded' | 'renewed' | 'gave up' | 'let be' | 'dropped';

export type SessionEvent =
  /**
   * The model took the setup; what was sent before is on its way. `memory`, of a conversation that was begun elsewhere: as
   * in `switched`.
   */
  | { type: 'ready'; memory?: 'kept' | 'told' }
  /** From now on the conversation can be taken up by this; what came before it is of no use any more. */
  | { type: 'remembered'; memory: ModelMemory }
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
  | { type: 'watchdog'; saw: Trouble; did: Remedy }
  /**
   * By our own ear, whoever the detector is, also before `ready` and while switching. `started`: sound began that may be
   * speech · `ended`: what the caller said is over, and awaits an answer. A `started` that came to nothing (a cough, what
   * was held, what the model has answered already) has no `ended`, and the next `started` may follow it.
   */
  | { type: 'callerSpeech'; is: 'started' | 'ended' }
  /** `turn`: the agent's last; 0 before any. */
  | { type: 'used'; turn: TurnId; usage: TokenUsage }
  /**
   * The connection to the model is being renewed: no sound comes until `switched` or `failed`. A turn that it broke has
   * ended, and what was to follow comes as another (`broken`); what the caller says meanwhile is kept.
   */
  | { type: 'switching'; planned: boolean; why: string; broken: boolean }
  /**
   * The model is there again. `memory`: `kept` when it took up the conversation itself, `told` when a new one was told
   * what was said. `gapMs`: since `switching`, of which the model's own setup took `setupMs`.
   */
  | { type: 'switched'; memory: 'kept' | 'told'; gapMs: number; setupMs: number }
  /** The session is over and was not closed by us. Comes at most once, and last. */
  | { type: 'failed'; error: LivelineError };

export interface SessionListener {
  /** Agent sound in the session's `speaks` format, any length. Sound of a dead turn may still come, under its number. */
  onAudio(pcm: Uint8Array, turn: TurnId): void;
  onEvent(event: SessionEvent): void;
  /**
   * What was said so far, as the caller heard it, oldest first: for a model that has to be told. An agent's turn that
   * is still being played counts as heard.
   */
  recall(): readonly Said[];
}

/** Rules every session keeps are numbered [SE…] in test/contracts/session.contract.ts. No method throws on a dead session. */
export interface LiveSession {
  /** What `send` takes. */
  readonly hears: AudioFormat;
  /** What `onAudio` gives. */
  readonly speaks: AudioFormat;
  /** By our own ear. */
  readonly callerSpeaks: boolean;
  /** Once, in the same tick as the opening; events start after it. */
  listen(to: SessionListener): void;
  /** Caller sound. Before the session is ready it is kept, in order, and follows when it is. */
  send(pcm: Uint8Array): void;
  /**
   * For a local detector alone, and nothing otherwise: while held, speech that begins is kept from the model, on every
   * connection, unless it is let through; what lasts on when it is not held any more begins then. What began before goes
   * on being given. `callerSpeaks` and `callerSpeech started` tell held speech too.
   */
  holdSpeech(held: boolean): void;
  /** What the caller is saying, and is held, is given to the model after all: from its beginning, at most so long ago. */
  letThrough(sinceMs: number): void;
  /** Something the caller did not say but the model shall react to, e.g. "the call just connected". */
  prompt(text: string): void;
  /** Something the model shall know, and not answer: it is told at the next moment at which nothing is interrupted. */
  inform(text: string): void;
  /** A number for sound that is not the model's: no turn of the model has it, and later ones have higher numbers. */
  takeTurn(): TurnId;
  /** Exactly once per tool call that was not cancelled, also of one that was made before a `switching`. */
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
