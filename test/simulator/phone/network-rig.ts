// A network with people in it, and a server that answers by path; its time runs faster than the machine's, since TwiML
// counts in seconds. Knows nothing of Liveline.
import { systemClock } from '../../../src/base/clock.ts';
import { fastClock } from '../../../src/simulator/fast-clock.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import {
  startNetwork,
  type NetworkCallOptions,
  type NetworkOptions,
  type PhoneNetwork,
} from '../../../src/simulator/phone/network.ts';
import {
  AUTH_TOKEN,
  startAnsweringServer,
  type AnsweringServer,
  type Behaviour,
  type Post,
} from './answering-server.ts';

export const ACCOUNT = `AC${'0'.repeat(32)}`;
const SPEED = 5;

type Form = readonly (readonly [string, string])[];

export interface NetworkRig {
  readonly server: AnsweringServer;
  readonly network: PhoneNetwork;
  readonly call: (options?: Partial<NetworkCallOptions>) => PhoneCall;
  /** All posts to a path, oldest first. */
  readonly forms: (path: string) => Record<string, string>[];
  readonly rest: (method: string, resource: string, form?: Form) => Promise<Response>;
}

const open: NetworkRig[] = [];

/** `answers`: TwiML without its root, by path. */
export async function networkRig(
  answers: Readonly<Record<string, string | ((post: Post) => string)>>,
  options: Partial<NetworkOptions> = {},
  onStream?: Behaviour['onStream'],
): Promise<NetworkRig> {
  const answer = (post: Post): string | undefined => {
    const found = answers[post.path];
    if (found === undefined) return post.path === '/twilio/voice' ? undefined : '<Response/>';
    return `<Response>${typeof found === 'string' ? found : found(post)}</Response>`;
  };
  const server = await startAnsweringServer({ answer, ...(onStream ? { onStream } : {}) });
  const network = await startNetwork({
    ...{ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock: fastClock(SPEED, systemClock) },
    ...options,
  });
  const rig: NetworkRig = {
    server,
    network,
    call: (callOptions) =>
      network.placeCall({ baseUrl: server.url, quietMs: 100, patienceMs: 60_000, ...callOptions }),
    forms: (path) => server.posts.filter((post) => post.path === path).map(({ form }) => form),
    rest: (method, resource, form) =>
      fetch(`${network.url}/2010-04-01/Accounts/${ACCOUNT}/${resource}`, {
        method,
        headers: { authorization: `Basic ${btoa(`${ACCOUNT}:${AUTH_TOKEN}`)}` },
        body: form ? new URLSearchParams(form.map(([name, value]): [string, string] => [name, value])) : null,
      }),
  };
  open.push(rig);
  return rig;
}

/** For afterEach. */
export async function closeRigs(): Promise<void> {
  for (const { network, server } of open.splice(0)) {
    await network.close();
    await server.close();
  }
}

export const said = (call: PhoneCall): string[] =>
  call.events.flatMap((event) => (event.type === 'said-by-carrier' ? [event.text] : []));
