// The state of a call, and what can happen to it. A field exists only in the phase where it is true.
import type { BargeInKind } from '../audio/barge-in-judge.ts';
import type { ToolCallId, TurnId } from '../base/ids.ts';
import type { ToolCall } from '../live/session.ts';
import type { ToolDone } from '../tools/run/runner.ts';
import type { CallAction } from '../tools/tool.ts';

export type Speech =
  | { is: 'quiet' }
  /** From the turn's first sound until the caller heard its last; `generating` until the model has sent it all. */
  | { is: 'speaking'; turn: TurnId; generating: boolean };

export const QUIET: Speech = { is: 'quiet' };

/** `awaited`: the carrier was told to open a stream. `lost`: it is gone, and the carrier has not asked what is next. */
export type LineState = 'awaited' | 'open' | 'lost';

/**
 * The greeting is the first turn, unless the caller spoke before its first sound; then there is none. `recorded`: nobody
 * has to be asked for it, and it waits for the line.
 */
export type Greeting = { is: 'asked' } | { is: 'recorded' } | { is: 'spoken'; turn: TurnId } | { is: 'over' };

interface Common {
  readonly line: LineState;
  /** How often a line was lost, or did not open. */
  readonly losses: number;
}

interface Conversation extends Common {
  /** Its connection is being renewed; `broken`: in the middle of what it was saying. */
  readonly away: { readonly broken: boolean } | undefined;
  readonly greeting: Greeting;
  readonly speech: Speech;
  /** Interrupted, and played on only until the caller has heard what the rules protect. */
  readonly doomed: TurnId | undefined;
  readonly tools: ReadonlySet<ToolCallId>;
  /** What the caller waits to hear from us: an answer to what was said, or more of what has begun. */
  readonly awaits: 'nothing' | 'answer' | 'more';
  /** The agent speaks more softly until it is known whether the caller does. */
  readonly lowered: boolean;
}

/** Of the agent only a recorded greeting can be heard. */
export interface Connecting extends Common {
  readonly phase: 'connecting';
  readonly greeting: Greeting;
  readonly speech: Speech;
}

export type CallState =
  | Connecting
  | (Conversation & { phase: 'talking' })
  /** `end_call` was answered; `said` once a turn was heard in full since then, `idle` once the model waits. */
  | (Conversation & { phase: 'leaving'; said: boolean; idle: boolean })
  | (Common & { phase: 'apologising'; turn: TurnId })
  | { phase: 'ended'; reason: EndReason };

export type EndReason =
  | 'caller-hung-up'
  | 'agent-hung-up'
  | 'model-failed'
  | 'line-never-opened'
  | 'line-lost'
  | 'shut-down'
  | 'time-limit';

export type TimerName =
  'line' | 'goodbye' | 'greeting' | 'barge-in' | 'comfort' | 'dead-air' | 'last-words' | 'limit';

/** What the caller hears now, or will hear next: whichever turn that is. */
export interface Hearing {
  readonly turn: TurnId;
  readonly heardMs: number;
}

/** For the model, with what is noted of it. */
export type DoneAnswer = Omit<ToolDone, 'then'>;

export type CallFact =
  /** `greetingTurn`: a number for the recorded greeting, when there is one and it was not played. */
  | { type: 'lineOpened'; greetingTurn?: TurnId | undefined }
  | { type: 'lineLost' }
  /**
   * The carrier says that the stream is over and asks what is next, and we had not closed it.
   * `openForMs`: how long the line has been open; 0 when it is not.
   */
  | { type: 'carrierAsks'; openForMs: number }
  /** By the carrier's stop, or its word that the call is over. */
  | { type: 'callerHungUp' }
  | { type: 'digit'; digit: string }
  | { type: 'ready' }
  | { type: 'turnStarted'; turn: TurnId }
  | { type: 'turnEnded'; turn: TurnId }
  | { type: 'turnHeard'; turn: TurnId }
  /** It is not played, and so not heard; `hearing`: what still is. */
  | { type: 'turnDropped'; turn: TurnId; hearing: Hearing | undefined }
  /** `hearing`: undefined when nothing is left to be heard. */
  | { type: 'interrupted'; upTo: TurnId; hearing: Hearing | undefined }
  | { type: 'idle' }
  /** By our own ear; `ended`: it awaits an answer. */
  | { type: 'callerSpeech'; is: 'started' | 'ended' }
  /** No answer is owed any more: there was nothing to answer, or none will come. */
  | { type: 'excused' }
  /**
   * The caller made a sound over the agent's voice. `unknown`: as it begins; what it is follows within 300 ms.
   * `upTo`: every turn that was given so far.
   */
  | { type: 'callerSound'; is: BargeInKind | 'unknown'; upTo: TurnId; hearing: Hearing | undefined }
  | { type: 'toolsCalled'; calls: readonly ToolCall[] }
  | { type: 'toolsCancelled'; ids: readonly ToolCallId[] }
  /** `silent`: the model says nothing to it. */
  | { type: 'toolDone'; answer: DoneAnswer; silent: boolean; then?: CallAction | undefined }
  | { type: 'modelAway'; broken: boolean }
  | { type: 'modelBack' }
  /** `answer`: whether the model shall speak to it. */
  | { type: 'told'; text: string; answer: boolean }
  /** A result that the model waits for no longer. `worthSaying`: the caller was told that it would take long. */
  | { type: 'toolLate'; text: string; worthSaying: boolean; callerSpeaks: boolean }
  /** `unheardMs`: what was spoken and is still to be played. `turn`: a number for the apology. */
  | { type: 'sessionFailed'; unheardMs: number; turn: TurnId }
  | {
      type: 'timeUp';
      timer: TimerName;
      callerSpeaks: boolean;
      hearing?: Hearing | undefined;
      silentMs?: number;
    }
  | { type: 'shutDown' };

/** What the carrier shall do with the call once the line is closed. */
export type Intent = { do: 'hang-up' };

export type Effect =
  | { do: 'greet' }
  | { do: 'playGreeting'; turn: TurnId }
  /** The model, which has not spoken, is told that the greeting was. */
  | { do: 'tellGreeted' }
  /** The caller heard it whole from the model: it may be played to the next one. */
  | { do: 'keepGreeting'; turn: TurnId }
  /** The model hears silence; what the caller says is kept, and follows at `releaseCaller`. */
  | { do: 'holdCaller' }
  | { do: 'releaseCaller' }
  /** As `releaseCaller`, unless all that was said is over, and was no more than a reflex. */
  | { do: 'endGuard' }
  /** The agent's voice, from what the caller hears next on. */
  | { do: 'lowerVoice' }
  | { do: 'raiseVoice' }
  | { do: 'finishTurn'; turn: TurnId }
  | { do: 'cut'; upTo: TurnId }
  | { do: 'runTool'; call: ToolCall }
  | { do: 'cancelTool'; id: ToolCallId }
  | { do: 'answerTool'; answer: DoneAnswer }
  | { do: 'tellModel'; text: string; answer: boolean }
  /** A short sound that says: somebody is there. `within`: a turn that falters, of which more is to come. */
  | { do: 'comfort'; within?: TurnId }
  | { do: 'apologise'; turn: TurnId }
  | { do: 'detachLine' }
  | { do: 'arm'; timer: TimerName; ms: number }
  | { do: 'disarm'; timer: TimerName }
  /** `intent`: written first, when it is we who end the call. `byControl`: there is no line whose closing would do it. */
  | { do: 'end'; reason: EndReason; intent: Intent | undefined; byControl: boolean };

export interface Step {
  readonly state: CallState;
  readonly effects: readonly Effect[];
}

export type Alive = Exclude<CallState, { phase: 'ended' }>;
export type Talk = Extract<CallState, { phase: 'talking' | 'leaving' }>;
/** A step that stays in the conversation. */
export interface TalkStep {
  readonly state: Talk;
  readonly effects: readonly Effect[];
}

export const stay = <State extends CallState>(
  state: State,
): { state: State; effects: readonly Effect[] } => ({
  state,
  effects: [],
});
