// A message in words: with a model that the test plays, and with the simulated one over real sockets.
import { expect, test } from 'vitest';
import { bytesOfMs, msOfBytes, PCM16_16K } from '../../../src/audio/format.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLog } from '../../../src/base/log.ts';
import { apiKeyAccess } from '../../../src/live/gemini/access.ts';
import { createGeminiLive } from '../../../src/live/gemini/session.ts';
import { LivelineError } from '../../../src/base/errors.ts';
import { transcribe } from '../../../src/records/voicemail/transcript.ts';
import { readScript } from '../../../src/simulator/model/script.ts';
import { startModel } from '../../../src/simulator/model/server.ts';
import { FakeLive } from '../../doubles/fake-session.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { wavOf } from './rig.ts';

function rig(wav = wavOf(2_000)) {
  const clock = new ManualClock();
  const live = new FakeLive();
  const gone = new AbortController();
  const said = transcribe({
    ...{ live, wav, clock, language: 'de-DE', model: undefined, log: silentLog, signal: gone.signal },
  });
  said.catch(() => undefined);
  const sentMs = (): number => msOfBytes(PCM16_16K, Buffer.concat(live.last.sent).length);
  return { clock, live, gone, said, sentMs };
}

test('the sound goes as fast as the clock, then silence; what was heard comes back whole', async () => {
  const { clock, live, said, sentMs } = rig();
  expect(live.setups[0]).toMatchObject({ callerTranscription: { languages: ['de-DE'] }, tools: [] });
  clock.advance(3_000);
  expect(sentMs()).toBe(0);
  live.last.ready();
  clock.advance(1_000);
  expect(sentMs()).toBe(1_000);
  // What the model takes for an end in the middle is none.
  live.last.idle();
  live.last.callerSaid('Bitte rufen ');
  clock.advance(2_000);
  live.last.callerSaid('Sie zurück');
  live.last.say(200);
  live.last.idle();
  clock.advance(500);
  live.last.callerSaid('.\n');
  clock.advance(999);
  expect(live.last.closed).toBe(false);
  clock.advance(1);
  await expect(said).resolves.toBe('Bitte rufen Sie zurück.');
  expect([live.last.closed, clock.pending]).toEqual([true, 0]);
  const silence = Buffer.concat(live.last.sent).subarray(bytesOfMs(PCM16_16K, 2_100));
  expect(silence.every((byte) => byte === 0)).toBe(true);
});

test('a model that never says that it waits: what it heard counts', async () => {
  const { clock, live, said } = rig();
  live.last.ready();
  live.last.callerSaid('Hello');
  clock.advance(18_000);
  await expect(said).resolves.toBe('Hello');
  expect(clock.pending).toBe(0);
});

test('a model that hears nothing', async () => {
  const { clock, live, said } = rig();
  live.last.ready();
  clock.advance(3_000);
  live.last.idle();
  clock.advance(1_000);
  await expect(said).resolves.toBe('');
});

test('a model that fails, never comes, refuses, or that nobody waits for: nothing is left behind', async () => {
  const failed = rig();
  failed.live.last.ready();
  failed.live.last.fail('LIVE_CLOSED');
  await expect(failed.said).rejects.toMatchObject({ code: 'LIVE_CLOSED' });

  const late = rig();
  late.clock.advance(47_000);
  await expect(late.said).rejects.toMatchObject({ code: 'LIVE_CONNECT_TIMEOUT' });

  const left = rig();
  left.live.last.ready();
  left.gone.abort(new Error('the server stops'));
  await expect(left.said).rejects.toThrow('the server stops');

  for (const { clock, live } of [failed, late, left])
    expect([live.last.closed, clock.pending]).toEqual([true, 0]);

  const live = new FakeLive();
  live.refusal = new LivelineError('LIVE_SETUP_UNSUPPORTED', 'no');
  const clock = new ManualClock();
  const signal = new AbortController().signal;
  const refused = { live, clock, language: 'en', model: 'x', log: silentLog, signal };
  await expect(transcribe({ ...refused, wav: wavOf(2_000) })).rejects.toMatchObject({
    code: 'LIVE_SETUP_UNSUPPORTED',
  });
  await expect(transcribe({ ...refused, wav: Buffer.from('nonsense') })).rejects.toMatchObject({
    code: 'WAV_INVALID',
  });
  expect(clock.pending).toBe(0);
});

test('by the simulated model, over real sockets', async ({ onTestFinished }) => {
  const script = readScript(new URL('transcript.yaml', import.meta.url).pathname);
  const model = await startModel({ script, thinkMs: 50 });
  onTestFinished(() => model.close());
  const live = createGeminiLive({
    ways: [apiKeyAccess({ apiKey: 'key', baseUrl: model.url, name: 'the simulated model' })],
    clock: systemClock,
  });
  const signal = new AbortController().signal;
  const options = { live, clock: systemClock, language: 'en-US', model: undefined, log: silentLog, signal };
  await expect(transcribe({ ...options, wav: wavOf(2_000) })).resolves.toBe(
    'This is Ann, please call me back.',
  );
});
