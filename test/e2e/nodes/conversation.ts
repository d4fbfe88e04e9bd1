// A conversation that shows what is said twice, or never: every answer of the agent is another one.
import { scriptOf } from '../../../src/simulator/model/script.ts';
import type { CallerStep } from '../../../src/simulator/phone/script.ts';
import { audioDir, wav } from '../rig.ts';

export const GREETING = 'Hello there.';
export const ANSWERS = [1, 2, 3, 4].map((n) => `This is answer ${n} of your call, as short as it can be.`);

export const SCRIPT = scriptOf(
  {
    name: 'four answers',
    greeting: { say: GREETING },
    turns: ANSWERS.map((say, n) => ({ hears: `Question ${n + 1}`, steps: [{ say }] })),
    otherwise: { hears: 'One question more', steps: [{ say: 'Nobody has asked for this.' }] },
  },
  audioDir,
);

/** Asks for all of them, and hangs up. */
export const CALLER: readonly CallerStep[] = [
  ...ANSWERS.map(() => ({ say: wav('caller/interrupt') })),
  { hangUp: true, when: 'agentQuiet' },
];
