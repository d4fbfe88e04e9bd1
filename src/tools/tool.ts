// A tool: something the agent can do. One schema gives its type, its check and what the model is told.
import type { CallId, ToolCallId } from '../base/ids.ts';
import type { TextSender } from '../carrier/texts.ts';
import type { Crm } from '../crm/crm.ts';
import type { JsonObject, ToolDeclaration } from '../live/session.ts';
import type { CallbackBook } from './callbacks.ts';
import type { DispositionBook } from './dispositions.ts';
import type { OptOutBook } from './opt-outs.ts';
import type { SecretKind, Secrets } from './secrets.ts';

/** What a tool asks of the call; done once what the agent says about it was heard. */
export type CallAction =
  | { readonly type: 'hangUp' }
  /** `destination`: a name of the profile's; never a number. `briefing`: said to the person before they have the caller. */
  | {
      readonly type: 'transfer';
      readonly destination: string;
      readonly reason: string;
      readonly briefing: string;
    }
  | { readonly type: 'voicemail' }
  /** 0 to 9, A to D, * and #; `w` waits half a second, `W` a whole one. */
  | { readonly type: 'sendKeys'; readonly keys: string }
  /** `agent`: a name of the profile's, of one of the agents to whom it may hand callers. */
  | { readonly type: 'handOver'; readonly agent: string; readonly reason: string }
  /** The caller is asked to type: their next keys are one number. */
  | { readonly type: 'expectKeys' }
  /** The caller is at this page of the keypad menu now. */
  | { readonly type: 'atPage'; readonly page: string };

export interface ToolResult {
  /** Told to the model. `message` is what it may say aloud; `status` and `retryable` are put beside it. */
  readonly tell: JsonObject;
  readonly then?: CallAction | undefined;
  /** Of an effect: as `Effect.about`, where it is known only now; it wins. */
  readonly about?: string | undefined;
}

/** Where the agent is at home: in which zone a time is meant, and when a visit is possible. */
export interface Office {
  /** IANA, such as `America/New_York`. */
  readonly timeZone: string;
  /** BCP 47. */
  readonly language: string;
  /** Left out: nobody has said when it is open. */
  readonly isOpenAt?: ((epochMs: number) => boolean) | undefined;
}

export interface ToolContext {
  readonly callId: CallId;
  readonly toolCallId: ToolCallId;
  /** The same for every repetition of this tool in this call with the same arguments: the key for what is done once. */
  readonly effectKey: string;
  /** E.164 or what the carrier knows. */
  readonly caller: string;
  /** The number that was called, or calls: ours. */
  readonly called: string;
  readonly crm: Crm;
  readonly texts: TextSender;
  readonly office: Office;
  /** Left out: nobody keeps them. */
  readonly callbacks?: CallbackBook | undefined;
  /** Left out: nobody keeps any. */
  readonly optOuts?: OptOutBook | undefined;
  /** Left out: nobody keeps any, or we have not placed the call. */
  readonly dispositions?: DispositionBook | undefined;
  /** Left out: there is no keypad to type them on. Only kinds that the tool has under `secrets` are asked for. */
  readonly secrets?: Secrets | undefined;
  /** The profile's name. */
  readonly profile: string;
  readonly epochMs: number;
  /**
   * Fires when nobody waits for the result any more: the model cancels, the time is up, the call ends. For a tool with an
   * effect it fires at its last limit alone: what has begun is finished, whoever hangs up meanwhile.
   */
  readonly signal: AbortSignal;
}

/** What running it changes in the world. It is done once for the same arguments in a call, however often it is asked for. */
export interface Effect {
  /**
   * Tools whose effects it takes back: what they did, or may have done, may then be done once more. Only what is about the
   * same, unless one of both does not say what it is about.
   */
  readonly reverses?: readonly string[] | undefined;
  /** What it is done to, in words that only need be the same for the same: an order's number. `args`: as `accept` gave them. */
  readonly about?: ((args: JsonObject) => string | undefined) | undefined;
}

export interface Tool {
  readonly declaration: ToolDeclaration;
  /** By then the model is answered. */
  readonly timeoutMs: number;
  /** Undefined: it only looks. */
  readonly effect?: Effect | undefined;
  /**
   * What becomes of a result that comes after the model has cancelled the call, or was told that it takes too long. Left
   * out: `tell` with an effect, and `drop` without.
   */
  readonly lateResult?: 'tell' | 'drop' | undefined;
  /** What it asks the caller to type while it runs; left out: nothing. */
  readonly secrets?: readonly SecretKind[] | undefined;
  /** The arguments as `run` takes them. Throws TOOL_ARGUMENTS_INVALID with words that tell the model what to mend. */
  accept(args: unknown): Promise<JsonObject>;
  /** `args`: as `accept` gave them. */
  run(args: JsonObject, context: ToolContext): Promise<ToolResult>;
}
