import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { callId, toolCallId } from '../../../src/base/ids.ts';
import { OUTCOMES, recordOutcome, withOutcomes } from '../../../src/tools/built-in/record-outcome.ts';
import { optOut } from '../../../src/tools/built-in/opt-out.ts';
import type { Disposition, DispositionBook } from '../../../src/tools/dispositions.ts';
import { createRunner, type ToolDone } from '../../../src/tools/run/runner.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { memoryOptOuts } from '../../doubles/memory-opt-outs.ts';
import { ADA_PHONE, contextOf, memoryCrm, noTexts, use } from '../rig.ts';

function book(): DispositionBook & { readonly kept: Disposition[] } {
  const kept: Disposition[] = [];
  return { kept, record: (_call, disposition) => Promise.resolve(void kept.push(disposition)) };
}

const tool = recordOutcome(['wants_offer']);

test.each([...OUTCOMES.filter((name) => name !== 'opted_out'), 'wants_offer'])(
  '%s is written down',
  async (outcome) => {
    const dispositions = book();
    const { tell } = await use(tool, { outcome, note: ' Ada said so. ' }, contextOf({ dispositions }));
    expect(dispositions.kept).toEqual([{ outcome, note: 'Ada said so.', callAgainEpochMs: undefined }]);
    expect(tell['message']).toBe(`Written down: ${outcome}.`);
  },
);

test('who wants to be called again is, at the time of the office', async () => {
  const dispositions = book();
  const args = { outcome: 'call_again', call_again_date: '2026-11-24', call_again_time: '9:30' };
  const { tell } = await use(tool, args, contextOf({ dispositions }));
  expect(dispositions.kept[0]!.callAgainEpochMs).toBe(Date.parse('2026-11-24T14:30:00Z'));
  expect(tell['call_again']).toBe('Tuesday, November 24 at 9:30 AM');
});

test.each([
  ['in the past', { call_again_date: '2026-11-23', call_again_time: '09:59' }, /past/],
  ['too far ahead', { call_again_date: '2027-11-23', call_again_time: '10:00' }, /too far/],
  ['without a time', { call_again_date: '2026-11-24' }, /both/],
  ['that no clock shows', { call_again_date: '2027-03-14', call_again_time: '02:30' }, /set forward/],
])('a time %s is refused, and nothing written down', async (_, when, words) => {
  const dispositions = book();
  // Spring forward is within 90 days of February.
  const epochMs = Date.parse(
    when.call_again_date === '2027-03-14' ? '2027-02-01T00:00:00Z' : '2026-11-23T15:00:00Z',
  );
  await expect(
    use(tool, { outcome: 'call_again', ...when }, contextOf({ dispositions, epochMs })),
  ).rejects.toThrow(words);
  expect(dispositions.kept).toEqual([]);
});

test.each([{ outcome: 'bought_it' }, {}, { outcome: 'call_again', call_again_date: 'tomorrow' }])(
  'what the schema does not know is refused: %j',
  async (args) => {
    await expect(tool.accept(args)).rejects.toThrow(/outcome|call_again_date/);
  },
);

describe('opted_out', () => {
  test('puts the number on the list too', async () => {
    const [dispositions, optOuts] = [book(), memoryOptOuts()];
    await use(tool, { outcome: 'opted_out', note: 'stop' }, contextOf({ dispositions, optOuts }));
    expect(await optOuts.has(ADA_PHONE)).toBe(true);
    expect(dispositions.kept[0]!.outcome).toBe('opted_out');
  });

  test.each([
    ['no list', {}],
    ['no number', { caller: 'sip:ada@example.com', optOuts: memoryOptOuts() }],
  ])('is not said to be done with %s', async (_, given) => {
    const dispositions = book();
    await expect(use(tool, { outcome: 'opted_out' }, contextOf({ dispositions, ...given }))).rejects.toThrow(
      /no list/,
    );
  });

  test('stands when the outcome cannot be written down', async () => {
    const optOuts = memoryOptOuts();
    const dispositions = { record: () => Promise.reject(new Error('away')) };
    await expect(use(tool, { outcome: 'opted_out' }, contextOf({ dispositions, optOuts }))).rejects.toThrow(
      'away',
    );
    expect(await optOuts.has(ADA_PHONE)).toBe(true);
  });
});

test('in a call that came in there is none, and none is written down', async () => {
  expect(withOutcomes([tool, optOut], undefined)).toEqual([optOut]);
  await expect(use(tool, { outcome: 'done' }, contextOf())).rejects.toThrow(/not placed/);
});

test('the names of the profile are added to ours, and what it has set of the tool stays', async () => {
  const [made] = withOutcomes([{ ...recordOutcome([]), timeoutMs: 7 }], ['wants_offer']);
  expect(made!.timeoutMs).toBe(7);
  expect(made!.declaration.parameters).toMatchObject({
    properties: { outcome: { description: expect.stringContaining('done, wants_offer') as string } },
  });
  const dispositions = book();
  await use(made!, { outcome: 'wants_offer' }, contextOf({ dispositions }));
  expect(dispositions.kept).toHaveLength(1);
});

test('the last outcome counts, also when it was said before; the same twice is written down once', async () => {
  const dispositions = book();
  const done: ToolDone[] = [];
  const runner = createRunner({
    ...{ tools: [tool], crm: memoryCrm(), texts: noTexts, office: { timeZone: 'UTC', language: 'en-US' } },
    ...{
      profile: 'reminder',
      callId: callId('CA1'),
      caller: ADA_PHONE,
      called: '+15550100100',
      dispositions,
    },
    ...{ log: silentLog, clock: new ManualClock(), onDone: (one: ToolDone) => void done.push(one) },
  });
  for (const [n, outcome] of ['reached', 'reached', 'call_again', 'reached'].entries()) {
    runner.run({ id: toolCallId(`t${n}`), name: 'record_outcome', args: { outcome } });
    while (done.length <= n) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(dispositions.kept.map(({ outcome }) => outcome)).toEqual(['reached', 'call_again', 'reached']);
  await runner.close();
});
