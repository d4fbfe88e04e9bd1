// The door to whoever records calls. What becomes of the sound is not known here.
import type { AudioFormat } from '../audio/format.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { FirstWord } from './first-words.ts';
import type { TapeTaker } from './tape.ts';

export interface RecordedCall {
  readonly id: CallId;
  readonly format: AudioFormat;
  /** When it was answered, since the epoch: what `atMs` of everything in the call counts from. */
  readonly startedMs: number;
  readonly keepDays: number | 'forever';
  /** Of the call. */
  readonly log: Log;
}

/** `began`: its first sample was heard. Nothing more of the call is kept: `broke-off`, the disk has refused it; `left-behind`,
 * the process that recorded it has it no more. */
export type RecordingIs = 'began' | 'broke-off' | 'left-behind';

export interface CallTaker extends TapeTaker {
  /** Whoever must be told is told: kept is what comes from the next frame on. `tell`: what becomes of it, each once. */
  start(tell: (is: 'began' | 'broke-off') => void): void;
}

export interface CallRecordings {
  /** It is told of all that passes from now on, and keeps nothing of it before `start`. Never throws. */
  open(call: RecordedCall): CallTaker;
}

/** Of one call. */
export interface CallRecording {
  readonly taker: CallTaker;
  /** What must be heard first; empty: nothing. */
  readonly announcement: readonly FirstWord[];
}
