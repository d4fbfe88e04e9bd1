// Somebody whom we called, and whose destination has left the profile meanwhile.
import { expect, test } from 'vitest';
import type { PersonQuestion } from '../../src/carrier/webhooks.ts';
import { personAsks } from '../../src/ivr/person.ts';
import type { Person, Where } from '../../src/ivr/route.ts';
import { spoken } from '../../src/ivr/spoken.ts';
import { CALL, CALLER, FULL, NOW_MS, OURS, PERSON, route, view } from './routes-rig.ts';

const held = (person: Person): Where => ({
  ...{ at: 'held', destination: 'billing', sinceMs: NOW_MS, untilMs: NOW_MS + 60_000 },
  person,
});
const asks = (outcome: PersonQuestion['outcome']): PersonQuestion => ({
  call: { ...{ id: PERSON, from: OURS, to: CALLER, direction: 'outbound', status: 'in-progress' } },
  ...{ errand: { is: 'transfer', of: CALL, attempt: 1 }, outcome },
});
const WITHOUT = view({ plan: { ...FULL, destinations: [] } });

test.each<PersonQuestion['outcome']>([{ of: 'answered' }, { of: 'keys', digits: '1' }])(
  'who talks to the caller talks on, though their destination is removed: %o comes again',
  (outcome) => {
    const talking = route(held({ is: 'joined', id: PERSON, atMs: NOW_MS }));
    const answer = personAsks(talking, asks(outcome), WITHOUT);
    expect(answer.verb).toMatchObject({ do: 'join' });
    expect(answer.route, 'nothing has happened').toBe(talking);
    expect(answer.effects).toEqual([]);
  },
);

test.each<Person>([
  { is: 'called', id: PERSON },
  { is: 'briefed', id: PERSON },
])('who was $is for a destination that is removed is told so, and the caller is taken back', (person) => {
  const answer = personAsks(route(held(person)), asks({ of: 'keys', digits: '1' }), WITHOUT);
  expect(answer.verb).toEqual({ do: 'say-and-hang-up', ...spoken('en-US').callerGone() });
  expect(answer.route.where).toMatchObject({ person: { is: 'gone' } });
  // Not hung up by force: they are told.
  expect(answer.effects).toEqual([{ do: 'takeBack' }]);
});
