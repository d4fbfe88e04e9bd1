// The first steps that a ladder can have, each on a number of its own. Knows no cause.

export interface Step {
  readonly name: string;
  readonly number: string;
  /** As a profile has it. */
  readonly steps: string;
  /** As the route names it; undefined: the apology is the agent's own, and is played in its stream. */
  readonly to: string | undefined;
}

export const STEPS: readonly Step[] = [
  { name: 'apology', number: '+12025550101', steps: '[apology]', to: undefined },
  { name: 'voicemail', number: '+12025550102', steps: '[voicemail]', to: 'voicemail' },
  { name: 'menu', number: '+12025550103', steps: '[menu, apology]', to: 'menu' },
  { name: 'a person', number: '+12025550104', steps: '[{ destination: sales }, apology]', to: 'sales' },
];
