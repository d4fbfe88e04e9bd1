// What the CRM is told of a call.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callLogOf, otherParty, summaryOf } from '../../src/records/crm-log-text.ts';
import type { CallRecord, RecordedToolCall, RecordedTurn } from '../../src/records/record.ts';
import { record } from '../cli/calls-rig.ts';

const turn = (n: number, who: 'caller' | 'agent', heard: string, text = heard): RecordedTurn => ({
  ...{ n, who, atMs: n * 1_000, text, heard, state: 'done' },
});
const tool = (changes: Partial<RecordedToolCall>): RecordedToolCall => ({
  ...{ id: 't', tool: 'book_appointment', args: {}, response: null, calledMs: 1, doneMs: 2, state: 'done' },
  ...{ cause: null, repeated: false },
  ...changes,
});

test('how it ended, what was done, and what was heard, not what was said in vain', () => {
  const call = record({
    turns: [
      turn(1, 'caller', 'Tuesday\nat ten.'),
      turn(0, 'agent', 'Good day. How', 'Good day. How can I help?'),
      turn(2, 'agent', '', 'Never heard.'),
    ],
    tools: [
      tool({ response: { status: 'ok', message: 'Booked for Tuesday at 10.' } }),
      tool({ response: { status: 'ok', message: 'Booked for Tuesday at 10.' }, repeated: true }),
      tool({
        tool: 'find_order',
        cause: 'CRM_UNAVAILABLE: key=s3cret',
        response: { message: 'Not just now.' },
      }),
      tool({ tool: 'send_text', state: 'cancelled' }),
      tool({ tool: 'end_call', state: 'running', doneMs: null }),
    ],
  });
  expect(callLogOf(call, 'c1')).toEqual({
    ...{ callId: call.id, contactId: 'c1', from: call.from, to: call.to, direction: 'inbound' },
    ...{ startedAtMs: Date.parse(call.startedAt), durationMs: 83_400, outcome: 'The caller hung up' },
    summary: [
      'The caller hung up, after 1 min 23 s. Answered by Desk.',
      '',
      'What was done:',
      '- book_appointment: done: Booked for Tuesday at 10.',
      '- find_order: failed: Not just now.',
      '- send_text: cancelled',
      '- end_call: no answer before the call ended',
      '',
      'What was heard:',
      'Agent: Good day. How',
      'Caller: Tuesday at ten.',
    ].join('\n'),
  });
});

test('nothing said, nothing done, and an outcome of a version to come', () => {
  expect(summaryOf(record({ outcome: 'voice-mail', durationMs: 59_400 }))).toBe(
    'voice mail, after 59 s. Answered by Desk.\n\nNothing was said.',
  );
});

test('the other party is who called in, and who was called', () => {
  const numbers = { from: '+1', to: '+2' };
  expect(otherParty({ ...numbers, direction: 'inbound' })).toBe('+1');
  expect(otherParty({ ...numbers, direction: 'outbound' })).toBe('+2');
});

test('of a long call the end is kept, and that something is missing is said', () => {
  const turns = Array.from({ length: 500 }, (_, n) => turn(n, n % 2 ? 'caller' : 'agent', `sentence ${n}`));
  const lines = summaryOf(record({ turns })).split('\n');
  expect(lines[2]).toBe('…');
  expect(lines.at(-1)).toBe('Caller: sentence 499');
  expect(lines[3]).toMatch(/^(Agent|Caller): sentence \d+$/);
  expect(lines.length).toBeGreaterThan(100);
});

const anyTurn = fc
  .tuple(
    fc.constantFrom('caller' as const, 'agent' as const),
    fc.string({ unit: 'binary', maxLength: 6_000 }),
  )
  .map(([who, heard]) => ({ who, heard }));
const anyCall: fc.Arbitrary<CallRecord> = fc
  .record({
    turns: fc.array(anyTurn, { maxLength: 12 }),
    tools: fc.array(
      fc.record({
        tool: fc.string(),
        response: fc.jsonValue(),
        cause: fc.option(fc.string({ maxLength: 900 })),
      }),
      { maxLength: 20 },
    ),
    profile: fc.string({ maxLength: 600 }),
    outcome: fc.constantFrom('caller-hung-up', 'else', null),
  })
  .map(({ turns, tools, ...call }) =>
    record({
      ...call,
      turns: turns.map(({ who, heard }, n) => turn(n, who, heard)),
      tools: tools.map((each) => tool(each)),
    }),
  );

test('whatever was said: at most 4 000 characters, whole ones, and the last words are there', () => {
  fc.assert(
    fc.property(anyCall, (call) => {
      const summary = summaryOf(call);
      expect(summary.length).toBeLessThanOrEqual(4_000);
      expect(summary.isWellFormed()).toBe(true);
      const last = call.turns.findLast(({ heard }) => heard.trim() !== '');
      const tail = last?.heard.replaceAll(/\s+/g, ' ').trim().slice(-100).toWellFormed();
      if (tail !== undefined) expect(summary.endsWith(tail)).toBe(true);
    }),
  );
});
