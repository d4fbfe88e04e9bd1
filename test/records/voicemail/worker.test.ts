// A message on its way: what comes of it when the carrier, the model, people or the database are not there.
import { expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { createPostgresRecords } from '../../../src/records/postgres.ts';
import { forget } from '../../../src/records/forget.ts';
import { expireVoicemails } from '../../../src/records/voicemail/erase.ts';
import { callOf } from '../../contracts/records.contract.ts';
import { LARGEST } from '../../doubles/databases.ts';
import { messageOf, startWorker, until, voicemailRig, wavOf } from './rig.ts';

const away = new LivelineError('DELIVERY_UNAVAILABLE', 'it is away');
const refused = new LivelineError('DELIVERY_REFUSED', 'it answers 550');
const inDoubt = new LivelineError('DELIVERY_IN_DOUBT', 'sent, and no answer came');

test.for(LARGEST)(
  '%s: fetched, written down, brought to all, deleted at the carrier; again changes nothing',
  async (size, context) => {
    const { world, disk, start, all } = await voicemailRig(context, size);
    const wav = wavOf(2_500);
    world.atCarrier.set('RE1', wav);
    const deliverTo = ['a@example.com', 'https://hooks.example/x', 'a@example.com'];
    await disk.note(messageOf('RE1', { deliverTo }));
    const worker = start();
    worker.look();
    await until(async () => (await all())[0]?.stage === 'over');
    expect((await all())[0]).toEqual({
      ...{ id: 'RE1', callId: 'CA1', profile: 'receptionist', from: '+15550100123', to: '+15550100100' },
      ...{ rehearsal: false, recordedAt: '2026-01-01T00:00:00.000Z', seconds: 2.5, stage: 'over' },
      ...{ sound: 'kept', words: 'done', transcript: 'Please call me back.' },
      deliveries: [
        { to: 'a@example.com', state: 'done', cause: null },
        { to: 'https://hooks.example/x', state: 'done', cause: null },
      ],
      keptUntil: '2026-01-31T00:00:00.000Z',
    });
    expect(world.letters.map(({ target, letter }) => [target, letter.soundUrl])).toEqual([
      ['a@example.com', 'https://calls.example/RE1'],
      ['https://hooks.example/x', 'https://calls.example/RE1'],
    ]);
    expect(Buffer.from((await disk.readSound('RE1'))!)).toEqual(Buffer.from(wav));
    expect(world.removed).toEqual(['RE1']);

    await disk.note(messageOf('RE1', { deliverTo, profile: 'other' }));
    await worker.adopt();
    worker.look();
    expect(await disk.noted()).toEqual([]);
    expect((await all()).map(({ profile, stage }) => [profile, stage])).toEqual([['receptionist', 'over']]);
    await worker.close(0);
  },
);

test('one who is not reached holds up nobody: later, never, or nobody can say', async (context) => {
  const { world, disk, start, all } = await voicemailRig(context);
  world.atCarrier.set('RE1', wavOf(2_500));
  world.fates.set('later@example.com', [away, away]);
  world.fates.set('never@example.com', [refused]);
  world.fates.set('maybe@example.com', [inDoubt]);
  const deliverTo = ['later@example.com', 'never@example.com', 'maybe@example.com', 'good@example.com'];
  await disk.note(messageOf('RE1', { deliverTo }));
  const worker = start();
  worker.look();
  const states = async () => (await all())[0]?.deliveries.map(({ state }) => state);
  await until(async () => (await states())?.join(' ') === 'due failed in-doubt done');
  expect(world.letters.map(({ target }) => target)).toEqual(['good@example.com']);
  world.clock.advance(31_000);
  await until(() => world.fates.get('later@example.com')!.length === 0);
  await until(async () => (await states())?.[0] === 'due');
  world.clock.advance(65_000);
  await until(async () => (await all())[0]?.stage === 'over');
  expect(await states()).toEqual(['done', 'failed', 'in-doubt', 'done']);
  expect(world.letters.map(({ target }) => target)).toEqual(['good@example.com', 'later@example.com']);
  const levels = world.log.filter(({ recordingId }) => recordingId === 'RE1').map(({ level }) => level);
  expect(levels.filter((level) => level === 50)).toHaveLength(1);
  expect(levels.filter((level) => level === 40)).toHaveLength(2);
  expect(JSON.stringify(world.log.map(({ pii: _pii, ...rest }) => rest))).not.toContain('@example.com');
  await worker.close(0);
});

test('a click is dropped; silence has no words; a model that fails costs only the words', async (context) => {
  const { world, disk, start, all } = await voicemailRig(context);
  world.atCarrier.set('RE-click', wavOf(900));
  world.atCarrier.set('RE-silent', wavOf(3_000, false));
  world.atCarrier.set('RE-wordless', wavOf(3_000));
  world.atCarrier.set('RE-odd', Buffer.from('no WAV at all'));
  for (const id of world.atCarrier.keys())
    await disk.note(messageOf(id, { deliverTo: [`${id}@example.com`], transcribe: id !== 'RE-odd' }));
  world.fates.set('transcribe', [new Error('no'), new Error('no')]);
  const worker = start();
  worker.look();
  await until(() => world.fates.get('transcribe')!.length === 1);
  await until(() => world.letters.length === 2);
  world.clock.advance(31_000);
  await until(async () => world.removed.length === 4 && (await all()).every(({ stage }) => stage === 'over'));
  const told = world.letters.map(({ target, letter }) => [target, letter.words]);
  expect(told.sort()).toEqual([
    ['RE-odd@example.com', 'off'],
    ['RE-silent@example.com', 'none'],
    ['RE-wordless@example.com', 'failed'],
  ]);
  expect((await all()).map(({ id }) => id)).not.toContain('RE-click');
  expect(await disk.readSound('RE-click')).toBeUndefined();
  await worker.close(0);
});

test('a carrier that does not give it for a day: people are told so, and it stays there', async (context) => {
  const { world, disk, start, all } = await voicemailRig(context);
  await disk.note(messageOf('RE1'));
  const worker = start();
  worker.look();
  for (let hour = 0; hour < 30; hour += 1) {
    const before = world.log.length;
    world.clock.advance(3_600_000);
    await until(async () => world.log.length > before || (await all())[0]?.stage === 'over', 2_000).catch(
      () => undefined,
    );
    if ((await all())[0]?.stage === 'over') break;
  }
  await until(async () => (await all())[0]?.stage === 'over');
  expect((await all())[0]).toMatchObject({ stage: 'over', sound: 'lost', words: 'failed' });
  expect(world.letters.map(({ letter }) => [letter.wav, letter.soundUrl])).toEqual([[undefined, undefined]]);
  expect(world.removed).toEqual([]);
  await worker.close(0);
});

test('not to be kept: nothing is left but its id; it stays at the carrier when it reached nobody', async (context) => {
  const { world, disk, start, all, database } = await voicemailRig(context);
  world.atCarrier.set('RE1', wavOf(2_000));
  world.atCarrier.set('RE2', wavOf(2_000));
  await disk.note(messageOf('RE1', { keepDays: 0 }));
  await disk.note(messageOf('RE2', { keepDays: 0, deliverTo: ['never@example.com'] }));
  world.fates.set('never@example.com', [refused]);
  const worker = start();
  worker.look();
  const rows = () => database.sql.selectFrom('voicemails').selectAll().orderBy('id').execute();
  await until(
    async () => (await rows()).every(({ stage }) => stage === 'over') && (await rows()).length === 2,
  );
  expect(await rows()).toMatchObject([
    { id: 'RE1', sound: 'erased', transcript: null, from_number: '', to_number: '' },
    { id: 'RE2', sound: 'erased', transcript: null },
  ]);
  expect(await all()).toEqual([]);
  expect(world.letters.map(({ letter }) => letter.soundUrl)).toEqual([undefined]);
  expect([world.removed, [...world.atCarrier.keys()]]).toEqual([['RE1'], ['RE2']]);
  expect([await disk.readSound('RE1'), await disk.readSound('RE2')]).toEqual([undefined, undefined]);
  const { count } = await database.sql
    .selectFrom('voicemail_deliveries')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  expect(count).toBe('0');

  await disk.note(messageOf('RE1', { keepDays: 0 }));
  await worker.adopt();
  expect(await rows()).toHaveLength(2);
  expect(world.letters).toHaveLength(1);
  await worker.close(0);
});

test.for(['add', 'claim', 'settle', 'begin', 'settleDelivery', 'erase'])(
  'a database that is away for every other %s: each is told once all the same',
  async (name, context) => {
    const { world, disk, all, database, dataDir } = await voicemailRig(context);
    world.atCarrier.set('RE1', wavOf(2_000));
    const deliverTo = ['a@example.com', 'b@example.com'];
    await disk.note(messageOf('RE1', { deliverTo, keepDays: 0 }));
    let count = 0;
    const flaky = <Part extends object>(part: Part): Part =>
      new Proxy(part, {
        get(target, asked) {
          const own: unknown = Reflect.get(target, asked);
          if (asked !== name || typeof own !== 'function') return own;
          return (...args: unknown[]): unknown => {
            count += 1;
            return count % 2 === 1
              ? Promise.reject(new LivelineError('DATABASE_UNAVAILABLE', 'away'))
              : Reflect.apply(own, target, args);
          };
        },
      });
    const worker = startWorker(database, dataDir, world, flaky);
    await until(async () => {
      world.clock.advance(5_000);
      return count > 1 && world.removed.length > 0 && (await all()).length === 0;
    });
    expect(world.letters.map(({ target }) => target)).toEqual(deliverTo);
    expect(world.letters.every(({ letter }) => letter.transcript === world.words)).toBe(true);
    await worker.close(0);
  },
);

test('two processes on one database: each message reaches each of them once', async (context) => {
  const { world, disk, start, all } = await voicemailRig(context);
  const ids = Array.from({ length: 12 }, (_, n) => `RE${n}`);
  for (const id of ids) {
    world.atCarrier.set(id, wavOf(1_500));
    await disk.note(messageOf(id, { deliverTo: ['a@example.com', 'b@example.com'] }));
  }
  const workers = [start(), start()];
  for (const worker of workers) worker.look();
  await until(async () => (await all()).filter(({ stage }) => stage === 'over').length === ids.length);
  const told = world.letters.map(({ letter, target }) => `${letter.message.id} ${target}`);
  expect(told.toSorted()).toEqual(ids.flatMap((id) => [`${id} a@example.com`, `${id} b@example.com`]).sort());
  for (const worker of workers) await worker.close(0);
});

test('the server stops in the middle: what is under way goes on with the next one', async (context) => {
  const { world, disk, start, all } = await voicemailRig(context);
  world.atCarrier.set('RE1', wavOf(2_000));
  world.fates.set('fetch', ['hangs']);
  await disk.note(messageOf('RE1'));
  const first = start();
  first.look();
  await until(() => world.fates.get('fetch')!.length === 0);
  const closing = first.close(5_000);
  world.clock.advance(4_000);
  await closing;
  const second = start();
  second.look();
  await until(async () => (await all())[0]?.stage === 'over');
  expect(world.letters).toHaveLength(1);
  await second.close(0);
});

test('past its time: the sound goes with the row, on the machine that has it; others wait for that', async (context) => {
  const { world, disk, start, all, database } = await voicemailRig(context);
  for (const id of ['RE-old', 'RE-new', 'RE-ever']) world.atCarrier.set(id, wavOf(2_000));
  await disk.note(messageOf('RE-old', { keepDays: 1 }));
  await disk.note(messageOf('RE-new', { keepDays: 40 }));
  await disk.note(messageOf('RE-ever', { keepDays: 'forever' }));
  const worker = start();
  worker.look();
  await until(async () => (await all()).filter(({ stage }) => stage === 'over').length === 3);
  const expire = (installation: string, days: number) =>
    expireVoicemails(database.sql, disk, { installation, now: new Date(Date.UTC(2026, 0, 1 + days)) });
  expect(await expire('here', 0.5)).toBe(0);
  expect(await expire('there', 1.5)).toBe(0);
  expect(await expire('here', 1.5)).toBe(1);
  expect(await disk.readSound('RE-old')).toBeUndefined();
  expect(await disk.readSound('RE-new')).toBeDefined();
  expect(await expire('there', 42)).toBe(1);
  expect((await all()).map(({ id }) => id)).toEqual(['RE-ever']);
  await worker.close(0);
});

test('a number that is forgotten: its messages, wherever they are on their way', async (context) => {
  const { world, disk, start, all, database, dataDir, queue } = await voicemailRig(context);
  for (const id of ['RE-over', 'RE-other']) world.atCarrier.set(id, wavOf(2_000));
  const other = '+15550100777';
  await disk.note(messageOf('RE-over'));
  await disk.note(messageOf('RE-other', { from: other, keepDays: 'forever' }));
  const worker = start();
  worker.look();
  await until(async () => (await all()).filter(({ stage }) => stage === 'over').length === 2);
  await worker.close(0);
  await queue.add(messageOf('RE-waits', { from: '+1 (555) 010-0123' }));
  // Of a call of that number, which the record alone knows.
  await createPostgresRecords(database).apply([callOf('hidden')]);
  await queue.add(messageOf('RE-hidden', { from: 'anonymous', callId: callOf('hidden').callId }));
  await disk.note(messageOf('RE-noted'));
  const held = { installation: 'elsewhere' };
  await queue.add(messageOf('RE-far'));
  await database.sql
    .updateTable('voicemails')
    .set({ held_by: held.installation, sound: 'kept' })
    .where('id', '=', 'RE-far')
    .execute();
  await database.sql.updateTable('voicemails').set({ held_by: null }).where('id', '=', 'RE-over').execute();

  world.removed.splice(0);
  for (const id of ['RE-waits', 'RE-hidden', 'RE-noted', 'RE-far']) world.atCarrier.set(id, wavOf(2_000));
  const forgotten = await forget(database, dataDir, '+15550100123');
  expect(forgotten).toMatchObject({
    voicemails: 5,
    leftIn: [
      expect.stringMatching(/1 voicemail, in/) as unknown,
      expect.stringMatching(/4 voicemails, at the carrier/) as unknown,
    ],
  });
  expect((await all()).map(({ id, from }) => [id, from])).toEqual([['RE-other', other]]);
  expect(await disk.noted()).toEqual([]);
  expect([await disk.readSound('RE-over'), (await disk.readSound('RE-other')) !== undefined]).toEqual([
    undefined,
    true,
  ]);
  const rows = () =>
    database.sql.selectFrom('voicemails').selectAll().where('sound', '=', 'erased').orderBy('id').execute();
  const nothing = { from_number: '', to_number: '', call_id: '', transcript: null, sound: 'erased' };
  expect(await rows()).toMatchObject(
    ['RE-far', 'RE-hidden', 'RE-noted', 'RE-over', 'RE-waits'].map((id) => ({ ...nothing, id })),
  );

  // Whichever server runs next tells the carrier; it brings nothing to anybody any more.
  const letters = world.letters.length;
  const next = start();
  next.look();
  await until(async () => (await rows()).every(({ stage }) => stage === 'over'));
  await next.close(0);
  expect(world.removed.toSorted()).toEqual(['RE-far', 'RE-hidden', 'RE-noted', 'RE-over', 'RE-waits']);
  expect([world.letters.length, [...world.atCarrier.keys()]]).toEqual([letters, []]);

  // The holder deletes its sound; the ids stay, so that a late callback makes nothing of them.
  const removed: string[] = [];
  const far = { removeSound: (id: string) => Promise.resolve(void removed.push(id)) };
  const now = new Date(world.clock.epochMs());
  expect(await expireVoicemails(database.sql, far, { installation: 'elsewhere', now })).toBe(0);
  expect(removed).toEqual(['RE-far']);
  expect((await rows()).every(({ held_by: holder }) => holder === null)).toBe(true);
  await disk.note(messageOf('RE-far'));
  await next.adopt();
  expect((await all()).map(({ id }) => id)).toEqual(['RE-other']);
  const later = new Date(world.clock.epochMs() + 3 * 86_400_000);
  expect(await expireVoicemails(database.sql, disk, { installation: 'here', now: later })).toBe(0);
  expect(await rows()).toEqual([]);
});
