// Calls that REST places and redirects, and what goes wrong with that, over loopback sockets.
import { afterEach, describe, expect, test } from 'vitest';
import type { RestFault } from '../../../src/simulator/phone/network.ts';
import type { ServerStream } from './answering-server.ts';
import { closeRigs, networkRig, said, type NetworkRig } from './network-rig.ts';

afterEach(closeRigs);

const NUMBER = '+12025550111';
const OURS = '+12025550100';

const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];

function place(
  { rest, server }: NetworkRig,
  more: readonly (readonly [string, string])[] = [],
): Promise<Response> {
  return rest('POST', 'Calls.json', [
    ...([
      ['To', NUMBER],
      ['From', OURS],
      ['Url', `${server.url}/person?for=x`],
      ['Timeout', '5'],
    ] as const),
    ...([['StatusCallback', `${server.url}/leg`]] as const),
    ...EVENTS.map((event) => ['StatusCallbackEvent', event] as const),
    ...more,
  ]);
}

describe('a call is placed', () => {
  test('to somebody who answers: they are told what the URL says, and are a call like any other', async () => {
    const rig = await networkRig(
      { '/person': '<Gather numDigits="1" action="/chosen"><Say>Will you?</Say></Gather>' },
      { people: [{ number: NUMBER, does: 'answers', keys: [{ press: '1', afterMs: 1_500 }] }] },
    );
    const placed = await place(rig);
    expect(placed.status).toBe(201);
    const { sid, ...body } = (await placed.json()) as { sid: string };
    expect(body).toMatchObject({ status: 'queued', direction: 'outbound-api', to: NUMBER, from: OURS });
    const leg = await rig.network.called(NUMBER);
    expect(leg.callSid).toBe(sid);
    const outcome = await leg.done;
    expect(outcome).toMatchObject({ status: 'completed', hungUpBy: 'server', errors: [] });
    expect(said(leg)).toEqual(['Will you?']);
    const common = { CallSid: sid, Direction: 'outbound-api', From: OURS, To: NUMBER };
    expect(rig.forms('/person')).toEqual([expect.objectContaining({ ...common, CallStatus: 'in-progress' })]);
    expect(rig.forms('/chosen')).toEqual([expect.objectContaining({ ...common, Digits: '1' })]);
    expect(rig.forms('/leg').map((form) => form['CallStatus'])).toEqual([
      ...['initiated', 'ringing', 'in-progress', 'completed'],
    ]);
    expect(rig.server.posts.every(({ signed }) => signed)).toBe(true);
    expect(await (await rig.rest('GET', `Calls/${sid}.json`)).json()).toMatchObject({ status: 'completed' });
  });

  test.each([
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['fails', 'failed'],
  ] as const)('to somebody who is %s', async (does, status) => {
    const rig = await networkRig({}, { people: [{ number: NUMBER, does, ringsMs: 100 }] });
    await place(rig);
    const leg = await rig.network.called(NUMBER);
    expect(await leg.done).toMatchObject({ status, durationMs: 0 });
    expect(rig.forms('/person')).toEqual([]);
    expect(rig.forms('/leg').at(-1)).toMatchObject({ CallStatus: status });
  });

  test('and canceled while it rings', async () => {
    const rig = await networkRig({}, { people: [{ number: NUMBER, does: 'no-answer' }] });
    await place(rig);
    const leg = await rig.network.called(NUMBER);
    await leg.until('ringing');
    const redirect = await rig.rest('POST', `Calls/${leg.callSid}.json`, [['Url', `${rig.server.url}/x`]]);
    expect(await redirect.json()).toMatchObject({ code: 21220 });
    await rig.rest('POST', `Calls/${leg.callSid}.json`, [['Status', 'canceled']]);
    expect(await leg.done).toMatchObject({ status: 'canceled' });
    expect(rig.forms('/leg').at(-1)).toMatchObject({ CallStatus: 'canceled' });
  });

  test.each([
    ['To', '', 21201],
    ['To', '0800-CALL', 21211],
    ['From', '', 21213],
    ['From', 'us', 21212],
    ['From', 'sip:us@example.com', 21212],
    ['From', 'sip:+12025550100@example.com', 21212],
    ['Url', 'nowhere', 21205],
  ])('%s=%j is refused', async (name, value, code) => {
    const { rest } = await networkRig({});
    const form = Object.entries({ To: NUMBER, From: OURS, Url: 'https://h.example/', [name]: value });
    expect(await (await rest('POST', 'Calls.json', form)).json()).toMatchObject({ code, status: 400 });
  });

  test.each([
    ['us', 201],
    ['client:us', 201],
    ['us@example.com', 400],
    ['sip:us@example.com', 400],
  ])('to a SIP address, From=%s: %i', async (From, status) => {
    const { rest } = await networkRig({ '/person': '<Hangup/>' });
    const form = Object.entries({ To: 'sip:desk@example.com', From, Url: 'https://h.example/' });
    expect((await rest('POST', 'Calls.json', form)).status).toBe(status);
  });

  test('its callbacks may come in the wrong order', async () => {
    const rig = await networkRig(
      { '/person': '<Hangup/>' },
      { people: [{ number: NUMBER, does: 'answers' }], faults: { legs: { swapStatuses: true } } },
    );
    await place(rig);
    await (
      await rig.network.called(NUMBER)
    ).done;
    const statuses = rig.forms('/leg').map((form) => form['CallStatus']);
    expect(statuses).toEqual(['ringing', 'initiated', 'completed', 'in-progress']);
    expect(rig.forms('/leg').map((form) => form['SequenceNumber'])).toEqual(['1', '0', '3', '2']);
  });
});

describe('a call is redirected', () => {
  test.each([
    ['a stream', ''],
    ['a Gather', '<Gather timeout="50" action="/after" actionOnEmptyResult="true"/>'],
    ['a Record', '<Record timeout="50" action="/after"/>'],
    ['a Dial that rings', `<Dial timeout="50" action="/after">${NUMBER}</Dial>`],
    [
      'a conference',
      '<Dial action="/after"><Conference startConferenceOnEnter="false">c</Conference></Dial>',
    ],
    ['a conference that has started', '<Dial action="/after"><Conference>c</Conference></Dial>'],
    ['a queue', '<Enqueue action="/after" waitUrl="/wait">q</Enqueue>'],
    ['a queue, to the carrier’s music', '<Enqueue action="/after">q</Enqueue>'],
    ['a Pause', '<Pause length="50"/><Redirect>/after</Redirect>'],
  ])('out of %s, and the action of that is not asked', async (_, verb) => {
    const rig = await networkRig(
      {
        ...(verb === '' ? {} : { '/twilio/voice': verb }),
        '/wait': '<Pause length="50"/>',
        '/new': '<Say>new</Say>',
      },
      { people: [{ number: NUMBER, does: 'no-answer' }] },
    );
    const phone = rig.call();
    if (verb === '') await phone.until('streamOpened');
    else await phone.until('verb', (event) => event.verb.verb !== 'Redirect');
    const form = [
      ['Url', `${rig.server.url}/new`],
      ['Method', 'POST'],
    ] as const;
    expect((await rig.rest('POST', `Calls/${phone.callSid}.json`, form)).status).toBe(200);
    const outcome = await phone.done;
    expect(outcome).toMatchObject({ hungUpBy: 'server', why: 'the TwiML has no more verbs', errors: [] });
    expect(said(phone)).toEqual(['new']);
    expect(rig.forms('/after').concat(rig.forms('/twilio/after-stream'))).toEqual([]);
    for (const leg of rig.network.callsTo(NUMBER)) expect(leg.status).toBe('canceled');
    expect(rig.network.alone()).toEqual([]);
  });

  test('by TwiML in the request, in which relative links are Twilio’s error 15004', async () => {
    const rig = await networkRig({ '/twilio/voice': '<Pause length="50"/>' });
    const phone = rig.call();
    await phone.until('verb');
    const Twiml = '<Response><Say>here</Say><Redirect>/relative</Redirect></Response>';
    await rig.rest('POST', `Calls/${phone.callSid}.json`, [['Twiml', Twiml]]);
    expect(await phone.done).toMatchObject({ hungUpBy: 'network', why: 'error 15004' });
    expect(said(phone)).toEqual(['here']);
    const late = await rig.rest('POST', `Calls/${phone.callSid}.json`, [['Twiml', Twiml]]);
    expect(await late.json()).toMatchObject({ code: 21220 });
  });

  test('into a stream, and out of it again', async () => {
    const streams: ServerStream[] = [];
    const rig = await networkRig({}, {}, (stream) => void streams.push(stream));
    const phone = rig.call();
    await phone.until('streamOpened');
    await rig.rest('POST', `Calls/${phone.callSid}.json`, [['Url', `${rig.server.url}/twilio/voice`]]);
    await phone.until('streamOpened', ({ streamSid }) => streams[0]?.streamSid !== streamSid);
    phone.hangUp();
    expect(await phone.done).toMatchObject({ streams: 2, errors: [] });
    expect(streams[0]!.all('stop')).toHaveLength(1);
  });
});

test('a person’s leg may be redirected out of a bridge; the caller goes on with the action', async () => {
  const rig = await networkRig(
    { '/twilio/voice': `<Dial action="/over">${NUMBER}</Dial>`, '/new': '<Say>for you</Say>' },
    { people: [{ number: NUMBER, does: 'answers' }] },
  );
  const phone = rig.call();
  const leg = await rig.network.called(NUMBER);
  await phone.until('connected');
  await rig.rest('POST', `Calls/${leg.callSid}.json`, [['Url', `${rig.server.url}/new`]]);
  await Promise.all([phone.done, leg.done]);
  expect(said(leg)).toEqual(['for you']);
  expect(rig.forms('/over')).toEqual([expect.objectContaining({ DialCallStatus: 'completed' })]);
});

describe('REST goes wrong on purpose', () => {
  test.each([
    ['refuse', 400],
    ['503', 503],
  ] as const)('%s: nobody is called', async (fault, status) => {
    const rest = ({ path }: { path: string }): RestFault | undefined =>
      path.endsWith('/Calls.json') ? fault : undefined;
    const rig = await networkRig({}, { faults: { rest } });
    expect((await place(rig)).status).toBe(status);
    expect(rig.network.calls.size).toBe(0);
  });

  test('drop-after: it is done, and nobody is told', async () => {
    const rig = await networkRig({ '/person': '<Hangup/>' }, { faults: { rest: () => 'drop-after' } });
    rig.network.addPerson({ number: NUMBER, does: 'answers' });
    await expect(place(rig)).rejects.toThrow();
    expect(await (await rig.network.called(NUMBER)).done).toMatchObject({ status: 'completed' });
  });
});
