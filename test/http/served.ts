// Routes over a real loopback server, and what that server logs; and records that are kept in an array.
import type { Router } from 'express';
import type { TestContext } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { createLog } from '../../src/base/log.ts';
import { createHttpServer } from '../../src/http/server.ts';
import type { OperatorOptions } from '../../src/http/operator.ts';
import type { CallRecord } from '../../src/records/record.ts';
import type { RecordStore } from '../../src/records/store.ts';
import type { VoicemailEntry } from '../../src/records/voicemail/entry.ts';
import type { VoicemailStore } from '../../src/records/voicemail/voicemail.ts';

/** As on a laptop: no token, and no address that the world knows. */
export const OPEN: OperatorOptions = { token: undefined, publicBaseUrl: 'http://127.0.0.1' };
export const GUARDED: OperatorOptions = {
  token: 'operator-token-0123456789',
  publicBaseUrl: 'https://calls.example',
};

export interface Served {
  readonly url: string;
  readonly log: readonly string[];
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
}

export async function served(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  ...routes: readonly Router[]
): Promise<Served> {
  const log: string[] = [];
  const destination = { write: (line: string) => void log.push(line) };
  const server = createHttpServer(createLog({ level: 'debug', secrets: [], destination }));
  const url = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
  server.serve(routes, []);
  onTestFinished(() => server.close());
  return { url, log, get: (path, headers = {}) => fetch(`${url}${path}`, { headers }) };
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** The newest first. Notes what it was asked. */
export function keptRecords(
  ...records: readonly CallRecord[]
): Pick<RecordStore, 'find' | 'get' | 'last'> & { readonly asked: readonly unknown[] } {
  const asked: unknown[] = [];
  const note = <Answer>(what: unknown, answer: Answer): Promise<Answer> => {
    asked.push(what);
    return Promise.resolve(answer);
  };
  return {
    asked,
    find: (query) =>
      note(query, {
        calls: records.slice(0, query.limit).map(summaryOf),
        next: records.length > query.limit ? 'page-2' : null,
      }),
    get: (id) =>
      note(
        id,
        records.find((record) => record.id === id),
      ),
    last: () => note('last', records[0]),
  };
}

function summaryOf(
  record: CallRecord,
): Omit<CallRecord, 'turns' | 'tools' | 'events' | 'usage' | 'watchdog' | 'crmLog' | 'keptUntil'> {
  const { turns: _turns, tools: _tools, events: _events, usage: _usage, ...rest } = record;
  const { watchdog: _watchdog, crmLog: _crmLog, keptUntil: _keptUntil, ...summary } = rest;
  return summary;
}

export const record = (id: string, changes: Partial<CallRecord> = {}): CallRecord => ({
  id,
  profile: 'receptionist',
  profileVersion: '0f1e2d',
  model: 'gemini-3.8-live',
  direction: 'inbound',
  from: '+15550100123',
  to: '+15550100100',
  rehearsal: true,
  startedAt: '2026-01-31T08:00:00.000Z',
  endedAt: '2026-01-31T08:01:00.000Z',
  durationMs: 60_000,
  outcome: 'caller-hung-up',
  costUsd: 0.012_345,
  lostWrites: 0,
  recording: null,
  turns: [{ n: 0, who: 'agent', atMs: 400, text: 'Hello there.', heard: 'Hello', state: 'cut' }],
  tools: [
    {
      id: 'f1',
      tool: 'look_up_contact',
      args: { of: ['caller'] },
      response: null,
      calledMs: 900,
      doneMs: null,
      state: 'running',
      cause: null,
      repeated: false,
    },
  ],
  events: [{ atMs: 800, type: 'barge-in', facts: { turn: 1 } }],
  usage: {
    promptTokens: 10,
    responseTokens: 20,
    totalTokens: 30,
    cachedTokens: 0,
    thoughtTokens: 0,
    toolUseTokens: 0,
    prompt: { AUDIO: 10 },
    response: { AUDIO: 20 },
  },
  watchdog: { stalled: { reminded: 1 } },
  crmLog: 'off',
  keptUntil: null,
  ...changes,
});

export const voicemail = (id: string, changes: Partial<VoicemailEntry> = {}): VoicemailEntry => ({
  ...{ id, callId: 'CA1', profile: 'receptionist', from: '+15550100123', to: '+15550100100' },
  ...{ rehearsal: true, recordedAt: '2026-01-31T08:00:00.000Z', seconds: 12.3, stage: 'over' },
  ...{ sound: 'kept', words: 'done', transcript: 'Please call me back.', keptUntil: null },
  deliveries: [{ to: 'desk@example.com', state: 'done', cause: null }],
  ...changes,
});

/** One, RE1, with a sound of four bytes. Notes what it was asked. */
export function keptVoicemails(): VoicemailStore & { readonly asked: readonly unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    find(query) {
      asked.push(query);
      return Promise.resolve({ voicemails: [voicemail('RE1')], next: null });
    },
    sound(id) {
      asked.push(id);
      return id === 'RE1'
        ? Promise.resolve(Uint8Array.of(82, 73, 70, 70))
        : Promise.reject(new LivelineError('RECORD_UNKNOWN', 'there is no sound of this voicemail'));
    },
  };
}
