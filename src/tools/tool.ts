// A tool: something the agent can do. One schema gives its type, its check and what the model is told.
import type { CallId, ToolCallId } from '../base/ids.ts';
import type { Crm } from '../crm/crm.ts';
import type { JsonObject, ToolDeclaration } from '../live/session.ts';

/** What a tool asks of the call; done once what the agent says about it was heard. */
export type CallAction = { type: 'hangUp' };

export interface ToolResult {
  /** Told to the model. */
  readonly tell: JsonObject;
  readonly then?: CallAction | undefined;
}

export interface ToolContext {
  readonly callId: CallId;
  /** Stable over retries of the same call of this tool: the key for effects that must happen once. */
  readonly toolCallId: ToolCallId;
  /** E.164 or what the carrier knows. */
  readonly caller: string;
  readonly crm: Crm;
  /** Fires when the model cancels, the time is up, or the call ends. */
  readonly signal: AbortSignal;
}

export interface Tool {
  readonly declaration: ToolDeclaration;
  readonly timeoutMs: number;
  /** Throws TOOL_ARGUMENTS_INVALID with words that tell the model what to mend. */
  run(args: unknown, context: ToolContext): Promise<ToolResult>;
}
