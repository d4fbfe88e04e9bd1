// The state of a call, and what can happen to it. A field exists only in the phase where it is true.
import type { BargeInKind } from '../audio/barge-in-judge.ts';
import type { ToolCallId, TurnId } from '../base/ids.ts';
import type { Spoken } from '../carrier/webhooks.ts';
import type { Departure } from '../ivr/departure.ts';
import type { Keypad } from '../ivr/keypad.ts';
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
  /** What the caller is typing. */
  readonly keypad: Keypad;
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
  /** The caller was asked whether they are there, and has not made themselves heard since. */
  readonly asked: boolean;
  /** The line was gone for a moment, and nobody has said anything since: what the caller said just then nobody has heard. */
  readonly gap?: boolean | undefined;
}

/** Of the agent only a recorded greeting can be heard. */
export interface Connecting extends Common {
  readonly phase: 'connecting';
  readonly greeting: Greeting;
  readonly speech: Speech;
  /** That keys have run: nobody else is there to. */
  readonly tools: ReadonlySet<ToolCallId>;
  /** What it was told of by then it has to speak of, once it is there. */
  readonly awaits: 'nothing' | 'answer';
  /** The line has been open: from its first opening on the model is waited for. */
  readonly wasOpen: boolean;
}

/** To another agent, who takes the caller on the line that they are on. `name`: as the profile names it. */
export interface ToAgent {
  readonly to: 'agent';
  readonly name: string;
  readonly reason: string;
}

/**
 * What is to come was answered; `said` once a turn was heard in full since then, `idle` once the model waits. `alone`: there
 * is no model any more. `as`: why the call ends, if it ends with that.
 */
export interface Leaving extends Conversation {
  readonly phase: 'leaving';
  readonly departure: Departure | ToAgent;
  readonly as: EndReason;
  readonly said: boolean;
  readonly idle: boolean;
  readonly alone: boolean;
  /** The caller pressed a key for it: what the model was told of that interrupts it, and nobody else does. */
  readonly byKey: boolean;
  /** It was just told what a key has run, or was typed, which interrupts it too, until it speaks of that. */
  readonly told: boolean;
  /** The caller has begun to speak since then. */
  readonly spokenTo: boolean;
  /** How often they were not let go because they spoke just then. */
  readonly waited: number;
}

/** The model is gone for good. `until`: the last turn to be heard; undefined when there is none. */
export interface Finishing extends Omit<Common, 'keypad'> {
  readonly phase: 'finishing';
  readonly until: TurnId | undefined;
  readonly departure: Departure;
  /** Left out: for want of a model. */
  readonly as?: EndReason;
  /** In the profile's menu; undefined: at its start. */
  readonly place: Keypad['place'];
}

/** The caller is with somebody else, or on the way there; what the model does goes on, and nobody hears it. */
export interface Elsewhere {
  readonly phase: 'elsewhere';
  /** `away`: we have let go of it · `awaited`: the caller comes back, and the carrier was told to open a stream. */
  readonly line: 'away' | 'awaited';
  readonly losses: number;
  readonly away: Conversation['away'];
  readonly tools: ReadonlySet<ToolCallId>;
  /** For the model, once the caller is back. */
  readonly told: string;
  /** Keys are pressed for it: once it is back it hears what comes of them, and is asked for nothing. */
  readonly listens: boolean;
  /** Another process had the call, and the caller was with the agent: what goes on once they are back. */
  readonly resumes?: Resumes | undefined;
}

export interface Resumes {
  readonly keypad: Keypad;
  /** The model, or who has pressed a key, waits for what comes of them. */
  readonly calls: readonly ToolCall[];
  /** Where the caller was about to be let go to. */
  readonly leaving: { readonly departure: Leaving['departure']; readonly as: EndReason } | undefined;
}

/** A person speaks with the caller in the agent's place; the model hears silence, and nobody hears it. */
export interface WithOperator extends Omit<Common, 'keypad'> {
  readonly phase: 'with-operator';
  /** In the profile's menu: where the caller was. */
  readonly place: Keypad['place'];
  readonly model:
    | { readonly is: 'there' }
    | { readonly is: 'away'; readonly broken: boolean }
    /** For good: what the caller gets without it they get once they are given back. */
    | { readonly is: 'gone' };
  readonly tools: ReadonlySet<ToolCallId>;
  /** The call has had its time. */
  readonly isOvertime: boolean;
}

export type CallState =
  | Connecting
  | (Conversation & { phase: 'talking' })
  | Leaving
  | Finishing
  | WithOperator
  | Elsewhere
  /** `moved`: another process goes on with it. */
  | { phase: 'ended'; reason: EndReason | 'moved' };

export type EndReason =
  | 'caller-hung-up'
  | 'agent-hung-up'
  | 'operator-hung-up'
  | 'model-failed'
  | 'line-never-opened'
  | 'line-lost'
  | 'shut-down'
  | 'time-limit'
  /** The caller went to somebody else, and did not come back. */
  | 'transferred'
  | 'voicemail'
  | 'caller-silent';

/** Of what is heard, or not. */
type SoundTimer = 'greeting' | 'barge-in' | 'comfort' | 'dead-air' | 'silence';
export type TimerName =
  SoundTimer | 'keys' | 'line' | 'goodbye' | 'model' | 'elsewhere' | 'last-words' | 'limit';

/** What the caller hears now, or will hear next: whichever turn that is. */
export interface Hearing {
  readonly turn: TurnId;
  readonly heardMs: number;
}

/** For the model, with what is noted of it. */
export type DoneAnswer = Omit<ToolDone, 'then'>;

/** `unheardMs`: what was spoken and is still to be played. `turn`: a number for the apology. */
export interface LastSound {
  readonly unheardMs: number;
  readonly turn: TurnId;
}

export type CallFact =
  /** `greetingTurn`: a number for the recorded greeting, when there is one and it was not played. */
  /** `resumed`: of a call that another process had, what the model is told, and whether it has to speak. */
  | {
      type: 'lineOpened';
      greetingTurn?: TurnId | undefined;
      resumed?: { readonly told: string; readonly answer: boolean } | undefined;
      /** Of a line that was gone for long enough to be noticed: what the model is told. */
      wasGone?: string | undefined;
      /** It was gone for long enough to say something into. */
      gap?: boolean | undefined;
    }
  /** `byUs`: we have closed it, for the carrier to open another one. */
  | { type: 'lineLost'; byUs?: boolean }
  /**
   * The carrier says that the stream is over and asks what is next, and we had not closed it.
   * `openForMs`: how long the line has been open; 0 when it is not.
   */
  | { type: 'carrierAsks'; openForMs: number }
  /** By the carrier's stop, or its word that the call is over. */
  | { type: 'callerHungUp' }
  /** From elsewhere: the carrier was told to open a stream. `told`: for the model; '' when nothing is known. */
  | { type: 'returned'; told: string }
  /** The caller, who is elsewhere, stays there. */
  | { type: 'handedOver'; as: EndReason }
  /** `upTo`: every turn that was given so far. */
  | { type: 'digit'; digit: string; upTo: TurnId }
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
  /** Words of theirs were understood. */
  | { type: 'callerSaid' }
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
  /** To another agent, whom the session and the rules are of from now on. */
  | { type: 'agentChanged' }
  /** The other one is not to be had. `told`: for the model. */
  | ({ type: 'agentStays'; told: string } & LastSound)
  | ({ type: 'sessionFailed' } & LastSound)
  /** It is not there in time, or says nothing. */
  | ({ type: 'modelLate'; is: 'away' | 'mute' } & LastSound)
  | {
      type: 'timeUp';
      timer: TimerName;
      callerSpeaks: boolean;
      hearing?: Hearing | undefined;
      silentMs?: number;
    }
  /** A machine has answered. It is listened to for so long, for the moment to leave a message; 0: the call ends. */
  | { type: 'machine'; waitMs: number; upTo: TurnId }
  /** That moment. `turn`: a number for the message, which lasts so long. */
  | { type: 'messageDue'; by: 'us'; turn: TurnId; ms: number }
  | { type: 'messageDue'; by: 'carrier'; words: Spoken }
  | { type: 'operatorHangsUp' }
  /** To a destination of the profile. `upTo`: every turn that was given so far. */
  | { type: 'operatorTransfers'; destination: string; upTo: TurnId }
  /** `upTo`: every turn that was given before. */
  | { type: 'operatorTakesOver'; upTo: TurnId }
  /** `told`: for the model. */
  | ({ type: 'operatorGivesBack'; told: string } & LastSound)
  | { type: 'shutDown' }
  /** Another process has the call: nothing of it is done here any more. */
  | { type: 'moved' };

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
  /** Of one that the model did not ask for. */
  | { do: 'noteTool'; answer: DoneAnswer }
  | { do: 'tellModel'; text: string; answer: boolean }
  /** A short sound that says: somebody is there. `within`: a turn that falters, of which more is to come. */
  | { do: 'comfort'; within?: TurnId }
  | { do: 'apologise'; turn: TurnId }
  | { do: 'leaveMessage'; turn: TurnId }
  /** Nothing of it is heard any more, and nothing told to it. */
  | { do: 'dismissAgent' }
  | { do: 'detachLine' }
  /** Writes down where the caller goes, falls silent, and closes the line. */
  | { do: 'depart'; departure: Extract<Departure, { to: 'destination' | 'keys' }> }
  /** What becomes of it follows as `agentChanged` or `agentStays`. */
  | { do: 'handOver'; name: string; reason: string }
  /** The agent is cut off, and the model hears silence, until `endTakeOver`; the operator is heard instead. */
  | { do: 'beginTakeOver'; upTo: TurnId }
  | { do: 'endTakeOver' }
  /** Nothing of it is heard. */
  | { do: 'muteTurn'; turn: TurnId }
  /** For those who watch. */
  | { do: 'noteReturn'; why: string }
  | { do: 'noteSilence'; times: 1 | 2 }
  /** It is not waited for any more, whatever becomes of it. */
  | { do: 'giveUpModel'; is: 'away' | 'mute' }
  | { do: 'arm'; timer: TimerName; ms: number }
  | { do: 'disarm'; timer: TimerName }
  /** Lets go of all that there is of the call here; nobody is told that it is over. */
  | { do: 'drop' }
  /**
   * `intent`: written first, when the carrier is to do something. `byControl`: there is no line whose closing would hang up.
   */
  | { do: 'end'; reason: EndReason; intent: Departure | undefined; byControl: boolean };

export interface Step {
  readonly state: CallState;
  readonly effects: readonly Effect[];
}

export type Alive = Exclude<CallState, { phase: 'ended' }>;
/** The caller is with the agent, or about to be. */
export type Here = Exclude<Alive, Elsewhere | WithOperator>;
/** On a line of ours, or about to be. */
export type OnLine = Here | WithOperator;
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
