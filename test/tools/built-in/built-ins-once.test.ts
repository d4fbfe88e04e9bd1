// The built-in tools as a call runs them: what acts is done once, and what was taken back can be done anew.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callId, toolCallId } from '../../../src/base/ids.ts';
import { silentLog } from '../../../src/base/log.ts';
import type { JsonObject } from '../../../src/live/session.ts';
import { BUILT_INS } from '../../../src/tools/built-in/all.ts';
import { createRunner, type ToolDone } from '../../../src/tools/run/runner.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { ADA, ADA_PHONE, listeningTexts, memoryCrm } from '../rig.ts';

const signal = new AbortController().signal;

function openCall() {
  const crm = memoryCrm();
  const texts = listeningTexts();
  const waiting = new Map<string, (done: ToolDone) => void>();
  let count = 0;
  const runner = createRunner({
    ...{ tools: BUILT_INS, crm, texts, log: silentLog, clock: new ManualClock() },
    office: { timeZone: 'America/New_York', language: 'en-US' },
    profile: 'reception',
    callId: callId('CA1'),
    caller: ADA_PHONE,
    called: '+15550100100',
    onDone: (done) => waiting.get(done.id)?.(done),
  });
  const ask = (name: string, args: JsonObject): Promise<ToolDone> =>
    new Promise((resolve) => {
      const id = toolCallId(`fc-${(count += 1)}`);
      waiting.set(id, resolve);
      runner.run({ id, name, args });
    });
  const times = async (): Promise<number[]> =>
    (await crm.appointmentsOf(ADA.id, 0, signal)).map(({ startsAtMs }) => startsAtMs);
  return { ask, times, texts, crm };
}

const visit = (time: string): JsonObject => ({ date: '2026-06-11', time, about: 'Check-up' });

test('booked, asked again in another spelling, cancelled, booked anew and cancelled anew', async () => {
  const { ask, times } = openCall();
  const booked = await ask('book_appointment', visit('09:30'));
  const again = await ask('book_appointment', { ...visit('9:30'), about: ' Check-up ', name: '' });
  expect(again).toMatchObject({ repeated: true, response: booked.response });
  expect(await times()).toHaveLength(1);
  for (let round = 0; round < 2; round++) {
    expect((await ask('cancel_appointment', { date: '2026-06-11' })).response['status']).toBe('ok');
    expect(await times()).toEqual([]);
    expect((await ask('book_appointment', visit('09:30'))).response['status']).toBe('ok');
    expect(await times()).toHaveLength(1);
  }
});

test('booked at one time, cancelled by the date, booked at another, cancelled by the date: nothing stands', async () => {
  const { ask, times } = openCall();
  for (const time of ['09:30', '14:15', '09:30']) {
    expect((await ask('book_appointment', visit(time))).response['status']).toBe('ok');
    expect(await times()).toHaveLength(1);
    const cancelled = await ask('cancel_appointment', { date: '2026-06-11' });
    expect(cancelled).toMatchObject({ response: { status: 'ok' } });
    expect(cancelled).not.toHaveProperty('repeated');
    expect(await times()).toEqual([]);
  }
});

test('cancelling one visit leaves another of that day booked, and once', async () => {
  const { ask, times } = openCall();
  for (const time of ['09:30', '11:00']) await ask('book_appointment', visit(time));
  await ask('cancel_appointment', visitTime('09:30'));
  expect((await ask('book_appointment', visit('11:00'))).response).toMatchObject({
    status: 'ok',
    message: expect.stringMatching(/^Already booked/) as string,
  });
  expect(await ask('book_appointment', visit('09:30'))).not.toHaveProperty('repeated');
  expect(await times()).toHaveLength(2);
});

test('whatever the order, what the caller asked for last of a time is what stands', async () => {
  const steps = fc.array(
    fc.record({ act: fc.constantFrom('book', 'cancel'), time: fc.constantFrom('09:30', '11:00', '14:15') }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (asked) => {
      const { ask, times } = openCall();
      const standing = new Set<number>();
      for (const { act, time } of asked) {
        const { response } = await ask(`${act}_appointment`, act === 'book' ? visit(time) : visitTime(time));
        const startsAtMs = Date.parse(`2026-06-11T${time}:00-04:00`);
        if (act === 'book') {
          standing.add(startsAtMs);
          expect(response['status']).toBe('ok');
        } else standing.delete(startsAtMs);
        expect(await times()).toEqual([...standing].sort((a, b) => a - b));
      }
    }),
  );
});
const visitTime = (time: string): JsonObject => ({ date: '2026-06-11', time });

test('a refusal is not kept: with what it asked for it works, and so does the same once it can', async () => {
  const { ask, times, crm } = openCall();
  expect((await ask('cancel_appointment', { date: '2026-06-11' })).response).toMatchObject({
    status: 'error',
    retryable: true,
  });
  await ask('book_appointment', visit('09:30'));
  expect((await ask('cancel_appointment', { date: '2026-06-11' })).response['status']).toBe('ok');
  expect(await times()).toEqual([]);
  expect(await crm.findById(ADA.id, signal)).toBeDefined();
});

test('an entry goes from one e-mail address to another and back', async () => {
  const { ask, crm } = openCall();
  for (const email of ['one@example.com', 'two@example.com', 'one@example.com', 'two@example.com']) {
    await ask('update_contact', { email });
    expect(await crm.findById(ADA.id, signal)).toMatchObject({ email });
  }
});

test('the same text, message and ticket are sent and written once', async () => {
  const { ask, texts, crm } = openCall();
  for (let i = 0; i < 3; i++) {
    await ask('send_text', { body: 'Harbour Dental, 1 Quay Street.' });
    await ask('take_message', { message: 'Please call back.' });
    await ask('create_ticket', { subject: 'Lamp', details: 'It flickers.' });
  }
  expect(texts.sent).toHaveLength(1);
  expect(await crm.objectsOf(ADA.id, 'message', 5, signal)).toHaveLength(1);
  expect(await crm.objectsOf(ADA.id, 'ticket', 5, signal)).toHaveLength(1);
});
