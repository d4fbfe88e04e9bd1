// Of what happens in calls that which the board shows, as plain data with plain names. Types alone: the page has them too, and
// must not have to know what a call is made of. notice-bounds.ts makes them of notices.

/** `atMs`: since the call was answered. */
export type BoardNotice = BoardFacts & { readonly callId: string; readonly atMs: number };

type BoardFacts =
  | {
      readonly type: 'call-started';
      readonly profile: string;
      readonly direction: 'inbound' | 'outbound';
      readonly from: string;
      readonly to: string;
      /** Since the epoch. */
      readonly startedMs: number;
    }
  | { readonly type: 'session-ready' }
  | { readonly type: 'transcript'; readonly entry: BoardEntry }
  | { readonly type: 'tool-called'; readonly id: string; readonly tool: string; readonly args: unknown }
  | { readonly type: 'tool-done'; readonly id: string; readonly response: unknown; readonly cause?: string }
  | { readonly type: 'tool-late'; readonly id: string; readonly response: unknown; readonly cause?: string }
  | { readonly type: 'tool-cancelled'; readonly id: string }
  | MarkFacts;

export type BoardEntry = {
  readonly n: number;
  readonly atMs: number;
  readonly text: string;
} & (
  | { readonly who: 'caller'; readonly state: 'open' | 'done' }
  | { readonly who: 'agent'; readonly state: 'open' | 'done' | 'cut'; readonly heard: string }
);

/** What stands in the conversation where it happened. */
export type MarkFacts =
  | {
      readonly type: 'caller-looked-up';
      readonly found: boolean;
      readonly inTime: boolean;
      readonly tookMs: number;
      readonly name?: string;
      readonly cause?: string;
    }
  /** Another process goes on with it. */
  | {
      readonly type: 'call-rejoined';
      readonly node: string;
      readonly planned: boolean;
      readonly gapMs: number;
      readonly profile: string;
      readonly direction: 'inbound' | 'outbound';
      readonly from: string;
      readonly to: string;
      /** Since the epoch. */
      readonly startedMs: number;
    }
  | { readonly type: 'line-opened' }
  | { readonly type: 'line-lost' }
  | { readonly type: 'departed'; readonly to: string; readonly reason: string }
  | { readonly type: 'handed-over'; readonly from: string; readonly to: string; readonly reason: string }
  | { readonly type: 'returned'; readonly why: string }
  | { readonly type: 'caller-silent'; readonly times: 1 | 2 }
  | { readonly type: 'placed-call'; readonly is: string; readonly why: string }
  | { readonly type: 'routed'; readonly to: string; readonly why: string }
  | { readonly type: 'person'; readonly destination: string; readonly is: string }
  | { readonly type: 'session-failed'; readonly code: string; readonly message: string }
  | { readonly type: 'session-switching'; readonly planned: boolean; readonly why: string }
  | { readonly type: 'session-switched'; readonly memory: 'kept' | 'told'; readonly gapMs: number }
  | { readonly type: 'watchdog'; readonly saw: string; readonly did: string }
  | { readonly type: 'told'; readonly text: string; readonly answer: boolean }
  | { readonly type: 'recording'; readonly is: 'began' | 'broke-off' | 'left-behind' }
  | { readonly type: 'operator-took-over'; readonly by: string }
  | {
      readonly type: 'operator-gave-back';
      readonly by: string;
      readonly forMs: number;
      readonly note: string;
    }
  | { readonly type: 'barge-in'; readonly heardMs: number; readonly sentMs: number }
  | { readonly type: 'digit'; readonly digit: string }
  | { readonly type: 'secret-keys'; readonly kind: string; readonly is: string; readonly keys: number }
  | { readonly type: 'call-ended'; readonly reason: string; readonly durationMs: number };

export type MarkNotice = MarkFacts & { readonly callId: string; readonly atMs: number };
