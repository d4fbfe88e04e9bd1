// The names things go by. Branded, so that one kind of id is never handed in for another.
import { randomBytes } from 'node:crypto';

declare const kind: unique symbol;
type Id<Kind extends string> = string & { readonly [kind]: Kind };

/** One call. It is the carrier's own id (Twilio: `CA…`), so a log line can be pasted into the carrier's console. */
export type CallId = Id<'call'>;
/** One function call of the model, as the model named it. */
export type ToolCallId = Id<'tool-call'>;
/** One uninterrupted stretch of agent speech; counts 1, 2, 3 … within a call, so "up to turn 3" can be said. */
export type TurnId = number & { readonly [kind]: 'turn' };

export const callId = (text: string): CallId => text as CallId;
export const toolCallId = (text: string): ToolCallId => text as ToolCallId;
export const turnId = (count: number): TurnId => count as TurnId;

/** Of this start of the process, in addresses: 8 characters, safe in URLs. No secret. */
export const newNodeKey = (): string => randomBytes(6).toString('base64url');

/**
 * A secret that cannot be guessed: 192 random bits, safe in URLs and in XML attributes. It never begins as an option on a
 * command line or a formula in a spreadsheet does.
 */
export function newToken(): string {
  const token = randomBytes(24).toString('base64url');
  return token.startsWith('-') ? newToken() : token;
}
