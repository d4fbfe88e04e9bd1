// Screen pops to a server on loopback that takes them, refuses them, or says nothing.
import { expect, test, vi, type TestContext } from 'vitest';
import type { StopTimer } from '../../src/base/clock.ts';
import { callId } from '../../src/base/ids.ts';
import { createLog } from '../../src/base/log.ts';
import { createPopScreen, type PopScreenOptions, type ScreenPop } from '../../src/ivr/screen-pop.ts';
import { signed } from '../../src/web/signed.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { openRest, reply, reset, silentHeaders, type Turn } from '../web/rest-rig.ts';

const POP: ScreenPop = {
  callId: callId('CA1'),
  from: '+15550100123',
  profile: 'Harbour Dental',
  destination: 'billing',
  reason: 'An invoice',
  briefing: 'Ada asks about “invoice 7”, paid twice.',
  at: '2026-11-23T15:00:00.000Z',
};

/** The pauses between attempts pass at once; everything else when the test says so. */
class HurriedClock extends ManualClock {
  override after(delayMs: number, then: () => void): StopTimer {
    if (delayMs > 1_000) return super.after(delayMs, then);
    const passing = setImmediate(then);
    return () => clearImmediate(passing);
  }
}

async function rig(context: TestContext, turns: readonly Turn[], over: Partial<PopScreenOptions> = {}) {
  const { baseUrl, asked } = await openRest(context, turns);
  const clock = new HurriedClock();
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLog({ level: 'debug', secrets: [], destination });
  const popScreen = createPopScreen({ clock, log, allowPrivate: true, ...over });
  const told = (): Promise<string> =>
    vi.waitFor(() => (expect(lines).toHaveLength(1), lines[0]!), { interval: 5 });
  return { baseUrl, clock, asked, popScreen, told };
}

test('posted as JSON to the whole address, signed as the body is', async (context) => {
  const { baseUrl, asked, popScreen, told, clock } = await rig(context, [reply(204)], { secret: 'hush' });
  popScreen(`${baseUrl}/pop/new?to=x&to=y&team=a%20b&x=`, POP);
  expect(await told()).toContain('"level":"debug"');
  const [{ line, body, headers }] = asked as [(typeof asked)[number]];
  expect(line).toBe('POST /pop/new?to=x&to=y&team=a%20b&x=');
  expect(JSON.parse(body)).toEqual(POP);
  expect(headers).toMatchObject({ 'content-type': 'application/json', ...signed(body, 'hush') });
  expect(asked).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test('without a secret it is not signed', async (context) => {
  const { baseUrl, asked, popScreen, told } = await rig(context, [reply(200, {})]);
  popScreen(baseUrl, POP);
  await told();
  expect(asked[0]!.headers).not.toHaveProperty('x-liveline-signature');
});

test('one that is cut off is tried again', async (context) => {
  const { baseUrl, asked, popScreen, told } = await rig(context, [reset, reply(200)]);
  popScreen(baseUrl, POP);
  expect(await told()).toContain('"level":"debug"');
  expect(asked).toHaveLength(2);
});

for (const [does, turn] of [
  ['refuses', reply(403, { error: 'no' })],
  ['is broken', reply(500)],
  ['cuts off', reset],
] as const)
  test(`one that ${does} is a line in the log, without what the caller said`, async (context) => {
    const { baseUrl, popScreen, told, clock } = await rig(context, [turn]);
    popScreen(`${baseUrl}/pop?key=topsecret`, POP);
    const line = await told();
    expect(line).toContain('"level":"warn"');
    expect(line).toContain('CA1');
    expect(line).not.toMatch(/Ada|invoice|topsecret|0123/);
    expect(clock.pending).toBe(0);
  });

test('one that never answers is given up after three seconds', async (context) => {
  const asked = Promise.withResolvers<undefined>();
  const rigged = await rig(context, [silentHeaders(() => asked.resolve(undefined))]);
  rigged.popScreen(rigged.baseUrl, POP);
  await asked.promise;
  rigged.clock.advance(3_000);
  expect(await rigged.told()).toMatch(/warn.*did not answer within 3 s/);
});

test.each(['', 'nonsense', 'ftp://example.com/x', 'http://ada:hush-hush@127.0.0.1/', 'http://127.0.0.1:1/'])(
  'an address that nothing can be posted to is a line in the log: %j',
  async (url) => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLog({ level: 'debug', secrets: [], destination });
    createPopScreen({ clock: new HurriedClock(), log })(url, POP);
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toContain('"level":"warn"');
    expect(lines[0]).not.toContain('hush-hush');
  },
);
