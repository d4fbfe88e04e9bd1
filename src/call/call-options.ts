// What a call is opened with: what it is about, whom it speaks to, and what the profile sets.
import type { AudioFormat } from '../audio/format.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CallControl } from '../carrier/control.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { Said } from '../live/session.ts';
import type { Cast, NextCast } from './cast.ts';
import type { EffectsOptions } from './effects.ts';
import type { RecordedGreeting } from './greetings.ts';
import type { Journal } from './journal.ts';
import type { NoticeBody } from './notices.ts';
import type { Pacer } from './pacer.ts';

/** As a cast: who answers. */
export interface CallOptions extends Cast {
  readonly incoming: CarrierCall;
  readonly lineFormat: AudioFormat;
  /** What the model is told to make it speak first. */
  readonly greeting: string;
  readonly greetingWords: string;
  readonly recorded: RecordedGreeting | undefined;
  /** The model has greeted in these very words: for the next call. In the line's format. */
  readonly keepGreeting: (sound: Uint8Array) => void;
  /**
   * Opens the session of another agent, which the profile of now names so. `said`: as the caller heard it. Throws ToolRefusal,
   * with words for the model, or anything.
   */
  readonly handOver: (name: string, reason: string, said: readonly Said[]) => NextCast;
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly log: Log;
  readonly journal: Journal;
  readonly control: Pick<CallControl, 'hangUp'>;
  readonly notice: (body: NoticeBody, atMs: number) => void;
  readonly onEnded: EffectsOptions['onEnded'];
}
