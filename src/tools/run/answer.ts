// What the model is told of a tool call, always in one shape: status, retryable, message, and what the tool found.
import { LivelineError } from '../../base/errors.ts';
import type { JsonObject } from '../../live/session.ts';
import { failureResponse } from './failure.ts';
import type { Outcome } from './outcome.ts';
import type { Tool, ToolResult } from '../tool.ts';

/** JSON; some four thousand tokens, which the model reads again at every turn of the call. */
export const MOST_RESPONSE_CHARACTERS = 16_000;
const MOST_MESSAGE_CHARACTERS = 2_000;

const DONE = 'It is done. Do not do it again.';
const FOUND = 'This is what there is. Do not ask for it again.';
const NOTHING_FOUND = 'Nothing was found. Do not ask for it again.';
const DONE_BEYOND_WORDS = 'It is done, but what came of it cannot be told. Do not do it again.';
const DONE_TOO_LONG =
  'It is done, but what came of it is too long to tell. Say that it is done, and do not do it again.';

/**
 * Of a tool that ran to its end; a copy, so that the tool may keep its object. Throws what is wrong with the result of a
 * tool that only looked; what one with an effect did is done, whatever it says of it.
 */
export function answerOf({ declaration, effect }: Tool, result: ToolResult): Outcome {
  // Anything may have come back from a foreign tool.
  const then = (result as ToolResult | undefined)?.then;
  try {
    const tell = asJsonObject(result.tell);
    const said = tell['message'];
    const orElse = effect ? DONE : Object.keys(tell).length > 0 ? FOUND : NOTHING_FOUND;
    const message = typeof said === 'string' && said.trim() !== '' ? said : orElse;
    const response = { ...tell, status: 'ok', retryable: false, message };
    const characters = JSON.stringify(response).length;
    if (characters <= MOST_RESPONSE_CHARACTERS) return { response, then };
    throw new LivelineError(
      'TOOL_RESULT_TOO_LARGE',
      `${declaration.name} told ${characters} characters; at most ${MOST_RESPONSE_CHARACTERS} reach the model`,
    );
  } catch (thrown) {
    if (!effect) throw thrown;
    const isLong = thrown instanceof LivelineError;
    const message = isLong ? DONE_TOO_LONG : DONE_BEYOND_WORDS;
    return { response: { status: 'ok', retryable: false, message }, then, fault: { thrown } };
  }
}

/** `told`: what the model's words are made of, where that is not what was thrown. Never throws. */
export function failed(thrown: unknown, told: unknown = thrown): Outcome {
  const { status, retryable, message, ...facts } = failureResponse(told);
  const words = { status, retryable, message: message.slice(0, MOST_MESSAGE_CHARACTERS) };
  return { response: { ...sayable(facts), ...words }, fault: { thrown } };
}

/** A copy; of what is too long, or cannot be said, nothing. */
function sayable(facts: JsonObject): JsonObject {
  try {
    const copy = asJsonObject(facts);
    return JSON.stringify(copy).length <= MOST_RESPONSE_CHARACTERS - MOST_MESSAGE_CHARACTERS ? copy : {};
  } catch {
    return {};
  }
}

/** Throws what cannot be said in JSON. */
function asJsonObject(tell: unknown): JsonObject {
  const { copy } = JSON.parse(JSON.stringify({ copy: tell })) as { copy?: unknown };
  if (typeof copy === 'object' && copy !== null && !Array.isArray(copy)) return copy as JsonObject;
  throw new TypeError('the tool told the model something that is no JSON object');
}
