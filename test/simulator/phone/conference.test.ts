// Conferences over loopback sockets.
import { afterEach, expect, test } from 'vitest';
import { wavOf } from './dial.ts';
import { closeRigs, networkRig, said } from './network-rig.ts';

afterEach(closeRigs);

const NUMBER = '+12025550111';
const CALLER = `<Dial action="/over"><Conference startConferenceOnEnter="false" endConferenceOnExit="true"
  waitUrl="/wait" beep="false" statusCallback="/told" statusCallbackEvent="start end join leave">room</Conference></Dial>`;
const JOIN = `<Dial action="/left"><Conference endConferenceOnExit="true" beep="false">room</Conference></Dial>`;

let rounds = 0;

async function rigWith(person: { leavesAfterMs?: number; says?: Uint8Array }) {
  return networkRig(
    {
      '/twilio/voice': CALLER,
      '/wait': () => `<Say>round ${++rounds}</Say><Record/>`,
      '/person': JOIN,
      '/over': '<Say>back</Say>',
    },
    { people: [{ number: NUMBER, does: 'answers', ...person }] },
  );
}

type Rig = Awaited<ReturnType<typeof rigWith>>;

const ring = async ({ rest, network, server }: Rig) => {
  await rest('POST', 'Calls.json', [
    ['To', NUMBER],
    ['From', '+12025550100'],
    ['Url', `${server.url}/person`],
  ]);
  return network.called(NUMBER);
};

test('the caller waits with what waitUrl says, again and again', async () => {
  const rig = await rigWith({});
  const phone = rig.call();
  await phone.until('held');
  const until = rounds + 3;
  await phone.until('said-by-carrier', ({ text }) => text === `round ${until}`);
  expect(phone.events.some((event) => event.type === 'error' && event.error.code === 12200)).toBe(true);
  expect(phone.events.some(({ type }) => type === 'recording')).toBe(false);
  expect(rig.forms('/wait')[0]).toMatchObject({ CallSid: phone.callSid });
  expect(rig.forms('/wait')[0]!['ConferenceSid']).toMatch(/^CF/);
});

test('who leaves ends it for all, and everybody is told', async () => {
  const rig = await rigWith({ says: wavOf(400), leavesAfterMs: 1_500 });
  const phone = rig.call();
  await phone.until('held');
  expect(rig.network.alone()).toEqual([]);
  const leg = await ring(rig);
  await phone.until('connected', (event) => event.with === leg.callSid);
  const heardBefore = phone.heardMs;
  expect(rig.network.alone()).toEqual([]);
  await Promise.all([phone.done, leg.done]);
  expect(phone.events.map(({ type }) => type).filter((type) => /joined|onnected/.test(type))).toEqual([
    ...['joined', 'connected', 'disconnected'],
  ]);
  expect(said(phone).at(-1)).toBe('back');
  expect(phone.heardMs - heardBefore).toBeGreaterThan(350);
  expect(rig.forms('/over')).toEqual([expect.objectContaining({ DialCallStatus: 'answered' })]);
  expect(rig.forms('/left')).toEqual([expect.objectContaining({ CallStatus: 'completed' })]);
  const told = rig.forms('/told').map((form) => form['StatusCallbackEvent']);
  expect(told.toSorted()).toEqual([
    ...['conference-end', 'conference-start', 'participant-join', 'participant-join'],
    ...['participant-leave', 'participant-leave'],
  ]);
  expect(new Set(rig.forms('/told').map((form) => form['ConferenceSid'])).size).toBe(1);
});

test('the caller hangs up while waiting: who comes later is alone, and can be seen to be', async () => {
  const rig = await rigWith({});
  const phone = rig.call();
  await phone.until('held');
  phone.hangUp();
  await phone.done;
  expect(rig.forms('/over')).toEqual([expect.objectContaining({ CallStatus: 'completed' })]);
  const leg = await ring(rig);
  await leg.until('joined');
  expect(rig.network.alone()).toEqual([
    { conference: 'room', callSid: leg.callSid, forMs: expect.any(Number) as number },
  ]);
  leg.hangUp();
  await leg.done;
  expect(rig.network.alone()).toEqual([]);
});

test('a member who does not end it leaves the others in it', async () => {
  const member = '<Dial><Conference beep="false">open</Conference></Dial>';
  const rig = await networkRig({ '/twilio/voice': member });
  const [first, second, third] = [rig.call(), rig.call(), rig.call()];
  await Promise.all([first, second, third].map((phone) => phone.until('joined')));
  first.hangUp();
  await first.done;
  expect(second.events.filter(({ type }) => type === 'disconnected')).toHaveLength(1);
  third.say(wavOf(200));
  await third.until('saidEnd');
  second.hangUp();
  await second.done;
  expect(second.heardMs).toBeGreaterThan(150);
  expect(rig.network.alone()).toMatchObject([{ callSid: third.callSid }]);
});

test('music keeps a caller on the line, silence does not', async () => {
  const rigOf = (waitUrl: string) =>
    networkRig(
      {
        '/twilio/voice': `<Dial><Conference startConferenceOnEnter="false" ${waitUrl}>room</Conference></Dial>`,
        '/person': JOIN,
      },
      { people: [{ number: NUMBER, does: 'answers', ringsMs: 3_000, leavesAfterMs: 100 }] },
    );
  const silent = await rigOf('waitUrl=""');
  expect(await silent.call({ patienceMs: 1_000 }).done).toMatchObject({ hungUpBy: 'caller' });
  const music = await rigOf('');
  const phone = music.call({ patienceMs: 1_000 });
  await phone.until('held');
  await ring(music);
  await phone.until('connected');
  expect(await phone.done).toMatchObject({ hungUpBy: 'server' });
});

test('who is in hears a beep when somebody comes, unless it is turned off', async () => {
  const beeps = await networkRig({ '/twilio/voice': '<Dial><Conference>loud</Conference></Dial>' });
  const first = beeps.call();
  await first.until('joined');
  expect(first.heardMs).toBe(0);
  const second = beeps.call();
  await second.until('connected');
  await first.until('agentQuiet');
  expect(first.heardMs).toBeCloseTo(300, 0);
});
