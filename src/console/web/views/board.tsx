import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { CallView } from '../../call-view.ts';
import { CallDrawer } from '../board/call-drawer.tsx';
import { CallList } from '../board/call-list.tsx';
import { LostLine } from '../board/lost-line.tsx';
import { useLive } from '../live.ts';
import { EmptyState, LoadingState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { boardPath } from '../routes.ts';

const NO_CALLS: ReadonlyMap<string, CallView> = new Map();

export function BoardView({ callId }: { callId: string | undefined }): ReactNode {
  const live = useLive();
  const [, goTo] = useLocation();
  const list = useRef<HTMLDivElement>(null);
  const calls = live.board?.calls ?? NO_CALLS;
  const call = useLast(callId, callId === undefined ? undefined : calls.get(callId));
  const close = (): void => {
    goTo('/board');
    list.current?.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus();
  };
  const inOrder = [...calls.values()].sort((a, b) => a.startedMs - b.startedMs);
  const isOnBoard = live.connection === 'open' && live.board ? calls.has(callId ?? '') : undefined;
  return (
    <>
      <ViewHead title="Live" about="Every call in progress, on every node." />
      <LostLine live={live} />
      <div className="board" data-open={callId !== undefined}>
        <div ref={list}>
          {!live.board ? (
            <LoadingState what="the calls in progress" />
          ) : inOrder.length === 0 ? (
            <EmptyState title="No calls just now">
              They appear here by themselves, as the phone rings.
            </EmptyState>
          ) : (
            <CallList
              {...{ live, calls: inOrder, nodes: live.board.nodes, chosen: callId }}
              onChoose={(id) => goTo(boardPath(id))}
            />
          )}
        </div>
        {callId !== undefined && (
          <CallDrawer
            {...{ live, callId, call, isOnBoard, nodes: live.board?.nodes ?? new Map() }}
            onClose={close}
          />
        )}
      </div>
    </>
  );
}

/** Of a call that has left the board: as it was last, for as long as it is looked at. */
function useLast(callId: string | undefined, call: CallView | undefined): CallView | undefined {
  const [last, setLast] = useState(call);
  useEffect(() => {
    if (call) setLast(call);
  }, [call]);
  return call ?? (last?.callId === callId ? last : undefined);
}
