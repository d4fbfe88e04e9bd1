// Where the page's telephone is in its call, and what the caller is told of it. Plain data, moved by pure functions.
import type { Elsewhere, PhoneCall, PhoneVerb } from '../../phone-view.ts';
import type { Cut } from './handset-audio.ts';

export type Sent = Extract<PhoneVerb, { do: 'elsewhere' }>;

export type PhonePhase =
  | { readonly is: 'idle' }
  /** The sound is being opened, and the server asked. */
  | { readonly is: 'calling' }
  /** The stream opens, or is open. */
  | { readonly is: 'connected'; readonly call: PhoneCall; readonly isOpen: boolean; readonly sinceMs: number }
  /** The stream is over: what is next is being asked. */
  | { readonly is: 'asking'; readonly call: PhoneCall }
  /** A carrier would have taken the caller there. */
  | { readonly is: 'elsewhere'; readonly call: PhoneCall; readonly sent: Sent }
  | { readonly is: 'over'; readonly call: PhoneCall };

/** Something that happened, for whoever holds the telephone. */
export interface Remark {
  readonly n: number;
  readonly atMs: number;
  readonly text: string;
}

export interface PhoneState {
  readonly phase: PhonePhase;
  readonly isMuted: boolean;
  /** Pressed and not sent yet. */
  readonly keys: string;
  /** The last interruption. */
  readonly cut: Cut | undefined;
  /** From the server's word of it to the answer of the player. */
  readonly cutToldMs: number | undefined;
  readonly remarks: readonly Remark[];
  /** Why there is no call, or it ended so. */
  readonly fault: string | undefined;
}

export const IDLE: PhoneState = {
  phase: { is: 'idle' },
  isMuted: false,
  keys: '',
  cut: undefined,
  cutToldMs: undefined,
  remarks: [],
  fault: undefined,
};

/** The call that is on, undefined between calls. */
export const callOf = ({ phase }: PhoneState): PhoneCall | undefined =>
  phase.is === 'connected' || phase.is === 'asking' || phase.is === 'elsewhere' ? phase.call : undefined;

export const remarked = (state: PhoneState, text: string, atMs: number): PhoneState => ({
  ...state,
  remarks: [...state.remarks, { n: state.remarks.length, atMs, text }],
});

const WHERE: Readonly<Record<Elsewhere, (to: string) => string>> = {
  dial: (to) => `A carrier would now ring ${to} and connect the caller.`,
  refer: (to) => `The caller’s own telephone system would now be asked to call ${to}.`,
  conference: () => 'The caller would now wait, with music, while a person is called and told who it is.',
  queue: (to) => `The caller would now wait, with music, in the queue ${to}.`,
  record: () => 'After a beep the caller would now leave a message.',
  menu: () => 'The caller is asked for a key.',
};

export const whereWords = ({ by, to }: Pick<Sent, 'by' | 'to'>): string => WHERE[by](to);
