// What one call of the network is made of, and who is told of it.
import type { CallFaults } from './faults.ts';
import type { LegListener } from './leg.ts';
import type { Reaching } from './reach.ts';
import type { Party } from './room.ts';
import type { Office, Start } from './stage.ts';
import type { Callback } from './verb.ts';

export interface ExchangeListener extends Omit<LegListener, 'onError'> {
  onAnswered(): void;
}

export interface ExchangeOptions extends Omit<Reaching, 'callbacks' | 'signal'> {
  readonly authToken: string;
  readonly office: Office;
  /** For an inbound call: what it asks for while it rings. Otherwise what it does once it is answered. */
  readonly start: Start;
  readonly status: Callback | undefined;
  readonly faults: CallFaults;
  readonly party: Party;
  readonly listener: ExchangeListener;
}
