// Every way in which a model can be of no use, for as many calls at once as the ladder has first steps; and from when on it
// could be known. Knows no step.
import type { Notice } from '../../src/call/notices.ts';
import type { FaultSource } from '../../src/simulator/model/faults/fault.ts';
import { STEPS } from './steps.ts';

export interface Cause {
  readonly name: string;
  readonly faults: readonly FaultSource[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The notice of the call with which there is no model, as the server tells it. */
  readonly isKnown: (notice: Notice) => boolean;
  /** The agent has spoken before: the caller answers it. */
  readonly isTalking: boolean;
  /** It is still connected: a model that may yet speak is kept where there is nothing but an apology. */
  readonly isThere?: boolean;
}

/** Connections are counted over all calls; each of them has had its first by then. */
const THEN = STEPS.length + 1;
const QUOTA = 'You exceeded your current quota, please check your plan and billing details.';
const atOnce = { isKnown: ({ type }: Notice) => type === 'line-opened', isTalking: false };
const inTalk = { isKnown: ({ type }: Notice) => type === 'session-switching', isTalking: true };

export const CAUSES: readonly Cause[] = [
  { name: 'setup refused', faults: ['refuse-setup:code=1007,times=always'], ...atOnce },
  { name: 'key refused', faults: ['refuse-upgrade:status=401,times=always'], ...atOnce },
  {
    name: 'nobody at its port',
    faults: [],
    environment: { GEMINI_BASE_URL: 'http://127.0.0.1:1' },
    ...atOnce,
  },
  { name: 'HTTP 429', faults: ['refuse-upgrade:status=429,times=always'], ...atOnce },
  {
    name: 'quota in a 1011',
    faults: [{ fault: 'refuse-setup', code: 1011, reason: QUOTA, times: 'always' }],
    ...atOnce,
  },
  { name: 'too slow', faults: ['never-ready:times=always'], ...atOnce },
  {
    name: 'lost, and refused',
    faults: [
      'drop:on=agent-speaking,after=300ms,times=always',
      `refuse-upgrade:status=401,nth=${THEN},times=always`,
    ],
    ...inTalk,
  },
  {
    name: 'lost, and away',
    faults: ['drop:on=agent-speaking,after=300ms,times=always', `refuse-upgrade:nth=${THEN},times=always`],
    ...inTalk,
  },
  {
    name: 'silent',
    faults: ['mute:on=caller-speaking,times=always', `mute:on=ready,nth=${THEN},times=always`],
    isKnown: (notice) => notice.type === 'watchdog' && notice.did === 'gave up',
    isTalking: true,
    isThere: true,
  },
];
