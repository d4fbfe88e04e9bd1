// What the server tells a page that looks at the board, as JSON. Types alone: the page has them too.
import type { Change, NodeView } from './board.ts';
import type { CallView } from './call-view.ts';

/** By calls: of the caller and of the agent, 0 to 1. */
export type Levels = Readonly<Record<string, readonly [caller: number, agent: number]>>;

export type LiveMessage =
  /** All there is. `node`: the one that tells it. `nowMs`: its clock, since the epoch. */
  | {
      readonly type: 'board';
      readonly at: string;
      readonly node: string;
      readonly nowMs: number;
      readonly calls: readonly CallView[];
      readonly nodes: readonly NodeView[];
    }
  /** `at`: to come back with, as `?since=`. */
  | { readonly type: 'change'; readonly at: string; readonly change: Change }
  | { readonly type: 'levels'; readonly levels: Levels };
