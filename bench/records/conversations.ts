// What calls of a minute and a half tell, and what is written down of it. Invented words, of the length that people speak.
import { callId, toolCallId, turnId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Notices, type Notice, type NoticeBody } from '../../src/call/notices.ts';
import type { Entry } from '../../src/call/transcript.ts';
import type { TokenUsage } from '../../src/live/session.ts';
import { startRecorder } from '../../src/records/recorder.ts';
import type { RecordWrite } from '../../src/records/write.ts';

const STARTED_MS = Date.UTC(2026, 9, 1);
const TURNS = 14;
/** A word or two at a time, as transcripts come. */
const FRAGMENTS = 10;
const FRAGMENT = 'and so it was, ';
const USED: TokenUsage = {
  ...{ promptTokens: 2_400, responseTokens: 180, totalTokens: 2_580, cachedTokens: 0 },
  ...{ thoughtTokens: 0, toolUseTokens: 0 },
  ...{ prompt: { text: 700, audio: 1_700 }, response: { audio: 180 } },
};

/** One call; `n` makes it another one, so many seconds after the first. */
export function noticesOf(n: number): Notice[] {
  const id = callId(`CA${n.toString(16).padStart(32, '0')}`);
  const told: Notice[] = [];
  let atMs = 0;
  const tell = (body: NoticeBody, afterMs = 50): void =>
    void told.push({ ...body, callId: id, atMs: (atMs += afterMs) });
  tell({
    ...{ type: 'call-started', profile: `Desk ${n % 5}`, profileVersion: 'a1b2c3d4e5f6' },
    ...{ model: 'gemini-3.8-live', from: `+1555${String(n % 10_000_000).padStart(7, '0')}` },
    ...{
      to: '+15550100100',
      direction: 'inbound',
      startedMs: STARTED_MS + n * 1_000,
      keepDays: 90,
      logCalls: true,
    },
  });
  tell({ type: 'line-opened' });
  tell({ type: 'session-ready', afterMs: 610.2 });
  for (let turn = 0; turn < TURNS; turn += 1) tellTurn(turn, tell, atMs);
  tell({ type: 'call-ended', reason: 'caller-hung-up', durationMs: atMs, watchdog: {} });
  return told;
}

function tellTurn(n: number, tell: (body: NoticeBody, afterMs?: number) => void, atMs: number): void {
  const isAgent = n % 2 === 0;
  let text = '';
  const entry = (state: 'open' | 'done' | 'cut'): Entry =>
    isAgent
      ? { n, who: 'agent', atMs, turn: turnId(n), text, state, heard: state === 'open' ? '' : text }
      : { n, who: 'caller', atMs, text, state: state === 'cut' ? 'done' : state };
  for (let fragment = 0; fragment < FRAGMENTS; fragment += 1) {
    text += FRAGMENT;
    tell({ type: 'transcript', entry: entry('open') }, 700);
  }
  const isCut = n === 4 || n === 10;
  if (isCut) tell({ type: 'barge-in', turn: turnId(n), heardMs: 3_210.4, sentMs: 6_020 });
  tell({ type: 'transcript', entry: entry(isCut ? 'cut' : 'done') });
  if (!isAgent) return;
  tell({ type: 'tokens-used', turn: turnId(n), usage: USED });
  if (n !== 2 && n !== 8) return;
  const id = toolCallId(`call-${n}`);
  tell({ type: 'tool-called', id, tool: 'look_up_contact', args: { number: '+15550100123' } });
  const facts = { 'next appointment': 'Tuesday at ten', 'last order': 'a toothbrush' };
  tell({ type: 'tool-done', id, tool: 'look_up_contact', response: { status: 'ok', name: 'Ada', facts } });
}

/** So many calls at once, one notice of each in turn, as they come when all of them talk. */
export function interleaved(calls: readonly (readonly Notice[])[], atOnce: number): Notice[] {
  const told: Notice[] = [];
  for (let first = 0; first < calls.length; first += atOnce) {
    const some = calls.slice(first, first + atOnce);
    const longest = Math.max(...some.map(({ length }) => length));
    for (let at = 0; at < longest; at += 1) told.push(...some.flatMap((call) => call[at] ?? []));
  }
  return told;
}

/** What the recorder makes of them; how long that took, all in all. */
export function recorded(told: readonly Notice[]): { writes: RecordWrite[]; tookMs: number } {
  const notices = new Notices(silentLog);
  const writes: RecordWrite[] = [];
  const stop = startRecorder({
    notices,
    node: 'bench',
    rehearsal: true,
    logsCalls: true,
    write: (write) => void writes.push(write),
  });
  const startMs = performance.now();
  for (const notice of told) notices.publish(notice);
  const tookMs = performance.now() - startMs;
  stop();
  return { writes, tookMs };
}
