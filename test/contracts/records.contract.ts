// The rules that every store of records keeps, whatever stands behind it. Each adapter's test opens one that is empty.
import fc from 'fast-check';
import { describe, expect, test, type TestContext } from 'vitest';
import { callId, toolCallId } from '../../src/base/ids.ts';
import { callPage, callQuery, callRecord, type Usage } from '../../src/records/record.ts';
import type { RecordStore } from '../../src/records/store.ts';
import type { RecordWrite } from '../../src/records/write.ts';

type Of<K extends RecordWrite['is']> = Extract<RecordWrite, { is: K }>;
type Open = (context: Pick<TestContext, 'onTestFinished'>) => Promise<RecordStore>;

export const CALLER = '+15550100123';
export const LINE = '+15550100100';
const id = (name: string) => callId(`CA-${name}`);
const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();
const query = (asked: Readonly<Record<string, unknown>> = {}) => callQuery.parse(asked);

export const usageOf = (tokens: number): Usage => ({
  promptTokens: tokens,
  responseTokens: 1,
  totalTokens: tokens + 1,
  cachedTokens: 0,
  thoughtTokens: 0,
  toolUseTokens: 0,
  prompt: { AUDIO: tokens },
  response: { AUDIO: 1 },
});

export const callOf = (name: string, over: Partial<Of<'call'>> = {}): Of<'call'> => ({
  is: 'call',
  callId: id(name),
  node: 'node-1',
  keptUntil: null,
  logged: false,
  profile: 'receptionist',
  profileVersion: 'v1',
  model: 'gemini-3.8-live',
  direction: 'inbound',
  from: CALLER,
  to: LINE,
  rehearsal: false,
  startedAt: at(0),
  ...over,
});

const turnOf = (name: string, n: number, over: Partial<Of<'turn'>> = {}): Of<'turn'> => ({
  is: 'turn',
  callId: id(name),
  n,
  who: n % 2 === 0 ? 'agent' : 'caller',
  atMs: n * 1_000,
  text: `turn ${n}`,
  heard: `turn ${n}`,
  state: 'done',
  ...over,
});

const toolOf = (name: string, tool: string): Of<'tool'> => ({
  is: 'tool',
  callId: id(name),
  id: toolCallId(tool),
  tool: 'look_up_contact',
  args: { phone: CALLER },
  calledMs: 1_500,
});

const toolOverOf = (name: string, tool: string, response: unknown): Of<'tool-over'> => ({
  is: 'tool-over',
  callId: id(name),
  id: toolCallId(tool),
  state: 'done',
  response,
  cause: null,
  repeated: false,
  doneMs: 1_900,
});

const eventOf = (name: string, n: number, atMs = n * 100): Of<'event'> => ({
  is: 'event',
  callId: id(name),
  n,
  atMs,
  type: 'barge-in',
  facts: { turn: n, heardMs: 320 },
});

const spentOf = (name: string, n: number, costMicroUsd: number | null): Of<'usage'> => ({
  is: 'usage',
  callId: id(name),
  n,
  turn: n,
  atMs: n * 1_000,
  usage: usageOf(100 + n),
  costMicroUsd,
});

export const endOf = (name: string, over: Partial<Of<'end'>> = {}): Of<'end'> => ({
  is: 'end',
  callId: id(name),
  endedAt: at(36),
  durationMs: 36_000,
  outcome: 'caller-hung-up',
  watchdog: { silence: { reminded: 2 } },
  usage: usageOf(500),
  costMicroUsd: 1_234_567,
  ...over,
});

/** A whole call, with a word of everything. */
export const WHOLE: readonly RecordWrite[] = [
  callOf('whole', { keptUntil: at(90_000) }),
  turnOf('whole', 0, { state: 'open', text: 'Hello, this', heard: '' }),
  turnOf('whole', 0, { state: 'cut', text: 'Hello, this is Liveline', heard: 'Hello' }),
  turnOf('whole', 1),
  toolOf('whole', 'tool-1'),
  toolOf('whole', 'tool-2'),
  toolOverOf('whole', 'tool-1', { result: [1, null, 'Zoë 🦷', { deep: true }] }),
  eventOf('whole', 0),
  eventOf('whole', 1),
  spentOf('whole', 0, 10),
  spentOf('whole', 1, 20),
  { is: 'lost', callId: id('whole'), writes: 3 },
  endOf('whole'),
];

export function recordsContract(adapter: string, open: Open): void {
  describe(`${adapter} keeps the rules of records`, () => {
    test('[RS1] a call that was written is read back whole', async (context) => {
      const store = await open(context);
      await store.apply(WHOLE);
      const record = callRecord.parse(await store.get(id('whole')));
      expect(record).toEqual({
        id: 'CA-whole',
        recording: null,
        profile: 'receptionist',
        profileVersion: 'v1',
        model: 'gemini-3.8-live',
        direction: 'inbound',
        from: CALLER,
        to: LINE,
        rehearsal: false,
        startedAt: at(0),
        endedAt: at(36),
        durationMs: 36_000,
        outcome: 'caller-hung-up',
        costUsd: 1.234567,
        lostWrites: 3,
        crmLog: 'off',
        keptUntil: at(90_000),
        watchdog: { silence: { reminded: 2 } },
        usage: usageOf(500),
        turns: [
          {
            n: 0,
            who: 'agent',
            atMs: 0,
            text: 'Hello, this is Liveline',
            heard: 'Hello',
            state: 'cut',
          },
          { n: 1, who: 'caller', atMs: 1_000, text: 'turn 1', heard: 'turn 1', state: 'done' },
        ],
        tools: [
          {
            id: 'tool-1',
            tool: 'look_up_contact',
            args: { phone: CALLER },
            response: { result: [1, null, 'Zoë 🦷', { deep: true }] },
            calledMs: 1_500,
            doneMs: 1_900,
            state: 'done',
            ...{ cause: null, repeated: false },
          },
          {
            id: 'tool-2',
            tool: 'look_up_contact',
            args: { phone: CALLER },
            response: null,
            calledMs: 1_500,
            doneMs: null,
            state: 'running',
            ...{ cause: null, repeated: false },
          },
        ],
        events: [
          { atMs: 0, type: 'barge-in', facts: { turn: 0, heardMs: 320 } },
          { atMs: 100, type: 'barge-in', facts: { turn: 1, heardMs: 320 } },
        ],
      });
      expect(await store.last()).toEqual(record);
      expect(callPage.parse(await store.find(query())).calls).toEqual([
        expect.objectContaining({ id: 'CA-whole', costUsd: 1.234567, durationMs: 36_000 }),
      ]);
    });

    test('[RS2] however it is cut into batches, and however much of it is repeated, the record is the same', async (context) => {
      const store = await open(context);
      await store.apply(WHOLE);
      const expected = await store.get(id('whole'));
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(WHOLE.length), { maxLength: 6 }), async (cuts) => {
          const name = callId(`CA-${crypto.randomUUID()}`);
          const writes = WHOLE.map((write) => ({ ...write, callId: name }));
          for (const cut of cuts) await store.apply(writes.slice(0, cut));
          const [first = 0] = cuts;
          await store.apply(writes.slice(0, first));
          await store.apply(cuts.length > 0 ? [...writes.slice(0, first), ...writes] : writes);
          expect(await store.get(name)).toEqual({ ...expected, id: name });
        }),
        { numRuns: 25 },
      );
    });

    test('[RS3] what belongs to a call that is not there is left out, and harms nothing beside it', async (context) => {
      const store = await open(context);
      const orphans = WHOLE.filter(({ is }) => is !== 'call');
      await store.apply(orphans);
      await store.apply([...orphans, callOf('other'), turnOf('other', 0)]);
      expect(await store.get(id('whole'))).toBeUndefined();
      expect((await store.find(query())).calls.map((call) => call.id)).toEqual(['CA-other']);
      expect((await store.get(id('other')))?.turns).toHaveLength(1);
    });

    test('[RS4] while it is in progress: no end, tokens and cost of the turns so far', async (context) => {
      const store = await open(context);
      await store.apply([callOf('open'), spentOf('open', 0, 10), spentOf('open', 1, 20)]);
      const record = callRecord.parse(await store.get(id('open')));
      expect(record).toMatchObject({ endedAt: null, durationMs: null, outcome: null, watchdog: {} });
      expect(record.usage).toMatchObject({ promptTokens: 201, totalTokens: 203, prompt: { AUDIO: 201 } });
      expect(record.costUsd).toBe(0.00003);
      expect((await store.find(query())).calls[0]?.costUsd).toBe(0.00003);
      await store.apply([spentOf('open', 2, null)]);
      expect((await store.get(id('open')))?.costUsd).toBeNull();
    });

    test('[RS5] a cost that is not known stays so, and one of nothing is nothing', async (context) => {
      const store = await open(context);
      await store.apply([
        callOf('unknown'),
        spentOf('unknown', 0, 10),
        endOf('unknown', { costMicroUsd: null }),
      ]);
      await store.apply([callOf('free'), endOf('free', { costMicroUsd: 0 })]);
      expect((await store.get(id('unknown')))?.costUsd).toBeNull();
      expect((await store.get(id('free')))?.costUsd).toBe(0);
    });

    test.for<[string, RecordWrite]>([
      ['U+0000 in a text', turnOf('sound', 1, { text: 'a\0b' })],
      ['U+0000 in an id', turnOf('no\0body', 1)],
      ['U+0000 in what a tool got', { ...toolOf('sound', 't'), args: { a: '\0' } }],
      ['half a character', { ...eventOf('sound', 1), facts: { a: '\ud800' } }],
      ['a number beyond all bounds', turnOf('sound', 1, { atMs: 2 ** 40 })],
      ['a fraction', turnOf('sound', 1, { n: 1.5 })],
      ['no number', turnOf('sound', 1, { atMs: Number.NaN })],
      ['a time that is none', callOf('bad', { startedAt: 'yesterday' })],
      ['a time without end', callOf('bad', { startedAt: 'infinity' })],
      ['an end that is no time', endOf('sound', { endedAt: '-infinity' })],
      ['a direction that is none', { ...callOf('bad'), direction: 'sideways' as 'inbound' }],
      ['JSON deeper than any stack', { ...eventOf('sound', 1), facts: { a: nested(20_000) } }],
    ])('[RS6] a write that cannot be kept is refused with all of its batch: %s', async ([, bad], context) => {
      const store = await open(context);
      await expect(store.apply([callOf('sound'), turnOf('sound', 0), bad])).rejects.toThrow();
      expect(await store.get(id('sound'))).toBeUndefined();
      await store.apply([callOf('sound'), turnOf('sound', 0)]);
      expect((await store.get(id('sound')))?.turns).toHaveLength(1);
    });

    test('[RS7] what a tool got and gave may be any JSON, or nothing', async (context) => {
      const store = await open(context);
      await store.apply([callOf('any')]);
      await fc.assert(
        fc.asyncProperty(anyJson, async (value) => {
          const tool = crypto.randomUUID();
          await store.apply([{ ...toolOf('any', tool), args: value }, toolOverOf('any', tool, value)]);
          const found = (await store.get(id('any')))?.tools.find((each) => each.id === tool);
          const plain: unknown = JSON.parse(JSON.stringify(value));
          expect(found?.args).toEqual(plain);
          expect(found?.response).toEqual(plain);
        }),
        { numRuns: 30 },
      );
      await store.apply([{ ...toolOf('any', 'none'), args: undefined }]);
      await store.apply([toolOverOf('any', 'none', undefined)]);
      expect((await store.get(id('any')))?.tools.find((each) => each.id === 'none')).toMatchObject({
        args: null,
        response: null,
        state: 'done',
      });
    });

    test('[RS8] every condition narrows, newest first', async (context) => {
      const store = await open(context);
      await store.apply([
        callOf('a', { startedAt: at(1), from: '+15550100001' }),
        endOf('a'),
        callOf('b', { startedAt: at(2), to: '+15550100001', profile: 'sales', direction: 'outbound' }),
        endOf('b', { outcome: 'agent-hung-up' }),
        callOf('c', { startedAt: at(3), from: 'anonymous' }),
        callOf('d', { startedAt: at(3), from: '+15550100001', to: '+15550100001' }),
        toolOf('a', 'look_up_contact'),
        toolOf('b', 'look_up_contact'),
        { ...toolOf('b', 'message'), tool: 'take_message' },
        { ...eventOf('c', 0), type: 'watchdog', facts: { saw: 'stalled', did: 'reminded' } },
        { ...eventOf('c', 1), type: 'watchdog', facts: { saw: 'stalled', did: 'renewed' } },
        { ...eventOf('d', 0), type: 'told', facts: { saw: 'stalled' } },
      ]);
      const found = async (asked: Readonly<Record<string, unknown>>): Promise<string> =>
        (await store.find(query(asked))).calls.map((call) => call.id.slice(3)).join('');
      expect(await found({})).toBe('dcba');
      expect(await found({ number: '+1 (555) 010-0001' })).toBe('dba');
      expect(await found({ number: 'anonymous' })).toBe('c');
      expect(await found({ number: '%' })).toBe('');
      expect(await found({ number: '\0' })).toBe('');
      expect(await found({ profile: 'sales' })).toBe('b');
      expect(await found({ outcome: 'in-progress' })).toBe('dc');
      expect(await found({ outcome: 'caller-hung-up' })).toBe('a');
      expect(await found({ outcome: 'in-progress', number: '+15550100001' })).toBe('d');
      expect(await found({ after: at(2), before: at(3) })).toBe('b');
      expect(await found({ after: '0000-01-01T00:00:00Z', before: '9999-12-31T23:59:59Z' })).toBe('dcba');
      expect(await found({ profile: "' or true --" })).toBe('');
      expect(await found({ tool: 'look_up_contact' })).toBe('ba');
      expect(await found({ tool: 'take_message', profile: 'sales' })).toBe('b');
      expect(await found({ tool: 'look_up' })).toBe('');
      expect(await found({ watchdog: 'stalled' })).toBe('c');
      expect(await found({ watchdog: 'noise' })).toBe('');
      expect(await found({ watchdog: '\0' })).toBe('');
      expect(await found({ tool: 'look_up_contact', number: '+15550100001', limit: 1 })).toBe('b');
    });

    test('[RS9] pages of any size, through calls that start together, give every call once and in order', async (context) => {
      const store = await open(context);
      await store.apply(
        Array.from({ length: 37 }, (_, n) =>
          callOf(`p${String(n).padStart(2, '0')}`, {
            startedAt: at(Math.floor(n / 6)),
            ...(n % 3 === 0 && { from: LINE, to: CALLER }),
          }),
        ),
      );
      const all = Array.from({ length: 37 }, (_, n) => `CA-p${String(36 - n).padStart(2, '0')}`);
      for (const limit of [1, 5, 36, 37, 38])
        for (const number of [undefined, CALLER]) {
          const seen: string[] = [];
          let cursor: string | undefined;
          do {
            const page = await store.find(query({ limit, number, cursor }));
            expect(page.calls.length).toBeLessThanOrEqual(limit);
            seen.push(...page.calls.map((call) => call.id));
            cursor = page.next ?? undefined;
          } while (cursor !== undefined);
          expect(seen).toEqual(all);
        }
    });

    test.for(['', 'x', '!!', 'bnVsbA', 'WyJ4IiwieSJd', 'WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsIlx1MDAwMCJd'])(
      '[RS10] a cursor that it did not give is told so: "%s"',
      async (cursor, context) => {
        const store = await open(context);
        await expect(store.find(query({ cursor }))).rejects.toMatchObject({ code: 'API_REQUEST_INVALID' });
      },
    );

    test('[RS11] what nobody knows is undefined', async (context) => {
      const store = await open(context);
      expect(await store.last()).toBeUndefined();
      for (const name of ['CA-none', '', '\0', "'"]) expect(await store.get(callId(name))).toBeUndefined();
      expect(await store.find(query())).toEqual({ calls: [], next: null });
      await store.apply([]);
    });

    test('[RS12] dead calls of this node end with their last sign of life; a late end corrects that', async (context) => {
      const store = await open(context);
      await store.apply([
        callOf('talked'),
        turnOf('talked', 3),
        eventOf('talked', 0, 7_250),
        callOf('silent'),
        callOf('ended'),
        endOf('ended'),
        callOf('elsewhere', { node: 'node-2' }),
      ]);
      expect([...(await store.nodesInCalls())].sort()).toEqual(['node-1', 'node-2']);
      expect(await store.closeDeadCalls('node-1')).toBe(2);
      expect(await store.closeDeadCalls('node-1')).toBe(0);
      const died = { outcome: 'process-died' };
      expect(await store.get(id('talked'))).toMatchObject({
        ...died,
        durationMs: 7_250,
        endedAt: at(7.25),
      });
      expect(await store.get(id('silent'))).toMatchObject({ ...died, durationMs: 0, endedAt: at(0) });
      expect(await store.get(id('ended'))).toMatchObject({ outcome: 'caller-hung-up' });
      expect(await store.get(id('elsewhere'))).toMatchObject({ outcome: null });
      await store.apply([endOf('talked')]);
      expect(await store.get(id('talked'))).toMatchObject({ outcome: 'caller-hung-up', endedAt: at(36) });
    });

    test('[RS14] what came late of a dead call moves its end', async (context) => {
      const store = await open(context);
      await store.apply([callOf('late'), turnOf('late', 1)]);
      await store.closeDeadCalls('node-1');
      await store.apply([turnOf('late', 300)]);
      expect(await store.get(id('late'))).toMatchObject({
        ...{ outcome: 'process-died', durationMs: 300_000, endedAt: at(300) },
      });
      await store.apply([endOf('late')]);
      await store.apply([turnOf('late', 301)]);
      expect(await store.get(id('late'))).toMatchObject({ outcome: 'caller-hung-up', endedAt: at(36) });
    });

    test('[RS15] a record that is finished is not changed when its id comes again; what is missing may come', async (context) => {
      const store = await open(context);
      await store.apply(WHOLE);
      const whole = await store.get(id('whole'));
      const refused = { outcome: 'server-stopping', durationMs: 0, costMicroUsd: 0, endedAt: at(99) };
      await store.apply([callOf('whole', { profile: 'sales' }), endOf('whole', refused)]);
      await store.apply([
        turnOf('whole', 0, { text: 'second call' }),
        toolOverOf('whole', 'tool-1', 'second call'),
        eventOf('whole', 0, 77),
        spentOf('whole', 0, 99),
      ]);
      expect(await store.get(id('whole'))).toEqual(whole);
      await store.apply([turnOf('whole', 2)]);
      expect((await store.get(id('whole')))?.turns).toHaveLength(3);
    });

    test('[RS16] what has spent nothing yet has cost nothing', async (context) => {
      const store = await open(context);
      await store.apply([callOf('fresh'), callOf('dead', { node: 'node-2' })]);
      await store.closeDeadCalls('node-2');
      for (const name of ['fresh', 'dead']) expect((await store.get(id(name)))?.costUsd).toBe(0);
    });

    test('[RS18] a call that another process goes on with is ended by that one alone, whatever comes of others, however late', async (context) => {
      const store = await open(context);
      const movedTo = (node: string, fence: number): RecordWrite => ({
        ...{ is: 'moved', callId: id('moved'), node, fence },
      });
      await store.apply([callOf('moved'), turnOf('moved', 0), spentOf('moved', 0, 10)]);
      await store.apply([callOf('moved', { node: 'node-2' }), movedTo('node-2', 2)]);
      await store.apply([spentOf('moved', 200_000, 20)]);
      await store.apply([endOf('moved', { outcome: 'shut-down' })]);
      await store.apply([movedTo('node-3', 3)]);
      await store.apply([movedTo('node-2', 2), endOf('moved', { outcome: 'shut-down', fence: 2 })]);
      expect(await store.get(id('moved'))).toMatchObject({ outcome: null, endedAt: null });
      expect(await store.nodesInCalls()).toEqual(['node-3']);
      expect(await store.closeDeadCalls('node-1')).toBe(0);
      await store.apply([endOf('moved', { fence: 3, usage: usageOf(1), costMicroUsd: 1 })]);
      expect(await store.get(id('moved'))).toMatchObject({
        ...{ outcome: 'caller-hung-up', endedAt: at(36) },
        // Of all its processes.
        costUsd: 30 / 1e6,
      });
    });

    test('[RS20] nor by what an earlier process of a call has written before it came to write, but by its own word in any order', async (context) => {
      const store = await open(context);
      const moved: RecordWrite = { is: 'moved', callId: id('late'), node: 'node-2', fence: 2 };
      await store.apply([callOf('late'), endOf('late', { usage: usageOf(1), costMicroUsd: 1 })]);
      await store.apply([moved]);
      const goesOn = { outcome: null, endedAt: null, durationMs: null, costUsd: 0 };
      expect(await store.get(id('late'))).toMatchObject(goesOn);
      await store.apply([endOf('late', { outcome: 'shut-down', fence: 3 })]);
      await store.apply([{ ...moved, node: 'node-3', fence: 3 }]);
      expect(await store.get(id('late'))).toMatchObject({ outcome: 'shut-down', endedAt: at(36) });
    });

    test('[RS19] one that was ended as its process had died goes on in another', async (context) => {
      const store = await open(context);
      await store.apply([callOf('back'), turnOf('back', 1)]);
      await store.closeDeadCalls('node-1');
      await store.apply([{ is: 'moved', callId: id('back'), node: 'node-2', fence: 2 }, turnOf('back', 9)]);
      expect(await store.get(id('back'))).toMatchObject({ outcome: null, endedAt: null, durationMs: null });
      expect(await store.nodesInCalls()).toEqual(['node-2']);
    });

    test('[RS17] a clock that is ahead deletes nothing early', async (context) => {
      const store = await open(context);
      await store.apply([callOf('kept', { keptUntil: '2999-01-01T00:00:00.000Z' })]);
      expect(await store.deleteExpired(new Date('3000-01-01'))).toBe(0);
    });

    test('[RS13] what is past its time is deleted with everything of it, by several at once, and no more', async (context) => {
      const store = await open(context);
      const now = new Date(at(1_000));
      await store.apply(
        Array.from({ length: 1_203 }, (_, n) => [
          callOf(`x${n}`, { keptUntil: at(n % 1_000) }),
          turnOf(`x${n}`, 0),
        ]).flat(),
      );
      await store.apply([
        callOf('now', { keptUntil: at(1_000) }),
        callOf('later', { keptUntil: at(1_000.001) }),
        callOf('ever'),
      ]);
      const deleted = await Promise.all([1, 2, 3].map(() => store.deleteExpired(now)));
      const rest = await store.deleteExpired(now);
      expect(deleted.reduce((sum, count) => sum + count, rest)).toBe(1_204);
      expect((await store.find(query())).calls.map((call) => call.id)).toEqual(['CA-later', 'CA-ever']);
    });
  });
}

/** PostgreSQL takes no U+0000 and no half character: [RS6]. */
const anyJson = fc
  .jsonValue({ stringUnit: 'grapheme' })
  .filter((value) => !JSON.stringify(value).includes('\\u0000'));

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let n = 0; n < depth; n++) value = [value];
  return value;
}
