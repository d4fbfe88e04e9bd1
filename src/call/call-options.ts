// What a call is opened with: what it is about, whom it speaks to, and what the profile sets.
import type { AudioFormat } from '../audio/format.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CallControl } from '../carrier/control.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { CallRecording } from './call-recordings.ts';
import type { Cast, OpensNext } from './cast.ts';
import type { EffectsOptions } from './effects.ts';
import type { JournalEntry, Tenure } from './journal.ts';
import type { OfCasting } from './journal-entry.ts';
import type { RecordedGreeting } from './greetings.ts';
import type { Departing } from './departing.ts';
import type { NoticeBody } from './notices.ts';
import type { OperatorDeskOptions } from './operator-desk.ts';
import type { Pacer } from './pacer.ts';
import type { PlacedTalk } from './placed-talk.ts';

/** As a cast: who answers. */
export interface CallOptions extends Cast {
  readonly incoming: CarrierCall;
  readonly lineFormat: AudioFormat;
  /** What the model is told to make it speak first. */
  readonly greeting: string;
  readonly greetingWords: string;
  readonly recorded: RecordedGreeting | undefined;
  /** Watches a call that we placed; left out: it came in. */
  readonly placed?: PlacedTalk | undefined;
  readonly message?: EffectsOptions['message'];
  /** Left out: it is not recorded. */
  readonly recording?: CallRecording | undefined;
  /** The model has greeted in these very words: for the next call. In the line's format. */
  readonly keepGreeting: (sound: Uint8Array) => void;
  readonly handOver: OpensNext;
  /** Where whoever answers now may send the caller. Left out: nowhere. */
  readonly destinations?: OperatorDeskOptions['destinations'];
  readonly clock: Clock;
  /** As `clock.nowMs` had it when the call was answered; left out: now. */
  readonly startedMs?: number | undefined;
  /** Of a call that another process had. */
  readonly restored?: RestoredCall | undefined;
  /** What a caller is to hear first who was cut off for long enough to notice; left out: what the agent likes. */
  readonly cutOffPhrase?: (() => string) | undefined;
  /** Left out: it does not outlive this process. */
  readonly journal?: CallJournal | undefined;
  /** Whether another process may have the call by now: nothing is decided then. Left out: none ever has. */
  readonly inDoubt?: (() => boolean) | undefined;
  readonly pacer: Pacer;
  readonly log: Log;
  readonly departing: Departing;
  readonly control: Pick<CallControl, 'hangUp'>;
  readonly notice: (body: NoticeBody, atMs: number) => void;
  readonly onEnded: EffectsOptions['onEnded'];
  /** Another process has it. */
  readonly onDropped: EffectsOptions['onDropped'];
  /** The carrier sends nothing on the line any more. */
  readonly onLineHung?: (() => void) | undefined;
}

export interface RestoredCall {
  readonly entry: JournalEntry;
  /** For how long nobody has had it by now, in ms. */
  readonly awayMs: number;
  /** What a caller is to hear of a gap that they have noticed. */
  readonly phrase: string;
  /** As its first profile has it; 0: as long as it likes. */
  readonly lastsAtMostMs: number;
}

export interface CallJournal {
  /** The right to act for the call. */
  readonly begin: (first: JournalEntry) => Tenure;
  readonly of: () => OfCasting;
}
