// One call of no campaign: the same attempt, opt-outs and guard as any. Consent, hours and caps are the business of whoever asks
// for it, and the audit says so.
import type { Clock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Fields } from '../agents/instructions.ts';
import type { OutboundCall } from '../carrier/control.ts';
import { sleep } from '../tools/run/aborted.ts';
import type { Verdict } from './audit.ts';
import type { DialRules } from './dial-rules.ts';
import { place, type PlacingOptions } from './placing.ts';

export interface SingleCall {
  readonly to: PhoneNumber;
  readonly from: PhoneNumber;
  readonly profile: string;
  readonly variables: Fields;
  /** At least 15. */
  readonly ringS: number;
  readonly detectsMachines: OutboundCall['detectsMachines'];
  /** Who asked for it, for the audit: `api` or `cli`. */
  readonly askedBy: string;
}

export interface SingleCalls {
  /**
   * Resolves once the carrier has it; `call`: undefined when nobody knows yet whether it has: the attempt is looked for and
   * never dialled again. Throws DIAL_REFUSED (a rule says no, in words without the number), CARRIER_BUSY, CARRIER_UNREACHABLE
   * (nobody was called), CARRIER_REFUSED, CLOCK_APART, and what the database throws.
   */
  place(call: SingleCall, signal: AbortSignal): Promise<{ attempt: string; call: CallId | undefined }>;
}

export interface SingleCallsOptions extends PlacingOptions {
  /** As of campaigns; `profile`: by its name. */
  readonly guard: (to: PhoneNumber, from: PhoneNumber | undefined, profile: string) => string | undefined;
  readonly callsPerSecond: number;
  /** Nobody is called any more. */
  readonly closed: AbortSignal;
}

/** Who asks waits for the pace of the account so long, at most. */
const SLOT_WITHIN_MS = 5_000;
const SLOT_AGAIN_MS = 100;

export const singleCalls = (options: SingleCallsOptions): SingleCalls => ({
  async place(call, signal) {
    const { store, clock, guard, callsPerSecond, closed } = options;
    const { to, profile, variables, askedBy } = call;
    const rules = rulesOf(call, guard);
    const untilMs = clock.nowMs() + SLOT_WITHIN_MS;
    for (;;) {
      signal.throwIfAborted();
      if (closed.aborted)
        throw new LivelineError('SERVER_STOPPING', 'this server stops and calls nobody any more');
      const claimedMs = clock.nowMs();
      const claimed = await store.claimSingle({
        ...{ rules, profile, to, variables, nowMs: clock.epochMs(), accountCallsPerSecond: callsPerSecond },
        facts: { askedBy, notAsked: ['consent', 'hours', 'caps'] },
      });
      switch (claimed.is) {
        case 'full':
          await forSlot(clock, untilMs, signal);
          break;
        case 'refused':
          throw new LivelineError('DIAL_REFUSED', claimed.words);
        case 'claimed': {
          const { dial } = claimed;
          // Written down, it is placed: whoever asked may go away meanwhile.
          const placement = await place(options, dial, rules.settings, claimedMs, closed);
          switch (placement.is) {
            case 'placed':
              return { attempt: dial.id, call: placement.call };
            case 'in-doubt':
              return { attempt: dial.id, call: undefined };
            case 'refused':
              throw new LivelineError('CARRIER_REFUSED', placement.words);
            case 'not-placed':
              throw new LivelineError(placement.code, placement.words);
          }
        }
      }
    }
  },
});

async function forSlot(clock: Clock, untilMs: number, signal: AbortSignal): Promise<void> {
  if (clock.nowMs() >= untilMs)
    throw new LivelineError(
      'CARRIER_BUSY',
      'the account begins as many calls as it may just now, those of campaigns among them: try again',
    );
  await sleep(clock, SLOT_AGAIN_MS, signal);
}

const RING: Verdict = { may: 'ring', data: '' };

function rulesOf(
  { profile, from, ringS, detectsMachines }: SingleCall,
  guard: SingleCallsOptions['guard'],
): DialRules {
  const asked = (): never => {
    throw new TypeError('a single call is not asked about again');
  };
  return {
    settings: {
      ...{ profile, callerIds: [from], suppressionLists: [], callsPerSecond: 1, ringS, detectsMachines },
      ...{ endsAtMs: undefined, breakerOver: 0 },
    },
    ...{ hours: () => RING, consent: () => RING, doNotCall: () => RING, caps: () => RING },
    ...{ callerId: () => ({ from }), guard: (to, shown) => guard(to, shown, profile) },
    ...{ howMany: asked, breaker: asked, outcome: asked, next: asked },
  };
}
