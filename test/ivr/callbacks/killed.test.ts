// A process that dies at every point of its work on a callback, and another that goes on: nobody is called twice for one
// attempt, and nobody is forgotten.
import { expect, test } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import type { Placed } from '../../../src/carrier/control.ts';
import type { CallStatus } from '../../../src/carrier/webhooks.ts';
import type { CallbackStore } from '../../../src/ivr/callbacks/callback-store.ts';
import { freshDatabase } from '../../doubles/databases.ts';
import { MINUTE_MS, promiseOf, rig, signal } from './rig.ts';

type Asked = (...args: never[]) => Promise<unknown>;

/** Counts everything that is waited for; from the one that it dies at on nothing is done, or answered, any more. */
class Life {
  readonly #over = Promise.withResolvers<undefined>();
  #count = 0;
  readonly #diesAt: number;
  readonly #when: 'before' | 'after';

  constructor(diesAt: number, when: 'before' | 'after') {
    this.#diesAt = diesAt;
    this.#when = when;
  }

  get isOver(): boolean {
    return this.#count >= this.#diesAt;
  }

  /** Resolves when it is. */
  get over(): Promise<undefined> {
    return this.#over.promise;
  }

  mortal<Work extends Asked>(work: Work): Work {
    const asked = async (...args: never[]): Promise<unknown> => {
      const at = (this.#count += 1);
      if (at > this.#diesAt) return forever;
      if (at === this.#diesAt && this.#when === 'before') return this.#die();
      const answer = await work(...args);
      return this.isOver ? this.#die() : answer;
    };
    return asked as Work;
  }

  #die(): Promise<never> {
    this.#over.resolve(undefined);
    return forever;
  }
}
const forever = new Promise<never>(() => undefined);

/** More than there are points to die at; in the last round nobody dies. */
const POINTS = 14;

for (const ending of ['connected', 'busy', 'silence'] as const)
  for (const when of ['before', 'after'] as const)
    test(`killed ${when} each thing that is waited for, where the call ends in: ${ending}`, async (context) => {
      const database = await freshDatabase(context);
      const ends: string[] = [];
      for (let point = 1; point <= POINTS; point += 1) {
        await database.sql.deleteFrom('callbacks').execute();
        const { carrier, store, start, callbacks, rows, soon, pass } = await rig(
          context,
          'embedded',
          database,
        );
        await callbacks.close(0);
        await callbacks.promise(
          promiseOf(soon(0), { callId: callId(`CA-${point}`) }),
          `key ${point}`,
          signal,
        );
        const life = new Life(point === POINTS ? Infinity : point, when);
        const dying: CallbackStore = {
          insert: life.mortal((...args) => store.insert(...args)),
          get: life.mortal((...args) => store.get(...args)),
          claim: life.mortal((...args) => store.claim(...args)),
          settle: life.mortal((...args) => store.settle(...args)),
          giveUpOverdue: life.mortal((...args) => store.giveUpOverdue(...args)),
          giveUpTooOften: life.mortal((...args) => store.giveUpTooOften(...args)),
          giveUpLost: life.mortal((...args) => store.giveUpLost(...args)),
          sweep: life.mortal((...args) => store.sweep(...args)),
        };
        const place = (call: Placed) => carrier.place(call);
        const first = start({ control: { place: life.mortal(place) } }, dying);
        const tell = async (who: typeof first, placed: Placed | undefined): Promise<void> => {
          if (placed === undefined || ending === 'silence') return;
          const statuses: CallStatus[] =
            ending === 'connected' ? ['ringing', 'in-progress'] : ['ringing', 'busy'];
          for (const status of statuses) who.status({ id: callId('CA-leg'), errand: placed.errand, status });
          if (ending === 'connected') who.connected(placed.errand.of);
          await Promise.race([who.look(), life.over]);
        };
        await Promise.race([first.look(), life.over]);
        // Whoever is asked by the carrier after that: the process itself, or, dead, another one.
        const second = start();
        let heard = 0;
        for (let round = 0; round < 30; round += 1) {
          const placed = carrier.placed[heard];
          if (placed) heard += 1;
          await tell(life.isOver ? second : first, placed);
          await pass(MINUTE_MS, second);
        }
        const attempts = carrier.placed.map(({ errand }) => errand.attempt);
        expect(new Set(attempts).size).toBe(attempts.length);
        const [end] = await rows();
        ends.push(`${String(end).split(' ')[0]!} after ${attempts.length}`);
        await second.close(0);
      }
      // Never more calls than the attempts that there are, and never still waiting for somebody who is dead.
      const fair = {
        // In doubt after one: it died with what it was told, before that was written.
        connected: ['done after 1', 'in-doubt after 0', 'in-doubt after 1'],
        busy: [
          'failed after 3',
          'failed after 2',
          'in-doubt after 0',
          'in-doubt after 1',
          'in-doubt after 2',
        ],
        silence: ['in-doubt after 1', 'in-doubt after 0'],
      }[ending];
      expect(fair).toEqual(expect.arrayContaining([...new Set(ends)]));
      expect(ends.at(-1)).toBe(fair[0]);
    });
