// The board as this page has it: one socket while any view looks, changes as they come, and levels beside React.
import { useSyncExternalStore } from 'react';
import { boardAfter, EMPTY_BOARD, type Board } from '../board.ts';
import type { LiveMessage } from '../live-messages.ts';
import { session, withParameters } from './api.ts';
import { retryAfterMs } from './live-retry.ts';
import type { LevelSource } from './parts/meter.tsx';
import { queries } from './queries.ts';

export interface Live {
  /** `lost`: what is shown is as it was then; it is tried again. */
  readonly connection: 'connecting' | 'open' | 'lost';
  /** Undefined: nothing was told yet. */
  readonly board: Board | undefined;
  /** The one that tells it. */
  readonly node: string;
  /** Of its clock, beyond ours. */
  readonly aheadMs: number;
}

const NOTHING: Live = { connection: 'connecting', board: undefined, node: '', aheadMs: 0 };
/** One view goes, and the next one comes. */
const LINGERS_MS = 2_000;

let live = NOTHING;
let at: string | undefined;
let socket: WebSocket | undefined;
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let isDrawing = false;
const viewers = new Set<() => void>();
const meters = new Map<string, Set<(level: number) => void>>();

/** Opens the socket with the first view, and closes it a while after the last. */
function subscribe(then: () => void): () => void {
  viewers.add(then);
  if (viewers.size === 1) {
    clearTimeout(timer);
    if (!socket) connect();
  }
  return () => {
    viewers.delete(then);
    if (viewers.size === 0) {
      clearTimeout(timer);
      timer = setTimeout(leave, LINGERS_MS);
    }
  };
}

export const useLive = (): Live => useSyncExternalStore(subscribe, () => live);

const SIDES = ['caller', 'agent'] as const;
export type Side = (typeof SIDES)[number];

/** For a meter: of one side of a call, 0 to 1. */
export const levelsOf =
  (callId: string, side: Side): LevelSource =>
  (onLevel) => {
    const key = `${side} ${callId}`;
    const all = meters.get(key) ?? new Set();
    meters.set(key, all.add(onLevel));
    return () => {
      all.delete(onLevel);
      if (all.size === 0) meters.delete(key);
    };
  };

function connect(): void {
  const url = new URL(withParameters('/console/live', { since: at }), location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const opened = new WebSocket(url);
  socket = opened;
  opened.onopen = () => {
    tries = 0;
    show({ connection: 'open' });
  };
  opened.onmessage = ({ data }: MessageEvent<string>) => take(JSON.parse(data) as LiveMessage);
  opened.onclose = () => {
    if (socket !== opened) return;
    socket = undefined;
    show({ connection: 'lost' });
    // Where nobody looks, the timer is that of the parting.
    if (viewers.size === 0) return;
    tries += 1;
    timer = setTimeout(() => void connectAgain(), retryAfterMs(tries, Math.random()));
  };
}

/** A page is not told why an upgrade was refused; whether there is still a session it can ask. */
async function connectAgain(): Promise<void> {
  try {
    const { operator } = await session.read();
    if (!operator) {
      leave();
      await queries.invalidateQueries({ queryKey: ['session'] });
      return;
    }
  } catch {
    // The server is not there: the socket finds that out, too.
  }
  if (viewers.size > 0 && !socket) connect();
}

function leave(): void {
  clearTimeout(timer);
  const open = socket;
  socket = undefined;
  open?.close();
  // Who signs in next is told all anew.
  at = undefined;
  live = NOTHING;
}

function take(message: LiveMessage): void {
  switch (message.type) {
    case 'board': {
      const { node, calls, nodes, nowMs } = message;
      ({ at } = message);
      const board: Board = {
        calls: new Map(calls.map((call) => [call.callId, call])),
        nodes: new Map(nodes.map((each) => [each.node, each])),
      };
      return show({ board, node, aheadMs: nowMs - Date.now() });
    }
    case 'change':
      ({ at } = message);
      return show({ board: boardAfter(live.board ?? EMPTY_BOARD, message.change) });
    case 'levels':
      for (const [callId, levels] of Object.entries(message.levels))
        for (const [n, side] of SIDES.entries())
          for (const onLevel of meters.get(`${side} ${callId}`) ?? []) onLevel(levels[n]!);
  }
}

/** Many things change within one frame of the screen: they are drawn once. */
function show(change: Partial<Live>): void {
  live = { ...live, ...change };
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    for (const then of viewers) then();
  });
}
