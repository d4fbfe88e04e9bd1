// How a call that the network places comes to somebody: its turn in the queue, the ringing, the answer, and what answering
// machine detection says of it. Knows nothing of TwiML.
import type { Clock } from '../../base/clock.ts';
import type { Callbacks } from './callbacks.ts';
import { verdictOf } from './detection.ts';
import type { CallStatus, HungUpBy, PhoneEventBody } from './events.ts';
import type { CallIdentity } from './fields.ts';
import { fateOf, type Person } from './people.ts';
import type { Outgoing } from './stage.ts';
import { pause } from './waiting.ts';

/** Resolves when a call may be dialled, or when the signal is given. */
export type Turn = (signal: AbortSignal) => Promise<void>;

export interface Reaching extends Pick<Outgoing, 'limitMs' | 'detection' | 'longestMs'> {
  readonly call: CallIdentity;
  readonly clock: Clock;
  /** Undefined: nobody has that number. */
  readonly person: Person | undefined;
  readonly turn: Turn;
  readonly callbacks: Callbacks;
  /** The end of the call. */
  readonly signal: AbortSignal;
}

export interface ReachListener {
  onStatus(status: 'initiated' | 'ringing'): void;
  onAnswered(): void;
  onVerdict(answeredBy: string): void;
  onEvent(event: PhoneEventBody): void;
  end(by: HungUpBy, why: string, status?: CallStatus): void;
  /** Not after the end of the call. */
  after(ms: number, then: () => void): void;
}

/** Afterwards the call is answered or over. False: it was over before it was dialled. */
export async function reach(reaching: Reaching, to: ReachListener): Promise<boolean> {
  const { call, clock, person, limitMs, callbacks, signal } = reaching;
  const isOver = (): boolean => signal.aborted;
  await reaching.turn(signal);
  if (isOver()) return false;
  to.onStatus('initiated');
  callbacks.progress('initiated', 'initiated');
  const fate = fateOf(person, limitMs);
  if (fate.rings) {
    to.onStatus('ringing');
    to.onEvent({ type: 'ringing', callSid: call.callSid, from: call.from, to: call.to });
    callbacks.progress('ringing', 'ringing');
  }
  await pause(clock, fate.afterMs, signal);
  if (isOver()) return true;
  if (fate.then !== 'in-progress') {
    to.end(fate.rings ? 'caller' : 'network', `the call came to ${fate.then}`, fate.then);
    return true;
  }
  to.onAnswered();
  to.onEvent({ type: 'pickedUp' });
  callbacks.progress('answered', 'in-progress');
  judge(reaching, to);
  const { longestMs } = reaching;
  if (longestMs !== undefined) to.after(longestMs, () => to.end('network', 'its TimeLimit is over'));
  return true;
}

function judge({ person, detection, callbacks }: Reaching, to: ReachListener): void {
  if (!detection) return;
  const { afterMs, answeredBy } = verdictOf(person?.picksUp ?? { is: 'human' }, person?.judgedAs, detection);
  to.after(afterMs, () => {
    to.onVerdict(answeredBy);
    callbacks.verdict(detection.callback, answeredBy, afterMs);
  });
}
