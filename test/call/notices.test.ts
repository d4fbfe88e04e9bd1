import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { createLog } from '../../src/base/log.ts';
import { Notices, type Notice } from '../../src/call/notices.ts';

const notice: Notice = { type: 'line-opened', callId: callId('CA1'), atMs: 0 };

function rig() {
  const log: string[] = [];
  const destination = { write: (line: string) => void log.push(line) };
  return { log, notices: new Notices(createLog({ level: 'debug', secrets: [], destination })) };
}

test('everybody who listens is told, until they stop', () => {
  const { notices } = rig();
  const seen: string[] = [];
  notices.subscribe(() => seen.push('first'));
  const stop = notices.subscribe(() => seen.push('second'));
  notices.publish(notice);
  stop();
  notices.publish(notice);
  expect(seen).toEqual(['first', 'second', 'first']);
});

test('a listener that throws harms nobody, and is logged with its call', () => {
  const { notices, log } = rig();
  const seen: string[] = [];
  notices.subscribe(() => {
    throw new Error('slow terminal');
  });
  notices.subscribe(({ type }) => seen.push(type));
  notices.publish(notice);
  expect(seen).toEqual(['line-opened']);
  expect(log.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 'error', callId: 'CA1', notice: 'line-opened', reason: 'slow terminal' },
  ]);
});
