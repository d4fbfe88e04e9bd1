import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { CONDUCTS, emptied, openOwnNetwork, personOf } from '../../src/cli/own-network.ts';
import { freePort } from '../doubles/free-port.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const OPTIONS = { authToken: 'token', accountSid: `AC${'0'.repeat(32)}`, clock: systemClock };
const ADA = personOf('+12025550111:answers');

test.each(CONDUCTS)('somebody who does what the command line says: %s', (does) => {
  expect(personOf(`+12025550111:${does}`).number).toBe('+12025550111');
  expect(personOf(`sip:lab@pbx.example.com:5061:${does}`).number).toBe('sip:lab@pbx.example.com:5061');
});

test.each([
  '',
  '+12025550111',
  '+12025550111:',
  '+12025550111:sings',
  'ada:busy',
  '+1 202 555:busy',
  ':busy',
])('what is nobody is told, with what to give: %j', (text) => {
  expect(() => personOf(text)).toThrow(
    'Give a number and what they do, such as +12025550111:answers; others: declines, busy, no-answer, fails.',
  );
});

test('it stands where the server asks its carrier; without that, or at a real one, anywhere', async (context) => {
  const port = await freePort();
  const open = async (TWILIO_API_BASE_URL?: string) => {
    const own = await openOwnNetwork({ ...OPTIONS, env: { TWILIO_API_BASE_URL }, people: [ADA] });
    context.onTestFinished(() => own.network.close());
    return { isAsked: own.isAsked, port: Number(new URL(own.network.url).port) };
  };
  expect(await open(`http://127.0.0.1:${port}`)).toEqual({ isAsked: true, port });
  for (const elsewhere of [
    undefined,
    'https://api.twilio.com',
    'http://carrier.example.com:9091',
    'nonsense',
  ])
    expect(await open(elsewhere), elsewhere).toEqual({ isAsked: false, port: expect.any(Number) as number });
});

test('where another stand-in has the port, a call without people is placed all the same', async (context) => {
  const env = { TWILIO_API_BASE_URL: `http://127.0.0.1:${await freePort()}` };
  const { network } = await openOwnNetwork({ ...OPTIONS, env, people: [] });
  context.onTestFinished(() => network.close());
  const second = await openOwnNetwork({ ...OPTIONS, env, people: [] });
  context.onTestFinished(() => second.network.close());
  expect(second.isAsked).toBe(false);
  await expect(openOwnNetwork({ ...OPTIONS, env, people: [ADA] })).rejects.toMatchObject({
    code: 'PORT_UNAVAILABLE',
    message: expect.stringContaining('does another liveline call run?') as unknown,
  });
});

test('messages are waited for until the server has them, and not for ever', async () => {
  const clock = new ManualClock();
  const network = { recordingSids: ['RE1'] };
  expect(await emptied({ recordingSids: [] }, clock)).toBe(true);
  const waits = emptied(network, clock);
  network.recordingSids = [];
  clock.advance(200);
  expect(await waits).toBe(true);
  network.recordingSids = ['RE1'];
  let left: boolean | undefined;
  const inVain = emptied(network, clock).then((is) => (left = is));
  while (left === undefined && clock.nowMs() < 60_000) {
    clock.advance(200);
    await Promise.resolve();
    await Promise.resolve();
  }
  expect(await inVain).toBe(false);
});
