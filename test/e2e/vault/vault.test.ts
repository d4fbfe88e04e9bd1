// A caller types their card, whatever happens meanwhile: the digits reach the tool, or nobody. Every place where the server
// writes or says something is searched for them, and what the model hears for the tones of the keys.
import { expect, test, vi } from 'vitest';
import type { ScriptSource } from '../../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import {
  CARD,
  entries,
  HOW_MUCH,
  leaks,
  openTill,
  PAY,
  sinks,
  sleep,
  tonesUp,
  WRONG_CARD,
  type Till,
} from './till.ts';

vi.setConfig({ testTimeout: 120_000 });

const PAID = 'That is paid.';
const ON = 'What else?';
const asks = (...steps: NonNullable<NonNullable<ScriptSource['turns']>[number]['steps']>): ScriptSource => ({
  name: 'till',
  greeting: { say: 'Hello.' },
  turns: [{ steps: [{ say: HOW_MUCH }, ...steps] }],
  otherwise: { steps: [{ say: ON }] },
});
const PAYS = asks({ call: PAY }, { say: PAID });

async function hasNoDigits(till: Till, call: PhoneCall, ...typed: string[]): Promise<void> {
  const all = await sinks(till, call, till.dataDir);
  expect(all.size).toBeGreaterThan(15);
  expect(typed.flatMap((digits) => leaks(all, digits))).toEqual([]);
  expect(tonesUp(till)).toBe('');
}

const hangUp = async (call: PhoneCall): Promise<void> => {
  call.hangUp();
  await call.done;
};

test.concurrent('without the vault the search finds keys and tones', async (context) => {
  const till = await openTill(context, {
    script: asks({ call: { name: 'ask_for_digits', args: { what: 'their card' } } }, { say: ON }),
  });
  const call = till.place();
  await (await till.model.session(1)).until('toolAnswered');
  await sleep(1_000);
  await till.type(call, `${CARD}#`);
  await (await till.model.session(1)).until('prompted', ({ text }) => text.includes(CARD));
  await hangUp(call);
  const found = leaks(await sinks(till, call, till.dataDir), CARD);
  for (const sink of ['model 1: ', 'notices: a key', `/api/v1/calls/${call.callSid}: a key`])
    expect(found.some((leak) => leak.startsWith(sink))).toBe(true);
  expect(
    found.some((leak) => /events: a key$/.test(leak)),
    found.join(),
  ).toBe(true);
  expect(tonesUp(till)).toBe(`${CARD}#`);
});

test.concurrent(
  'a whole entry reaches the tool and nobody else, late keys nobody at all',
  async (context) => {
    const till = await openTill(context, { script: PAYS });
    const call = till.place();
    await till.opened(call);
    await till.type(call, `${CARD}#`);
    await till.type(call, '606060');
    expect(await till.answered(call)).toMatchObject({ status: 'ok', typed_card: '16 digits received' });
    await vi.waitFor(() => expect(entries(till, call)).toEqual(['received 16', 'late 6']), {
      timeout: 10_000,
    });
    expect(till.paid).toEqual([CARD]);
    await hangUp(call);
    await hasNoDigits(till, call, CARD, '606060');
  },
);

test.concurrent('a wrong card is asked for again, and the right one is taken', async (context) => {
  const till = await openTill(context, {
    script: asks({ call: PAY }, { say: HOW_MUCH }, { call: PAY }, { say: PAID }),
  });
  const call = till.place();
  await till.opened(call);
  await till.type(call, `${WRONG_CARD}#`);
  expect(await till.answered(call)).toMatchObject({
    ...{ status: 'error', retryable: true },
    message: expect.stringMatching(/not valid.*type it again/) as string,
  });
  await till.opened(call, 2);
  await till.type(call, `12*${CARD}#`);
  expect(await till.answered(call, 2)).toMatchObject({ status: 'ok' });
  expect(entries(till, call)).toEqual(['not-valid 16', 'received 16']);
  expect(till.paid).toEqual([CARD]);
  await hangUp(call);
  await hasNoDigits(till, call, CARD, WRONG_CARD);
});

test.concurrent('the connection to the model is cut in the middle', async (context) => {
  const till = await openTill(context, { script: PAYS });
  const call = till.place();
  await till.opened(call);
  await till.type(call, CARD.slice(0, 8));
  (await till.model.session(1)).terminate();
  await till.type(call, `${CARD.slice(8)}#`);
  await vi.waitFor(() => expect(till.paid).toEqual([CARD]), { timeout: 15_000 });
  await till.model.session(2);
  await vi.waitFor(() => expect(till.told(call, 'session-switched')).toHaveLength(1), { timeout: 15_000 });
  await sleep(2_500);
  await hangUp(call);
  await hasNoDigits(till, call, CARD);
});

test.concurrent('the model is gone for good in the middle', async (context) => {
  const till = await openTill(context, {
    script: { ...PAYS, faults: ['refuse-upgrade:status=401,nth=2,times=always'] },
  });
  const call = till.place();
  await till.opened(call);
  await till.type(call, CARD.slice(0, 8));
  (await till.model.session(1)).terminate();
  await till.type(call, CARD.slice(8));
  await call.done;
  expect(till.told(call, 'call-ended')).toMatchObject([{ reason: 'model-failed' }]);
  expect(till.paid).toEqual([]);
  await hasNoDigits(till, call, CARD);
});

test.concurrent(
  'the caller hangs up in the middle: nothing is paid, and the record says so',
  async (context) => {
    const till = await openTill(context, { script: PAYS });
    const call = till.place();
    await till.opened(call);
    await till.type(call, CARD.slice(0, 10));
    await hangUp(call);
    const record = await till.record(call);
    expect(entries(till, call)).toEqual(['hung-up 10']);
    expect(record.events).toContainEqual(
      expect.objectContaining({ type: 'secret-keys', facts: { kind: 'card', is: 'hung-up', keys: 10 } }),
    );
    await vi.waitFor(() => expect(till.log.join('')).toMatch(/did not come \(hung-up\)/), {
      timeout: 10_000,
    });
    expect(till.paid).toEqual([]);
    await hasNoDigits(till, call, CARD);
  },
);

test.concurrent('the line is lost in the middle, and the entry goes on with the next', async (context) => {
  const till = await openTill(context, { script: PAYS });
  const call = till.place({ faults: { stream: { dropAtMs: 16_000 } } });
  await till.opened(call);
  const isLost = (): boolean => call.events.some(({ type }) => type === 'streamClosed');
  let typed = 0;
  for (; typed < 15 && !isLost(); typed++) {
    call.press(CARD[typed]!);
    for (let ms = 0; ms < 1_200 && !isLost(); ms += 50) await sleep(50);
  }
  await vi.waitFor(() => expect(call.events.filter(({ type }) => type === 'streamOpened')).toHaveLength(2), {
    timeout: 30_000,
  });
  await sleep(300);
  await till.type(call, `${CARD.slice(typed)}#`);
  await vi.waitFor(() => expect(till.paid).toEqual([CARD]), { timeout: 15_000 });
  await hangUp(call);
  await hasNoDigits(till, call, CARD);
});

test.concurrent('the agent lets the caller go elsewhere in the middle', async (context) => {
  const send = {
    name: 'transfer_call',
    args: { destination: 'billing', reason: 'a bill', briefing: 'A bill.' },
  };
  const till = await openTill(context, {
    script: asks({ call: PAY, wait: false }, { pause: '4s' }, { call: send }, { say: ON }),
  });
  till.network.addPerson({ number: '+12025550111', does: 'busy' });
  const call = till.place();
  await till.opened(call);
  await till.type(call, CARD.slice(0, 8));
  await vi.waitFor(() => expect(till.told(call, 'departed')).toHaveLength(1), { timeout: 30_000 });
  await vi.waitFor(() => expect(till.told(call, 'returned')).toHaveLength(1), { timeout: 30_000 });
  expect(entries(till, call)).toEqual(['elsewhere 8']);
  await hangUp(call);
  expect(till.paid).toEqual([]);
  await hasNoDigits(till, call, CARD);
});
