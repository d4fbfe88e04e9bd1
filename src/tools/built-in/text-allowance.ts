// How many texts one call may send, whichever tool sends them: a caller who talks the agent into more must not succeed.
// Give each call its own; knows neither calls nor carriers.
import { LivelineError } from '../../base/errors.ts';
import { TextRefused } from '../../carrier/text-refused.ts';
import type { TextSender } from '../../carrier/texts.ts';

export const TEXTS_A_CALL = 3;

/** Passes on `most` texts; those that were certainly not sent do not count. */
export function allowTexts(texts: TextSender, most: number = TEXTS_A_CALL): TextSender {
  let left = most;
  return {
    async send(message, signal) {
      if (left <= 0)
        throw new TextRefused('too-many', `this call has sent ${most} texts, and may send no more`);
      left -= 1;
      try {
        return await texts.send(message, signal);
      } catch (thrown) {
        const unsent =
          thrown instanceof LivelineError &&
          (thrown.code === 'CARRIER_UNREACHABLE' || thrown.code === 'CARRIER_REFUSED');
        if (unsent) left += 1;
        throw thrown;
      }
    },
  };
}
