// What one run of a tool wrote through what it was handed: whether its failure may still be taken at its word. Knows no tool.
import type { TextSender } from '../../carrier/texts.ts';
import type { Crm } from '../../crm/crm.ts';
import { hadNoEffect } from '../effects/had-no-effect.ts';

export interface Writes {
  readonly crm: Crm;
  readonly texts: TextSender;
  /** One of them was done, or may have been, or is still under way. */
  readonly any: () => boolean;
}

/**
 * Of these `crm` and `texts`, for one run. That somebody was entered in the records does not count: it is the way to another
 * write, and whoever tries again finds them there.
 */
export function writesThrough(crm: Crm, texts: TextSender): Writes {
  let count = 0;

  async function counted<Result>(write: () => Promise<Result>): Promise<Result> {
    count += 1;
    try {
      return await write();
    } catch (thrown) {
      if (hadNoEffect(thrown)) count -= 1;
      throw thrown;
    }
  }

  return {
    crm: {
      ...crm,
      updateContact: (...args) => counted(() => crm.updateContact(...args)),
      bookAppointment: (...args) => counted(() => crm.bookAppointment(...args)),
      cancelAppointment: (...args) => counted(() => crm.cancelAppointment(...args)),
      createObject: (...args) => counted(() => crm.createObject(...args)),
      logCall: (...args) => counted(() => crm.logCall(...args)),
    },
    texts: { send: (...args) => counted(() => texts.send(...args)) },
    any: () => count > 0,
  };
}
