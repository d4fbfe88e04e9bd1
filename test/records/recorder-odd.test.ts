// The recorder against what is large, odd, or comes in any order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callId, toolCallId, turnId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Notices, type Notice, type NoticeBody } from '../../src/call/notices.ts';
import type { TokenUsage } from '../../src/live/session.ts';
import { startRecorder } from '../../src/records/recorder.ts';
import type { RecordWrite } from '../../src/records/write.ts';
import { ENDED, STARTED } from './told-call.ts';

const USED: TokenUsage = {
  ...{ promptTokens: 1e12, responseTokens: 10, totalTokens: 110, cachedTokens: 0 },
  ...{ thoughtTokens: 0, toolUseTokens: 0, prompt: { audio: 100 }, response: { audio: 10 } },
};

/** As `Notices`, without the net that catches what a listener throws. */
function recording() {
  const writes: RecordWrite[] = [];
  const listeners = new Set<(notice: Notice) => void>();
  const stop = startRecorder({
    notices: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    ...{ node: 'n', rehearsal: false, logsCalls: true, write: (write: RecordWrite) => writes.push(write) },
  });
  const tell = (body: NoticeBody, atMs = 0, id = 'CA1'): void => {
    for (const listener of listeners) listener({ ...body, callId: callId(id), atMs });
  };
  return { writes, stop, tell };
}

const kindsOf = (writes: readonly RecordWrite[]): string[] => writes.map(({ is }) => is);

test('a call that starts twice starts once; what is unknown or over leaves nothing', () => {
  const { tell, writes } = recording();
  tell({ type: 'told', text: 'who is this', answer: true });
  tell(ENDED, 0);
  expect(writes).toEqual([]);
  tell(STARTED);
  tell({ type: 'line-opened' }, 1);
  tell(STARTED, 2);
  tell({ type: 'line-lost' }, 3);
  expect(writes.at(-1)).toMatchObject({ is: 'event', n: 1 });
  tell(ENDED, 4);
  tell(ENDED, 5);
  tell({ type: 'told', text: 'late', answer: true }, 6);
  expect(kindsOf(writes)).toEqual(['call', 'event', 'event', 'end']);
});

test('calls side by side are counted apart', () => {
  const { tell, writes } = recording();
  tell(STARTED, 0, 'CA1');
  tell(STARTED, 0, 'CA2');
  tell({ type: 'line-opened' }, 1, 'CA1');
  tell({ type: 'line-opened' }, 1, 'CA2');
  expect(writes.slice(2)).toMatchObject([
    { callId: 'CA1', n: 0 },
    { callId: 'CA2', n: 0 },
  ]);
});

test('once stopped, nothing more is written', () => {
  const { tell, stop, writes } = recording();
  tell(STARTED);
  stop();
  tell(ENDED, 1);
  expect(kindsOf(writes)).toEqual(['call']);
});

test('a write that fails does not harm the calls', () => {
  const notices = new Notices(silentLog);
  const kinds: string[] = [];
  let writes = 0;
  const write = ({ is }: RecordWrite): void => {
    if (++writes === 2) throw new Error('no room');
    kinds.push(is);
  };
  startRecorder({ notices, write, node: 'n', rehearsal: false, logsCalls: true });
  const bodies: NoticeBody[] = [STARTED, { type: 'line-opened' }, { type: 'line-lost' }, ENDED];
  for (const body of bodies) notices.publish({ ...body, callId: callId('CA1'), atMs: 1 });
  expect(kinds).toEqual(['call', 'event', 'end']);
});

test('five megabytes from a tool become 64 kB, and say so', () => {
  const { tell, writes } = recording();
  const lookUp = { id: toolCallId('t1'), tool: 'look_up_contact' };
  tell(STARTED);
  tell({ type: 'tool-called', ...lookUp, args: {} }, 1);
  tell({ type: 'tool-done', ...lookUp, response: { page: 'x'.repeat(5_000_000) } }, 2);
  expect(writes[2]).toHaveProperty('response.cutAtBytes', 65_536);
  expect(JSON.stringify(writes[2]).length).toBeLessThan(66_000);
});

const nasty = fc.constantFrom('', 'Ada', '\0', 'a\0b', '\uD800', 'x\uDFFF', '👋', 'x'.repeat(70_000));
const oddMs = fc.oneof(fc.double(), fc.constantFrom(NaN, -1, 1e15, 0.5));
const body: fc.Arbitrary<NoticeBody> = fc.oneof(
  fc.constant(STARTED),
  fc.constant(ENDED),
  fc.tuple(nasty, nasty).map(([from, profile]): NoticeBody => ({ ...STARTED, from, profile })),
  fc
    .tuple(fc.nat({ max: 3 }), nasty, fc.constantFrom('open', 'done'))
    .map(([n, text, state]): NoticeBody => ({
      type: 'transcript',
      entry: { n, who: 'caller', atMs: 10.6, text, state: state === 'open' ? 'open' : 'done' },
    })),
  fc
    .tuple(nasty, nasty, fc.jsonValue())
    .map(([id, tool, args]): NoticeBody => ({ type: 'tool-called', id: toolCallId(id), tool, args })),
  fc
    .tuple(nasty, fc.jsonValue())
    .map(([id, response]): NoticeBody => ({ type: 'tool-done', id: toolCallId(id), tool: 'x', response })),
  nasty.map((id): NoticeBody => ({ type: 'tool-cancelled', id: toolCallId(id) })),
  nasty.map((text): NoticeBody => ({ type: 'told', text, answer: true })),
  nasty.map((digit): NoticeBody => ({ type: 'digit', digit })),
  oddMs.map((ms): NoticeBody => ({ type: 'barge-in', turn: turnId(1), heardMs: ms, sentMs: ms })),
  fc.constant<NoticeBody>({ type: 'tokens-used', turn: turnId(1), usage: USED }),
);

/** Others are JSON, or, as the cost of a whole call, wider. */
const isColumn = ({ is }: RecordWrite, field: string): boolean =>
  !['args', 'response'].includes(field) && !(is === 'end' && field === 'costMicroUsd');

test('whatever is told, and in whatever order: nothing is thrown, and every write can be stored', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(body, oddMs, fc.constantFrom('CA1', 'CA\0')), { maxLength: 40 }),
      (told) => {
        const { writes, tell } = recording();
        for (const [some, atMs, id] of told) tell(some, atMs, id);
        const text = JSON.stringify(writes);
        expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/i);
        for (const write of writes) {
          expect(JSON.stringify(write).length).toBeLessThan(300_000);
          for (const [field, value] of Object.entries(write))
            if (typeof value === 'number' && isColumn(write, field))
              expect(Number.isInteger(value) && value >= 0 && value < 2 ** 31).toBe(true);
        }
      },
    ),
    { numRuns: 200 },
  );
});
