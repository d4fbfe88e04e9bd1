// One call as the board shows it, and what each notice of it changes. Pure: the server and its pages both go by it.
import type { BoardEntry, BoardNotice, MarkNotice } from './board-notice.ts';

interface ItemFacts {
  /** The same for as long as the item stands there. */
  readonly key: string;
  /** Since the call was answered. */
  readonly atMs: number;
}

export type SaidItem = ItemFacts & {
  readonly is: 'said';
  readonly who: 'caller' | 'agent';
  readonly text: string;
  /** `cut`: the caller interrupted; `heard` is what came before. */
  readonly state: 'open' | 'done' | 'cut';
  readonly heard: string;
};

export type ToolItem = ItemFacts & {
  readonly is: 'tool';
  readonly tool: string;
  readonly args: unknown;
  readonly state: 'running' | 'done' | 'cancelled';
  readonly response: unknown;
  /** Of a failure. */
  readonly cause: string | null;
  readonly tookMs: number | null;
};

/** Something that happened to the conversation. */
export type MarkItem = ItemFacts & { readonly is: 'mark'; readonly notice: MarkNotice };

export type Item = SaidItem | ToolItem | MarkItem;

/** From the last of the caller's sound to the first of the agent's. */
export interface Answered {
  readonly atMs: number;
  readonly ms: number;
}

export interface CallView {
  readonly callId: string;
  /** Which process has it. */
  readonly node: string;
  readonly profile: string;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  /** Of the caller, as the records have it; null: not there, or not looked up. */
  readonly name: string | null;
  /** Since the epoch. */
  readonly startedMs: number;
  /** `none`: not yet. `away`: the caller is with somebody else, or on the way there. */
  readonly line: 'none' | 'open' | 'lost' | 'away';
  readonly model: 'opening' | 'ready' | 'away' | 'failed';
  /** Who speaks in the agent's place; null: nobody does. */
  readonly operator: string | null;
  /** Null: it goes on. */
  readonly ended: { readonly reason: string; readonly durationMs: number } | null;
  /** The last ones. */
  readonly answers: readonly Answered[];
  /** In the order in which they began; of a long conversation the end. */
  readonly items: readonly Item[];
  /** So many are no longer there. */
  readonly itemsBefore: number;
}

/** An hour of quick words; whoever wants the beginning of a longer call finds it in its record. */
export const MOST_ITEMS = 400;
const MOST_ANSWERS = 100;

export const openedView = (
  notice: Extract<BoardNotice, { type: 'call-started' | 'call-rejoined' }>,
  node: string,
): CallView => ({
  ...{ callId: notice.callId, node, profile: notice.profile, direction: notice.direction },
  ...{ from: notice.from, to: notice.to, name: null, startedMs: notice.startedMs },
  ...{ line: 'none', model: 'opening', operator: null, ended: null },
  ...{ answers: [], items: [], itemsBefore: 0 },
});

export const answeredView = (view: CallView, answered: Answered): CallView => ({
  ...view,
  answers: [...view.answers, answered].slice(-MOST_ANSWERS),
});

/** The same view where a notice changes nothing that is shown. */
export function viewAfter(view: CallView, notice: BoardNotice): CallView {
  switch (notice.type) {
    case 'transcript':
      return withItem(view, saidOf(notice.entry));
    case 'tool-called':
      return withItem(view, {
        ...{ key: `tool-${notice.id}`, atMs: notice.atMs, is: 'tool', tool: notice.tool },
        ...{ args: notice.args, state: 'running', response: null, cause: null, tookMs: null },
      });
    case 'tool-done':
    case 'tool-late':
      return toolEnded(view, notice.id, notice.atMs, {
        ...{ state: 'done', response: notice.response, cause: notice.cause ?? null },
      });
    case 'tool-cancelled':
      return toolEnded(view, notice.id, notice.atMs, { state: 'cancelled' });
    case 'session-ready':
      return { ...view, model: 'ready' };
    case 'caller-looked-up':
      return marked(view, notice, notice.name === undefined ? {} : { name: notice.name });
    case 'line-opened':
      // The first opening is how calls begin.
      return view.line === 'none' ? { ...view, line: 'open' } : marked(view, notice, { line: 'open' });
    case 'call-rejoined':
      return marked(view, notice, { node: notice.node, line: 'lost', operator: null, model: 'opening' });
    case 'line-lost':
      return marked(view, notice, { line: 'lost' });
    case 'departed':
      return marked(view, notice, { line: 'away' });
    case 'handed-over':
      return marked(view, notice, { profile: notice.to });
    case 'session-switching':
      return marked(view, notice, { model: 'away' });
    case 'session-switched':
      return marked(view, notice, { model: 'ready' });
    case 'session-failed':
      return marked(view, notice, { model: 'failed' });
    case 'operator-took-over':
      return marked(view, notice, { operator: notice.by });
    case 'operator-gave-back':
      return marked(view, notice, { operator: null });
    case 'call-ended':
      return marked(view, notice, {
        ended: { reason: notice.reason, durationMs: notice.durationMs },
        operator: null,
      });
    case 'secret-keys':
      return notice.is === 'typing' ? view : marked(view, notice);
    case 'returned':
    case 'caller-silent':
    case 'placed-call':
    case 'routed':
    case 'person':
    case 'watchdog':
    case 'recording':
    case 'told':
    case 'barge-in':
    case 'digit':
      return marked(view, notice);
    case 'call-started':
      return view;
    default:
      // Of a newer node, during a deploy.
      return view;
  }
}

const marked = (view: CallView, notice: MarkNotice, change: Partial<CallView> = {}): CallView => ({
  ...withItem(view, markOf(view, notice)),
  ...change,
});

function saidOf(entry: BoardEntry): SaidItem {
  const { n, who, atMs, text, state } = entry;
  const heard = entry.who === 'caller' || entry.state === 'open' ? text : entry.heard;
  return { key: `said-${n}`, atMs, is: 'said', who, text, state, heard };
}

/** Marks are never changed, so their count tells them apart. */
const markOf = ({ items, itemsBefore }: CallView, notice: MarkNotice): MarkItem => ({
  ...{ key: `mark-${itemsBefore + items.length}-${notice.type}`, atMs: notice.atMs },
  ...{ is: 'mark', notice },
});

function toolEnded(view: CallView, id: string, atMs: number, end: Partial<ToolItem>): CallView {
  const key = `tool-${id}`;
  const tool = view.items.findLast((item) => item.key === key);
  if (tool?.is !== 'tool') return view;
  return withItem(view, { ...tool, ...end, tookMs: Math.max(0, atMs - tool.atMs) });
}

/** In the place of the one of its key; or behind all that began no later. Words come when they were understood. */
function withItem(view: CallView, item: Item): CallView {
  const { items } = view;
  const at = items.findLastIndex(({ key }) => key === item.key);
  if (at >= 0) return { ...view, items: items.with(at, { ...item, atMs: items[at]!.atMs }) };
  const behind = items.findLastIndex(({ atMs }) => atMs <= item.atMs) + 1;
  const tooMany = Math.max(0, items.length + 1 - MOST_ITEMS);
  // It is no longer shown.
  if (behind < tooMany) return view;
  const all = items.toSpliced(behind, 0, item);
  return { ...view, items: all.slice(tooMany), itemsBefore: view.itemsBefore + tooMany };
}

/** What a call is at, by what weighs most. */
export type CallStage =
  | 'connecting'
  | 'talking'
  | 'tool'
  | 'reconnecting'
  | 'line-lost'
  | 'elsewhere'
  | 'operator'
  | 'without-model'
  | 'over';

export function stageOf(view: CallView): CallStage {
  if (view.ended) return 'over';
  if (view.line === 'away') return 'elsewhere';
  if (view.line === 'lost') return 'line-lost';
  if (view.operator !== null) return 'operator';
  if (view.model === 'failed') return 'without-model';
  if (view.line === 'none') return 'connecting';
  if (view.model === 'away') return 'reconnecting';
  return view.items.some((item) => item.is === 'tool' && item.state === 'running') ? 'tool' : 'talking';
}

/** What was said last and heard; undefined: nothing yet. */
export const lastSaid = ({ items }: CallView): SaidItem | undefined =>
  items.findLast((item): item is SaidItem => item.is === 'said' && item.heard.trim() !== '');
