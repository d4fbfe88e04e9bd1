// What the caller was still to hear of the agent, cut off: what is heard of it from now on, and how much was. Decides nothing.
import type { TurnId } from '../base/ids.ts';
import type { Media } from './media.ts';
import type { Playout, TurnAccount } from './playout.ts';
import type { Transcript } from './transcript.ts';

export interface Spoken {
  readonly playout: Playout;
  readonly transcript: Transcript;
  readonly media: Media;
}

/** Every turn up to this one. Gives back what was heard of those that were still to be heard. */
export function silence(
  { playout, transcript, media }: Spoken,
  upTo: TurnId,
): ReadonlyMap<TurnId, TurnAccount> {
  const accounts = new Map(transcript.openTurns.map((open) => [open, playout.accountIfCut(open)]));
  media.cut(upTo);
  transcript.cut(upTo, (open) => accounts.get(open) ?? playout.account(open));
  return accounts;
}
