// A log whose lines the test can read.
import { createLog, type Log } from '../../../src/base/log.ts';

export interface CapturedLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export function capturedLog(): { log: Log; lines: CapturedLine[] } {
  const lines: CapturedLine[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as CapturedLine) };
  return { log: createLog({ level: 'debug', secrets: [], destination }), lines };
}
