// What a model that was away is told of the conversation, in words. Pure; knows no wire and no connection.
import type { JsonObject, Said } from '../session.ts';

/** Of a conversation that the model should know anyway: enough to see where it stands. */
const LAST_SAID = 6;
/** A seed of a long call: the newest of it, about 3,000 tokens. */
const MOST_CHARACTERS = 12_000;

/** The newest of what was said, as far as a model wants to read. */
export function newest(said: readonly Said[]): readonly Said[] {
  let characters = 0;
  const first = said.findLastIndex(({ text }) => (characters += text.length) > MOST_CHARACTERS);
  // One that is longer than that by itself is told all the same.
  return said.slice(Math.min(first + 1, said.length - 1));
}

/** What was said since the model's memory was taken, and a little before it. `known`: how many of `said` it has. */
export const sinceThen = (said: readonly Said[], known: number): readonly Said[] =>
  newest(said.slice(Math.max(0, Math.min(known - 1, said.length - LAST_SAID))));

const written = (said: readonly Said[]): string =>
  said.map(({ who, text }) => `${who === 'caller' ? 'Caller' : 'You'}: ${text.trim()}`).join('\n');

/** For the end of the instructions, where a model takes no history. */
export const asInstructions = (said: readonly Said[]): string =>
  `The call is under way. So far, in the caller's hearing, this was said:\n${written(said)}\nGo on from there; do not greet again.`;

export const asReminder = (said: readonly Said[]): string =>
  `[The connection was renewed. For your memory, this was said last:\n${written(said)}\nGo on as if nothing had happened: do not greet again, and do not repeat an answer.]`;

export const asContinuation = (said: readonly Said[]): string =>
  `[The connection was renewed while you were speaking. This was said last, and the caller heard every word of it:\n${written(said)}\nSay the rest of your last sentence now, and nothing of what was said before. Do not greet again.]`;

/** The result of a function that was called on a connection that is gone. */
export const asResult = (tool: string, response: JsonObject): string =>
  `[The result of ${tool}, which you called before the connection was renewed: ${JSON.stringify(response)}\nGo on with it now, without calling ${tool} again for the same.]`;

/** In place of the answer to a call that was pending: unanswered, it would swallow what the caller says next (pydantic/pydantic-ai). */
export const RESULT_FOLLOWS: JsonObject = {
  error: 'The connection was renewed. The result follows as a message; say nothing until then.',
};

/** The same, of a call whose result was told, or is not wanted any more. */
export const RESULT_IS_KNOWN: JsonObject = {
  error: 'The connection was renewed, and this call was dealt with before it. Do not make it again.',
};
