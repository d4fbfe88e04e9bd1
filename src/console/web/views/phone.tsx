// The page's telephone beside what is said in its call.
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { PhoneProfile } from '../../phone-view.ts';
import { get } from '../api.ts';
import { Copyable } from '../parts/copyable.tsx';
import { EmptyState, ErrorState, LoadingState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { useCaptions } from '../phone/caption-feed.ts';
import { Captions, Remarks } from '../phone/conversation.tsx';
import { Handset } from '../phone/handset.tsx';
import { callOf, type PhoneState } from '../phone/phone-state.ts';
import { phone } from '../phone/phone.ts';
import { callPath } from '../routes.ts';
import { refusalOf, useWho } from '../who.ts';

export function PhoneView(): ReactNode {
  const state = useSyncExternalStore(phone.subscribe, phone.read);
  const refusal = refusalOf(useWho());
  const asked = useQuery({
    queryKey: ['phone', 'profiles'],
    queryFn: ({ signal }) =>
      get<{ profiles: readonly PhoneProfile[] }>('/console/phone/profiles', undefined, signal),
    enabled: refusal === undefined,
  });
  return (
    <>
      <ViewHead
        title="Phone"
        about="Call your agents from this page, as a caller would from a telephone. No carrier takes part in it."
      />
      {refusal !== undefined ? (
        <EmptyState title="This telephone is not for viewers">{refusal}</EmptyState>
      ) : asked.isPending ? (
        <LoadingState what="the agents" />
      ) : !asked.data ? (
        <ErrorState fault={asked.error} again={() => void asked.refetch()} />
      ) : asked.data.profiles.some(({ takesCalls }) => takesCalls) ? (
        <div className="phone">
          <Handset profiles={asked.data.profiles} state={state} />
          <Talk state={state} />
        </div>
      ) : (
        <EmptyState title="No agent takes calls">
          Add a profile to AGENTS_DIR whose <code>direction</code> is <code>inbound</code> or{' '}
          <code>both</code>.
        </EmptyState>
      )}
    </>
  );
}

function Talk({ state }: { state: PhoneState }): ReactNode {
  const { phase } = state;
  const call = callOf(state) ?? (phase.is === 'over' ? phase.call : undefined);
  const captions = useCaptions(call?.callId);
  return (
    <div className="stack">
      <section className="card" aria-labelledby="phone-said">
        <div className="phone-said-head">
          <h2 id="phone-said">What is said</h2>
          {call && <Copyable text={call.callId} what="the id of the call" short />}
        </div>
        <Captions captions={captions} isOn={call !== undefined} />
        {phase.is === 'over' && (
          <p>
            <Link href={callPath(phase.call.callId)}>Look at this call in the history</Link>
          </p>
        )}
      </section>
      <Remarks remarks={state.remarks} cut={state.cut} toldMs={state.cutToldMs ?? 0} />
    </div>
  );
}
