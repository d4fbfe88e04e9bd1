// What becomes of a way of an old IVR, and how one joins another: what is lost of it, what is left to the agent, and what callers get
// in its place. Pure; knows no graph.
import type { Leads } from '../../agents/keypad-menu.ts';
import { endOf, endsAfterWords, isBareEnd, isMessage, MESSAGE, saidFirst } from './carry-leads.ts';
import { leadsInWords } from './in-words.ts';
import type { Left, Loss } from './old-menu.ts';

export interface Followed {
  /** Undefined: nothing followed, and the old call ended. */
  readonly leads: Leads | undefined;
  /** For the author, of whatever leads here. */
  readonly remarks: readonly string[];
  readonly losses: readonly Loss[];
  readonly left: readonly Left[];
}

/** Of what nobody is led to. */
export type Aside = Omit<Followed, 'leads'>;

export const ENDED: Followed = { leads: undefined, remarks: [], losses: [], left: [] };

export const joined = (first: Followed, more: Aside): Followed => ({
  leads: first.leads,
  remarks: [...first.remarks, ...more.remarks],
  losses: [...first.losses, ...more.losses],
  left: [...first.left, ...more.left],
});

export const lostOf = (where: string, kept: string, all: readonly string[]): Aside => ({
  ...{ remarks: all, left: [] },
  losses: all.map((lost) => ({ where, kept, lost })),
});

const MESSAGE_KEPT = 'the agent takes a message';

export function instead(where: string, lost: string, say?: string): Followed {
  const kept = MESSAGE_KEPT;
  return {
    leads: say === undefined ? MESSAGE : { ...MESSAGE, say },
    remarks: [`${lost}; ${kept}`],
    losses: [{ where, kept, lost }],
    left: [],
  };
}

/** What nobody is led to any more, and what becomes of it. */
export function besides(where: string, when: string, followed: Followed): Aside {
  const { leads } = followed;
  const losses = followed.losses.map((loss) => ({
    where: loss.where,
    kept: loss.kept === MESSAGE_KEPT ? 'nothing' : loss.kept,
    lost: loss.lost.startsWith(when) ? loss.lost : `${when}: ${loss.lost}`,
  }));
  const kept = { remarks: losses.map(({ lost }) => lost), losses, left: followed.left };
  // What is no way of its own is among the losses already.
  if (leads === undefined || isBareEnd(leads)) return kept;
  if (isMessage(leads)) {
    const words = saidFirst(leads);
    return words === ''
      ? kept
      : { ...kept, left: [...kept.left, { where, what: `${when}: says "${words}"` }] };
  }
  const what = `${when}: ${leadsInWords(leads)}`;
  return endsAfterWords(leads)
    ? { ...kept, left: [...kept.left, { where, what }] }
    : joined({ ...kept, leads }, lostOf(where, keptOf(leads), [what]));
}

function keptOf(leads: Leads): string {
  const end = endOf(leads);
  if (end?.to === 'destination') return `destination ${end.name}, which the agent may choose`;
  return end?.to === 'voicemail'
    ? 'voicemail, which the agent may offer'
    : 'the agent goes on with the caller';
}
