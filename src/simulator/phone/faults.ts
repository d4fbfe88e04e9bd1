// What a simulated call does wrong on purpose. Times are ms since the stream started; everything else is exact, so that
// the same faults give the same call again.

import type { EchoFault } from './microphone.ts';

export interface StreamFaults {
  /** The frames of these stretches are never sent: timestamps jump. */
  readonly gaps?: readonly { readonly atMs: number; readonly forMs: number }[];
  /** Every n-th frame is sent twice, word for word. */
  readonly duplicateEvery?: number;
  /** Every n-th frame leaves after the one that follows it. */
  readonly swapEvery?: number;
  /** Frames are late by up to this much, in order. */
  readonly jitterMs?: number;
  /** The socket is torn down here: no `stop`, no close frame. */
  readonly dropAtMs?: number;
  /** Sent as they are, between frames. */
  readonly texts?: readonly { readonly atMs: number; readonly text: string }[];
  /** Only `connected` is sent. */
  readonly withholdStart?: boolean;
  /** Sent in place of the token that the TwiML carries. */
  readonly token?: string;
  readonly signature?: 'missing' | 'wrong';
  /** The caller's microphone hears the agent: exactly what the ear has played, and nothing that was cleared. */
  readonly echo?: EchoFault;
}

/** Of a call that the network places: its statuses by the names of their events, and what detection says. */
export type Told = 'initiated' | 'ringing' | 'answered' | 'completed' | 'amd';

export interface CallFaults {
  /** In the n-th stream of the call, the last entry serving all that follow; one object: only in the first. */
  readonly stream?: StreamFaults | readonly StreamFaults[];
  /** On every webhook. */
  readonly signature?: 'missing' | 'wrong';
  /** Status and stream-status callbacks come twice. */
  readonly duplicateCallbacks?: boolean;
  /** Every request for TwiML is made twice, and the second answer is used. */
  readonly duplicateActions?: boolean;
  /** Status callbacks of a call that the network places come in pairs, each pair the wrong way round. */
  readonly swapStatuses?: boolean;
  /** That the call was answered is told late: once answering machine detection has told of it, or once the call is over. */
  readonly answeredComes?: 'after-verdict' | 'after-completed';
  /** These callbacks never come. */
  readonly losesCallbacks?: readonly Told[];
  /** These come so many ms late, and do not hold up what follows. */
  readonly lateCallbacks?: Readonly<Partial<Record<Told, number>>>;
}

export const NO_FAULTS: StreamFaults = Object.freeze({});

export function streamFaults({ stream }: CallFaults, index: number): StreamFaults {
  if (stream === undefined) return NO_FAULTS;
  if ('length' in stream) return stream[Math.min(index, stream.length - 1)] ?? NO_FAULTS;
  return index === 0 ? stream : NO_FAULTS;
}

/** Whether what the ear plays has to be kept, to be sent back. */
export const echoes = ({ stream = [] }: CallFaults): boolean =>
  [stream].flat().some(({ echo }) => echo !== undefined);

/** The header to send for a right signature; undefined: none. */
export function spoil(fault: 'missing' | 'wrong' | undefined, signature: string): string | undefined {
  if (fault === 'missing') return undefined;
  return fault === 'wrong' ? (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1) : signature;
}
