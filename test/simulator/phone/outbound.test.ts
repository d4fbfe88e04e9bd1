// Calls that REST places to a whole town: who picks up, what is heard of them, and what is told of it, over loopback sockets.
import { afterEach, describe, expect, test } from 'vitest';
import { MULAW_DECODE } from '../../../src/audio/g711.ts';
import type { Person } from '../../../src/simulator/phone/people.ts';
import { populationOf } from '../../../src/simulator/phone/population.ts';
import { closeRigs, networkRig } from './network-rig.ts';
import { amd, get, MACHINE, NUMBER, place } from './outbound-rig.ts';

afterEach(closeRigs);

const GREETING = 'You have reached a machine, please leave a message after the tone.';

/** Of a pure tone, from how often it passes zero. */
function hertz(sound: Uint8Array): number {
  const samples = Array.from(sound, (code) => MULAW_DECODE[code]!);
  const crossings = samples.filter((sample, at) => at > 0 && sample >= 0 && samples[at - 1]! < 0).length;
  return (crossings * 8_000) / samples.length;
}

describe('what picks up', () => {
  test('a machine greets, beeps, and records what it hears then', async () => {
    const rig = await networkRig(
      {},
      { people: [{ ...MACHINE, picksUp: { is: 'machine', greeting: GREETING, beeps: true } }] },
    );
    const sid = await place(rig, amd(rig, 'DetectMessageEnd'));
    const call = rig.network.calls.get(sid)!;
    await call.until('streamOpened');
    const stream = await rig.server.streams[0]!.untilStarted();
    // Before the beep, so it is no part of the message.
    stream.play(300, 1);
    await call.until('beeped');
    expect(call.answeredBy).toBeUndefined();
    stream.play(400, 2);
    stream.mark('said');
    await call.until('mark');
    await call.until('posted', ({ to }) => to === 'amd');
    expect(rig.forms('/amd')).toEqual([
      expect.objectContaining({ CallSid: sid, AnsweredBy: 'machine_end_beep' }),
    ]);
    expect(await get(rig, `Calls/${sid}.json`)).toMatchObject({ answered_by: 'machine_end_beep' });
    const message = call.message();
    expect(message?.filter((code) => code === 2)).toHaveLength(400 * 8);
    expect(message?.filter((code) => code === 1)).toHaveLength(0);
    call.hangUp();
    await call.done;
    const beep = call.events.find((event) => event.type === 'said' && event.what === 'beep');
    expect(beep).toMatchObject({ forMs: 500 });
    // It ended where the message begins; what the server was sent of it may be cut a little at both ends.
    const heard = stream.caller();
    const tones = Array.from({ length: Math.floor(heard.length / 800) }, (_, at) =>
      hertz(heard.subarray(at * 800, (at + 1) * 800)),
    ).filter((hz) => Math.abs(hz - 1_000) < 15);
    expect(tones.length).toBeGreaterThanOrEqual(3);
  });

  test('a fax sounds its tone', async () => {
    const rig = await networkRig({}, { people: [{ ...MACHINE, picksUp: { is: 'fax' } }] });
    const call = rig.network.calls.get(await place(rig, amd(rig, 'Enable')))!;
    await call.until('saidEnd', ({ what }) => what === 'fax tone');
    await call.until('posted', ({ to, event }) => to === 'amd' && event === 'fax');
    call.hangUp();
    await call.done;
    const heard = rig.server.streams[0]!.caller();
    const tones = Array.from({ length: Math.floor(heard.length / 800) }, (_, at) =>
      hertz(heard.subarray(at * 800, (at + 1) * 800)),
    ).filter((hz) => Math.abs(hz - 2_100) < 25);
    expect(tones.length).toBeGreaterThan(20);
  });

  test('a human says a word, follows a script, and is told as what they are taken for', async () => {
    const rig = await networkRig(
      {},
      {
        people: [
          {
            ...{ ...MACHINE, picksUp: { is: 'human', says: 'Hello?' }, judgedAs: 'machine' },
            script: [{ press: '9', when: { afterMs: 3_000 } }, { hangUp: true }],
          },
        ],
      },
    );
    const call = rig.network.calls.get(await place(rig, amd(rig, 'Enable')))!;
    expect(await call.done).toMatchObject({ status: 'completed', hungUpBy: 'caller' });
    expect(rig.forms('/amd')[0]).toMatchObject({ AnsweredBy: 'machine_start' });
    expect(rig.server.streams[0]!.all('dtmf')[0]?.dtmf.digit).toBe('9');
  });

  test('of a call that is over before the verdict none is told', async () => {
    const rig = await networkRig({}, { people: [{ ...MACHINE, hangsUpAfterMs: 100 }] });
    const call = rig.network.calls.get(await place(rig, amd(rig, 'Enable')))!;
    await call.done;
    expect(rig.forms('/amd')).toEqual([]);
    expect(call.answeredBy).toBeUndefined();
  });

  test('nobody talks longer than TimeLimit', async () => {
    const rig = await networkRig({}, { people: [MACHINE] });
    const call = rig.network.calls.get(await place(rig, [['TimeLimit', '2']]))!;
    expect(await call.done).toMatchObject({ status: 'completed', why: 'its TimeLimit is over' });
  });

  test.each<[string, Partial<Person>, string, string]>([
    ['blocked', { does: 'blocked' }, 'failed', '603'],
    ['blocked by analytics', { does: 'blocked', sipCode: 608 }, 'failed', '608'],
    ['a number that nobody has', { does: 'fails' }, 'failed', '404'],
    ['busy', { does: 'busy' }, 'busy', '486'],
    ['nobody there', { does: 'no-answer', ringsMs: 50 }, 'no-answer', '487'],
    ['answered', { does: 'answers', hangsUpAfterMs: 50 }, 'completed', '200'],
  ])('%s is told with its SIP code', async (_, person, status, code) => {
    const rig = await networkRig({}, { people: [{ ...MACHINE, ...person }] });
    await rig.network.calls.get(await place(rig))!.done;
    expect(rig.forms('/status').at(-1)).toMatchObject({ CallStatus: status, SipResponseCode: code });
    for (const form of rig.forms('/status').slice(0, -1)) expect(form).not.toHaveProperty('SipResponseCode');
  });
});

describe('what is told in the wrong order', () => {
  test.each([
    ['after-verdict', ['initiated', 'ringing', 'human', 'in-progress', 'completed']],
    ['after-completed', ['initiated', 'ringing', 'human', 'completed', 'in-progress']],
  ] as const)('the answer comes %s', async (answeredComes, order) => {
    const rig = await networkRig(
      {},
      {
        people: [{ ...MACHINE, picksUp: { is: 'human', says: 'Hello?' }, hangsUpAfterMs: 5_000 }],
        faults: { legs: (number) => (number === NUMBER ? { answeredComes } : {}) },
      },
    );
    await rig.network.calls.get(await place(rig, amd(rig, 'Enable')))!.done;
    const told = rig.server.posts
      .filter(({ path }) => path === '/status' || path === '/amd')
      .map(({ form }) => form['AnsweredBy'] ?? form['CallStatus']);
    expect(told).toEqual(order);
  });

  test('some of it late, and some never', async () => {
    const rig = await networkRig(
      {},
      {
        people: [{ ...MACHINE, picksUp: { is: 'human', says: 'Hello?' }, hangsUpAfterMs: 5_000 }],
        faults: { legs: { losesCallbacks: ['ringing', 'amd'], lateCallbacks: { initiated: 20_000 } } },
      },
    );
    await rig.network.calls.get(await place(rig, amd(rig, 'Enable')))!.done;
    expect(rig.forms('/status').map(({ CallStatus }) => CallStatus)).toEqual([
      ...['in-progress', 'completed', 'initiated'],
    ]);
    expect(rig.forms('/amd')).toEqual([]);
  });

  test('each twice', async () => {
    const rig = await networkRig(
      {},
      { people: [{ ...MACHINE, hangsUpAfterMs: 6_000 }], faults: { legs: { duplicateCallbacks: true } } },
    );
    await rig.network.calls.get(await place(rig, amd(rig, 'Enable')))!.done;
    expect(rig.forms('/amd')).toHaveLength(2);
    expect(rig.forms('/status')).toHaveLength(8);
  });
});

describe('one call a second', () => {
  test('the others are queued, have not started, and are canceled without a word', async () => {
    const rig = await networkRig({}, { callsPerSecond: 1, people: [{ ...MACHINE, hangsUpAfterMs: 10 }] });
    const sids = [await place(rig), await place(rig), await place(rig)];
    const calls = sids.map((sid) => rig.network.calls.get(sid)!);
    expect(await get(rig, `Calls/${sids[2]}.json`)).toMatchObject({ status: 'queued', start_time: null });
    await rig.rest('POST', `Calls/${sids[1]}.json`, [['Status', 'canceled']]);
    for (const call of calls) await call.done;
    expect(calls.map(({ status }) => status)).toEqual(['completed', 'canceled', 'completed']);
    expect(rig.forms('/status').filter(({ CallSid }) => CallSid === sids[1])).toEqual([]);
    expect(await get(rig, `Calls/${sids[1]}.json`)).toMatchObject({ status: 'canceled', start_time: null });
    const [first, , third] = calls;
    expect(third!.dialledEpochMs).toBeGreaterThan(first!.dialledEpochMs!);
    const { queue_time } = await get(rig, `Calls/${sids[2]}.json`);
    expect(Number(queue_time)).toBeGreaterThan(0);
  });

  test('a call that waits does not keep the network from closing', async () => {
    const rig = await networkRig({}, { callsPerSecond: 0.01, people: [MACHINE] });
    await place(rig);
    await place(rig);
    await rig.network.close();
    expect([...rig.network.calls.values()].every(({ ended }) => ended)).toBe(true);
  });
});

describe('a town', () => {
  test('of silent people takes hundreds of calls; REST tells of all of them, page by page', async () => {
    const town = { seed: 5, weights: { human: 6, busy: 2, failed: 2 }, silent: true } as const;
    const rig = await networkRig(
      { '/twilio/voice': '<Connect action="/after"><Stream url="ws://127.0.0.1:1/none"/></Connect>' },
      { population: populationOf({ ...town, ringsMs: [10, 50], talksMs: [10, 50] }) },
    );
    const numbers = Array.from({ length: 250 }, (_, at) => `+1202556${String(at).padStart(4, '0')}`);
    for (const number of numbers) await place(rig, [], number);
    await Promise.all([...rig.network.calls.values()].map(({ done }) => done));
    expect(rig.network.dialled.map(({ to }) => to)).toEqual(numbers);
    expect(rig.server.streams).toEqual([]);
    expect(rig.network.calls.size).toBeLessThanOrEqual(100);
    const seen: string[] = [];
    let next = 'Calls.json?PageSize=60';
    for (let pages = 0; pages < 5; pages++) {
      const page = await get(rig, next);
      seen.push(...(page['calls'] as { to: string }[]).map(({ to }) => to));
      next = String(page['next_page_uri']).split('/').at(-1) ?? '';
      if (page['next_page_uri'] === null) break;
    }
    expect(seen).toEqual(numbers.toReversed());
    const completed = await get(rig, 'Calls.json?Status=completed&PageSize=1000');
    const answered = rig.forms('/twilio/voice').length;
    expect(completed['calls']).toHaveLength(answered);
    expect(answered).toBeGreaterThan(100);
    expect(rig.forms('/status').filter(({ CallStatus }) => CallStatus === 'completed')).toHaveLength(
      answered,
    );
  });

  test('has people who answer when the agent falls quiet', async () => {
    const population = populationOf({
      ...{ seed: 1, weights: { human: 1 }, ringsMs: [10, 50], talksMs: [20_000, 20_000] },
    });
    const rig = await networkRig({}, { population });
    const call = rig.network.calls.get(await place(rig))!;
    await call.until('saidEnd', ({ what }) => what === 'greeting');
    rig.server.streams[0]!.play(600);
    expect(await call.until('said', ({ what }) => what === 'wav')).toMatchObject({ type: 'said' });
    call.hangUp();
    await call.done;
  });

  test('knows how often a number was called', async () => {
    const population = (_: string, nth: number): Omit<Person, 'number'> =>
      nth === 1 ? { does: 'busy', ringsMs: 1 } : { does: 'answers', ringsMs: 1, hangsUpAfterMs: 1 };
    const rig = await networkRig({}, { population });
    const first = rig.network.calls.get(await place(rig))!;
    const second = rig.network.calls.get(await place(rig))!;
    expect([(await first.done).status, (await second.done).status]).toEqual(['busy', 'completed']);
  });
});
