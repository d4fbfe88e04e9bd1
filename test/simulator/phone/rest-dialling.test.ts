// What REST tells of calls that it has placed, and how it fails to place them, over loopback sockets.
import { afterEach, expect, test } from 'vitest';
import { dialFaults, type RestFault } from '../../../src/simulator/phone/rest-faults.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { closeRigs, networkRig } from './network-rig.ts';
import { get, MACHINE, NUMBER, OURS, place, type Fields } from './outbound-rig.ts';

afterEach(closeRigs);

test('lists by both numbers, state and day; a queued call has no day', async () => {
  const rig = await networkRig({}, { callsPerSecond: 1, people: [{ ...MACHINE, does: 'busy' }] });
  const [first, queued] = [await place(rig), await place(rig)];
  await rig.network.calls.get(first)!.done;
  await place(rig, [], '+12025550112');
  const sids = async (query: string): Promise<string[]> =>
    ((await get(rig, `Calls.json?${query}`))['calls'] as { sid: string }[]).map(({ sid }) => sid);
  const both = new URLSearchParams({ To: NUMBER, From: OURS }).toString();
  expect(new Set(await sids(both))).toEqual(new Set([first, queued]));
  expect(await sids(`${both}&Status=busy`)).toContain(first);
  expect(await sids(`${both}&StartTime%3E=2000-01-01`)).toContain(first);
  expect(await sids(`${both}&StartTime%3E=2100-01-01`)).toEqual([]);
  expect(await sids('From=%2B15550000000')).toEqual([]);
  expect((await rig.rest('GET', 'Calls.json?StartTime%3E=yesterday')).status).toBe(400);
});

test('answers tell the network’s time, and not the machine’s', async () => {
  const clock = new ManualClock();
  const rig = await networkRig({}, { clock });
  clock.advance(3_600_000);
  const { headers } = await rig.rest('GET', 'Calls.json');
  expect(Date.parse(headers.get('date') ?? '')).toBe(Math.floor(clock.epochMs() / 1_000) * 1_000);
});

test('who looks on sees a call before and after it is answered that it was taken, and what becomes of it', async () => {
  const seen: string[] = [];
  const answered = Promise.withResolvers<undefined>();
  const rig = await networkRig(
    {},
    {
      people: [{ ...MACHINE, does: 'busy' }],
      faults: { rest: () => (seen.length === 0 ? '500-after' : undefined) },
      watch: {
        onTaken: ({ callSid }) => void seen.push(`taken ${callSid}`),
        onAnswered({ callSid }) {
          seen.push(`answered ${callSid}`);
          answered.resolve(undefined);
        },
        onEvent: (callSid, { type }) => {
          if (type === 'hungUp') seen.push(`over ${callSid}`);
        },
      },
    },
  );
  await place(rig);
  const lost = rig.network.dialled[0]!.callSid;
  await rig.network.calls.get(lost)!.done;
  expect(seen).toEqual([`taken ${lost}`, `over ${lost}`]);
  const sid = await place(rig);
  await answered.promise;
  await rig.network.calls.get(sid)!.done;
  expect(seen.slice(2)).toEqual([`taken ${sid}`, `answered ${sid}`, `over ${sid}`]);
  expect(rig.network.resource(sid)).toMatchObject({ sid, to: NUMBER, status: 'busy' });
  expect(rig.network.resource('CAother')).toBeUndefined();
});

test('calls from the account’s numbers only, once these are known', async () => {
  const rig = await networkRig({}, { numbers: { own: ['+12025550109'], verified: [OURS] } });
  expect(await place(rig)).toMatch(/^CA/);
  const other = await rig.rest('POST', 'Calls.json', [
    ...([['To', NUMBER] as const, ['From', '+12025550108'] as const] satisfies Fields),
    ...([['Url', 'https://h.example/'] as const] satisfies Fields),
  ]);
  expect(await other.json()).toMatchObject({ code: 21210 });
  expect((await rig.rest('POST', 'IncomingPhoneNumbers.json', [])).status).toBe(405);
});

test.each([
  ['Sometimes', 'true'],
  ['Enable', 'false'],
])('MachineDetection=%s, AsyncAmd=%s is refused', async (mode, asynchronous) => {
  const rig = await networkRig({});
  expect(await place(rig, [['MachineDetection', mode] as const, ['AsyncAmd', asynchronous] as const])).toBe(
    'HTTP 400',
  );
});

test.each<[RestFault, number, number]>([
  ['429', 429, 0],
  ['500', 500, 0],
  ['500-after', 500, 1],
  [{ refuse: 21_214 }, 400, 0],
])('%o: HTTP %i', async (fault, status, taken) => {
  const rig = await networkRig({}, { faults: { rest: () => fault } });
  expect(await place(rig)).toBe(`HTTP ${status}`);
  expect(rig.network.dialled).toHaveLength(taken);
});

test.each<[RestFault, number]>([
  ['drop', 0],
  ['drop-after', 1],
])('%s: no answer, %i taken', async (fault, taken) => {
  const rig = await networkRig({}, { faults: { rest: () => fault } });
  await expect(place(rig)).rejects.toThrow();
  expect(rig.network.dialled).toHaveLength(taken);
});

test('faults by chance come to the same calls in every run, and to nothing else', () => {
  const run = (): (RestFault | undefined)[] => {
    const faultOf = dialFaults({ seed: 9, of: { '429': 0.2, 'drop-after': 0.1 } });
    const asked = { method: 'POST', path: '/2010-04-01/Accounts/AC/Calls.json' };
    expect(faultOf({ ...asked, method: 'GET' })).toBeUndefined();
    expect(faultOf({ ...asked, path: '/2010-04-01/Accounts/AC/Calls/CA1.json' })).toBeUndefined();
    return Array.from({ length: 2_000 }, () => faultOf(asked));
  };
  const faults = run();
  expect(run()).toEqual(faults);
  const share = (fault: RestFault): number => faults.filter((each) => each === fault).length / 2_000;
  expect(Math.abs(share('429') - 0.2)).toBeLessThan(0.03);
  expect(Math.abs(share('drop-after') - 0.1)).toBeLessThan(0.03);
});
