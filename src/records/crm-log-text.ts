// What the CRM is told of a call: made of its record, pure. Knows no CRM.
import type { CallLog } from '../crm/crm.ts';
import type { CallRecord, RecordedToolCall, RecordedTurn } from './record.ts';

/** Also by those who read it: a page or two. */
const MOST_CHARACTERS = 4_000;
/** So that a call with many of them still has room for its words. */
const MOST_OF_TOOLS = 1_200;
const MOST_OF_A_TOOL = 200;
const LEFT_OUT = '…';

const OUTCOMES: Readonly<Record<string, string>> = {
  'caller-hung-up': 'The caller hung up',
  'agent-hung-up': 'The agent ended the call',
  'operator-hung-up': 'An operator ended the call',
  'model-failed': 'The call ended because the agent failed',
  'line-never-opened': 'The call was answered, but no sound came of it',
  'line-lost': 'The line was lost',
  'shut-down': 'The server was stopped during the call',
  'time-limit': 'The call reached its time limit',
  transferred: 'The caller was put through to somebody',
  voicemail: 'The caller was asked to leave a message',
  'caller-silent': 'The caller said nothing any more',
  'process-died': 'The server died during the call; this is as far as it was recorded',
};

/** The other party of the call: who may be a contact. */
export const otherParty = ({ direction, from, to }: Pick<CallRecord, 'direction' | 'from' | 'to'>): string =>
  direction === 'inbound' ? from : to;

/** Of a call that has ended. */
export function callLogOf(record: CallRecord, contactId: string | undefined): CallLog {
  const { id, from, to, direction, startedAt, durationMs, outcome } = record;
  return {
    ...{ callId: id, contactId, from, to, direction },
    startedAtMs: Date.parse(startedAt),
    durationMs: durationMs ?? 0,
    outcome: outcomeWords(outcome),
    summary: summaryOf(record),
  };
}

const outcomeWords = (outcome: string | null): string =>
  OUTCOMES[outcome ?? ''] ?? (outcome ?? 'nobody knows why it ended').replaceAll('-', ' ');

/** How it ended, what tools did, and what was heard: its end, when it is too long. */
export function summaryOf({ outcome, durationMs, tools, turns, profile }: CallRecord): string {
  const done = tools.filter(({ repeated }) => !repeated).map(toolLine);
  const head = [
    `${outcomeWords(outcome)}, after ${durationWords(durationMs ?? 0)}. Answered by ${cutEnd(profile, MOST_OF_A_TOOL)}.`,
    ...(done.length > 0 ? ['', 'What was done:', ...newest(done, MOST_OF_TOOLS)] : []),
    '',
  ];
  const said = turns.toSorted((a, b) => a.n - b.n).flatMap(turnLine);
  const words = said.length > 0 ? ['What was heard:', ...said] : ['Nothing was said.'];
  const room = MOST_CHARACTERS - head.join('\n').length - 1;
  return [...head, ...newest(words, room)].join('\n').toWellFormed();
}

function turnLine({ who, heard }: RecordedTurn): string[] {
  const words = oneLine(heard);
  return words === '' ? [] : [`${who === 'caller' ? 'Caller' : 'Agent'}: ${words}`];
}

/** Without the cause of a failure: it may hold words of other servers, which are for our own records alone. */
function toolLine({ tool, state, response, cause }: RecordedToolCall): string {
  const said = messageIn(response);
  const how = cause !== null ? 'failed' : STATES[state];
  return `- ${cutEnd(`${oneLine(tool)}: ${how}${said === undefined ? '' : `: ${oneLine(said)}`}`, MOST_OF_A_TOOL)}`;
}

const STATES: Readonly<Record<RecordedToolCall['state'], string>> = {
  done: 'done',
  cancelled: 'cancelled',
  running: 'no answer before the call ended',
};

/** What tools tell has `message`: words that the caller may have heard. */
function messageIn(response: unknown): string | undefined {
  if (response === null || typeof response !== 'object' || !('message' in response)) return undefined;
  return typeof response.message === 'string' ? response.message : undefined;
}

/** The last of them that fit, and the end of the one that fits no more, with a sign where something is missing. */
function newest(lines: readonly string[], characters: number): string[] {
  const kept: string[] = [];
  let left = characters;
  for (const line of lines.toReversed()) {
    // With the line break before it, and room for the sign and its own.
    if (line.length + 1 + LEFT_OUT.length + 1 > left) {
      const room = left - 2 - LEFT_OUT.length;
      kept.push(kept.length === 0 && room > 0 ? `${LEFT_OUT}${line.slice(-room)}` : LEFT_OUT);
      break;
    }
    kept.push(line);
    left -= line.length + 1;
  }
  return kept.reverse();
}

const cutEnd = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters - LEFT_OUT.length)}${LEFT_OUT}`;

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

function durationWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const parts = [Math.floor(seconds / 60), seconds % 60] as const;
  return parts[0] === 0 ? `${parts[1]} s` : `${parts[0]} min ${parts[1]} s`;
}
