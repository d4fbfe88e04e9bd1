// The telephone network of `liveline call`: the phone that calls, the people whom its call can be passed on to, and the REST
// server at which a running server asks for them. Prints nothing.
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { isLoopbackHost } from '../base/loopback.ts';
import type { Environment } from '../config.ts';
import { startNetwork, type PhoneNetwork } from '../simulator/phone/network.ts';
import type { Person } from '../simulator/phone/people.ts';

/** A ring, and a briefing heard; then long enough for what counts as a talk. */
const RINGS_MS = 2_000;
const PRESSES_AFTER_MS = 2_000;
const TALKS_MS = 8_000;

const CONDUCT = {
  answers: {
    ...{ does: 'answers', ringsMs: RINGS_MS, leavesAfterMs: TALKS_MS },
    keys: [{ press: '1', afterMs: PRESSES_AFTER_MS }],
  },
  declines: {
    ...{ does: 'answers', ringsMs: RINGS_MS, leavesAfterMs: 1_000 },
    keys: [{ press: '2', afterMs: PRESSES_AFTER_MS }],
  },
  busy: { does: 'busy' },
  'no-answer': { does: 'no-answer' },
  fails: { does: 'fails' },
} satisfies Record<string, Omit<Person, 'number'>>;

export const CONDUCTS = Object.keys(CONDUCT);

/** `+12025550111:answers`. Throws SCRIPT_INVALID. */
export function personOf(text: string): Person {
  const [, number, does] = /^(\+\d{7,15}|sips?:\S+@\S+):([a-z-]+)$/.exec(text) ?? [];
  const conduct = Object.entries(CONDUCT).find(([name]) => name === does)?.[1];
  if (number !== undefined && conduct !== undefined) return { number, ...conduct };
  throw new LivelineError(
    'SCRIPT_INVALID',
    `Give a number and what they do, such as +12025550111:answers; others: ${CONDUCTS.slice(1).join(', ')}.`,
  );
}

/** Where the server under test asks its carrier; undefined: at a real one, or nowhere. */
function ownRestPort(env: Environment): number | undefined {
  const url = URL.parse(env['TWILIO_API_BASE_URL'] ?? '');
  return url?.protocol === 'http:' && isLoopbackHost(url.hostname) ? Number(url.port || 80) : undefined;
}

export interface OwnNetworkOptions {
  readonly env: Environment;
  readonly authToken: string;
  readonly accountSid: string;
  readonly people: readonly Person[];
  readonly clock: Clock;
}

export interface OwnNetwork {
  readonly network: PhoneNetwork;
  /** Whether the server can ask it for people and messages. */
  readonly isAsked: boolean;
}

/** Throws PORT_UNAVAILABLE where there are people whom the server could not ask for. */
export async function openOwnNetwork({ env, ...options }: OwnNetworkOptions): Promise<OwnNetwork> {
  const port = ownRestPort(env);
  if (port !== undefined)
    try {
      return { network: await startNetwork({ ...options, port }), isAsked: true };
    } catch (thrown) {
      // Somebody else's stand-in has it, and for a plain call that will do.
      if (options.people.length > 0)
        throw new LivelineError(
          'PORT_UNAVAILABLE',
          `${messageOf(thrown)}, where the server asks for people: does another liveline call run? Wait for its end, or stop it`,
          { cause: thrown },
        );
    }
  return { network: await startNetwork(options), isAsked: false };
}

/** The server takes messages away once it has fetched them. */
const FETCHED_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 200;

/** Whether nothing that callers left is still in the network. */
export async function emptied(network: Pick<PhoneNetwork, 'recordingSids'>, clock: Clock): Promise<boolean> {
  const untilMs = clock.nowMs() + FETCHED_WITHIN_MS;
  while (network.recordingSids.length > 0 && clock.nowMs() < untilMs)
    await new Promise((resolve) => clock.after(LOOK_EVERY_MS, () => resolve(undefined)));
  return network.recordingSids.length === 0;
}
