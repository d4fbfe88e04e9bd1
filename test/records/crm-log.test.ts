// The CRM is told of every call that has ended: once, however the CRM, the database and the processes fare.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { rig, type Fate } from './crm-log-rig.ts';

const MINUTE_MS = 60_000;

test('at the start what was left over, and soon after its end each call, with its contact', async () => {
  const { start, end, pass, tellOfEnd, stateOf, ...it } = rig();
  end('before');
  const log = start();
  await pass(0);
  expect(it.logged()).toMatchObject([{ callId: 'before', contactId: 'ada', from: '+15550100123' }]);
  end('outbound', { direction: 'outbound', from: '+15550100100', to: '+15550100123' });
  end('stranger', { from: '+15550100777' });
  end('anonymous', { from: 'anonymous' });
  tellOfEnd();
  tellOfEnd();
  await pass(1_000);
  expect(it.logged().slice(1)).toMatchObject([
    { callId: 'outbound', contactId: 'ada', direction: 'outbound' },
    { callId: 'stranger', contactId: undefined },
    { callId: 'anonymous', contactId: undefined },
  ]);
  // Nobody is looked up who has no number.
  expect(it.asked.finding).toBe(3);
  expect(['before', 'outbound', 'stranger', 'anonymous'].map(stateOf)).toEqual(Array(4).fill('done'));
  expect(log.counts).toEqual({ done: 4, failed: 0, 'in-doubt': 0 });
  await log.close(0);
  expect(it.clock.pending).toBe(0);
});

test('an end that nobody told of is found all the same', async () => {
  const { start, end, pass, ...it } = rig();
  start();
  await pass(0);
  end('a');
  await pass(5_000);
  expect(it.logged()).toHaveLength(1);
});

test('a CRM that says who it was when nobody waits for it any more is told once all the same', async () => {
  const { start, end, pass, fates, stateOf, ...it } = rig({ keepsKeys: false });
  fates.finding = 'slow';
  end('a');
  start();
  await pass(11_000);
  fates.finding = undefined;
  await pass(5 * MINUTE_MS);
  expect(it.logged()).toHaveLength(1);
  expect(stateOf('a')).toBe('done');
});

test('a CRM that finds nobody by number is told without a contact', async () => {
  const { start, end, pass, fates, ...it } = rig();
  fates.finding = 'CRM_UNSUPPORTED';
  end('a');
  start();
  await pass(0);
  expect(it.logged()).toMatchObject([{ callId: 'a', contactId: undefined }]);
});

test('away for an hour: asked now and then, said once, and all is told when it is back', async () => {
  const { start, end, pass, fates, asked, stateOf, ...it } = rig();
  fates.finding = 'CRM_UNAVAILABLE';
  for (let n = 0; n < 50; n += 1) end(`x${n}`);
  const log = start();
  await pass(60 * MINUTE_MS, 5_000);
  expect(it.logged()).toHaveLength(0);
  // Once in half a minute, however many wait.
  expect(asked.finding).toBeGreaterThan(100);
  expect(asked.finding).toBeLessThanOrEqual(121);
  expect(it.levels()).toEqual([40]);
  expect(it.lines[0]).toMatchObject({ crm: 'HubSpot', reason: 'CRM_UNAVAILABLE: it is CRM_UNAVAILABLE' });
  fates.finding = undefined;
  await pass(60 * MINUTE_MS, 5_000);
  expect(it.logged()).toHaveLength(50);
  expect(new Set(it.logged().map((each) => each.callId)).size).toBe(50);
  expect(it.levels()).toEqual([40, 30]);
  expect(log.counts.done).toBe(50);
  expect(stateOf('x0')).toBe('done');
});

test('away for more than a day: given up, and the log names the call', async () => {
  const { start, end, pass, fates, stateOf, ...it } = rig();
  fates.telling = 'CRM_UNAVAILABLE';
  end('a');
  const log = start();
  await pass(23 * 60 * MINUTE_MS, MINUTE_MS);
  expect(stateOf('a')).toBe('due');
  await pass(90 * MINUTE_MS, MINUTE_MS);
  expect(stateOf('a')).toBe('failed');
  expect(it.levels()).toEqual([40, 50]);
  expect(it.lines[1]).toMatchObject({ callId: 'a' });
  expect(log.counts).toEqual({ done: 0, failed: 1, 'in-doubt': 0 });
});

test.each(['finding', 'telling'] as const)(
  'credentials that are taken no more (%s): once they are mended all is told',
  async (step) => {
    const { start, end, pass, fates, asked, stateOf, ...it } = rig({ keepsKeys: false });
    Object.assign(fates, { [step]: 'CRM_REFUSED', checking: 'CRM_REFUSED' });
    for (let n = 0; n < 5; n += 1) end(`x${n}`);
    const log = start();
    await pass(60 * MINUTE_MS, 5_000);
    expect(log.counts).toEqual({ done: 0, failed: 0, 'in-doubt': 0 });
    expect(asked[step]).toBeLessThanOrEqual(121);
    expect(asked.checking).toBe(asked[step]);
    expect(it.levels()).toEqual([40]);
    Object.assign(fates, { [step]: undefined, checking: undefined });
    await pass(2 * 60 * MINUTE_MS, MINUTE_MS);
    expect(it.logged()).toHaveLength(5);
    expect(stateOf('x4')).toBe('done');
  },
);

test('a search that is refused, of a CRM that is not shut: told without the contact, and said once an hour', async () => {
  const { start, end, pass, fates, asked, ...it } = rig({ keepsKeys: false });
  fates.finding = 'CRM_REFUSED';
  for (let n = 0; n < 20; n += 1) end(`x${n}`);
  const log = start();
  await pass(MINUTE_MS);
  expect(it.logged()).toHaveLength(20);
  expect(it.logged().filter(({ contactId }) => contactId !== undefined)).toEqual([]);
  expect(log.counts).toEqual({ done: 20, failed: 0, 'in-doubt': 0 });
  expect(asked.finding).toBe(20);
  expect(it.lines).toMatchObject([
    { level: 40, crm: 'HubSpot', callId: 'x0', reason: 'CRM_REFUSED: it is CRM_REFUSED' },
  ]);
  // That it refuses calls too, in the same words, is something else.
  fates.telling = 'CRM_REFUSED';
  end('refused');
  await pass(5_000);
  expect(it.levels()).toEqual([40, 50]);
  fates.telling = undefined;
  await pass(60 * MINUTE_MS, MINUTE_MS);
  end('later');
  await pass(5_000);
  expect(it.levels()).toEqual([40, 50, 40]);
  fates.finding = undefined;
  end('mended');
  await pass(5_000);
  expect(it.logged().at(-1)).toMatchObject({ callId: 'mended', contactId: 'ada' });
});

test.each(['finding', 'telling'] as const)(
  'a check that does not end (%s) holds nobody up for longer than the telling may last',
  async (step) => {
    const { start, end, pass, fates, stateOf } = rig({ keepsKeys: false });
    Object.assign(fates, { [step]: 'CRM_REFUSED', checking: 'deaf' });
    end('a');
    start();
    await pass(11_000);
    expect(stateOf('a')).toBe('due');
  },
);

test('one that refuses is not asked again, and the cause is said once an hour, not for each call', async () => {
  const { start, end, pass, fates, asked, stateOf, ...it } = rig();
  fates.telling = 'CRM_REFUSED';
  for (let n = 0; n < 20; n += 1) end(`x${n}`);
  const log = start();
  await pass(2 * MINUTE_MS);
  expect(asked.telling).toBe(20);
  expect(log.counts.failed).toBe(20);
  expect(stateOf('x7')).toBe('failed');
  expect(it.levels()).toEqual([50]);
  await pass(60 * MINUTE_MS, MINUTE_MS);
  end('later');
  await pass(5_000);
  expect(it.levels()).toEqual([50, 50]);
});

describe.each([true, false])('keys: %s', (keepsKeys) => {
  test.each<Fate>(['CRM_IN_DOUBT', 'hangs', 'deaf', new TypeError('a defect')])(
    'nobody can say whether it was told (%s)',
    async (fate) => {
      const { start, end, pass, fates, asked, stateOf, ...it } = rig({ keepsKeys });
      fates.telling = fate;
      end('a');
      const log = start();
      await pass(11_000);
      fates.telling = undefined;
      await pass(2 * MINUTE_MS);
      expect(stateOf('a')).toBe(keepsKeys ? 'done' : 'in-doubt');
      expect(asked.telling).toBe(keepsKeys ? 2 : 1);
      expect(log.counts['in-doubt']).toBe(keepsKeys ? 0 : 1);
      if (!keepsKeys)
        expect(it.lines.filter((line) => line['callId'] === 'a')).toMatchObject([{ level: 40 }]);
    },
  );

  test.each<Fate>(['hangs', 'deaf'])('who it was is asked in vain (%s): nothing was told', async (fate) => {
    const { start, end, pass, fates, stateOf, ...it } = rig({ keepsKeys });
    fates.finding = fate;
    end('a');
    start();
    await pass(9_000);
    expect(stateOf('a')).toBe('begun');
    await pass(2_000);
    expect(stateOf('a')).toBe('due');
    fates.finding = undefined;
    await pass(2 * MINUTE_MS);
    expect(it.logged()).toHaveLength(1);
  });

  test('a process that died between begun and done', async () => {
    const { start, end, pass, rows, stateOf, ...it } = rig({ keepsKeys });
    end('a');
    Object.assign(rows.get('a')!, { state: 'begun', tries: 1, afterMs: it.clock.epochMs() + 10 * MINUTE_MS });
    start();
    await pass(10 * MINUTE_MS - 1_000, MINUTE_MS);
    expect(stateOf('a')).toBe('begun');
    await pass(6_000);
    expect(stateOf('a')).toBe(keepsKeys ? 'done' : 'in-doubt');
    expect(it.logged()).toHaveLength(keepsKeys ? 1 : 0);
    expect(it.levels()).toEqual(keepsKeys ? [] : [40]);
  });
});

test('the database goes away when the CRM was told: it is written down when it is back, and told once', async () => {
  const { start, end, pass, fates, database, asked, stateOf } = rig({ keepsKeys: false });
  fates.telling = 'hangs';
  end('a');
  start();
  await pass(1_000);
  database.isAway = true;
  await pass(MINUTE_MS);
  expect(stateOf('a')).toBe('begun');
  database.isAway = false;
  await pass(5_000);
  expect(stateOf('a')).toBe('in-doubt');
  expect(asked.telling).toBe(1);
});

test('the database goes away before the record was read: nothing was told, and it is due again', async () => {
  const { start, end, pass, database, rows, stateOf, ...it } = rig();
  end('a');
  const row = rows.get('a')!;
  const { record } = row;
  Object.defineProperty(row, 'record', {
    configurable: true,
    get() {
      if (row.state === 'begun') database.isAway = true;
      return record;
    },
  });
  start();
  await pass(1_000);
  expect(stateOf('a')).toBe('begun');
  Object.defineProperty(row, 'record', { value: record });
  database.isAway = false;
  await pass(10_000);
  expect(stateOf('a')).toBe('done');
  expect(it.logged()).toHaveLength(1);
});

test('a database that refuses is said once, until it works; one that is away is nothing to wake anybody for', async () => {
  const { start, pass, database, levels } = rig();
  database.isAway = true;
  start();
  await pass(MINUTE_MS);
  expect(new Set(levels())).toEqual(new Set([20]));
  database.isAway = false;
  const warnings = () => levels().filter((level) => level === 40).length;
  for (const said of [1, 2]) {
    database.fault = new Error('permission denied for table calls');
    await pass(MINUTE_MS);
    expect(warnings()).toBe(said);
    database.fault = undefined;
    await pass(MINUTE_MS);
  }
});

test('a record that is deleted meanwhile is not told of', async () => {
  const { start, end, pass, rows, asked, ...it } = rig();
  end('a');
  end('b');
  const row = rows.get('a')!;
  Object.defineProperty(row, 'record', { get: () => (rows.delete('a'), { id: callId('a') }) });
  start();
  await pass(0);
  expect(asked.telling).toBe(1);
  expect(it.logged()).toMatchObject([{ callId: 'b' }]);
});

describe('close', () => {
  test('takes no further call, and waits for the one that is being told', async () => {
    const { start, end, pass, fates, stateOf, clock } = rig();
    fates.telling = 'hangs';
    end('a');
    end('b');
    const log = start();
    await pass(1_000);
    let isClosed = false;
    void log.close(5_000).then(() => (isClosed = true));
    await pass(3_000);
    expect(isClosed).toBe(false);
    await pass(1_000);
    expect(isClosed).toBe(true);
    expect(stateOf('a')).toBe('due');
    expect(stateOf('b')).toBe('due');
    expect(clock.pending).toBe(0);
  });

  test('does not wait for a database that hangs', async () => {
    const { start, end, pass, database, clock } = rig();
    end('a');
    database.hangs = true;
    const log = start();
    let isClosed = false;
    void log.close(5_000).then(() => (isClosed = true));
    await pass(4_999);
    expect(isClosed).toBe(false);
    await pass(1);
    expect(isClosed).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

test('whatever the CRM does, in whatever order: without keys no call is told twice, with keys every call is told in the end', async () => {
  const fate = fc.constantFrom<Fate>(
    ...([undefined, 'CRM_UNAVAILABLE', 'CRM_IN_DOUBT', 'hangs', 'deaf'] satisfies Fate[]),
  );
  const steps = fc.array(
    fc.record({
      finding: fate,
      telling: fate,
      forMs: fc.integer({ min: 1_000, max: 90_000 }),
      ends: fc.nat(2),
    }),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (changes, keepsKeys) => {
      const { start, end, pass, fates, rows, ...it } = rig({ keepsKeys });
      const log = start();
      let calls = 0;
      for (const { finding, telling, forMs, ends } of changes) {
        Object.assign(fates, { finding, telling });
        for (let n = 0; n < ends; n += 1) end(`x${calls++}`);
        await pass(forMs, 5_000);
      }
      Object.assign(fates, { finding: undefined, telling: undefined });
      await pass(4 * 60 * MINUTE_MS, MINUTE_MS);
      const states = [...rows.values()].map(({ state }) => state);
      if (keepsKeys) expect(states).toEqual(Array(calls).fill('done'));
      else expect(states.every((state) => state === 'done' || state === 'in-doubt')).toBe(true);
      expect(log.counts.done).toBe(states.filter((state) => state === 'done').length);
      expect(it.logged()).toHaveLength(log.counts.done);
      await log.close(0);
    }),
    { numRuns: 20 },
  );
}, 30_000);
