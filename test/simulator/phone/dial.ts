// What the tests of a call share: a server, a phone that calls it, and clocks that show what was left waiting.
import { writeWav } from '../../../src/audio/wav.ts';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import { placeCall, type CallOptions, type PhoneCall } from '../../../src/simulator/phone/call.ts';
import type { PhoneEvent } from '../../../src/simulator/phone/events.ts';
import {
  startAnsweringServer,
  AUTH_TOKEN,
  type AnsweringServer,
  type Behaviour,
  type ServerStream,
} from './answering-server.ts';

export const servers: AnsweringServer[] = [];

/** Counts the timers that wait, to see that a call leaves none. */
export function countingClock(): Clock & { waiting(): number } {
  const timers = new Set<object>();
  const track = (start: (done: () => void) => () => void): (() => void) => {
    const timer = {};
    timers.add(timer);
    const stop = start(() => timers.delete(timer));
    return () => {
      timers.delete(timer);
      stop();
    };
  };
  return {
    ...systemClock,
    after: (ms, then) =>
      track((done) =>
        systemClock.after(ms, () => {
          done();
          then();
        }),
      ),
    every: (ms, then) => track(() => systemClock.every(ms, then)),
    waiting: () => timers.size,
  };
}

export async function dial(
  behaviour: Behaviour,
  options: Partial<CallOptions> = {},
): Promise<{ server: AnsweringServer; call: PhoneCall; clock: ReturnType<typeof countingClock> }> {
  const server = await startAnsweringServer(behaviour);
  servers.push(server);
  const clock = countingClock();
  const call = placeCall({
    ...{ baseUrl: server.url, authToken: AUTH_TOKEN, clock, quietMs: 60 },
    ...options,
  });
  return { server, call, clock };
}

export const wavOf = (ms: number, sample = 8_000): Uint8Array =>
  writeWav({
    format: { encoding: 'pcm16', sampleRateHz: 8_000 },
    channels: [new Int16Array(ms * 8).fill(sample)],
  });

export const types = (call: PhoneCall): PhoneEvent['type'][] => call.events.map(({ type }) => type);
export const codes = (call: PhoneCall): number[] =>
  call.events.flatMap((event) => (event.type === 'error' ? [event.error.code] : []));

export const started =
  (then: (stream: ServerStream) => void): NonNullable<Behaviour['onStream']> =>
  (stream) =>
    void stream.untilStarted().then(then);

/** For afterEach. */
export async function closeServers(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
}
