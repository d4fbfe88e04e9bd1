// Processes that die at any moment: no message is lost, and nobody is told twice.
import { expect, test } from 'vitest';
import { messageOf, startWorker, until, voicemailRig, wavOf } from './rig.ts';

/** What a process does to the world, counted; it dies at one of them: before it, or after it was done and before it knows. */
function dying(at: number, when: 'before' | 'after') {
  const seen = { count: 0, isDead: false };
  const forever = <Result>(): Promise<Result> => new Promise(() => undefined);
  const mortal = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(target, name) {
        const own: unknown = Reflect.get(target, name);
        if (typeof own !== 'function') return own;
        return async (...args: unknown[]): Promise<unknown> => {
          if (seen.isDead) return forever();
          seen.count += 1;
          const isLast = seen.count === at;
          if (isLast) seen.isDead = true;
          if (isLast && when === 'before') return forever();
          const result: unknown = await Reflect.apply(own, target, args);
          return isLast || seen.isDead ? forever() : result;
        };
      },
    });
  return { seen, mortal };
}

const TARGETS = ['desk@example.com', 'https://hooks.example/voicemail'];

test.for([30, 0])('kept for %i days: killed at every step, once', async (keepDays, context) => {
  const { database, dataDir, world, disk, all } = await voicemailRig(context);
  const count = { deaths: 0, doubts: 0 };
  for (const when of ['before', 'after'] as const)
    for (let at = 1; ; at += 1) {
      const id = `RE-${when}-${at}`;
      const wav = wavOf(3_000);
      world.atCarrier.set(id, wav);
      const recordedAtMs = world.clock.epochMs();
      await disk.note(messageOf(id, { deliverTo: TARGETS, keepDays, recordedAtMs }));
      const { seen, mortal } = dying(at, when);
      const first = startWorker(database, dataDir, world, mortal);
      first.look();
      const inDoubt: string[] = [];
      const isOver = async (): Promise<boolean> => {
        const entry = (await all()).find((each) => each.id === id);
        if (keepDays === 0) return entry === undefined && world.removed.includes(id);
        if (entry?.stage !== 'over') return false;
        inDoubt.push(...entry.deliveries.filter(({ state }) => state === 'in-doubt').map(({ to }) => to));
        return true;
      };
      await until(async () => seen.isDead || (await isOver()));
      if (!seen.isDead) {
        void first.close(0);
        break;
      }
      count.deaths += 1;
      // Its timers die with it, and its claim runs out.
      void first.close(0);
      world.clock.advance(700_000);
      const second = startWorker(database, dataDir, world);
      second.look();
      // Two looks at one moment can pass each other by; the next one is 5 s of a clock away that stands still here.
      await until(() => {
        second.look();
        return isOver();
      });
      await second.close(0);
      for (const target of TARGETS) {
        const got = world.letters.filter(
          ({ letter, target: to }) => letter.message.id === id && to === target,
        );
        const isDoubted =
          inDoubt.includes(target) ||
          world.log.some(
            (line) => line['recordingId'] === id && line['reason'] === 'the process that brought it died',
          );
        expect(got.length, `${target} of ${id}`).toBeLessThanOrEqual(1);
        if (got.length === 0) expect(isDoubted, `${target} of ${id}`).toBe(true);
        if (isDoubted) count.doubts += 1;
        expect(
          got.every(({ letter }) => letter.transcript === world.words && letter.wav?.length === wav.length),
        ).toBe(true);
      }
      expect(world.removed.filter((each) => each === id).length).toBeGreaterThan(0);
      expect((await disk.readSound(id)) !== undefined).toBe(keepDays !== 0);
    }
  expect(count.deaths).toBeGreaterThan(30);
  expect(count.doubts).toBeGreaterThan(0);
  expect(await disk.noted()).toEqual([]);
});
