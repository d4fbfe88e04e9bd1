// The recording of a call, beside what the caller's own ear heard: on real sockets, across a barge-in and a lost model.
import { expect, test, vi } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { readWav } from '../../src/audio/wav.ts';
import type { CallRecord } from '../../src/records/record.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { agentsWith, wav, world, type World } from './rig.ts';

vi.setConfig({ testTimeout: 120_000 });

/** 20 ms. */
const WITHIN = 160;
/** As long as is looked for in the other file. */
const PROBE = 400;

async function recordOf(app: World['app'], id: string): Promise<CallRecord> {
  return vi.waitFor(
    async () => {
      const record = await app.records.get(callId(id));
      expect(record?.recording).toMatchObject({ lostMs: 0 });
      return record!;
    },
    { timeout: 15_000 },
  );
}

const soundOf = (app: World['app'], id: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${app.publicBaseUrl}/api/v1/calls/${id}/recording`, { headers });

const energy = (samples: Int16Array, from: number, to: number): number =>
  samples.subarray(from, to).reduce((sum, sample) => sum + Math.abs(sample), 0) / (to - from);

/** Where in `other`, near `near`, what is in `one` from `from` on stands, and how much of it is different there. */
function placeOf(one: Int16Array, from: number, other: Int16Array, near: number, around: number) {
  let best = { at: NaN, apart: Infinity };
  // From there on outwards: voices of simulators repeat themselves.
  for (let n = 0; n <= 2 * around && best.apart > 0; n += 1) {
    const at = near + (n % 2 === 0 ? n / 2 : -(n + 1) / 2);
    let apart = 0;
    for (let i = 0; i < PROBE && apart < best.apart; i += 1)
      apart += Math.abs(one[from + i]! - (other[at + i] ?? 0));
    if (apart < best.apart) best = { at, apart };
  }
  return best;
}

/** Where sound begins after silence, or goes on so long after that. */
function* probesIn(samples: Int16Array): Generator<number> {
  for (let at = PROBE; at + 2 * PROBE < samples.length; at += PROBE / 2)
    if (energy(samples, at, at + PROBE) > 400) yield at;
}

interface Compared {
  readonly probes: number;
  /** Of these: the share that is in the recording, sample by sample. */
  readonly same: number;
  /** How far the furthest of these is from where the ear heard it, in samples. */
  readonly away: number;
  readonly callerFurthest: number;
}

function compare(ours: Uint8Array, theirs: Uint8Array): Compared {
  const [caller, agent] = readWav(ours).channels;
  const [mouth, ear] = readWav(theirs).channels;
  const [first] = probesIn(mouth!);
  const offset = placeOf(mouth!, first!, caller!, first!, 8_000).at - first!;
  const compared = (heard: Int16Array, recorded: Int16Array) =>
    [...probesIn(heard)]
      .filter((at) => at + offset >= 0 && at + offset + PROBE < recorded.length)
      .map((at) => ({ due: at + offset, ...placeOf(heard, at, recorded, at + offset, 2_000) }));
  const ofAgent = compared(ear!, agent!);
  const same = ofAgent.filter(({ apart }) => apart === 0);
  return {
    probes: ofAgent.length,
    // Not so where a probe holds the edge of what was cut off, or a pause that is a little longer in the other.
    same: same.length / ofAgent.length,
    away: Math.max(...same.map(({ at, due }) => Math.abs(at - due))),
    callerFurthest: Math.max(...compared(mouth!, caller!).map(({ at, due }) => Math.abs(at - due))),
  };
}

const talk = (place: World['place']): PhoneCall =>
  place({
    script: [
      { say: wav('caller/hello-opening-hours') },
      { say: wav('caller/interrupt'), when: { agentSpokeForMs: 2_000 } },
      { say: wav('caller/thanks-goodbye') },
    ],
  });

test.concurrent(
  'a whole call, interrupted: both sides within 20 ms of the ear; whole and in part over HTTP',
  async (context) => {
    const AGENTS_DIR = agentsWith('recording: { announcement: none }', context);
    const { app, place, told } = await world(context, {}, { AGENTS_DIR });
    const call = talk(place);
    await call.done;
    expect(told(call, 'barge-in').length).toBeGreaterThan(0);
    expect(told(call, 'recording')).toMatchObject([{ is: 'began' }]);
    const record = await recordOf(app, call.callSid);
    const answer = await soundOf(app, call.callSid);
    const ours = new Uint8Array(await answer.arrayBuffer());
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe(String(ours.length));
    expect(readWav(ours).channels[0]!.length / 8).toBeCloseTo(record.recording!.durationMs, 0);
    const { probes, same, away, callerFurthest } = compare(ours, call.recording());
    expect(probes).toBeGreaterThan(100);
    expect(callerFurthest).toBe(0);
    expect(same).toBeGreaterThan(0.9);
    expect(away).toBeLessThanOrEqual(WITHIN);
    const part = await soundOf(app, call.callSid, { range: 'bytes=100-299' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-299/${ours.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(Buffer.from(ours.subarray(100, 300)))).toBe(true);
    const beyond = await soundOf(app, call.callSid, { range: `bytes=${ours.length}-` });
    expect(beyond.status).toBe(416);
  },
);

test.concurrent('what no profile asks for is not recorded', async (context) => {
  const { app, place } = await world(context);
  const call = place({ script: [{ say: wav('caller/thanks-goodbye') }] });
  await call.done;
  await vi.waitFor(async () => expect((await app.records.get(callId(call.callSid)))?.endedAt).not.toBeNull());
  const answer = await soundOf(app, call.callSid);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ error: 'RECORD_UNKNOWN' });
});
