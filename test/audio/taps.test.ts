import { expect, test } from 'vitest';
import { DESIGNS } from '../../scripts/design-taps.ts';
import * as taps from '../../src/audio/taps.ts';

test.each(DESIGNS)('$name is what its design makes', ({ name, taps: design }) => {
  const designed = design();
  const kept = taps[name];
  expect(kept).toHaveLength(designed.length);
  // Another processor's cosine may differ in the last bit.
  for (const [i, tap] of kept.entries()) expect(Math.abs(tap - designed[i]!)).toBeLessThan(1e-12);
});

test('every filter is symmetric, so that no frequency is later than another', () => {
  for (const { name } of DESIGNS) expect(taps[name].toReversed()).toEqual(taps[name]);
});

test('the half-band filter leaves every original sample as it was', () => {
  const centre = (taps.HALF_BAND_71.length - 1) / 2;
  const even = taps.HALF_BAND_71.filter((_, i) => (i - centre) % 2 === 0);
  expect(even.filter((tap) => tap !== 0)).toEqual([0.5]);
});
