// What the model is told of what stands in a CRM: words alone, never an id, and nothing longer than can be said.
import type { Appointment, CrmObject } from '../../crm/crm.ts';
import type { JsonObject } from '../../live/session.ts';
import { localTimeOf } from './local-time.ts';
import { spokenTime } from './spoken-time.ts';
import type { Office } from '../tool.ts';

/** About half a minute of speech. */
const MOST_CHARACTERS = 400;
const MOST_FACTS = 30;

export const cut = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1).toWellFormed()}…` : text;

export const toldFacts = (facts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(facts)
      .slice(0, MOST_FACTS)
      .map(([name, words]) => [cut(name), cut(words)]),
  );

/** `date` and `time` as the tools take them back. */
export const toldAppointment = (
  { startsAtMs, minutes, about }: Pick<Appointment, 'startsAtMs' | 'minutes' | 'about'>,
  office: Office,
): JsonObject => ({
  when: spokenTime(startsAtMs, office),
  ...localTimeOf(startsAtMs, office.timeZone),
  minutes,
  about: cut(about),
});

export const toldObject = ({ number, title, status, facts }: CrmObject): JsonObject => ({
  number,
  title: cut(title),
  status,
  facts: toldFacts(facts),
});
