// A log that a test reads back: level, text, and what stood beside it.
import { createLog, type Log } from '../../../src/base/log.ts';

export interface LogLine {
  level: string;
  msg: string;
  [field: string]: unknown;
}

export function recordingLog(secrets: readonly string[] = []): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) };
  return { log: createLog({ level: 'debug', secrets, destination }), lines };
}
