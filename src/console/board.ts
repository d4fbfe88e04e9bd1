// The board: every call of every node, and the nodes themselves. Pure, and plain data but for its two maps: the server keeps
// one, and each page makes its own out of the same changes.
import type { BoardNotice } from './board-notice.ts';
import { answeredView, openedView, viewAfter, type CallView } from './call-view.ts';

/** Of the last hour. In milliseconds. */
export interface Spread {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** One process that takes calls. */
export interface NodeView {
  readonly node: string;
  /** For people. */
  readonly name: string;
  readonly calls: number;
  /** Sessions with the model at once, as MODEL_SESSIONS says; null: nobody said. */
  readonly capacity: number | null;
  readonly isDraining: boolean;
  /** False: the database does not carry what nodes say: this one knows nothing of the others' calls. */
  readonly hearsOthers: boolean;
  /** Nothing is heard of it any more: its calls may go on, and are not shown. */
  readonly isSilent?: boolean;
  /** From the answer to the first sound of the agent; null: there was none. */
  readonly firstWords: Spread | null;
  /** From the last of the caller's sound to the first of the agent's. */
  readonly answers: Spread | null;
}

export interface Board {
  readonly calls: ReadonlyMap<string, CallView>;
  readonly nodes: ReadonlyMap<string, NodeView>;
}

export type Change =
  | { readonly is: 'told'; readonly node: string; readonly notice: BoardNotice }
  | { readonly is: 'answered'; readonly callId: string; readonly atMs: number; readonly ms: number }
  /** A call that is over is shown no more. */
  | { readonly is: 'left'; readonly callId: string }
  /** All the calls of a node. */
  | { readonly is: 'calls'; readonly node: string; readonly calls: readonly CallView[] }
  | { readonly is: 'node'; readonly node: NodeView }
  /** Nothing is heard of a node any more, and nobody knows why. */
  | { readonly is: 'silent'; readonly node: string }
  /** It has stopped, or concerns nobody here any more. */
  | { readonly is: 'gone'; readonly node: string };

export const EMPTY_BOARD: Board = { calls: new Map(), nodes: new Map() };

/** The same board where nothing changes. */
export function boardAfter(board: Board, change: Change): Board {
  switch (change.is) {
    case 'told':
      return told(board, change.node, change.notice);
    case 'answered': {
      const view = board.calls.get(change.callId);
      if (!view) return board;
      const { atMs, ms } = change;
      return withCall(board, answeredView(view, { atMs, ms }));
    }
    case 'left':
      return board.calls.has(change.callId)
        ? { ...board, calls: without(board.calls, change.callId) }
        : board;
    case 'calls': {
      const others = [...board.calls].filter(([, { node }]) => node !== change.node);
      const own = change.calls.map((view): [string, CallView] => [view.callId, view]);
      return { ...board, calls: new Map([...others, ...own]) };
    }
    case 'node':
      return { ...board, nodes: new Map(board.nodes).set(change.node.node, change.node) };
    case 'silent': {
      const view = board.nodes.get(change.node);
      if (!view) return board;
      const { calls, nodes } = withoutNode(board, change.node);
      return { calls, nodes: new Map(nodes).set(change.node, { ...view, isSilent: true }) };
    }
    case 'gone':
      return withoutNode(board, change.node);
  }
}

const withoutNode = ({ calls, nodes }: Board, gone: string): Board => ({
  calls: new Map([...calls].filter(([, { node }]) => node !== gone)),
  nodes: without(nodes, gone),
});

function told(board: Board, node: string, notice: BoardNotice): Board {
  const view = board.calls.get(notice.callId);
  if (notice.type === 'call-started') return view ? board : withCall(board, openedView(notice, node));
  if (!view && notice.type === 'call-rejoined')
    return withCall(board, viewAfter(openedView(notice, node), notice));
  if (!view) return board;
  const after = viewAfter(view, notice);
  return after === view ? board : withCall(board, after);
}

const withCall = (board: Board, view: CallView): Board => ({
  ...board,
  calls: new Map(board.calls).set(view.callId, view),
});

function without<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
