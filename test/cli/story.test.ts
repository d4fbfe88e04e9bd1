import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { callId, toolCallId, turnId } from '../../src/base/ids.ts';
import type { NoticeBody } from '../../src/call/notices.ts';
import type { Entry } from '../../src/call/transcript.ts';
import { Story } from '../../src/cli/story.ts';
import { faultOf } from '../../src/simulator/model/faults/fault.ts';

function rig() {
  const lines: string[] = [];
  const story = new Story((line) => lines.push(stripVTControlCharacters(line).trim()));
  const notice = (atMs: number, body: NoticeBody): void =>
    story.notice({ ...body, callId: callId('CA1'), atMs }, 1_000);
  const entry = (atMs: number, entry: Entry): void => notice(atMs, { type: 'transcript', entry });
  notice(0, {
    ...{ type: 'call-started', profile: 'Desk', profileVersion: 'v', model: 'm', from: '+1', to: '+2' },
    direction: 'inbound',
    startedMs: 0,
    keepDays: 90,
    logCalls: true,
  });
  return { story, lines, notice, entry };
}

const agent = (
  n: number,
  atMs: number,
  state: 'open' | 'done' | 'cut',
  text = 'Hello there.',
  heard = text,
): Entry => ({
  ...{ n, who: 'agent', atMs, turn: turnId(n + 1), text, state, heard },
});

test('lines come in the order in which things began, each when it is complete', () => {
  const { lines, notice, entry, story } = rig();
  entry(500, agent(0, 500, 'open'));
  notice(900, { type: 'tool-called', id: toolCallId('a'), tool: 'look', args: {} });
  expect(lines).toEqual(['1.0 s  server  Desk answers']);
  entry(2_000, agent(0, 500, 'done'));
  expect(lines.slice(1)).toEqual(['1.5 s  agent   Hello there.', '1.9 s  tool    look {}']);
  story.end();
  expect(lines).toHaveLength(3);
});

test('what was not heard is told apart', () => {
  const { lines, entry } = rig();
  entry(0, agent(0, 0, 'cut', 'One two three', 'One two'));
  expect(lines.at(-1)).toBe('1.0 s  agent   One two ✂ not heard: three');
  entry(500, agent(1, 500, 'cut', 'Four', ''));
  expect(lines.at(-1)).toBe('1.5 s  agent   ✂ not heard: Four');
});

test('what the caller said stands where it was said, whenever the transcript comes', () => {
  const { lines, entry, story } = rig();
  story.phone({ type: 'said', what: 'a.wav', forMs: 500, atMs: 3_000 });
  entry(4_000, { n: 0, who: 'caller', atMs: 4_000, text: ' Hi', state: 'open' });
  entry(4_500, { n: 0, who: 'caller', atMs: 4_000, text: ' Hi.', state: 'done' });
  expect(lines.at(-1)).toBe('3.0 s  caller  Hi.');
});

test('what was never transcribed is said to be so', () => {
  const { lines, story } = rig();
  story.phone({ type: 'said', what: 'a.wav', forMs: 500, atMs: 3_000 });
  story.end();
  expect(lines.at(-1)).toBe('3.0 s  caller  (a.wav, not transcribed)');
});

test('why the phone hung up is told when it is more than that it did', () => {
  const { lines, story } = rig();
  story.phone({ type: 'hungUp', by: 'caller', why: 'hung up', atMs: 2_000 });
  story.phone({ type: 'hungUp', by: 'network', why: 'error 11200', atMs: 3_000 });
  expect(lines.slice(1)).toEqual([
    '2.0 s  phone   hung up by the caller',
    '3.0 s  phone   hung up by the network: error 11200',
  ]);
});

test('a model that is back, and whether it remembers', () => {
  const { lines, notice } = rig();
  notice(2_000, { type: 'session-switched', memory: 'kept', gapMs: 100, setupMs: 60 });
  notice(3_000, { type: 'session-switched', memory: 'told', gapMs: 5_900, setupMs: 60 });
  expect(lines.slice(1)).toEqual([
    '3.0 s  server  the model is back after 0.1 s; it remembers',
    '4.0 s  server  the model is back after 5.9 s; a new one, told what was said',
  ]);
});

test('a fault that was asked for is told when it acts', () => {
  const { lines, story } = rig();
  story.fault(faultOf('close:code=1011,on=agent-speaking'), 9_100);
  expect(lines.at(-1)).toBe('9.1 s  fault   close:on=agent-speaking');
});

test('what is said and looked up never steers the terminal', () => {
  const { lines, notice, entry } = rig();
  entry(0, agent(0, 0, 'cut', 'One \u009b2J two', 'One'));
  entry(100, { n: 1, who: 'caller', atMs: 100, text: 'Hi\u0007', state: 'done' });
  notice(200, { type: 'tool-called', id: toolCallId('a'), tool: 'look', args: { name: '\u202e' } });
  notice(300, { type: 'session-failed', code: 'X', message: 'a\u001bb' });
  expect(lines.slice(1)).toEqual([
    '1.0 s  agent   One ✂ not heard: \\x9b2J two',
    '1.1 s  caller  Hi\\x07',
    '1.2 s  tool    look {"name":"\\u202e"}',
    '1.3 s  server  the model is gone (X): a\\x1bb',
  ]);
});
