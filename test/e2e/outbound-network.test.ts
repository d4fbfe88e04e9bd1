// Calls out, by twilio's own client through our adapter to the simulated network, and what the network asks and tells on the
// way back, through our reading of it. Real sockets; the network's time runs faster.
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { LivelineError } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import type { OutboundCall } from '../../src/carrier/control.ts';
import { createTwilioControl } from '../../src/carrier/twilio/control.ts';
import { createTwilioDialling } from '../../src/carrier/twilio/dialling.ts';
import { createTwilioWebhooks } from '../../src/carrier/twilio/webhooks.ts';
import type { AnsweredBy, CarrierCall, CarrierRequest } from '../../src/carrier/webhooks.ts';
import { fastClock } from '../../src/simulator/fast-clock.ts';
import { startNetwork, type NetworkOptions } from '../../src/simulator/phone/network.ts';
import { populationOf } from '../../src/simulator/phone/population.ts';
import { dialFaults } from '../../src/simulator/phone/rest-faults.ts';
import { AUTH_TOKEN, startAnsweringServer, type Post } from '../simulator/phone/answering-server.ts';

const accountSid = `AC${'0'.repeat(32)}`;
const OURS = '+12025550100';
const THEIRS = '+12025550143';
const unhurried = (): AbortSignal => new AbortController().signal;

const disposals: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

async function open(options: Partial<NetworkOptions>) {
  const questions: CarrierCall[] = [];
  const statuses: CarrierCall[] = [];
  const verdicts: AnsweredBy[] = [];
  const server = await startAnsweringServer({
    answer: (post) => {
      const request = requestOf(post);
      hooks.verifyPost(request);
      if (post.path === '/twilio/status') statuses.push(hooks.readCall(request.form, request.target));
      else if (post.path === '/twilio/amd') verdicts.push(hooks.readAnsweredBy(request));
      else questions.push(hooks.readCall(request.form, request.target));
      return { body: '<Response><Pause length="60"/></Response>' };
    },
  });
  const hooks = createTwilioWebhooks({
    ...{ authTokens: [AUTH_TOKEN], publicBaseUrl: server.url, log: silentLog },
  });
  const clock = fastClock(10, systemClock);
  const network = await startNetwork({ ...{ accountSid, authToken: AUTH_TOKEN, clock, ...options } });
  disposals.push(
    () => network.close(),
    () => server.close(),
  );
  const account = { accountSid, authToken: AUTH_TOKEN, apiBaseUrl: network.url };
  const at = { ...account, publicBaseUrl: () => server.url };
  return {
    ...{ network, questions, statuses, verdicts, clock },
    control: createTwilioControl(at),
    dialling: createTwilioDialling(at, () => clock.epochMs()),
  };
}

const requestOf = ({ target, form, headers }: Post): CarrierRequest => ({
  ...{ target, form, signature: String(headers['x-twilio-signature']), remoteAddress: '127.0.0.1' },
});

const call = (more: Partial<OutboundCall> = {}): OutboundCall => ({
  ...{ to: THEIRS, from: OURS, ringS: 20, attempt: 'a1', detectsMachines: 'message-end', ...more },
});

describe('a call that is dialled', () => {
  test('to a machine: question, statuses and verdict name the attempt, and the carrier tells the same', async () => {
    const { network, dialling, control, ...told } = await open({
      people: [
        {
          ...{ number: THEIRS, does: 'answers', silent: true },
          picksUp: { is: 'machine', greeting: 'Please leave a message after the tone.', beeps: true },
        },
      ],
    });
    const id = await dialling.dial(call());
    const phone = network.calls.get(id)!;
    await phone.until('posted', ({ to }) => to === 'amd');
    expect(await dialling.look(id)).toMatchObject({ id, status: 'in-progress', answeredBy: 'machine' });
    await control.hangUp(id);
    await phone.done;
    expect(told.questions).toEqual([expect.objectContaining({ id, attempt: 'a1', direction: 'outbound' })]);
    expect(told.verdicts).toEqual([{ attempt: 'a1', callId: id, by: 'machine', messageEnded: 'beep' }]);
    expect(told.statuses.map(({ status }) => status)).toEqual([
      ...['queued', 'ringing', 'in-progress', 'completed'],
    ]);
    for (const status of told.statuses) expect(status).toMatchObject({ id, attempt: 'a1', to: THEIRS });
    expect(told.statuses.at(-1)).toMatchObject({ sipCode: 200 });
    expect(await dialling.look(id)).toMatchObject({ status: 'completed', answeredBy: 'machine' });
  });

  test('to somebody whose network blocks it', async () => {
    const { network, dialling, statuses, questions } = await open({
      people: [{ number: THEIRS, does: 'blocked', sipCode: 607 }],
    });
    await network.calls.get(await dialling.dial(call()))!.done;
    expect(statuses.at(-1)).toMatchObject({ status: 'failed', sipCode: 607, attempt: 'a1' });
    expect(questions).toEqual([]);
  });

  test('with all told twice and in the wrong order: every message still names it', async () => {
    const { network, dialling, ...told } = await open({
      people: [
        {
          ...{ number: THEIRS, does: 'answers', silent: true, hangsUpAfterMs: 6_000 },
          picksUp: { is: 'human', says: 'Hello?' },
        },
      ],
      faults: {
        legs: { duplicateCallbacks: true, swapStatuses: true, answeredComes: 'after-completed' },
      },
    });
    const id = await dialling.dial(call({ detectsMachines: 'on' }));
    await network.calls.get(id)!.done;
    expect(told.verdicts.map(({ by }) => by)).toEqual(['human', 'human']);
    expect(told.statuses.map(({ status }) => status)).toEqual([
      ...['ringing', 'ringing', 'queued', 'queued', 'completed', 'completed', 'in-progress', 'in-progress'],
    ]);
    for (const { attempt } of [...told.verdicts, ...told.statuses]) expect(attempt).toBe('a1');
  });
});

describe('a call that was taken without an answer', () => {
  test('is found at the carrier, and names its attempt by itself', async () => {
    const { network, dialling, statuses, clock } = await open({
      people: [{ number: THEIRS, does: 'busy' }],
      callsPerSecond: 1,
      faults: { rest: ({ method }) => (method === 'POST' ? 'drop-after' : undefined) },
    });
    const sinceMs = clock.epochMs();
    const dialled = dialling.dial(call());
    await expect(dialled).rejects.toMatchObject({ code: 'CARRIER_IN_DOUBT', retryable: false });
    const [found, ...others] = await dialling.callsTo(THEIRS, OURS, sinceMs, unhurried());
    expect(others).toEqual([]);
    expect(found?.id).toBe(network.dialled[0]?.callSid);
    await network.calls.get(found!.id)!.done;
    expect(new Set(statuses.map(({ id, attempt }) => `${id} ${attempt}`))).toEqual(
      new Set([`${found!.id} a1`]),
    );
  });

  test('a whole town is called once each, whatever the carrier fails at', async () => {
    const { network, dialling, clock } = await open({
      population: populationOf({
        ...{ seed: 2, weights: { human: 5, busy: 2, failed: 1, 'no-answer': 1 }, silent: true },
        ...{ ringsMs: [10, 100], talksMs: [10, 100] },
      }),
      faults: {
        rest: dialFaults({ seed: 4, of: { '429': 0.2, '500': 0.1, drop: 0.1, 'drop-after': 0.2 } }),
      },
    });
    const numbers = Array.from({ length: 60 }, (_, at) => `+12025556${String(at).padStart(3, '0')}`);
    const outcomes = new Map<string, string>();
    for (const to of numbers) outcomes.set(to, await dialOnce(dialling, to, clock));
    expect(network.dialled.map(({ to }) => to)).toEqual(
      numbers.filter((to) => outcomes.get(to) !== 'never taken'),
    );
    expect(new Set(outcomes.values())).toEqual(new Set(['dialled', 'found', 'never taken']));
    await Promise.all([...network.calls.values()].map(({ done }) => done));
  });
});

/** As a dialler does: again after a clear no, never after a doubt. */
async function dialOnce(
  dialling: ReturnType<typeof createTwilioDialling>,
  to: string,
  clock: Clock,
): Promise<'dialled' | 'found' | 'never taken'> {
  const sinceMs = clock.epochMs();
  for (;;)
    try {
      await dialling.dial(call({ to, attempt: `to ${to}` }));
      return 'dialled';
    } catch (thrown) {
      if (!(thrown instanceof LivelineError)) throw thrown;
      if (thrown.code === 'CARRIER_BUSY') continue;
      expect(thrown.code).toBe('CARRIER_IN_DOUBT');
      const found = await dialling.callsTo(to, OURS, sinceMs, unhurried());
      return found.length === 1 ? 'found' : 'never taken';
    }
}
