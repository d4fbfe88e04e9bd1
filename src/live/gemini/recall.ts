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

/** For the end of the instructions, where a model takes no history; of a call that has yet to begin, nothing is `said`. */
export const asInstructions = (before: readonly Said[], said: readonly Said[]): string =>
  [
    ...(before.length === 0 ? [] : [`Before this call, this was said:\n${written(before)}`]),
    ...(said.length === 0
      ? []
      : [
          `The call is under way. So far, in the caller's hearing, this was said:\n${written(said)}\nGo on from there; do not greet again.`,
        ]),
  ].join('\n');

/** What the model has to know beside what was said; outside of the brackets, as it was not said. */
const beside = (facts: readonly string[]): string => (facts.length === 0 ? '' : `\n${facts.join('\n')}`);

export const asReminder = (said: readonly Said[], facts: readonly string[] = []): string =>
  (said.length === 0
    ? '[The connection was renewed. Go on as if nothing had happened.]'
    : `[The connection was renewed. For your memory, this was said last:\n${written(said)}\nGo on as if nothing had happened: do not greet again, and do not repeat an answer.]`) +
  beside(facts);

export const asContinuation = (said: readonly Said[], facts: readonly string[] = []): string =>
  `[The connection was renewed while you were speaking. This was said last, and the caller heard every word of it:\n${written(said)}\nSay the rest of your last sentence now, and nothing of what was said before. Do not greet again.]${beside(facts)}`;

/** Where the turn that broke had no word yet. `asked`: what it was to answer, unless it was the caller. */
export const asNewStart = (said: readonly Said[], asked: string): string =>
  (said.length === 0 ? '' : `${asReminder(said)}\n`) +
  (asked === '' ? 'The connection broke as you began to answer the caller. Answer now.' : asked);

/** Of a prompt that the model began to answer. */
export const asTold = (text: string): string => `What you were speaking to: ${text}`;

/** To a model that has not answered the caller. */
export const REMINDER =
  '[The caller has just said something to you and waits. Answer now; if you did not understand it, ask them to say it again.]';

/** To a model whose caller makes a noise that goes on. */
export const NOISE_REMINDER =
  "[There has been loud noise on the caller's line for a while and no words. Say that you cannot hear them well and ask them to say it again.]";

/** The result of a function that was called on a connection that is gone. */
export const asResult = (tool: string, response: JsonObject): string =>
  `[The result of ${tool}, which you called before the connection was renewed: ${JSON.stringify(response)}\nGo on with it now, without calling ${tool} again for the same.]`;

export const asKnownResult = (tool: string, response: JsonObject): string =>
  `${tool} has answered: ${JSON.stringify(response)}`;

/** In place of the answer to a call that was pending: unanswered, it would swallow what the caller says next (pydantic/pydantic-ai). */
export const RESULT_FOLLOWS: JsonObject = {
  error: 'The connection was renewed. The result follows as a message; say nothing until then.',
};

/** The same, of a call whose result was told, or is not wanted any more. */
export const RESULT_IS_KNOWN: JsonObject = {
  error: 'The connection was renewed, and this call was dealt with before it. Do not make it again.',
};
