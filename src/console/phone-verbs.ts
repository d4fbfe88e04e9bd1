// Between the carrier's words and the phone's: what a verb is to a caller on the page, and what came of it there. Pure.
import type { Outcome, Spoken, Verb } from '../carrier/webhooks.ts';
import type { Elsewhere, PhoneVerb } from './phone-view.ts';

const textOf = (say: Spoken | undefined): string | undefined => say?.text;

export function phoneVerb(verb: Verb): PhoneVerb {
  switch (verb.do) {
    case 'stream':
      return { do: 'stream', token: verb.token, step: verb.step, keys: verb.keys };
    case 'hang-up':
      return { do: 'hang-up', say: undefined };
    case 'say-and-hang-up':
      return { do: 'hang-up', say: verb.text };
    case 'dial':
    case 'refer':
      return { do: 'elsewhere', step: verb.step, by: verb.do, say: textOf(verb.say), to: verb.to };
    case 'hold':
      return { do: 'elsewhere', step: verb.step, by: 'conference', say: textOf(verb.say), to: '' };
    case 'queue':
      return { do: 'elsewhere', step: verb.step, by: 'queue', say: textOf(verb.say), to: verb.queue };
    case 'record':
      return { do: 'elsewhere', step: verb.step, by: 'record', say: verb.say.text, to: '' };
    case 'ask-key': {
      const say = verb.say.map(({ text }) => text).join(' ');
      // A caller is never asked on an errand: those are for people whom we call.
      return 'step' in verb.of
        ? { do: 'elsewhere', step: verb.of.step, by: 'menu', say, to: '' }
        : { do: 'hang-up', say };
    }
    // Of people whom we call, and of callers who wait; neither is on this phone.
    case 'join':
    case 'take-from-queue':
    case 'leave-queue':
    case 'music':
      return { do: 'hang-up', say: undefined };
  }
}

/** Nobody answered, nothing was recorded: the page is on no telephone. */
export function outcomeOf(by: Elsewhere | undefined, key: string): Outcome {
  switch (by) {
    case undefined:
    case 'conference':
      return { of: 'stream' };
    case 'dial':
      return { of: 'dial', result: 'no-answer', talkedS: 0 };
    case 'refer':
      return { of: 'refer', result: 'refused' };
    case 'queue':
      return { of: 'queue', result: 'left', waitedS: 0 };
    case 'record':
      return { of: 'recording', id: undefined, seconds: 0 };
    case 'menu':
      return { of: 'keys', digits: key };
  }
}
