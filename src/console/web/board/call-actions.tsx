// What an operator does to a call from the board: listens in, whispers, takes over, transfers, hangs up. What cannot be done
// just now says why.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ActsNow } from '../../call-commands.ts';
import { ApiFault, get, send } from '../api.ts';
import { ConfirmButton } from '../parts/confirm.tsx';
import { refusalOf, useWho } from '../who.ts';
import { ListenButton } from './listen-button.tsx';
import { TakeOverPanel } from './take-over-panel.tsx';
import { TransferButton } from './transfer-button.tsx';
import { WhisperBox } from './whisper-box.tsx';
import { inWords } from './refusal-words.ts';

export interface ActedOn {
  /** By the carrier's id. */
  readonly callId: string;
  /** Nothing can be done to it any more. */
  readonly isOver: boolean;
  /** Undefined: nobody can tell, as the connection is lost. */
  readonly isOnBoard: boolean | undefined;
}

/** What stands against an act changes with the call. */
const LOOK_EVERY_MS = 2_000;

export const CallActions = ({ call }: { call: ActedOn }): ReactNode => (
  // Nothing of one call's goes on in another's.
  <Acts key={call.callId} {...call} />
);

function Acts({ callId, isOver: wasOver, isOnBoard }: ActedOn): ReactNode {
  const who = useWho();
  const cache = useQueryClient();
  const key = ['acts', callId];
  const path = `/api/v1/calls/${encodeURIComponent(callId)}`;
  const asked = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<ActsNow>(`${path}/acts`, {}, signal),
    enabled: !wasOver,
    refetchInterval: ({ state }) => (isUnknown(state.error) && isOnBoard !== true ? false : LOOK_EVERY_MS),
    retry: false,
  });
  const look = (): void => void cache.invalidateQueries({ queryKey: key });
  // Of a call that the board has, its own server alone does not answer.
  const isUnheard = isUnknown(asked.error);
  const isOver = wasOver || (isUnheard && isOnBoard !== true);
  const refusal =
    refusalOf(who) ??
    (isOver
      ? 'The call is over.'
      : isUnheard
        ? 'The server of this call does not answer just now.'
        : undefined);
  const now = isOver ? undefined : asked.data;
  return (
    <section className="call-acts" aria-label="What you can do">
      <div className="row">
        <ListenButton callId={callId} refusal={refusal ?? inWords(now?.listen)} />
        <TransferButton
          destinations={now?.destinations ?? []}
          refusal={refusal ?? inWords(now?.transfer)}
          onTransfer={(destination) => send('POST', `${path}/transfer`, { destination }).then(look)}
        />
        <ConfirmButton
          label="Hang up"
          title="Hang up on the caller?"
          verb="Hang up"
          refusal={refusal}
          onConfirm={() => send('POST', `${path}/hang-up`).then(look)}
        >
          <p>The call ends at once, without a goodbye. To have the agent end it, whisper that instead.</p>
        </ConfirmButton>
      </div>
      <TakeOverPanel
        callId={callId}
        refusal={refusal ?? inWords(now?.takeOver)}
        operator={now?.operator ?? undefined}
        onChange={look}
      />
      <WhisperBox
        refusal={refusal}
        onWhisper={(text, answer) => send('POST', `${path}/whisper`, { text, answer })}
      />
    </section>
  );
}

const isUnknown = (fault: unknown): boolean => fault instanceof ApiFault && fault.code === 'CALL_UNKNOWN';
