// What came of a tool call, before anybody is told.
import type { JsonObject } from '../../live/session.ts';
import type { CallAction } from '../tool.ts';

export interface Outcome {
  /** With `status`, `retryable` and `message`, always. */
  readonly response: JsonObject;
  readonly then?: CallAction | undefined;
  /** Of an effect; see ToolResult. */
  readonly about?: string | undefined;
  /** What was thrown, which may be anything; or why `response` says less than the tool did. */
  readonly fault?: { readonly thrown: unknown } | undefined;
  /** It is what the first call with these arguments was answered. */
  readonly repeated?: true;
  /** Others who asked for the same meanwhile get it too. */
  readonly isPassedOn?: boolean;
}
