import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  kindOf,
  populationOf,
  type Kind,
  type PopulationOptions,
} from '../../../src/simulator/phone/population.ts';

const numbers = Array.from({ length: 4_000 }, (_, at) => `+1202555${String(at).padStart(4, '0')}`);
const WEIGHTS = { human: 5, machine: 3, busy: 1, failed: 1 } as const;

test('everybody has the share of their weight, and the same number the same person', () => {
  const options: PopulationOptions = { seed: 7, weights: WEIGHTS };
  const town = populationOf(options);
  const count = (kind: Kind): number => numbers.filter((number) => kindOf(options, number) === kind).length;
  for (const [kind, weight] of Object.entries(WEIGHTS) as [Kind, number][])
    expect(Math.abs(count(kind) / numbers.length - weight / 10)).toBeLessThan(0.03);
  for (const number of numbers.slice(0, 50)) {
    expect(populationOf(options)(number, 1)).toEqual(town(number, 1));
    expect(town(number, 2)).toEqual(town(number, 1));
  }
});

test('another seed makes another town', () => {
  const kinds = (seed: number) => numbers.map((number) => kindOf({ seed, weights: WEIGHTS }, number));
  const other = kinds(2);
  const same = kinds(1).filter((kind, at) => kind === other[at]).length;
  expect(same / numbers.length).toBeLessThan(0.5);
});

test('detection is wrong about so many of those who pick up, and about nobody else', () => {
  const town = populationOf({ seed: 3, weights: { human: 1, machine: 1, busy: 1 }, misjudged: 0.2 });
  const people = numbers.map((number) => town(number, 1));
  const pickedUp = people.filter((person) => person?.picksUp !== undefined);
  const wrong = people.filter((person) => person?.judgedAs !== undefined);
  expect(Math.abs(wrong.length / pickedUp.length - 0.2)).toBeLessThan(0.03);
  for (const person of wrong) expect(person?.judgedAs).not.toBe(person?.picksUp?.is);
});

describe('a person', () => {
  test('of a kind may be told apart from the rest', () => {
    const town = populationOf({
      ...{ seed: 1, weights: { human: 1 }, silent: true },
      as: { human: { hangsUpAfterMs: 20 } },
    });
    expect(town('+12025550100', 1)).toMatchObject({ does: 'answers', silent: true, hangsUpAfterMs: 20 });
  });

  test('rings and talks within the spans', () => {
    const span = fc
      .tuple(fc.nat(60_000), fc.nat(60_000))
      .map(([from, width]) => [from, from + width] as const);
    fc.assert(
      fc.property(fc.string(), fc.integer(), span, (number, seed, [fromMs, toMs]) => {
        const spans = { ringsMs: [fromMs, toMs], talksMs: [fromMs, toMs] } as const;
        const person = populationOf({ seed, weights: {}, ...spans })(number, 1);
        for (const ms of [person?.ringsMs, person?.hangsUpAfterMs]) {
          expect(ms).toBeGreaterThanOrEqual(fromMs);
          expect(ms).toBeLessThanOrEqual(toMs);
        }
      }),
    );
  });
});
