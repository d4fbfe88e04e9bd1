// A route: where in the telephone network a caller is, from the answer to the end. Plain data, so that whichever process
// the carrier asks can go on with it.
import type { CallId } from '../base/ids.ts';
import type { Verb } from '../carrier/webhooks.ts';
import type { Departure } from './departure.ts';
import type { MessageTerms } from './left-message.ts';
import type { Menu } from './menu.ts';
import type { QueueSaid } from './queue-words.ts';

/** Somebody whom we call for a caller. `joined`: both may talk. */
export type Person =
  /** `id`: known once the carrier has taken the call. */
  | { readonly is: 'called'; readonly id: CallId | undefined }
  | { readonly is: 'briefed'; readonly id: CallId }
  | { readonly is: 'joined'; readonly id: CallId; readonly atMs: number }
  /** The talk is over. */
  | { readonly is: 'left'; readonly talkedMs: number }
  | { readonly is: 'gone'; readonly why: Unreached };

export type Unreached =
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'declined'
  | 'hung-up'
  | 'closed'
  | 'refused'
  | 'queue-full'
  | 'queue-long';

/** Times are epoch ms. */
export type Where =
  /** In a stream, or about to be. */
  | { readonly at: 'agent' }
  /** `answeredMs`: they talk since then. */
  | { readonly at: 'dialled'; readonly destination: string; readonly answeredMs: number | undefined }
  | { readonly at: 'referred'; readonly destination: string }
  /** In a conference with music, sent there at `sinceMs`; after `untilMs` nobody is waited for any more. */
  | {
      readonly at: 'held';
      readonly destination: string;
      readonly person: Person;
      readonly sinceMs: number;
      readonly untilMs: number;
    }
  | {
      readonly at: 'queued';
      readonly destination: string;
      /** Since they were sent there; once they have asked for music, since they are in it. */
      readonly sinceMs: number;
      readonly leaves: 'callback' | 'too-long' | undefined;
    }
  /** `choices`: as they were read out; a key means these, whatever the profile says since. */
  | { readonly at: 'menu'; readonly choices: Menu }
  | { readonly at: 'voicemail' }
  | { readonly at: 'over' };

/** What a caller is given; a stream's token is minted when it is rendered. */
export type Given =
  Exclude<Verb, { do: 'stream' }> | { readonly do: 'stream'; readonly keys?: string | undefined };

export interface Route {
  readonly callId: CallId;
  /** The profile's name. */
  readonly profile: string;
  readonly from: string;
  readonly to: string;
  readonly direction: 'inbound' | 'outbound';
  /** When it was answered. */
  readonly startedMs: number;
  /** Grows with every change: of two of one call, the later one holds. */
  readonly revision: number;
  /** Of the verb given last; a question about an earlier one is late, or repeated. */
  readonly step: number;
  readonly given: Given;
  readonly where: Where;
  /** What the agent wanted, and when: not yet done. */
  readonly departure: { readonly wants: Departure; readonly atMs: number } | undefined;
  /** What was said of the reason, for a person. */
  readonly matter: { readonly reason: string; readonly briefing: string } | undefined;
  /** The next step of the ladder. */
  readonly rung: number;
  /** How often the menu was read out. */
  readonly menus: number;
  /** What somebody in a queue was told last. */
  readonly place: QueueSaid | undefined;
  /** Counts the errands, and numbers them. */
  readonly errands: number;
  /** BCP 47, of the profile that answered. */
  readonly language?: string | undefined;
  /** What becomes of the message that they were asked for. */
  readonly message?: MessageTerms | undefined;
}
