// How far a call has come, from being placed to its end. Pure.
import type { CallStatus, HungUpBy } from './events.ts';

export type Phase =
  | { is: 'unanswered'; status: 'queued' | 'initiated' | 'ringing' }
  | { is: 'in-progress'; answeredMs: number }
  | {
      is: 'over';
      status: CallStatus;
      answeredMs: number | undefined;
      endedMs: number;
      by: HungUpBy;
      why: string;
    };

export interface End {
  readonly by: HungUpBy;
  readonly why: string;
  /** Of a call that was never answered; undefined: as who ended it gives reason to say. */
  readonly status: CallStatus | undefined;
  readonly endedMs: number;
  readonly isInbound: boolean;
}

export function overAfter(phase: Phase, end: End): Phase & { is: 'over' } {
  const { by, why, endedMs } = end;
  if (phase.is === 'over') return phase;
  if (phase.is === 'in-progress')
    return { is: 'over', status: 'completed', answeredMs: phase.answeredMs, endedMs, by, why };
  // Who gives up while it rings was not answered; when the webhook fails Twilio picks up to say so.
  const byServer = end.isInbound ? 'completed' : 'canceled';
  const status = end.status ?? (by === 'caller' ? 'no-answer' : byServer);
  return { is: 'over', status, answeredMs: undefined, endedMs, by, why };
}
