// Why calls end, and what watchdogs see: as filters offer them.
import type { Tone } from '../parts/tone.ts';

export const OUTCOMES = [
  'in-progress',
  'caller-hung-up',
  'agent-hung-up',
  'operator-hung-up',
  'transferred',
  'voicemail',
  'caller-silent',
  'time-limit',
  'model-failed',
  'line-lost',
  'line-never-opened',
  'shut-down',
  'process-died',
  'not-in-service',
  'lines-busy',
  'no-session',
  'server-stopping',
  'missed',
  'closed',
] as const;

export const TROUBLES = [
  'no answer',
  'late greeting',
  'no first word',
  'empty turn',
  'stalled',
  'noise',
  'said twice',
] as const;

const BAD = new Set(['model-failed', 'line-lost', 'line-never-opened', 'process-died', 'no-session']);
const WARN = new Set([
  'shut-down',
  'time-limit',
  'lines-busy',
  'not-in-service',
  'server-stopping',
  'missed',
]);

export function outcomeTone(outcome: string | null): Tone {
  if (outcome === null) return 'info';
  if (BAD.has(outcome)) return 'bad';
  return WARN.has(outcome) ? 'warn' : 'good';
}
