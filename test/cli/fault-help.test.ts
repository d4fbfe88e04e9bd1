// The list says all there is, and every line of it means something.
import { expect, test } from 'vitest';
import { faultHelp } from '../../src/cli/fault-help.ts';
import { DEEDS } from '../../src/simulator/model/faults/deeds.ts';
import { faultOf } from '../../src/simulator/model/faults/fault.ts';
import { MOMENTS } from '../../src/simulator/model/faults/terms.ts';
import { TRAPS } from '../../src/simulator/model/faults/traps.ts';

const lines = faultHelp().split('\n');

test('every fault and every moment has a line with its meaning', () => {
  for (const { shape, description } of [...DEEDS, ...TRAPS])
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`^  ${shape.fault.value} +${description}$`)),
    );
  for (const [name, meaning] of Object.entries(MOMENTS))
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^  ${name} +${meaning}$`)));
});

test('every field has a meaning, and stands with its default', () => {
  const fields = lines.filter((line) => line.startsWith('    '));
  for (const line of fields) expect(line).toMatch(/^ {4}\w+=.+? {2,}\S.*$/);
  for (const kind of [...DEEDS, ...TRAPS])
    for (const key of Object.keys(kind.shape).filter((each) => each !== 'fault'))
      expect(
        fields.some((line) => line.startsWith(`    ${key}=`)),
        key,
      ).toBe(true);
  expect(lines).toContainEqual(expect.stringMatching(/^ {4}timeLeft=50s /));
  // What differs from the others of its group is told with the fault.
  const cancel = lines.findIndex((line) => line.startsWith('  cancel-tools '));
  expect(lines[cancel + 1]).toMatch(/^ {4}on=tool-running /);
});

test('the examples are faults', () => {
  const examples = lines.flatMap((line) => /^ {2}--fault (\S+)/.exec(line)?.[1] ?? []);
  expect(examples).toHaveLength(2);
  for (const example of examples) expect(() => faultOf(example)).not.toThrow();
});
