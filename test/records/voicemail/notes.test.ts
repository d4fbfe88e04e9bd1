// Notes in DATA_DIR on their way into the database: whose message it is may not be known yet, one may be refused or torn, and
// none holds up another.
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { callId } from '../../../src/base/ids.ts';
import { durationOf, type Left } from '../../../src/records/voicemail/message.ts';
import { ABOUT, messageOf, until, voicemailRig, wavOf } from './rig.ts';

const leftOf = (id: string): Left => ({
  ...{ id, callId: callId('CA1'), rehearsal: false, durationMs: 3_000 },
  recordedAtMs: Date.UTC(2026, 0, 1),
});
const away = new LivelineError('DATABASE_UNAVAILABLE', 'away');
const errors = (log: readonly Record<string, unknown>[]) => log.filter(({ level }) => level === 50);

test('whose it is cannot be looked up for a while: nobody else has it meanwhile, and then its own people do', async (context) => {
  const { world, disk, start, all } = await voicemailRig(context);
  world.atCarrier.set('RE1', wavOf(2_000)).set('RE2', wavOf(2_000));
  world.calls.set('CA1', ABOUT);
  world.fates.set('whose', [away, new Error('too slow')]);
  await disk.note(leftOf('RE1'));
  await disk.note(messageOf('RE2', { deliverTo: ['other@example.com'] }));
  const worker = start();
  worker.look();
  await until(async () => (await all()).some(({ id, stage }) => id === 'RE2' && stage === 'over'));
  await until(async () => {
    world.clock.advance(5_000);
    return (await all()).filter(({ stage }) => stage === 'over').length === 2;
  });
  expect((await all()).find(({ id }) => id === 'RE1')).toMatchObject({
    ...{ profile: ABOUT.profile, from: ABOUT.from, to: ABOUT.to, seconds: 2 },
    deliveries: [{ to: 'desk@example.com', state: 'done' }],
  });
  expect([world.fates.get('whose'), await disk.noted(), errors(world.log)]).toEqual([[], [], []]);
  await worker.close(0);
});

test('of a call that is written down nowhere: kept, brought to nobody, and said once', async (context) => {
  const { world, disk, start, all } = await voicemailRig(context);
  world.atCarrier.set('RE1', wavOf(2_000));
  await disk.note(leftOf('RE1'));
  const worker = start();
  worker.look();
  await until(async () => (await all())[0]?.stage === 'over');
  // Told of once more, by a carrier that repeats itself.
  await disk.note(leftOf('RE1'));
  await worker.adopt();
  expect(await all()).toMatchObject([{ profile: '', from: '', deliveries: [], sound: 'kept' }]);
  expect(await disk.noted()).toEqual([]);
  expect(errors(world.log)).toMatchObject([{ callId: 'CA1', recordingId: 'RE1' }]);
  await worker.close(0);
});

test('what is noted whole is not made less by a callback that comes again', async (context) => {
  const { disk } = await voicemailRig(context);
  await disk.note(messageOf('RE1'));
  await disk.note(leftOf('RE1'));
  expect(await disk.noted()).toEqual([{ is: 'whole', message: messageOf('RE1') }]);
  await disk.note(leftOf('RE2'));
  await disk.note(messageOf('RE2'));
  expect(await disk.noted()).toContainEqual({ is: 'whole', message: messageOf('RE2') });
});

test('notes that are refused, or cannot be read, hold up nobody; each is said once, with where it is', async (context) => {
  const { world, dataDir, disk, start, all } = await voicemailRig(context);
  await disk.note(messageOf('RE0', { recordedAtMs: 9e15 }));
  world.atCarrier.set('RE3', wavOf(2_000));
  await disk.note(messageOf('RE3'));
  const [torn, odd] = ['RE1', 'RE2'].map((id) => join(dataDir, 'voicemail', `${id}.due.json`)) as [
    string,
    string,
  ];
  writeFileSync(torn, '{"id":"RE1","call');
  writeFileSync(odd, JSON.stringify({ ...messageOf('RE2'), deliverTo: 'everybody' }));
  const worker = start();
  worker.look();
  await until(async () => (await all())[0]?.stage === 'over');
  for (let n = 0; n < 5; n += 1) world.clock.advance(5_000);
  await worker.adopt();
  expect((await all()).map(({ id }) => id)).toEqual(['RE3']);
  expect(errors(world.log)).toHaveLength(3);
  expect(errors(world.log)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ path: torn }),
      expect.objectContaining({ path: odd }),
      expect.objectContaining({ recordingId: 'RE0', callId: 'CA1' }),
    ]),
  );
  expect(readdirSync(join(dataDir, 'voicemail')).filter((name) => name.endsWith('.due.json'))).toEqual([
    'RE0.due.json',
    'RE1.due.json',
    'RE2.due.json',
  ]);
  await worker.close(0);
});

test('a folder that cannot be read holds up nothing that the database knows', async (context) => {
  const { world, dataDir, queue, start, all } = await voicemailRig(context);
  writeFileSync(join(dataDir, 'voicemail'), 'no folder');
  await queue.add(messageOf('RE1', { keepDays: 0 }));
  world.fates.set('fetch', [away]);
  const worker = start();
  worker.look();
  await until(() => world.fates.get('fetch')!.length === 0);
  expect(await all()).toHaveLength(1);
  expect(errors(world.log)).toHaveLength(1);
  await worker.close(0);
});

test('whatever a carrier says of a length can be written down', async (context) => {
  const { queue, all, disk } = await voicemailRig(context);
  fc.assert(
    fc.property(fc.double(), (ms) => {
      const duration = durationOf(ms);
      expect(duration >= 0 && duration <= 86_400_000).toBe(true);
      // Of -0 nothing but 0 is written down.
      if (ms >= 0 && ms <= 86_400_000) expect(duration).toBe(ms + 0);
    }),
  );
  await disk.note(messageOf('RE1', { durationMs: 1e300 }));
  const [note] = await disk.noted();
  if (note?.is === 'whole') await queue.add(note.message);
  expect(await all()).toMatchObject([{ seconds: 86_400 }]);
});

test('what a killed write left goes: with its message, or once it is old', async (context) => {
  const { dataDir, disk } = await voicemailRig(context);
  await disk.writeSound('RE1', wavOf(1_000));
  await disk.writeSound('RE12', wavOf(1_000));
  await disk.note(messageOf('RE1'));
  const folder = join(dataDir, 'voicemail');
  const uuid = '0b6dbb2f-5f3b-4e43-9e5c-3a1c2d4e5f60';
  const torn = ['RE1.wav', 'RE12.wav', 'RE7.due.json', 'RE8.wav'].map((name) => `${name}.${uuid}`);
  for (const name of torn) writeFileSync(join(folder, name), 'somebody');
  const aDayAgoS = Date.now() / 1_000 - 90_000;
  for (const name of ['RE12.wav', 'RE1.due.json', `RE7.due.json.${uuid}`])
    utimesSync(join(folder, name), aDayAgoS, aDayAgoS);
  await disk.removeSound('RE1');
  const names = (): string[] => readdirSync(folder).toSorted();
  expect(names()).toEqual(
    ['RE1.due.json', 'RE12.wav', `RE12.wav.${uuid}`, `RE7.due.json.${uuid}`, `RE8.wav.${uuid}`].toSorted(),
  );
  expect(await disk.removeTorn(86_400_000)).toBe(1);
  expect(names()).not.toContain(`RE7.due.json.${uuid}`);
  expect(await disk.removeTorn(0)).toBe(2);
  expect(names()).toEqual(['RE1.due.json', 'RE12.wav']);
});
