// What is kept of a secret that a caller typed, and the words that people read of it.
import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Notices, type NoticeBody } from '../../src/call/notices.ts';
import { eventWords } from '../../src/cli/call-words.ts';
import { startRecorder } from '../../src/records/recorder.ts';
import type { RecordWrite } from '../../src/records/write.ts';
import { STARTED } from './told-call.ts';

type Entry = Extract<NoticeBody, { type: 'secret-keys' }>;
const entry = (is: Entry['is'], keys: number, kind: Entry['kind'] = 'card'): Entry => ({
  ...{ type: 'secret-keys', kind, is, keys },
});

test('an entry is two events, however many keys it had', () => {
  const notices = new Notices(silentLog);
  const writes: RecordWrite[] = [];
  startRecorder({
    ...{ notices, node: 'node-1', rehearsal: true, logsCalls: false },
    write: (write) => void writes.push(write),
  });
  const told = [
    entry('opened', 0),
    entry('typing', 1),
    entry('typing', 2),
    entry('received', 16),
    entry('late', 2),
  ];
  for (const body of [STARTED, ...told]) notices.publish({ ...body, callId: callId('CA1'), atMs: 5 });
  expect(
    writes.flatMap((write) => (write.is === 'event' ? [[write.n, write.type, write.facts]] : [])),
  ).toEqual([
    [0, 'secret-keys', { kind: 'card', is: 'opened', keys: 0 }],
    [1, 'secret-keys', { kind: 'card', is: 'received', keys: 16 }],
    [2, 'secret-keys', { kind: 'card', is: 'late', keys: 2 }],
  ]);
});

test.each<[Entry, string | undefined]>([
  [entry('opened', 0), 'the caller is to type a card number, unseen'],
  [entry('typing', 3), undefined],
  [entry('received', 16), 'the caller typed a card number: 16 keys, received'],
  [entry('not-valid', 8, 'birth_date'), 'the caller typed a date of birth: 8 keys, not valid'],
  [entry('hung-up', 2, 'pin'), 'the caller typed a PIN: 2 keys, the caller hung up; nothing of it is kept'],
  [entry('late', 4, 'digits'), 'the caller typed on behind a number: 4 keys, which nobody gets'],
])('%o', (notice, words) => expect(eventWords(notice.type, { ...notice })?.text).toBe(words));
