import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventWords } from '../../src/cli/call-words.ts';
import { widthOf } from '../../src/cli/plain-text.ts';
import { recordText } from '../../src/cli/record-text.ts';
import type { CallRecord } from '../../src/records/record.ts';
import { NO_USAGE, record } from './calls-rig.ts';

const textOf = (changes: Partial<CallRecord>, columns = 100): string[] =>
  recordText(record(changes), { columns, timeZone: 'UTC' }).map(stripVTControlCharacters);

/** What stands between head and sums. */
const conversationOf = (changes: Partial<CallRecord>, columns?: number): string[] => {
  const lines = textOf(changes, columns);
  return lines.slice(lines.indexOf('') + 1, lines.lastIndexOf(''));
};

const ENDED = '  83.4 s  server  call ended: caller hung up';

const DONE = { doneMs: 1, state: 'done', cause: null, repeated: false } as const;

test('a whole record: who and when, the conversation in order of time, the sums', () => {
  const lines = textOf({
    ...{ rehearsal: true, keptUntil: '2026-03-31T22:00:00.000Z' },
    turns: [
      { n: 0, who: 'agent', atMs: 100, text: 'Hello, this is the desk.', heard: 'Hello, this', state: 'cut' },
      { n: 1, who: 'caller', atMs: 1_200, text: ' Hi.', heard: ' Hi.', state: 'done' },
      { n: 2, who: 'agent', atMs: 3_000, text: 'Good day.', heard: 'Good day.', state: 'done' },
    ],
    tools: [
      {
        ...{ id: 't', tool: 'look_up_contact', args: { number: '+1' }, response: { found: false } },
        ...{ calledMs: 2_000, doneMs: 2_450, state: 'done', cause: null, repeated: false },
      },
    ],
    events: [
      { atMs: 1_300, type: 'barge-in', facts: { turn: 1, heardMs: 900, sentMs: 2_000 } },
      { atMs: 2_500, type: 'session-switched', facts: { memory: 'kept', gapMs: 400, setupMs: 60 } },
      { atMs: 2_700, type: 'watchdog', facts: { saw: 'no answer', did: 'reminded' } },
    ],
    usage: {
      ...{
        promptTokens: 12_000,
        responseTokens: 345,
        totalTokens: 12_345,
        cachedTokens: 500,
        thoughtTokens: 0,
      },
      ...{ toolUseTokens: 0, prompt: { AUDIO: 10_000, TEXT: 2_000 }, response: { TEXT: 0, AUDIO: 345 } },
    },
    watchdog: { 'no answer': { reminded: 2, renewed: 1 }, stalled: { renewed: 1 } },
  });
  expect(lines).toEqual([
    'call     CA0123456789abcdef0123456789abcdef (rehearsal: on the simulators)',
    'inbound  +15550100123 → +15550100100',
    'began    2025-12-31 22:00:00 UTC',
    'length   1:23 (83.4 s)',
    'outcome  caller hung up',
    'profile  Desk (version v1)',
    'model    gemini-3.8-live',
    'cost     $0.0123',
    'kept     until 2026-03-31 22:00:00 UTC',
    '',
    '   0.1 s  agent   Hello, this ✂ not heard: is the desk.',
    '   1.2 s  caller  Hi.',
    '   1.3 s  server  the caller interrupts: 0.9 s of it heard, 1.1 s forgotten by the carrier',
    '   2.0 s  tool    look_up_contact {"number":"+1"}',
    '                  → {"found":false} after 0.5 s',
    '   2.5 s  server  the model is back after 0.4 s; it remembers',
    '   2.7 s  server  watchdog: no answer: reminded',
    '   3.0 s  agent   Good day.',
    ENDED,
    '',
    'tokens    12,345: prompt 12,000 (AUDIO 10,000, TEXT 2,000, cached 500) · answers 345 (AUDIO 345)',
    'cost      $0.0123 by list prices',
    'watchdog  no answer: reminded 2×, renewed 1× · stalled: renewed 1×',
  ]);
});

test('a call in progress: nothing is said of its end', () => {
  const lines = textOf({
    ...{ outcome: null, durationMs: null, endedAt: null, costUsd: null },
    tools: [
      {
        ...{ id: 't', tool: 'look', args: {}, response: null, calledMs: 900, doneMs: null },
        ...{ state: 'running', cause: null, repeated: false },
      },
    ],
    turns: [{ n: 0, who: 'caller', atMs: 5, text: 'Well', heard: 'Well', state: 'open' }],
  });
  expect(lines).toEqual(
    expect.arrayContaining([
      'length   not ended yet',
      'outcome  IN PROGRESS since 2025-12-31 22:00:00 UTC: this is the record so far',
    ]),
  );
  expect(lines.slice(10, -4)).toEqual([
    '   0.0 s  caller  Well (not finished)',
    '   0.9 s  tool    look {}',
    '                  → still running',
  ]);
  expect(lines.slice(-3)).toEqual([
    'tokens    0: none counted',
    "cost      not known: this model's list prices are not known",
    'watchdog  had nothing to do',
  ]);
});

test('what was lost is said loudly', () => {
  expect(textOf({})).not.toContainEqual(expect.stringContaining('LOST'));
  expect(textOf({ lostWrites: 1 })).toContainEqual(expect.stringMatching(/^LOST +1 part of this record/));
});

test('a call whose process died says so', () => {
  expect(textOf({ outcome: 'process-died' })[4]).toBe(
    'outcome  its process died: recorded as far as it had come; the length is up to the last sign of life',
  );
});

test('tools that came to nothing', () => {
  const ended = { doneMs: 1_000, cause: null, repeated: false };
  const tool = { id: 't', tool: 'look', args: {}, response: null, calledMs: 0, ...ended };
  const answer = (
    changes: Partial<CallRecord['tools'][number]> & Pick<CallRecord['tools'][number], 'state'>,
  ) => conversationOf({ tools: [{ ...tool, ...changes }] })[1]?.trim();
  expect(answer({ state: 'cancelled', doneMs: 1_000 })).toBe('→ cancelled after 1.0 s');
  expect(answer({ state: 'running', doneMs: null })).toBe('→ no answer before the call ended');
  expect(answer({ state: 'done', doneMs: 1_000 })).toBe('→ told the model nothing after 1.0 s');
  expect(answer({ state: 'done', cause: 'CRM_UNAVAILABLE: 503' })).toBe(
    '→ told the model nothing after 1.0 s because: CRM_UNAVAILABLE: 503',
  );
  expect(answer({ state: 'done', repeated: true })).toBe(
    '→ told the model nothing after 1.0 s (the first result, given again)',
  );
});

test('a long answer of a tool is shortened, and says where all of it is', () => {
  const response = { text: 'word '.repeat(2_000) };
  const lines = conversationOf({
    tools: [{ id: 't', tool: 'look', args: {}, response, calledMs: 0, ...DONE }],
  }).join('\n');
  expect(lines.length).toBeLessThan(1_500);
  expect(lines).toContain('(10,011 characters; --json');
});

test('an event that has no words is told as it is; a fact that is missing is a question mark', () => {
  expect(
    conversationOf({
      events: [
        { atMs: 1, type: 'new-thing', facts: { a: 1 } },
        { atMs: 2, type: 'session-switched', facts: {} },
        { atMs: 3, type: 'session-failed', facts: { code: 7 } },
      ],
    }).slice(0, -1),
  ).toEqual([
    '   0.0 s  server  new-thing {"a":1}',
    '   0.0 s  server  the model is back after ? s; a new one, told what was said',
    '   0.0 s  server  the model is gone (7): ?',
  ]);
});

test.each([
  ...['line-opened', 'line-lost', 'greeting-played', 'session-ready', 'session-failed', 'session-switching'],
  ...['session-switched', 'watchdog', 'sound-over-agent', 'told', 'barge-in', 'digit'],
  ...['departed', 'returned', 'caller-silent', 'handed-over'],
  ...['operator-took-over', 'operator-gave-back', 'recording'],
])('%s has words', (type) => {
  expect(eventWords(type, {})?.text).toMatch(/\w/);
});

test('words of the record never steer the terminal, and lines fit', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({
      unit: fc.constantFrom('\u001b[2J', '\u009b', '\u202e', '\n', 'a', ' ', '電'),
      maxLength: 200,
    }),
  );
  const texts = fc.record({ said: text, heard: text, name: text, fact: text, saw: text });
  fc.assert(
    fc.property(texts, fc.integer({ min: 60, max: 140 }), ({ said, heard, name, fact, saw }, columns) => {
      const lines = textOf(
        {
          ...{ profile: name, model: name, from: fact, to: fact, outcome: name, lostWrites: 1 },
          turns: [{ n: 0, who: 'agent', atMs: 0, text: said, heard, state: 'cut' }],
          tools: [
            {
              id: 't',
              tool: name,
              args: said,
              response: { [name]: fact },
              calledMs: 1,
              ...DONE,
            },
          ],
          events: [
            { atMs: 1, type: name, facts: { [fact]: said } },
            { atMs: 1, type: 'told', facts: { text: said } },
          ],
          usage: { ...NO_USAGE, promptTokens: 1, prompt: { [name]: 1 } },
          watchdog: { [saw]: { [fact]: 1 } },
        },
        columns,
      );
      for (const line of lines) {
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(widthOf(line)).toBeLessThanOrEqual(columns);
      }
    }),
  );
});

test('what was heard and is not the beginning of what was said hides nothing', () => {
  expect(
    conversationOf({
      turns: [{ n: 0, who: 'agent', atMs: 0, text: 'All of it', heard: 'Other', state: 'cut' }],
    })[0],
  ).toBe('   0.0 s  agent   Other ✂ not heard: All of it');
});

test('a call in which nothing was said', () => {
  expect(conversationOf({ durationMs: null, outcome: null })).toEqual(['Nothing was said yet.']);
  expect(conversationOf({ durationMs: null })).toEqual(['Nothing was said.']);
});

test.each([
  ['off', undefined],
  ['due', 'CRM      not told of this call yet'],
  ['begun', 'CRM      not told of this call yet'],
  ['done', 'CRM      told of this call'],
  ['failed', "CRM      not told of this call, for good: the server's log says why"],
  ['in-doubt', 'CRM      may or may not know of this call: look there'],
] as const)('what the CRM knows of the call: %s', (crmLog, line) => {
  expect(textOf({ crmLog }).find((each) => each.startsWith('CRM'))).toBe(line);
});
