// What `liveline doctor` says of people: whom callers can be sent to or handed over to, what is closed now, what comes when there is no agent,
// who gets the messages, and which calendars are over. Pure but for the clock, which is handed in; asks nobody.
import { isOpenAt } from '../agents/hours.ts';
import type { Profile } from '../agents/profile.ts';
import { DAY_MS } from '../agents/recurrence.ts';
import { maskPhoneNumber } from '../base/phone-number.ts';
import type { Config } from '../config.ts';
import { fault, note, ok, type Finding } from './finding.ts';
import { notesOnPeople } from './people-notes.ts';

type Place = Profile['destinations'][number];
type Holidays = NonNullable<NonNullable<Profile['hours']>['holidays']>;

export function* checkPeople(
  config: Pick<Config, 'carrier' | 'mail' | 'dialCountries' | 'webhookSecret'>,
  profiles: readonly Profile[],
  epochMs: number,
): Generator<Finding, void> {
  const told = profiles.flatMap((profile) => linesOf(profile, profiles, epochMs));
  if (told.length > 0) yield ok('people', told.join('\n'));
  yield* notesOnPeople(profiles);
  yield* checkDialling(config, profiles);
  yield* checkMessages(config, profiles);
  yield* checkCarrierAndPosts(config, profiles);
  yield* checkCalendars(profiles, epochMs);
}

function linesOf(profile: Profile, profiles: readonly Profile[], epochMs: number): string[] {
  const { name, destinations, handOverTo, fallback, closed, timeZone } = profile;
  const lines = [
    destinations.map((place) => placeText(place, timeZone, epochMs)).join(', '),
    handOverTo.length > 0
      ? `hands callers over to ${handOverTo.map((to) => agentText(to, profiles, epochMs)).join(', ')}`
      : '',
    isClosed(profile, epochMs)
      ? `closed now: ${closed === undefined ? 'the agent answers' : thenText(closed)}`
      : '',
    fallback.isWritten
      ? `without a model for ${fallback.withinMs / 1_000} s: ${fallback.steps.map((rung) => (rung.do === 'destination' ? rung.name : rung.do)).join(' → ')}`
      : '',
  ].filter((line) => line !== '');
  return lines.length === 0 ? [] : [`${name}: ${lines.join('; ')}`];
}

const isClosed = ({ hours, timeZone }: Profile, epochMs: number): boolean =>
  hours !== undefined && !isOpenAt(hours, timeZone, epochMs);

function agentText(
  { name, agent }: Profile['handOverTo'][number],
  profiles: readonly Profile[],
  epochMs: number,
): string {
  const there = profiles.find((one) => one.name === agent);
  const takesNobody = there?.closed && there.closed.then.do !== 'agent' && isClosed(there, epochMs);
  return `${name} (${agent}${takesNobody ? ', closed now' : ''})`;
}

const placeText = ({ name, to, by, hours }: Place, timeZone: string, epochMs: number): string =>
  `${name} ${maskedAddress(to)} (${by}${hours !== undefined && !isOpenAt(hours, timeZone, epochMs) ? ', closed now' : ''})`;

/** Of a sip: address the host is enough to tell it by. */
const maskedAddress = (to: string): string =>
  /^sips?:/i.test(to) ? to.replace(/^(sips?:).*@/i, '$1•••@') : maskPhoneNumber(to);

const thenText = ({ then }: NonNullable<Profile['closed']>): string =>
  ({ agent: 'the agent answers', voicemail: 'voicemail', 'hang-up': 'a goodbye', destination: '' })[
    then.do
  ] || (then.do === 'destination' ? then.name : '');

function* checkDialling(
  { dialCountries }: Pick<Config, 'dialCountries'>,
  profiles: readonly Profile[],
): Generator<Finding, void> {
  const places = profiles.flatMap(({ destinations }) => destinations);
  if (places.length === 0) return;
  yield dialCountries === undefined
    ? ok('dialling', 'any country; DIAL_COUNTRIES, such as US,CA, allows some only')
    : ok('dialling', `${[...dialCountries].join(', ')} only (DIAL_COUNTRIES)`);
}

function* checkMessages(
  { mail }: Pick<Config, 'mail'>,
  profiles: readonly Profile[],
): Generator<Finding, void> {
  const boxes = profiles.flatMap(({ name, voicemail }) => (voicemail ? [{ name, ...voicemail }] : []));
  if (boxes.length === 0) return;
  const byMail = boxes.filter(({ deliverTo }) => deliverTo.some((to) => !/^https?:/i.test(to)));
  const nowhere = boxes.filter(({ deliverTo }) => deliverTo.length === 0);
  if (mail.smtpUrl === undefined && byMail.length > 0)
    yield fault(
      'voicemail',
      `${namesOf(byMail)}: messages go by e-mail, and SMTP_URL and MAIL_FROM are not set: they would wait for a day, and then be given up`,
    );
  else
    yield ok(
      'voicemail',
      nowhere.length === 0
        ? `delivered: ${namesOf(boxes)}`
        : `${namesOf(nowhere)}: kept here, and brought to nobody (voicemail.deliver_to; npx liveline voicemails list)`,
    );
}

/** What asks the carrier, and what is posted. */
function* checkCarrierAndPosts(
  { carrier, webhookSecret }: Pick<Config, 'carrier' | 'webhookSecret'>,
  profiles: readonly Profile[],
): Generator<Finding, void> {
  const hasPeople = profiles.some(({ destinations, voicemail }) => destinations.length > 0 || voicemail);
  if (carrier.accountSid === undefined && hasPeople)
    yield note(
      'transfers',
      'without TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN only cold transfers are made: nobody is called for warm ones, queues and callbacks, and no message is fetched',
    );
  const posting = profiles.filter(
    ({ destinations, voicemail }) =>
      destinations.some(({ screenPop }) => screenPop !== undefined) ||
      voicemail?.deliverTo.some((to) => /^https?:/i.test(to)),
  );
  if (webhookSecret === undefined && posting.length > 0)
    yield note('webhooks', `${namesOf(posting)}: what is posted is not signed; set WEBHOOK_SECRET`);
}

const namesOf = (boxes: readonly { readonly name: string }[]): string =>
  boxes.map(({ name }) => name).join('; ');

function* checkCalendars(profiles: readonly Profile[], epochMs: number): Generator<Finding, void> {
  const today = Math.floor(epochMs / DAY_MS);
  const calendars = new Map<string, Holidays>();
  for (const { hours, destinations } of profiles)
    for (const each of [hours, ...destinations.map((place) => place.hours)])
      if (each?.holidays) calendars.set(each.holidays.file, each.holidays);
  const over = [...calendars].filter(([, { closings }]) => closings.every((one) => lastDay(one) < today));
  if (over.length > 0)
    yield note(
      'holidays',
      `${over.map(([file]) => file).join(', ')}: nothing in it is still to come; get the calendar of the next year`,
    );
}

/** Since 1 January 1970; an event with a time may reach into the day after. */
function lastDay({ on, lasts }: Holidays['closings'][number]): number {
  const { firstDay, rule } = on;
  const begins = rule === undefined ? firstDay : Math.max(firstDay, rule.untilDay ?? Infinity);
  return begins + ('days' in lasts ? lasts.days - 1 : Math.ceil(lasts.toMs / DAY_MS) - 1);
}
