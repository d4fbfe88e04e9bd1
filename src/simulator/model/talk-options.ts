// What a conversation is opened with, what it is taken up from, and what may go wrong in it on purpose. Only types.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { ServerMessage } from '../../live/gemini/messages.ts';
import type { CallsSnapshot } from './calls.ts';
import type { HeardSetup } from './heard.ts';
import type { ModelRules } from './models.ts';
import type { Position } from './position.ts';
import type { Happening } from './record.ts';
import type { Pace } from './reply.ts';
import type { Script } from './script.ts';
import type { Usage } from './usage.ts';

/** What a resumption handle stands for: the conversation, and how far a reply that was under way had got. */
export interface TalkSnapshot {
  readonly position: Position;
  readonly calls: CallsSnapshot;
  readonly context: Usage['context'];
}

export interface TalkOptions {
  readonly setup: HeardSetup;
  readonly rules: ModelRules;
  readonly script: Script;
  /** Undefined for a conversation that begins, and for one that is resumed but forgotten. */
  readonly from: TalkSnapshot | undefined;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly log: Log;
  readonly send: (message: ServerMessage | Uint8Array) => void;
  readonly note: (happening: Happening) => void;
  /** PCM16, 16 kHz. */
  readonly onCallerAudio: (pcm: Uint8Array) => void;
  /** Nothing is being said: the conversation may be taken up from here. */
  readonly onSettled: () => void;
  /** A reply began or was all sent, a tool was called or has answered: a snapshot now knows more than the last one. */
  readonly onMoved?: (() => void) | undefined;
  readonly faults?: TalkFaults;
}

/** What goes wrong on purpose with what is heard and answered. */
export interface TalkFaults {
  /** This utterance gets no answer. */
  ignores(speechMs: number): boolean;
  /** The reply that begins now is a bare turnComplete. */
  saysNothing(): boolean;
  /** What the reply that just ended has said is said again. */
  saysTwice(): boolean;
  /** The caller who begins to speak is told to have interrupted, though nothing is being said. */
  interruptsNothing(): boolean;
}
