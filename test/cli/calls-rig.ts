// Records in memory, and a terminal that remembers what it was told.
import { PassThrough, type Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { LivelineError } from '../../src/base/errors.ts';
import type { PhoneNumber } from '../../src/base/phone-number.ts';
import type { Desk } from '../../src/cli/desk.ts';
import type { Forgotten } from '../../src/records/forget.ts';
import { callSummary, type CallQuery, type CallRecord } from '../../src/records/record.ts';
import type { OptOutEntry } from '../../src/records/opt-out-entry.ts';
import { memoryOptOuts } from '../doubles/memory-opt-outs.ts';
import type { VoicemailEntry, VoicemailQuery } from '../../src/records/voicemail/entry.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

export const NO_USAGE: CallRecord['usage'] = {
  ...{ promptTokens: 0, responseTokens: 0, totalTokens: 0, cachedTokens: 0, thoughtTokens: 0 },
  ...{ toolUseTokens: 0, prompt: {}, response: {} },
};

/** An ordinary call of 83.4 s. */
export const record = (changes: Partial<CallRecord> = {}): CallRecord => ({
  ...{
    id: 'CA0123456789abcdef0123456789abcdef',
    profile: 'Desk',
    profileVersion: 'v1',
    model: 'gemini-3.8-live',
  },
  ...{ direction: 'inbound', from: '+15550100123', to: '+15550100100', rehearsal: false },
  ...{ startedAt: '2025-12-31T22:00:00.000Z', endedAt: '2025-12-31T22:01:23.400Z', durationMs: 83_400 },
  ...{
    outcome: 'caller-hung-up',
    costUsd: 0.01234,
    lostWrites: 0,
    recording: null,
    crmLog: 'off',
    keptUntil: null,
  },
  ...{ turns: [], tools: [], events: [], usage: NO_USAGE, watchdog: {} },
  ...changes,
});

export function rig(
  records: readonly CallRecord[],
  terminal: { columns?: number; answer?: string; output?: Writable } = {},
) {
  const out: string[] = [];
  const err: string[] = [];
  const queries: CallQuery[] = [];
  const forgot: PhoneNumber[] = [];
  const questions: string[] = [];
  const state = { opened: 0, closed: 0 };
  /** Of voicemails: to be filled by the test. */
  const voicemails: VoicemailEntry[] = [];
  const sounds = new Map<string, Uint8Array>();
  const asked: VoicemailQuery[] = [];
  const optOuts: OptOutEntry[] = [];
  const forgotten: Forgotten = {
    ...{
      calls: 0,
      inProgress: 0,
      inCrm: 0,
      inCampaigns: 0,
      voicemails: 0,
      recordings: 0,
      mentions: 0,
      spooled: 0,
      optedOut: false,
      leftIn: [],
    },
  };
  const output = terminal.output ?? new PassThrough();
  const desk: Desk = {
    clock: new ManualClock(),
    terminal: {
      columns: terminal.columns ?? 120,
      isInteractive: terminal.answer !== undefined,
      output,
      print: (line) => out.push(stripVTControlCharacters(line)),
      say: (line) => err.push(line),
      ask: (question) => {
        questions.push(question);
        return Promise.resolve(terminal.answer!);
      },
    },
    open: () => {
      state.opened += 1;
      return Promise.resolve({
        where: { database: 'db.example:5432/calls', dataDir: '/srv/data' },
        store: {
          find: (query) => {
            queries.push(query);
            const from = Number(query.cursor ?? 0);
            const all = records.filter(
              (call) => query.number === undefined || [call.from, call.to].includes(query.number),
            );
            const to = from + query.limit;
            const calls = all.slice(from, to).map((call) => callSummary.parse(call));
            return Promise.resolve({ calls, next: to < all.length ? String(to) : null });
          },
          get: (id) => Promise.resolve(records.find((call) => call.id === id)),
          last: () => Promise.resolve(records[0]),
        },
        voicemails: {
          find: (query) => {
            asked.push(query);
            return Promise.resolve({ voicemails, next: null });
          },
          sound: (id) =>
            sounds.has(id)
              ? Promise.resolve(sounds.get(id)!)
              : Promise.reject(new LivelineError('RECORD_UNKNOWN', 'there is no such sound')),
        },
        optOuts: memoryOptOuts(optOuts),
        forget: (number) => {
          forgot.push(number);
          return Promise.resolve(forgotten);
        },
        close: () => {
          state.closed += 1;
          return Promise.resolve();
        },
      });
    },
  };
  return {
    desk,
    out,
    err,
    output,
    queries,
    questions,
    forgot,
    voicemails,
    sounds,
    asked,
    optOuts,
    forgotten: forgotten as Mutable<Forgotten>,
    state,
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
