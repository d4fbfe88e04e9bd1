// Whether a number may be called as far as imported lists go. Pure, over what is on them; knows no database. Those who opted
// out are in consent.ts.
import type { Verdict } from './audit.ts';
import type { SuppressionListNeeded } from './settings.ts';

/** A list that was imported, as far as one number goes. */
export interface SuppressionList {
  readonly name: string;
  /** When it was true, by whoever made it. */
  readonly asOfMs: number;
  readonly version: number;
  /** Undefined: nobody could say, so it may. */
  readonly holdsNumber: boolean | undefined;
}

/** The list itself, whichever number is asked for: its age is what counts. */
export type ListAge = Omit<SuppressionList, 'holdsNumber'>;

export interface ListFault {
  readonly rule: 'suppression.missing' | 'suppression.stale' | 'suppression.future';
  readonly words: string;
}

const DAY_MS = 86_400_000;
/** Its date may be that of a place where the day has begun already: zones are 14 hours ahead of UTC at most. */
const AHEAD_MS = DAY_MS;

/** Why nobody of the campaign is called before somebody imports a list; empty when all are there and fresh. */
export const listFaults = (
  needed: readonly SuppressionListNeeded[],
  lists: readonly ListAge[],
  nowMs: number,
): ListFault[] =>
  needed.flatMap(({ name, notOlderThanDays }): ListFault[] => {
    const list = lists.find((each) => each.name === name);
    if (list === undefined)
      return [{ rule: 'suppression.missing', words: `the list "${name}" was never imported` }];
    const ageMs = nowMs - list.asOfMs;
    if (ageMs < -AHEAD_MS)
      return [
        { rule: 'suppression.future', words: `the list "${name}" is dated in the future: import it again` },
      ];
    // Turned round, so that no number at all is no fresh list.
    if (!(ageMs <= notOlderThanDays * DAY_MS))
      return [
        {
          rule: 'suppression.stale',
          words: `the list "${name}" is older than ${notOlderThanDays} days: import a newer one`,
        },
      ];
    return [];
  });

export function doNotCallVerdict(
  needed: readonly SuppressionListNeeded[],
  lists: readonly SuppressionList[],
  nowMs: number,
): Verdict {
  const used = lists.filter(({ name }) => needed.some((each) => each.name === name));
  const data = used.map(({ name, version }) => `${name} ${version}`).join(', ');
  const [fault] = listFaults(needed, lists, nowMs);
  if (fault) return { may: 'wait', ...fault, data, untilMs: undefined };
  const holding = used.find(({ holdsNumber }) => holdsNumber !== false);
  if (holding)
    return { may: 'never', rule: 'suppression.listed', words: `it is on the list "${holding.name}"`, data };
  return { may: 'ring', data };
}
