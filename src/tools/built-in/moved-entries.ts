// Whose entry had the number of a call before it was changed in that call: who mends a digit, or books next, is still
// known. Of this process alone; elsewhere such a caller is asked who they are.
import type { CallId } from '../../base/ids.ts';

/** Far more than run at once; the oldest are forgotten. */
const MOST = 2_000;

const contacts = new Map<string, string>();

const keyOf = (callId: CallId, calling: string): string => `${callId} ${calling}`;

export function noteMoved(callId: CallId, calling: string, contactId: string): void {
  contacts.set(keyOf(callId, calling), contactId);
  for (const oldest of contacts.keys()) {
    if (contacts.size <= MOST) return;
    contacts.delete(oldest);
  }
}

/** The id of the contact. */
export const movedIn = (callId: CallId, calling: string): string | undefined =>
  contacts.get(keyOf(callId, calling));
