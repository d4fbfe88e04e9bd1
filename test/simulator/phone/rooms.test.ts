// The rules of conferences, queues and people, for all orders in which things can happen.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Conference, type Participant } from '../../../src/simulator/phone/conference.ts';
import type { PhoneEventBody } from '../../../src/simulator/phone/events.ts';
import { fateOf, People } from '../../../src/simulator/phone/people.ts';
import { Queue, type Place } from '../../../src/simulator/phone/queue.ts';
import { Room, type Party } from '../../../src/simulator/phone/room.ts';
import { createTicker } from '../../../src/simulator/phone/ticker.ts';
import { Track } from '../../../src/simulator/phone/track.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

interface Witness extends Party {
  readonly with: Set<string>;
  isJoined: boolean;
}

function witness(n: number): Witness {
  const callSid = `CA${n}`;
  const connected = new Set<string>();
  const party: Witness = {
    ...{
      callSid,
      from: '',
      to: '',
      mouth: new Track(0),
      heard: new Track(0),
      with: connected,
      isJoined: false,
    },
    sounded: () => undefined,
    emit: (event: PhoneEventBody) => {
      if (event.type === 'joined') party.isJoined = true;
      if (event.type === 'connected') {
        expect(connected.has(event.with)).toBe(false);
        connected.add(event.with);
      }
      if (event.type === 'disconnected') expect(connected.delete(event.with)).toBe(true);
    },
  };
  return party;
}

interface Member {
  readonly party: Witness;
  readonly endOnExit: boolean;
  readonly participant: Participant;
}

const step = fc.record({
  who: fc.nat(4),
  startOnEnter: fc.boolean(),
  endOnExit: fc.boolean(),
  waitMs: fc.nat(500),
});

test('in a conference exactly those are connected who are in, and `alone` names exactly who has nobody', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const clock = new ManualClock();
      const room = new Room(clock, createTicker(clock));
      let isEmpty = 0;
      const conference = new Conference('c', clock, room, () => {
        isEmpty += 1;
      });
      const members = new Map<number, Member>();
      let started = false;
      let ended = false;
      for (const [n, { who, startOnEnter, endOnExit, waitMs }] of steps.entries()) {
        const member = members.get(who);
        if (member) {
          member.participant.leave();
          member.participant.leave();
          members.delete(who);
          ended ||= member.endOnExit || members.size === 0;
        } else {
          const party = witness(n);
          const participant = conference.join({ party, startOnEnter, endOnExit, beep: false }, undefined);
          members.set(who, { party, endOnExit, participant });
          started ||= startOnEnter;
        }
        // A conference that has ended takes nobody any more: the office makes a new one of that name.
        if (ended) break;
        expect(conference.isStarted).toBe(started);
        const present = [...members.values()].map(({ party }) => party);
        for (const party of present) {
          expect(party.isJoined).toBe(started);
          const others = present.filter((other) => other !== party).map(({ callSid }) => callSid);
          expect([...party.with].toSorted()).toEqual(started ? others.toSorted() : []);
        }
        const isAlone = started && present.length === 1;
        expect(conference.alone?.callSid).toBe(isAlone ? present[0]!.callSid : undefined);
        const forMs = conference.alone?.forMs;
        clock.advance(waitMs);
        expect(conference.alone?.forMs).toBe(forMs === undefined ? undefined : forMs + waitMs);
      }
      expect(isEmpty).toBe(ended ? 1 : 0);
      for (const { participant } of members.values()) expect(participant.ended.aborted).toBe(ended);
      for (const { participant } of members.values()) participant.leave();
      for (const { party } of members.values()) expect(party.with.size).toBe(0);
      expect(conference.alone).toBeUndefined();
      expect(clock.pending).toBe(0);
    }),
  );
});

const move = fc.record({ do: fc.constantFrom('enter', 'leave', 'take'), which: fc.nat(5) });

test('from a queue everybody is taken once, in order, and nobody who has left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 30 }), async (moves) => {
      const queue = new Queue('q', new ManualClock());
      const waiting: Place[] = [];
      const taken: Place[] = [];
      const takers: AbortController[] = [];
      const expected: Place[] = [];
      let hungry = 0;
      for (const [n, { do: does, which }] of moves.entries()) {
        if (does === 'enter') {
          const place = queue.enter(witness(n), new AbortController().signal);
          if (hungry > 0) {
            hungry -= 1;
            expected.push(place);
          } else waiting.push(place);
        } else if (does === 'leave' && waiting[which]) {
          queue.leave(waiting[which]);
          waiting.splice(which, 1);
        } else if (does === 'take') {
          const taker = new AbortController();
          takers.push(taker);
          const first = waiting.shift();
          if (first) expected.push(first);
          else hungry += 1;
          void queue.take(taker.signal).then((place) => place && taken.push(place));
        }
        await Promise.resolve();
        await new Promise<void>((resolve) => setImmediate(resolve));
        expect(taken).toEqual(expected);
        expect(waiting.map((place) => queue.position(place))).toEqual(waiting.map((_, index) => index + 1));
        expect(queue.size).toBe(waiting.length);
      }
      for (const taker of takers) taker.abort();
      expect(taken.every((place) => place.taken.signal.aborted && queue.position(place) === 0)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('who hung up in the queue is not taken', async () => {
  const queue = new Queue('q', new ManualClock());
  const gone = new AbortController();
  queue.enter(witness(1), gone.signal);
  const second = queue.enter(witness(2), new AbortController().signal);
  gone.abort();
  expect(await queue.take(new AbortController().signal)).toBe(second);
});

test('nobody rings longer than allowed, and who cannot be reached does not ring', () => {
  const person = fc.record({
    number: fc.constant('+12025550111'),
    does: fc.constantFrom('answers', 'busy', 'no-answer', 'fails'),
    ringsMs: fc.nat(120_000),
  });
  fc.assert(
    fc.property(person, fc.integer({ min: 1, max: 60_000 }), (called, limitMs) => {
      const fate = fateOf(called, limitMs);
      expect(fate.rings).toBe(called.does !== 'fails');
      if (!fate.rings) {
        expect(fate.then).toBe('failed');
        return;
      }
      expect(fate.afterMs).toBe(Math.min(called.ringsMs, limitMs));
      if (called.ringsMs >= limitMs) expect(fate.then).toBe('no-answer');
      else expect(fate.then).toBe(called.does === 'answers' ? 'in-progress' : called.does);
    }),
  );
});

test('numbers are found however a sip address is written; keys are checked at once', () => {
  const people = new People();
  people.add({ number: 'sip:Desk@Example.com', does: 'busy' });
  expect(people.called(' sip:desk@example.com')?.does).toBe('busy');
  expect(people.called('+12025550111')).toBeUndefined();
  const wrong = { number: 'x', does: 'answers', keys: [{ press: 'x', afterMs: 0 }] } as const;
  expect(() => people.add(wrong)).toThrow(/keys 0-9/);
});
