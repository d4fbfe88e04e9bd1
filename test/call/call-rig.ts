// One call between a scripted model and scripted lines, on one clock, without a switchboard: the test is that too.
import { MULAW_8K, bytesOfMs } from '../../src/audio/format.ts';
import { callId, toolCallId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Call } from '../../src/call/call.ts';
import type { Cast } from '../../src/call/cast.ts';
import type { CallOptions } from '../../src/call/call-options.ts';
import type { NoticeBody } from '../../src/call/notices.ts';
import { Pacer } from '../../src/call/pacer.ts';
import type { CallRules } from '../../src/call/rules.ts';
import type { Departure } from '../../src/ivr/departure.ts';
import type { ToolCall } from '../../src/live/session.ts';
import type { SecretDesk } from '../../src/tools/secrets.ts';
import type { CallAction } from '../../src/tools/tool.ts';
import type { Delays } from '../doubles/carrier-playback.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { FakeSession } from '../doubles/fake-session.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

export const CALL = callId(`CA${'1'.repeat(32)}`);
export const APOLOGY_BYTE = 7;
export const APOLOGY_MS = 1_000;
export const COMFORT_BYTE = 9;
export const GREETING_BYTE = 11;

const soundOf = (ms: number, byte: number): Uint8Array => new Uint8Array(bytesOfMs(MULAW_8K, ms)).fill(byte);

export interface CallRigOptions {
  readonly rules?: Partial<CallOptions['rules']>;
  readonly fallback?: Partial<CallRules['fallback']>;
  readonly greetingMs?: number;
  readonly turnTaking?: 'server' | 'local';
  readonly repeatedWords?: number;
  readonly through?: Delays;
  readonly session?: FakeSession;
  readonly destinations?: readonly string[];
  /** Other agents; none when left out. */
  readonly next?: CallOptions['handOver'];
}

export const BILLING: CallAction = {
  ...{ type: 'transfer', destination: 'billing', reason: 'an invoice', briefing: 'Ada asks for invoice 7.' },
};

export function callRig(options: CallRigOptions = {}) {
  const clock = new ManualClock();
  const session = options.session ?? new FakeSession();
  const told: (NoticeBody & { atMs: number })[] = [];
  /** What the carrier would find, in the order in which it was written; and whether it was told to hang up. */
  const journal: Departure[] = [];
  const hungUp: string[] = [];
  const dropped: string[] = [];
  const ends: { intent: Departure | undefined; byControl: boolean }[] = [];
  let hear: Parameters<CallOptions['openRunner']>[0] | undefined;
  const running = new Map<string, ToolCall>();
  const castOf = (of: FakeSession): Cast => ({
    session: of,
    apology: soundOf(APOLOGY_MS, APOLOGY_BYTE),
    comfort: soundOf(400, COMFORT_BYTE),
    rules: {
      ...{ greetingInterruptible: true, greetingGuardMs: 0, minHeardMs: 0, deadAirMs: 0 },
      ...{ lastsAtMostMs: 0, silenceMs: 0, callerInterrupts: true },
      keypad: { pauseMs: 2_500, finishKey: '#', shortcuts: {} },
      ...options.rules,
    },
    fallback: { withinMs: 0, hasLadder: false, ...options.fallback },
    turnTaking: options.turnTaking ?? 'server',
    lowerVoiceDb: 12,
    repeatedWords: options.repeatedWords ?? 0,
    silentTools: new Set(),
    showsWords: { caller: true, agent: true },
    openRunner: (listener) => {
      hear = listener;
      return {
        run: (asked) => void running.set(asked.id, asked),
        cancel: (id) => void running.delete(id),
        close: () => {
          running.clear();
          return Promise.resolve();
        },
        drop: () => {
          running.clear();
          return Promise.resolve();
        },
      };
    },
  });
  const call = new Call({
    incoming: {
      ...{ id: CALL, from: '+15550100123', to: '+15550100100' },
      ...{ direction: 'inbound', status: 'ringing' },
    },
    ...castOf(session),
    lineFormat: MULAW_8K,
    greeting: 'Greet the caller.',
    greetingWords: 'Hello!',
    recorded:
      options.greetingMs === undefined
        ? undefined
        : { sound: soundOf(options.greetingMs, GREETING_BYTE), from: 'file' },
    keepGreeting: () => undefined,
    handOver: (...asked) => {
      if (!options.next) throw new Error('there is no other agent');
      return options.next(...asked);
    },
    destinations: () => (options.destinations ?? []).map((name) => ({ name, spoken: name })),
    clock,
    pacer: new Pacer(clock),
    log: silentLog,
    departing: { write: (_id, departure) => void journal.push(departure) },
    control: {
      hangUp: (id) => {
        hungUp.push(id);
        return Promise.resolve();
      },
    },
    notice: (body, atMs) => told.push({ ...body, atMs }),
    onEnded: ({ intent, told: byControl }) => ends.push({ intent, byControl: byControl !== undefined }),
    onDropped: () => void dropped.push(CALL),
  });
  const lines: FakeLine[] = [];
  const connect = (): FakeLine => {
    const line = new FakeLine(clock, options.through ?? {});
    lines.push(line);
    call.attach(line);
    return line;
  };
  return {
    ...{ clock, session, told, journal, hungUp, ends, dropped, call, lines, connect, running, castOf },
    of: <Type extends NoticeBody['type']>(type: Type) =>
      told.filter(
        (notice): notice is Extract<NoticeBody, { type: Type }> & { atMs: number } => notice.type === type,
      ),
    /** As a tool asks for them. */
    get secrets(): SecretDesk {
      return hear!.secrets!;
    },
    get ended(): { reason: string; atMs: number } | undefined {
      const end = told.find((notice) => notice.type === 'call-ended');
      return end?.type === 'call-ended' ? { reason: end.reason, atMs: end.atMs } : undefined;
    },
    /** A tool that runs comes to its end. */
    toolDone: (id: string, then?: CallAction): void => {
      const tool = running.get(id);
      if (!tool || !running.delete(id)) return;
      hear?.onDone({ id: tool.id, name: tool.name, response: { status: 'ok' }, ...(then && { then }) });
    },
    toolLate: (id: string): void => {
      const late = { id: toolCallId(id), name: 'look', response: { status: 'ok' } };
      hear?.onLate({ ...late, after: 'timed-out', tell: 'tell' });
    },
    /** A call with its line open and its model ready, which has greeted. */
    answered: (): FakeLine => {
      const line = connect();
      session.ready();
      session.say(500);
      session.idle();
      clock.advance(600);
      return line;
    },
  };
}
