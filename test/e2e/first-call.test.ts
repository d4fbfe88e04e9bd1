import { expect, test } from 'vitest';
import { PCM16_16K } from '../../src/audio/format.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import { scriptOf } from '../../src/simulator/model/script.ts';
import { audioDir, durationMs, wav, world } from './rig.ts';

/** A frame and the line's own filter delay; everything else of a turn must be heard. */
const EDGE_MS = 40;

test.concurrent(
  'greeting, question, barge-in, tool, answer, goodbye: heard, cut and remembered as they were',
  async (context) => {
    const { place, told, model, log } = await world(context);
    const call = place({
      script: [
        { say: wav('caller/hello-opening-hours') },
        { say: wav('caller/interrupt'), when: { agentSpokeForMs: 2_000 } },
        { say: wav('caller/thanks-goodbye') },
      ],
    });
    const outcome = await call.done;
    expect(outcome).toMatchObject({ status: 'completed', hungUpBy: 'server', streams: 1, errors: [] });

    // Barge-in: one clear, after it silence until the caller had spoken, and a ledger that agrees with the ear.
    const cleared = call.events.filter((event) => event.type === 'cleared');
    expect(cleared).toHaveLength(1);
    const cutAtMs = cleared[0]!.atMs;
    const [nextSound] = call.events.filter(({ type, atMs }) => type === 'agentStarted' && atMs > cutAtMs);
    const [endOfSpeech] = call.events.filter(({ type, atMs }) => type === 'saidEnd' && atMs > cutAtMs);
    expect(nextSound!.atMs).toBeGreaterThan(endOfSpeech!.atMs);
    const [bargeIn] = told(call, 'barge-in');
    const greetingMs = durationMs('agent/greeting');
    expect(Math.abs(greetingMs + bargeIn!.heardMs - cleared[0]!.heardMs)).toBeLessThanOrEqual(60);

    // What the caller heard, all in all: every turn whole but the one that was cut.
    const expectedMs =
      greetingMs +
      bargeIn!.heardMs +
      durationMs('agent/let-me-look') +
      durationMs('agent/appointment') +
      durationMs('agent/goodbye');
    expect(Math.abs(outcome.heardMs - expectedMs)).toBeLessThanOrEqual(60 + 5 * EDGE_MS);

    // The goodbye was heard in full before the call ended, and not cut by the hang-up.
    const entries = told(call, 'transcript').map(({ entry }) => entry);
    const final = new Map(entries.map((entry) => [entry.n, entry]));
    expect([...final.values()].map(({ who, state }) => `${who} ${state}`)).toEqual([
      'agent done',
      'caller done',
      'agent cut',
      'caller done',
      'agent done',
      'caller done',
      'agent done',
    ]);
    const cut = [...final.values()].find(({ state }) => state === 'cut');
    expect(cut).toMatchObject({
      who: 'agent',
      heard: expect.stringMatching(/^On Saturdays we are open/) as unknown,
    });
    expect(cut!.text.length).toBeGreaterThan((cut as { heard: string }).heard.length);

    expect(told(call, 'tool-done')).toMatchObject([
      { tool: 'look_up_contact', response: { status: 'ok', name: 'Ada Moreno' } },
      { tool: 'end_call', response: { status: 'ok' } },
    ]);
    expect(told(call, 'call-ended')).toMatchObject([{ reason: 'agent-hung-up' }]);
    expect(model.sessions).toHaveLength(1);
    expect(model.sessions[0]!.setup?.systemInstruction?.parts?.[0]?.text).toContain('+15550100123');

    // Nothing of the caller in the log but what the one rule lets through.
    const lines = log.join('');
    expect(lines).not.toMatch(/Ada|Moreno|Saturdays|15550100123|a-token-of-the-tests/);
    expect(lines).toContain(call.callSid);
  },
);

test.concurrent('every sample the caller says reaches the model, whole and in order', async (context) => {
  const { place, model } = await world(context, {
    script: { name: 'silent', greeting: undefined, turns: [], otherwise: undefined },
  });
  const said = wav('caller/hello-opening-hours');
  const call = place({ script: [{ say: said, when: { afterMs: 0 } }], patienceMs: 800 });
  await call.done;
  const got = samples(model.sessions[0]!.callerAudio());
  const sent = samples(soundFromWav(said, PCM16_16K));
  const { at, correlation } = bestMatch(sent, got);
  expect(at).toBeGreaterThanOrEqual(0);
  expect(correlation, 'the same speech, but for µ-law and 8 kHz').toBeGreaterThan(0.98);
});

const samples = (pcm: Uint8Array): Int16Array => new Int16Array(pcm.slice().buffer);

/** Where in `all` the stretch `part` is found again, by normalised cross-correlation. */
function bestMatch(part: Int16Array, all: Int16Array): { at: number; correlation: number } {
  const STEP = 7;
  let best = { at: -1, correlation: -1 };
  const score = (at: number, step: number): number => {
    let [product, a, b] = [0, 0, 0];
    for (let n = 0; n < part.length; n += step) {
      const [x, y] = [part[n]!, all[at + n] ?? 0];
      product += x * y;
      a += x * x;
      b += y * y;
    }
    return product / Math.sqrt(a * b || 1);
  };
  for (let at = 0; at + part.length <= all.length + 3_200; at += 1) {
    const correlation = score(at, STEP * 16);
    if (correlation > best.correlation) best = { at, correlation };
  }
  return { at: best.at, correlation: score(best.at, 1) };
}

const CUSTOMERS = new Map([
  ['+15550100123', 'Ada Moreno'],
  ['+15550100131', 'Søren Lindström'],
  ['+15550100133', 'José Núñez'],
  ['+15550100134', 'Łukasz Wójcik'],
]);

test.concurrent(
  'twenty calls at once: each its own conversation, its own customer, its own ending',
  async (context) => {
    const whoAmI = scriptOf(
      {
        name: 'who-am-i',
        greeting: { say: 'Hello.' },
        turns: [
          {
            hears: 'Who am I?',
            steps: [
              { call: { name: 'look_up_contact' } },
              { say: 'You are {{look_up_contact.name}}.' },
              { call: { name: 'end_call', args: {} } },
            ],
          },
        ],
      },
      audioDir,
    );
    const { place, told } = await world(context, { script: whoAmI });
    const callers = Array.from({ length: 20 }, (_, n) => [...CUSTOMERS.keys()][n % CUSTOMERS.size]!);
    const calls = callers.map((from) => place({ from, script: [{ say: wav('caller/yes') }] }));
    const outcomes = await Promise.all(calls.map(({ done }) => done));
    for (const [n, call] of calls.entries()) {
      expect(outcomes[n]).toMatchObject({ status: 'completed', hungUpBy: 'server', errors: [] });
      expect(told(call, 'call-ended')).toMatchObject([{ reason: 'agent-hung-up' }]);
      const said = told(call, 'transcript').map(({ entry }) => entry.text);
      expect(said).toContain(`You are ${CUSTOMERS.get(callers[n]!)}.`);
    }
  },
);
