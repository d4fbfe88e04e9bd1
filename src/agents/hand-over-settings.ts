// The field of a profile that says to which other agents it may hand callers, and whether those agents are there.
import { z } from 'zod';
import { NAME, NAME_EXPECTED } from './destinations-field.ts';
import { words } from './fields.ts';

const target = z.strictObject({
  agent: words.describe('The name of another profile.'),
  description: words.describe('What it is for: the agent chooses by this.'),
});

/** Part of the schema of a profile; in the order in which they are written. */
export const handOverTo = z
  .record(z.string().regex(NAME, NAME_EXPECTED), target)
  .default({})
  .transform((file) => Object.entries(file).map(([name, written]) => ({ name, ...written })))
  .describe(
    'The agents to whom the caller may be handed, by a name of your own: the other profile goes on with the call, and knows what was said. By the tool hand_over, or by a key.',
  );

/** A profile, as far as it can be handed to, and hands on. */
export interface HandsOver {
  readonly name: string;
  readonly handOverTo: z.output<typeof handOverTo>;
  /** 0: none. */
  readonly keepRecordsDays: number | 'forever';
}

export interface HandOverFault {
  readonly path: readonly string[];
  readonly words: string;
}

/** `names`: of every profile there is, those with faults of their own among them; `others`: those without. */
export function handOverFaults(
  { name: own, handOverTo: targets, keepRecordsDays }: HandsOver,
  names: ReadonlySet<string>,
  others: readonly Pick<HandsOver, 'name' | 'keepRecordsDays'>[],
): HandOverFault[] {
  return targets.flatMap(({ name, agent }) => {
    const fault = (words: string): HandOverFault[] => [{ path: ['hand_over_to', name, 'agent'], words }];
    if (agent === own) return fault('expected another profile: callers would be handed to this one itself');
    if (!names.has(agent))
      return fault(`there is no profile of the name "${agent}"; there are: ${[...names].sort().join(', ')}`);
    const there = others.find((one) => one.name === agent);
    if (there !== undefined && (there.keepRecordsDays === 0) !== (keepRecordsDays === 0))
      return fault(
        `of a call that is handed on there is one record or none: keep_records_days is "off" in only one of "${own}" and "${agent}"`,
      );
    return [];
  });
}
