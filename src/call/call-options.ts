// What a call is opened with: what it is about, whom it speaks to, and what the profile sets.
import type { AudioFormat } from '../audio/format.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CallControl } from '../carrier/control.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { LiveSession } from '../live/session.ts';
import type { Runner, RunnerOptions } from '../tools/run/runner.ts';
import type { EffectsOptions } from './effects.ts';
import type { RecordedGreeting } from './greetings.ts';
import type { Journal } from './journal.ts';
import type { NoticeBody } from './notices.ts';
import type { Pacer } from './pacer.ts';
import type { CallRules } from './rules.ts';
import type { Entry } from './transcript.ts';

export interface CallOptions {
  readonly incoming: CarrierCall;
  readonly session: LiveSession;
  readonly lineFormat: AudioFormat;
  /** What the model is told to make it speak first. */
  readonly greeting: string;
  readonly greetingWords: string;
  readonly recorded: RecordedGreeting | undefined;
  /** The model has greeted in these very words: for the next call. In the line's format. */
  readonly keepGreeting: (sound: Uint8Array) => void;
  /** In the line's format. */
  readonly apology: Uint8Array;
  /** In the line's format; undefined: none. */
  readonly comfort: Uint8Array | undefined;
  readonly rules: Omit<CallRules, 'fallback'> & { readonly callerInterrupts: boolean };
  readonly fallback: CallRules['fallback'];
  /** Who hears that the caller speaks: the model, or this server. */
  readonly turnTaking: 'server' | 'local';
  /** By how much the agent's voice is lowered while that is unknown, in decibels. */
  readonly lowerVoiceDb: number;
  /** A turn of so many words that only repeats the one before is not played. 0: every turn is. */
  readonly repeatedWords: number;
  /** To whose answers the model says nothing. */
  readonly silentTools: ReadonlySet<string>;
  /** Whose words are told in notices. */
  readonly showsWords: Readonly<Record<Entry['who'], boolean>>;
  readonly openRunner: (hear: Required<Pick<RunnerOptions, 'onDone' | 'onLate'>>) => Runner;
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly log: Log;
  readonly journal: Journal;
  readonly control: Pick<CallControl, 'hangUp'>;
  readonly notice: (body: NoticeBody, atMs: number) => void;
  readonly onEnded: EffectsOptions['onEnded'];
}
