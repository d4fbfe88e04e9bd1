// The state of a call, and what can happen to it. A field exists only in the phase where it is true.
import type { ToolCallId, TurnId } from '../base/ids.ts';
import type { ToolAnswer, ToolCall } from '../live/session.ts';
import type { CallAction } from '../tools/tool.ts';

export type Speech =
  | { is: 'quiet' }
  /** From the turn's first sound until the caller heard its last; `generating` until the model has sent it all. */
  | { is: 'speaking'; turn: TurnId; generating: boolean };

export type LineState = 'awaited' | 'open';

interface Common {
  readonly line: LineState;
  /** How many lines were lost so far. */
  readonly losses: number;
  readonly lastTurn: TurnId;
}

export type CallState =
  | (Common & { phase: 'connecting' })
  | (Common & { phase: 'talking'; speech: Speech; tools: ReadonlySet<ToolCallId> })
  /** `end_call` was answered; `said` once a turn was heard in full since then. */
  | (Common & {
      phase: 'leaving';
      speech: Speech;
      tools: ReadonlySet<ToolCallId>;
      said: boolean;
      idle: boolean;
    })
  | (Common & { phase: 'apologising'; turn: TurnId })
  | { phase: 'ended'; reason: EndReason };

export type EndReason =
  'caller-hung-up' | 'agent-hung-up' | 'model-failed' | 'line-never-opened' | 'line-lost' | 'shut-down';

export type TimerName = 'line' | 'goodbye';

export type CallFact =
  | { type: 'lineOpened' }
  | { type: 'lineLost' }
  /** By the carrier's stop, or its word that the call is over. */
  | { type: 'callerHungUp' }
  | { type: 'digit'; digit: string }
  | { type: 'ready' }
  | { type: 'turnStarted'; turn: TurnId }
  | { type: 'turnEnded'; turn: TurnId }
  | { type: 'turnHeard'; turn: TurnId }
  /** `heardMs`: how much of the speaking turn the caller had heard. */
  | { type: 'interrupted'; upTo: TurnId; heardMs: number }
  | { type: 'idle' }
  | { type: 'toolsCalled'; calls: readonly ToolCall[] }
  | { type: 'toolsCancelled'; ids: readonly ToolCallId[] }
  | { type: 'toolDone'; answer: ToolAnswer; then?: CallAction | undefined }
  | { type: 'sessionFailed' }
  | { type: 'timeUp'; timer: TimerName }
  | { type: 'shutDown' };

/** What the carrier shall do with the call once the line is closed. */
export type Intent = { do: 'hang-up' };

export type Effect =
  | { do: 'greet' }
  | { do: 'finishTurn'; turn: TurnId }
  | { do: 'cut'; upTo: TurnId }
  | { do: 'runTool'; call: ToolCall }
  | { do: 'cancelTool'; id: ToolCallId }
  | { do: 'answerTool'; answer: ToolAnswer }
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
