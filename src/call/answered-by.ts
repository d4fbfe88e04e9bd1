// Who or what picked up: the carrier's word and our own signs, weighed. Pure; the rules are [AM1] to [AM9] of SPEC.md.
import type { PickedUpBy } from '../carrier/webhooks.ts';

export type AnsweredBy = PickedUpBy;

/** How a machine's announcement ended, as the carrier heard it. */
export type MessageEnd = 'beep' | 'silence' | 'other';

/** The carrier's word, which may come at any time, more than once, or never. */
export interface CarrierVerdict {
  readonly by: AnsweredBy;
  /** Of a machine, when the carrier was asked to wait for it. */
  readonly messageEnded: MessageEnd | undefined;
}

/** What is known so far. */
export interface Signs {
  /** The carrier's last word. */
  readonly carrier: AnsweredBy | undefined;
  /** Tones that only fax machines send. */
  readonly faxTone: boolean;
  /** Words of a machine that takes messages. */
  readonly voicemail: boolean;
  /** Words of an assistant that asks callers who they are. */
  readonly screening: boolean;
  /** A beep, after something was said. */
  readonly beep: boolean;
  /** Speech for longer than people greet, without a pause. */
  readonly monologue: boolean;
  /** A few words and then a pause, as people answer a telephone. */
  readonly shortGreeting: boolean;
  /** How often they said words after they had heard us out. */
  readonly answers: number;
  /** Words of theirs were understood. */
  readonly words: boolean;
}

export const NO_SIGNS: Signs = {
  ...{ carrier: undefined, faxTone: false, voicemail: false, screening: false, beep: false },
  ...{ monologue: false, shortGreeting: false, answers: 0, words: false },
};

export interface Judgement {
  readonly by: AnsweredBy;
  /** Of SPEC.md. */
  readonly rule: 'AM1' | 'AM2' | 'AM3' | 'AM4' | 'AM5' | 'AM6' | 'AM7' | 'AM8' | 'AM9';
}

/** Announcements are long, and some have pauses in which we may be heard out; nobody talks with one twice. */
const DIALOGUE = 2;

/** The first rule that holds. */
export function judge(signs: Signs): Judgement {
  const { carrier, faxTone, voicemail, screening, beep, monologue, shortGreeting, answers, words } = signs;
  const talks = answers >= DIALOGUE;
  const isCarrierSure = carrier === 'machine';
  const isFax = faxTone || (carrier === 'fax' && !shortGreeting);
  if (isFax && !words && answers === 0) return { by: 'fax', rule: 'AM1' };
  if (screening && !(voicemail && beep)) return { by: 'unknown', rule: 'AM2' };
  const strong = Number(isCarrierSure) + Number(voicemail);
  const weak = Number(beep) + Number(monologue);
  if (talks && strong + weak < 3) return { by: 'human', rule: 'AM3' };
  // A carrier judges by length too: a long greeting is no second sign beside its word.
  if (strong === 2 || (strong === 1 && beep) || (voicemail && monologue))
    return { by: 'machine', rule: 'AM4' };
  if (strong === 1 && carrier !== 'human' && !shortGreeting && answers === 0)
    return { by: 'machine', rule: 'AM5' };
  if (weak === 2 && carrier !== 'human' && answers === 0) return { by: 'machine', rule: 'AM6' };
  if (strong > 0 || weak > 0)
    return carrier === 'human' ? { by: 'human', rule: 'AM7' } : { by: 'unknown', rule: 'AM7' };
  if (carrier === 'human' || shortGreeting || answers > 0) return { by: 'human', rule: 'AM8' };
  return { by: 'unknown', rule: 'AM9' };
}
