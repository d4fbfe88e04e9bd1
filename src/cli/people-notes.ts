// What of a profile's people is in order by itself, and most likely not meant: nobody is sent to them, they are never there
// when they are needed, hours that end on the next day, agents that send callers to each other. Pure; asks nobody.
import type { OpenWindow, Hours } from '../agents/hours.ts';
import type { Leads } from '../agents/keypad-menu.ts';
import type { Profile } from '../agents/profile.ts';
import { note, type Finding } from './finding.ts';

export function* notesOnPeople(profiles: readonly Profile[]): Generator<Finding, void> {
  for (const profile of profiles) {
    yield* ofNobodySent(profile);
    yield* ofNobodyHanded(profile);
    yield* ofClosed(profile);
    yield* ofOtherAgents(profile, profiles);
    yield* ofNights(profile.name, profile.hours);
    for (const { name, hours } of profile.destinations) yield* ofNights(`${profile.name}: ${name}`, hours);
  }
}

/** A promised call leads there too, but nobody is promised one instead of being connected. */
function* ofNobodySent({ name, destinations, tools, fallback, closed }: Profile): Generator<Finding, void> {
  const isByAgent = tools.some((tool) => tool.is === 'named' && tool.name === 'transfer_call');
  // Tools of the author's own may transfer as well, and what they do is not known before.
  const isOwn = tools.some(({ is }) => is !== 'named');
  const isByMenu = fallback.steps.some((step) => step.do === 'menu');
  if (isByAgent || isOwn || isByMenu) return;
  const named = new Set(
    [...fallback.steps, ...(closed ? [closed.then] : [])].flatMap((step) =>
      step.do === 'destination' ? step.name : [],
    ),
  );
  const left = destinations.filter((place) => !named.has(place.name));
  if (left.length > 0)
    yield note(
      'people',
      `${name}: nobody is connected with ${listOf(left)}; add transfer_call to tools, or menu to fallback.steps`,
    );
}

function* ofNobodyHanded({ name, handOverTo, tools, keypad, menu }: Profile): Generator<Finding, void> {
  if (tools.some((tool) => tool.is !== 'named' || tool.name === 'hand_over')) return;
  const byKey = Object.values(keypad.shortcuts).flatMap((does) => (does.do === 'agent' ? [does.name] : []));
  const byMenu = (menu?.menu?.menus ?? []).flatMap(({ options, otherwise }) =>
    [...options.map(({ leads }) => leads), ...(otherwise ? [otherwise] : [])].flatMap(agentIn),
  );
  const named = new Set([...byKey, ...byMenu]);
  const left = handOverTo.filter((to) => !named.has(to.name));
  if (left.length > 0)
    yield note(
      'people',
      `${name}: nobody is handed over to ${listOf(left)}; add hand_over to tools, or a key that leads there`,
    );
}

function agentIn(leads: Leads): readonly string[] {
  if (leads.to === 'say') return leads.then === undefined ? [] : agentIn(leads.then);
  return leads.to === 'agent' ? [leads.name] : [];
}

function* ofClosed({ name, hours, closed, destinations }: Profile): Generator<Finding, void> {
  if (closed?.then.do !== 'destination' || hours === undefined) return;
  const { name: to } = closed.then;
  const there = destinations.find((place) => place.name === to)?.hours;
  if (there === undefined) return;
  const open = openMinutes(hours);
  // Dates and calendars are not looked at: it may be there on a holiday.
  const isOverlap = [...openMinutes(there)].some((minute) => !open.has(minute));
  if (!isOverlap && Object.keys(there.dates).length === 0)
    yield note(
      'people',
      `${name}: closed leads to ${to}, and ${to} is never there when it is closed: after closed.greeting comes the ladder`,
    );
}

const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** Of a week; whatever is open past its end is open at its start. */
const openMinutes = ({ week }: Hours): Set<number> =>
  new Set(
    week.flatMap((windows, day) =>
      windows.flatMap(({ startMinute, endMinute }) =>
        Array.from(
          { length: endMinute - startMinute },
          (_, at) => (day * DAY_MINUTES + startMinute + at) % WEEK_MINUTES,
        ),
      ),
    ),
  );

function* ofOtherAgents(
  { name, destinations }: Profile,
  profiles: readonly Profile[],
): Generator<Finding, void> {
  for (const other of profiles) {
    const answers = destinations.filter(
      ({ to }) => other.name !== name && other.numbers !== '*' && other.numbers.some((own) => own === to),
    );
    if (answers.length > 0)
      yield note(
        'people',
        `${name}: ${listOf(answers)} is answered by the agent of ${other.name}: each such transfer is a second call, and agents that send callers to each other never stop`,
      );
  }
}

const timeOf = (minute: number): string => {
  const inDay = minute % DAY_MINUTES;
  return [Math.floor(inDay / 60), inDay % 60].map((part) => String(part).padStart(2, '0')).join(':');
};

const windowText = ({ startMinute, endMinute }: OpenWindow): string =>
  `${timeOf(startMinute)}-${timeOf(endMinute)}`;

/** No shift is so long: more likely a 12-hour clock, or the two times the wrong way round. */
const LONG_NIGHT_MINUTES = 12 * 60;

function* ofNights(whose: string, hours: Hours | undefined): Generator<Finding, void> {
  if (hours === undefined) return;
  const windows = [...hours.week, ...Object.values(hours.dates)].flat();
  const nights = windows.filter(
    ({ startMinute, endMinute }) => endMinute > DAY_MINUTES && endMinute - startMinute > LONG_NIGHT_MINUTES,
  );
  if (nights.length > 0)
    yield note(
      'hours',
      `${whose}: ${[...new Set(nights.map(windowText))].join(', ')} is open through the night, until the next morning; times are of a 24-hour clock, as in 09:00-17:00`,
    );
}

const listOf = (places: readonly { readonly name: string }[]): string =>
  places.map(({ name }) => name).join(', ');
