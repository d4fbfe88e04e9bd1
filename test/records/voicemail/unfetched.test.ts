// What is at the carrier and was never told of: taken when the call is ours, once; left alone when it is not.
import { expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { callId } from '../../../src/base/ids.ts';
import type { HeldRecording, Recordings } from '../../../src/carrier/control.ts';
import { openVoicemail, type VoicemailOptions } from '../../../src/records/voicemail/voicemail.ts';
import type { Whose } from '../../../src/records/voicemail/whose.ts';
import { freshDatabase } from '../../doubles/databases.ts';
import { FakeLive } from '../../doubles/fake-session.ts';
import { freshFolder } from '../../doubles/fresh-folder.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { capturedLog } from '../../carrier/twilio/captured-log.ts';
import { ABOUT, readyOf, until, wavOf } from './rig.ts';
import type { TestContext } from 'vitest';

const HOUR_MS = 3_600_000;
const away = new LivelineError('CARRIER_UNREACHABLE', 'away');

const heldOf = (id: string, call: string, recordedAtMs: number): HeldRecording => ({
  ...{ id, callId: callId(call), recordedAtMs, seconds: 3 },
});

async function open(context: TestContext, whose: Whose) {
  const clock = new ManualClock();
  const held: HeldRecording[] = [];
  const asked: number[] = [];
  const removed: string[] = [];
  const faults: LivelineError[] = [];
  const recordings: Recordings = {
    fetch: () => Promise.resolve(wavOf(2_000, false)),
    remove: (id) => {
      removed.push(id);
      const at = held.findIndex((each) => each.id === id);
      if (at >= 0) held.splice(at, 1);
      return Promise.resolve();
    },
    list: (sinceMs) => {
      asked.push(sinceMs);
      const fault = faults.shift();
      return fault ? Promise.reject(fault) : Promise.resolve([...held]);
    },
  };
  const { log, lines } = capturedLog();
  const options: VoicemailOptions = {
    ...{ database: await freshDatabase(context), dataDir: freshFolder(context), rehearsal: false },
    ...{ recordings, whose, live: new FakeLive(), mail: { url: undefined, from: undefined } },
    ...{ webhook: { secret: undefined, allowPrivate: true }, publicBaseUrl: 'https://calls.example' },
    ...{ clock, log },
  };
  const start = async () => {
    const voicemail = await openVoicemail(options);
    context.onTestFinished(() => voicemail.close(0));
    const all = async () => (await voicemail.store.find({ limit: 50 })).voicemails;
    return { voicemail, all };
  };
  return { clock, held, asked, removed, faults, lines, start };
}

const nobodyElse: Whose = (id) =>
  Promise.resolve(id === 'CA1' ? { ...ABOUT, deliverTo: [], transcribe: false } : undefined);

test('at start, a minute later and every hour; only in calls of ours, and each once', async (context) => {
  const { clock, held, asked, removed, start } = await open(context, nobodyElse);
  const at = clock.epochMs();
  held.push(
    heldOf('RE1', 'CA1', at - HOUR_MS),
    heldOf('RE-foreign', 'CA-foreign', at),
    heldOf('../x', 'CA1', at),
  );
  const { voicemail, all } = await start();
  await until(async () => (await all())[0]?.stage === 'over');
  expect(await all()).toMatchObject([
    { id: 'RE1', callId: 'CA1', profile: ABOUT.profile, from: ABOUT.from, rehearsal: false },
  ]);
  expect((await all())[0]!.recordedAt).toBe(new Date(at - HOUR_MS).toISOString());

  held.push(heldOf('RE2', 'CA1', at));
  clock.advance(60_000);
  await until(async () => (await all()).filter(({ stage }) => stage === 'over').length === 2);
  // Taken already, by the callback: the list is late to forget it.
  await voicemail.take(readyOf('RE3'), { ...ABOUT, deliverTo: [], transcribe: false });
  await until(async () => (await all()).filter(({ stage }) => stage === 'over').length === 3);
  held.push(heldOf('RE3', 'CA1', at), heldOf('RE4', 'CA1', at));
  clock.advance(HOUR_MS);
  await until(async () => (await all()).filter(({ stage }) => stage === 'over').length === 4);
  expect(removed.toSorted()).toEqual(['RE1', 'RE2', 'RE3', 'RE4']);
  expect(held.map(({ id }) => id)).toEqual(['RE-foreign', '../x', 'RE3']);
  expect(asked).toHaveLength(3);
  expect(at - asked[0]!).toBeGreaterThan(24 * HOUR_MS);
});

test('a carrier that cannot be asked is asked again, and complained of once; who cannot be looked up waits', async (context) => {
  const answers = ['CA1', undefined, new Error('slow')];
  const { clock, held, faults, lines, asked, start } = await open(context, () => {
    const answer = answers.pop();
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve({ ...ABOUT, deliverTo: [], transcribe: false });
  });
  faults.push(away, away);
  held.push(heldOf('RE1', 'CA1', clock.epochMs()), heldOf('RE2', 'CA1', clock.epochMs()));
  const { all } = await start();
  await until(() => asked.length === 1 && lines.some(({ level }) => level === 'warn'));
  clock.advance(60_000);
  await until(() => asked.length === 2);
  clock.advance(HOUR_MS);
  await until(async () => (await all()).some(({ id }) => id === 'RE2'));
  expect((await all()).map(({ id }) => id)).toEqual(['RE2']);
  clock.advance(HOUR_MS);
  await until(async () => (await all()).length === 2);
  const warnings = lines.filter(({ level }) => level === 'warn');
  expect(warnings).toMatchObject([
    { reason: 'CARRIER_UNREACHABLE: away' },
    { callId: 'CA1', recordingId: 'RE1', reason: 'slow' },
  ]);
});
