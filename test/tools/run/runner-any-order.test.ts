import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rigOf, settle, slowTool, TIMEOUT_MS, tool } from './runner-rig.ts';

describe('in any order of events', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const id = fc.constantFrom(...ids);
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('run'),
        id,
        name: fc.constantFrom('slow', 'quick', 'bad', 'none'),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('resolve', 'reject', 'cancel'), id }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('advance'), byMs: fc.nat(TIMEOUT_MS) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('settle') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('close') }) },
  ) as fc.Arbitrary<
    | { do: 'run'; id: string; name: string }
    | { do: 'resolve' | 'reject' | 'cancel'; id: string }
    | { do: 'advance'; byMs: number }
    | { do: 'settle' | 'close' }
  >;

  test('exactly one answer for each id that was not cancelled, none after its cancel or after close', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { slow, started } = slowTool();
        const { clock, done, run, cancel, runner } = rigOf([
          slow,
          tool('quick', () => Promise.resolve({ tell: {} })),
          tool('bad', () => Promise.reject(new Error('bad'))),
        ]);
        const answered = (which: string): number => done.filter((answer) => answer.id === which).length;
        const due = new Set<string>();
        const known = new Set<string>();
        let closed = false;
        for (const event of steps) {
          switch (event.do) {
            case 'run':
              run(event.name, event.id);
              if (!closed && !known.has(event.id)) due.add(event.id);
              if (!closed) known.add(event.id);
              break;
            case 'cancel':
              cancel(event.id);
              if (answered(event.id) === 0) due.delete(event.id);
              break;
            case 'close':
              void runner.close();
              for (const which of ids) if (answered(which) === 0) due.delete(which);
              closed = true;
              break;
            case 'advance':
              clock.advance(event.byMs);
              break;
            case 'settle':
              await settle();
              break;
            case 'resolve':
              started.get(event.id)?.resolve({ tell: {} });
              break;
            case 'reject':
              started.get(event.id)?.reject(new Error('late'));
          }
        }
        await settle();
        clock.advance(TIMEOUT_MS);
        for (const gate of started.values()) gate.resolve({ tell: {} });
        await settle();
        for (const which of ids) expect(answered(which)).toBe(due.has(which) ? 1 : 0);
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
