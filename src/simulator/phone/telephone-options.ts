// What a telephone on one call is made with: by people, and by the network.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { PhoneEvent } from './events.ts';
import type { CallFaults } from './faults.ts';
import type { CallIdentity } from './fields.ts';
import type { Person } from './people.ts';
import type { Turn } from './reach.ts';
import type { CallerStep } from './script.ts';
import type { Office, Outgoing, Start } from './stage.ts';
import type { Ticker } from './ticker.ts';
import type { Callback } from './verb.ts';

/** What people may say about a telephone; the rest comes from the network. */
export interface TelephoneOptions {
  /** Signs what this network sends; the server's TWILIO_AUTH_TOKEN. */
  readonly authToken: string;
  readonly clock: Clock;
  readonly script?: readonly CallerStep[] | undefined;
  /** Silence after which the agent counts as quiet. Default 700. */
  readonly quietMs?: number | undefined;
  /** The caller hangs up when neither was heard for so long. Default 10,000. */
  readonly patienceMs?: number | undefined;
  readonly faults?: CallFaults | undefined;
  /** The tones of pressed keys are in the caller's sound too, as where a carrier does not take them out. Default false. */
  readonly keysSound?: boolean | undefined;
  /** False: no recording, and 8 kB less memory for every second heard. Default true. */
  readonly keepSound?: boolean | undefined;
  readonly log?: Log | undefined;
  readonly onEvent?: ((event: PhoneEvent) => void) | undefined;
}

export interface PhoneOptions
  extends TelephoneOptions, Pick<Outgoing, 'limitMs' | 'detection' | 'longestMs'> {
  readonly call: Omit<CallIdentity, 'callSid'>;
  readonly office: Office;
  readonly ticker: Ticker;
  readonly start: Start;
  readonly status: Callback | undefined;
  /** Who is called; undefined: nobody has that number, or the telephone calls itself. */
  readonly person: Person | undefined;
  /** When it may be dialled; default: at once. */
  readonly turn?: Turn | undefined;
}
