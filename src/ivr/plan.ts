// The plan: what a profile says of the ways other than the agent. Plain data; times and clocks are not known here.
import type { Hours } from '../agents/hours.ts';

/** A step of the ladder that is taken when there is no agent. `apology` is the end of it. */
export type Rung =
  | { readonly do: 'menu' }
  | { readonly do: 'destination'; readonly name: string }
  | { readonly do: 'voicemail' }
  | { readonly do: 'apology' };

/** `cold`: rung and connected · `warm`: told first who waits, and asked · `queue`: when it is their turn · `refer`: by SIP. */
export type TransferBy = 'cold' | 'warm' | 'queue' | 'refer';

export interface Destination {
  readonly name: string;
  /** E.164 or a sip: address. */
  readonly to: string;
  /** For the agent. */
  readonly description: string;
  /** For callers: "press 1 for …". */
  readonly spoken: string;
  readonly by: TransferBy;
  readonly ringS: number;
  /** Whose number the person sees. */
  readonly callerId: 'caller' | 'ours';
  /** Left out: always there. */
  readonly hours: Hours | undefined;
  /** Where the summary is posted when somebody takes the call. */
  readonly screenPop: string | undefined;
  /** Of a queue. */
  readonly queue: {
    readonly longestWaitMin: number;
    /** Until others have waited: what a place in the queue is reckoned to take. */
    readonly minutesACall: number;
    readonly callback: boolean;
  };
}

export interface Voicemail {
  readonly greeting: string;
  readonly longestS: number;
}

export interface Plan {
  readonly profile: string;
  /** BCP 47. */
  readonly language: string;
  /** IANA. */
  readonly timeZone: string;
  readonly destinations: readonly Destination[];
  readonly ladder: readonly Rung[];
  readonly voicemail: Voicemail | undefined;
}
