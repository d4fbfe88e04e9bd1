// What tools have done in the world, so that each thing is done once: the door. Knows no tool and no arguments.
import type { CallId } from '../../base/ids.ts';
import type { JsonObject } from '../../live/session.ts';
import type { CallAction } from '../tool.ts';

/** Two calls of a tool with the same key mean the same thing. */
export interface EffectKey {
  readonly callId: CallId;
  readonly tool: string;
  /** See normalised.ts. */
  readonly argsHash: string;
}

/** What the first call was answered, and what it asked of the phone call. */
export interface EffectResult {
  readonly response: JsonObject;
  readonly then?: CallAction | undefined;
}

export type Claim =
  /** Nobody has done it: whoever got this does it, and must settle it. `round`: so often it was done and taken back. */
  | { readonly is: 'mine'; readonly round: number }
  | { readonly is: 'done'; readonly result: EffectResult }
  /** Somebody else has claimed it, and still has time. */
  | { readonly is: 'running' }
  /** It was begun, and nobody knows whether it was done: its process died, or the other side never answered. */
  | { readonly is: 'in-doubt' };

export type Settlement =
  | {
      readonly as: 'done';
      readonly result: EffectResult;
      /**
       * Tools whose effects of this call, done or in doubt, are thereby taken back: they may be done anew. Those that are
       * about the same, or where one of both does not say what it is about.
       */
      readonly reverses: readonly string[];
      /** Left out: as it was claimed. */
      readonly about?: string | undefined;
    }
  /** Known not to have happened: it may be tried again. */
  | { readonly as: 'undone' }
  | { readonly as: 'in-doubt'; readonly about?: string | undefined };

export interface Effects {
  /**
   * At the same time from anywhere, one gets 'mine'. Not settled `limitMs` later, it is in doubt. Rejects when it cannot be
   * told: then nothing may be done. `about`: what it is done to, where that is known before; compared, and not read.
   */
  claim(key: EffectKey, limitMs: number, about?: string): Promise<Claim>;
  /** Of a claim that was 'mine'. Twice is harmless; what is done stays done. */
  settle(key: EffectKey, settlement: Settlement): Promise<void>;
  /** Another process has had this call, and may have done things in it. Left out: all is known that any has done. */
  takenUp?(call: CallId): void;
}
