// Clicks of the caller and clicks of the agent, in the recording beside where they were said and heard: across a barge-in, a lost
// model, a network that is late by more and by less, and a machine that stands still every now and then.
import { expect, test, vi } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { readWav } from '../../src/audio/wav.ts';
import { scriptOf } from '../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { freePort } from '../doubles/free-port.ts';
import { tcpProxy } from '../doubles/tcp-proxy.ts';
import { agentsWith, audioDir, script, wav, world, type World } from './rig.ts';

vi.setConfig({ testTimeout: 120_000 });

const SAMPLES_PER_MS = 8;
/** 20 ms. */
const WITHIN = 20 * SAMPLES_PER_MS;
/** A click is loud and short, and between two silences; nothing that anybody says is. */
const LOUD = 1_000;
const QUIET = 300;
const SHORT = 10 * SAMPLES_PER_MS;

/** Where the clicks begin. */
function clicksIn(samples: Int16Array): number[] {
  const isQuiet = (from: number, to: number): boolean =>
    samples.subarray(Math.max(0, from), to).every((sample) => Math.abs(sample) < QUIET);
  const found: number[] = [];
  for (let at = 0; at < samples.length; at += 1) {
    if (Math.abs(samples[at]!) < LOUD) continue;
    const before = at - SAMPLES_PER_MS;
    if (isQuiet(before - 4 * SHORT, before) && isQuiet(at + SHORT, at + 5 * SHORT)) found.push(at);
    at += SHORT;
  }
  return found;
}

const clicks = { say: 'One, two, three, four, five, six, seven, eight.', audio: 'clicks.wav' };

const clicking = scriptOf(
  {
    name: 'clicks',
    greeting: {
      say: 'Hello, this is Liveline at Harbour Dental. How can I help you?',
      audio: 'agent/greeting.wav',
    },
    otherwise: { hears: 'Go on.', steps: [clicks] },
  },
  audioDir,
);

/** Clicks, is answered with clicks, breaks in on them, is answered again; then hangs up, having heard them for so long. */
const talk = (place: World['place']): PhoneCall =>
  place({
    script: [
      { say: wav('clicks') },
      { say: wav('caller/hello-opening-hours'), when: { afterMs: 0 } },
      { say: wav('caller/interrupt'), when: { agentSpokeForMs: 2_000 } },
      { say: wav('clicks'), when: { afterMs: 500 } },
      { hangUp: true, when: { afterMs: 1_500 } },
    ],
  });

async function bothOf({ app }: World, { callSid }: PhoneCall): Promise<Uint8Array> {
  await vi.waitFor(
    async () => expect((await app.records.get(callId(callSid)))?.recording).toMatchObject({ lostMs: 0 }),
    { timeout: 15_000 },
  );
  const answer = await fetch(`${app.publicBaseUrl}/api/v1/calls/${callSid}/recording`);
  return new Uint8Array(await answer.arrayBuffer());
}

const nearest = (at: number, others: readonly number[]): number =>
  Math.min(...others.map((other) => Math.abs(other - at)));

async function check(here: World, call: PhoneCall): Promise<void> {
  const [caller, agent] = readWav(await bothOf(here, call)).channels.map(clicksIn);
  const [mouth, ear] = readWav(call.recording()).channels.map(clicksIn);
  expect(mouth!.length).toBeGreaterThan(20);
  expect(ear!.length).toBeGreaterThan(12);
  // The one begins as the call is answered, the other with the first frame.
  const offset = caller![0]! - mouth![0]!;
  expect(caller).toEqual(mouth!.map((at) => at + offset));
  const due = ear!.map((at) => at + offset);
  // A click on the very edge of what was cut may be on the one side alone.
  const answeredMs = call.events.find(({ type }) => type === 'answered')!.atMs;
  const edges = call.events
    .filter(({ type }) => type === 'cleared' || type === 'hungUp')
    .map(({ atMs }) => (atMs - answeredMs) * SAMPLES_PER_MS + offset);
  const isWhole = (at: number): boolean => nearest(at, edges) > 5 * SHORT + WITHIN;
  expect({
    missing: due.filter((at) => isWhole(at) && nearest(at, agent!) > WITHIN),
    tooMuch: agent!.filter((at) => isWhole(at) && nearest(at, due) > WITHIN),
  }).toEqual({ missing: [], tooMuch: [] });
}

test.concurrent('clicks of both, also across a barge-in: within 20 ms', async (context) => {
  const AGENTS_DIR = agentsWith('recording: { announcement: none }', context);
  const here = await world(context, { script: clicking }, { AGENTS_DIR });
  const call = talk(here.place);
  await call.done;
  expect(here.told(call, 'barge-in').length).toBeGreaterThan(0);
  await check(here, call);
});

test.concurrent(
  'clicks of both, also across a model that is lost while it speaks: within 20 ms',
  async (context) => {
    const AGENTS_DIR = agentsWith('recording: { announcement: none }', context);
    const faults = ['drop:on=agent-speaking,nth=2,after=1s'];
    const here = await world(context, { script: clicking, faults }, { AGENTS_DIR });
    const call = talk(here.place);
    await call.done;
    expect(here.model.sessions.length).toBeGreaterThan(1);
    await check(here, call);
  },
);

test.concurrent.for([5, 120])(
  'clicks of both, also where all that passes is late by up to %i ms: within 20 ms',
  async (mostMs, context) => {
    const PORT = String(await freePort());
    let pieces = 0;
    // Spread evenly, the same in every run.
    const proxy = await tcpProxy('127.0.0.1', Number(PORT), () => (mostMs * ((pieces++ * 7) % 10)) / 10);
    context.onTestFinished(() => proxy.end());
    const AGENTS_DIR = agentsWith('recording: { announcement: none }', context);
    const PUBLIC_BASE_URL = `http://127.0.0.1:${proxy.port}`;
    const faults = ['drop:on=agent-speaking,nth=2,after=1s'];
    const here = await world(context, { script: clicking, faults }, { AGENTS_DIR, PORT, PUBLIC_BASE_URL });
    const call = talk(here.place);
    await call.done;
    expect(here.told(call, 'barge-in').length).toBeGreaterThan(0);
    expect(here.model.sessions.length).toBeGreaterThan(1);
    await check(here, call);
  },
);

test.concurrent('an announcement is heard to its end before anything is recorded', async (context) => {
  const said = 'This call is recorded.';
  const AGENTS_DIR = agentsWith(`recording: { announcement: "${said}" }`, context);
  const here = await world(context, { script: script('receptionist') }, { AGENTS_DIR });
  const call = here.place({
    script: [
      { say: wav('clicks'), when: { afterMs: 0 } },
      { say: wav('clicks'), when: { afterMs: 0 } },
      { say: wav('clicks'), when: { afterMs: 0 } },
      { hangUp: true, when: { afterMs: 0 } },
    ],
  });
  await call.done;
  const recording = readWav(await bothOf(here, call)).channels.map(clicksIn)[0]!;
  const spoken = readWav(call.recording()).channels.map(clicksIn)[0]!;
  const { fromMs } = (await here.app.records.get(callId(call.callSid)))!.recording!;
  const announced = here
    .told(call, 'transcript')
    .find(({ entry }) => entry.who === 'agent' && entry.state === 'done' && entry.heard.includes(said));
  expect(fromMs).toBeGreaterThanOrEqual(announced!.atMs);
  const answeredMs = call.events.find(({ type }) => type === 'answered')!.atMs;
  const quiet = call.events.find(({ type }) => type === 'agentQuiet');
  expect(fromMs).toBeGreaterThanOrEqual((quiet as { endedAtMs: number }).endedAtMs - answeredMs);
  // Of what the caller let be heard, only the rest is there.
  const isAfter = (at: number, ms: number): boolean => at > (fromMs + ms) * SAMPLES_PER_MS;
  const rest = spoken.slice(spoken.length - recording.length);
  const since = (places: readonly number[]): number[] => places.map((at) => at - places[0]!);
  expect(since(recording)).toEqual(since(rest));
  expect(recording.length).toBeLessThan(spoken.length);
  expect(spoken.filter((at) => isAfter(at, 300)).length).toBeLessThanOrEqual(recording.length);
  expect(spoken.filter((at) => isAfter(at, -300)).length).toBeGreaterThanOrEqual(recording.length);
  expect(recording.length).toBeGreaterThan(0);
});

test('clicks of both, on a machine that stands still every now and then: within 20 ms', async (context) => {
  const AGENTS_DIR = agentsWith('recording: { announcement: none }', context);
  const here = await world(context, { script: clicking }, { AGENTS_DIR });
  const stop = setInterval(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120), 470);
  const call = talk(here.place);
  await call.done;
  clearInterval(stop);
  await check(here, call);
});
