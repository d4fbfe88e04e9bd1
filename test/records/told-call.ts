// What is told of an ordinary call at its start and end, for the tests of those who listen to notices.
import type { NoticeBody } from '../../src/call/notices.ts';

const STARTED_MS = Date.UTC(2026, 10, 3, 9);
export const STARTED = {
  type: 'call-started',
  profile: 'reception',
  profileVersion: 'v1',
  model: 'gemini-3.8-live',
  from: '+15550100123',
  to: '+15550100100',
  direction: 'inbound',
  startedMs: STARTED_MS,
  keepDays: 90,
  logCalls: true,
} satisfies NoticeBody;
export const ENDED = {
  type: 'call-ended',
  reason: 'caller-hung-up',
  durationMs: 30_000.4,
  watchdog: {},
} satisfies NoticeBody;
