// Whose message a recording is: what of the profile decides how it is kept and brought to people. Pure.
import type { Profile } from '../agents/profile.ts';

/** As the profile had it when the message was asked for: what becomes of its file later changes nothing. */
export interface MessageTerms {
  readonly language: string;
  readonly timeZone: string;
  readonly model?: string;
  readonly deliverTo: string[];
  readonly transcribe: boolean;
  /** 0: until it was delivered. */
  readonly keepDays: number | 'forever';
}

export interface LeftMessage extends MessageTerms {
  /** The profile's name. */
  readonly profile: string;
  readonly from: string;
  readonly to: string;
}

/** `message`: left out where none was asked for, as far as is known. */
type CallOfMessage = Pick<LeftMessage, 'profile' | 'from' | 'to'> & {
  readonly message?: MessageTerms | undefined;
};

/** Of a call of whose profile nothing is known any more. */
const NOBODYS: MessageTerms = {
  ...{ language: 'en-US', timeZone: 'UTC', deliverTo: [], transcribe: false, keepDays: 90 },
};

export const termsOf = ({
  language,
  timeZone,
  model,
  voicemail,
  keepRecordsDays,
}: Profile): MessageTerms => ({
  ...{ language, timeZone, model, keepDays: keepRecordsDays },
  deliverTo: [...(voicemail?.deliverTo ?? [])],
  transcribe: voicemail?.transcribe ?? false,
});

/** `profile`: undefined when there is none any more; the message is kept all the same. */
export const leftMessage = ({ profile, from, to, message }: CallOfMessage, now?: Profile): LeftMessage => ({
  ...{ profile, from, to },
  ...(message ?? (now ? termsOf(now) : NOBODYS)),
});
