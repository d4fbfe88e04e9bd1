// A notice as the board has it: what it does not show is left out, and of what tools are given and answer the beginning is enough.
import type { Notice } from '../call/notices.ts';
import type { BoardNotice } from './board-notice.ts';

const MOST_LETTERS = 8_000;

/** Undefined: the board does not show it. */
export function forBoard(notice: Notice): BoardNotice | undefined {
  switch (notice.type) {
    case 'call-refused':
    // Whoever has it now says so.
    case 'call-moved':
    case 'greeting-played':
    case 'sound-over-agent':
    case 'tokens-used':
      return undefined;
    case 'tool-called':
      return { ...notice, args: beginningOf(notice.args) };
    case 'tool-done':
    case 'tool-late':
      return { ...notice, response: beginningOf(notice.response) };
    default:
      return notice;
  }
}

/** As it is, where it is short; else the beginning of its JSON, as text. */
function beginningOf(value: unknown): unknown {
  const json = (JSON.stringify(value) as string | undefined) ?? 'null';
  return json.length <= MOST_LETTERS ? (JSON.parse(json) as unknown) : `${json.slice(0, MOST_LETTERS)} …`;
}
