// Who is on the phone with us, and what we are to them.
import type { CallView } from '../../call-view.ts';

/** The other side's number. */
export const numberOf = ({ direction, from, to }: CallView): string => (direction === 'inbound' ? from : to);

export const whoOf = (call: CallView): string => call.name ?? numberOf(call);

/** The process by itself is said only where there are several. */
export const directionWords = ({ direction }: CallView): string =>
  direction === 'inbound' ? 'called us' : 'was called';
