// Destinations and plans for tests that care of some of their fields.
import type { Destination, Plan } from '../../src/ivr/plan.ts';

export const destination = (name: string, more: Partial<Destination> = {}): Destination => ({
  name,
  to: '+12025550111',
  description: `Whatever is for ${name}`,
  spoken: `the ${name}`,
  by: 'cold',
  ringS: 20,
  callerId: 'caller',
  hours: undefined,
  screenPop: undefined,
  queue: { longestWaitMin: 10, minutesACall: 4, callback: true },
  ...more,
});

export const plan = (more: Partial<Plan> = {}): Plan => ({
  profile: 'Desk',
  language: 'en-US',
  timeZone: 'America/New_York',
  destinations: [],
  ladder: [{ do: 'apology' }],
  voicemail: undefined,
  ...more,
});
