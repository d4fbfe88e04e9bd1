// Why an act is not possible just now, as it stands beside its button.
import type { ActsNow } from '../../call-commands.ts';

type Refusal = NonNullable<ActsNow['takeOver']>;

const WORDS: Readonly<Record<Refusal, string>> = {
  'no-such-call': 'The call is over.',
  over: 'The call is over.',
  taken: 'An operator has this call.',
  leaving: 'The caller is just being let go.',
  'without-model': 'The model is gone for good: transfer the caller instead.',
  elsewhere: 'The caller is with somebody else.',
  'no-line': 'The caller’s line is not open just now.',
  'typing-secret': 'The caller is typing a secret.',
  'no-such-destination': 'The profile has no such destination.',
  'out-of-reach': 'The server that has this call cannot be reached just now.',
  'no-way-there':
    'The call is at another server, whose sound cannot be reached from here: set NODE_ADDRESS there.',
  'no-answer': 'The server that has this call does not answer.',
};

/** Undefined: nothing stands against it, as far as is known. */
export const inWords = (refusal: Refusal | null | undefined): string | undefined =>
  refusal === null || refusal === undefined ? undefined : WORDS[refusal];
