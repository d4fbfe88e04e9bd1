import { useEffect, useId, useState, useSyncExternalStore, type ReactNode } from 'react';
import { Meter } from '../parts/meter.tsx';
import { Pill } from '../parts/pill.tsx';
import { ConfirmButton } from '../parts/confirm.tsx';
import { takeOver, type TakingOver } from './take-over.ts';

export interface TakeOverPanelProps {
  readonly callId: string;
  readonly refusal: string | undefined;
  /** Who has the call now. */
  readonly operator: string | undefined;
  readonly onChange: () => void;
}

export function TakeOverPanel({ callId, refusal, operator, onChange }: TakeOverPanelProps): ReactNode {
  const state = useSyncExternalStore(takeOver.subscribe, takeOver.read);
  const isOurs = state.callId === callId;
  const now: TakingOver = isOurs ? state.now : { is: 'off', why: '' };
  useEffect(onChange, [now.is]);
  if (now.is === 'speaking') return <Speaking now={now} />;
  const held =
    !isOurs && state.now.is === 'speaking'
      ? 'You speak with another caller: give that call back first.'
      : operator === undefined
        ? undefined
        : `${operator} speaks with the caller.`;
  return (
    <div className="call-act row">
      <ConfirmButton
        label="Take over"
        title="Speak with the caller yourself?"
        verb="Take over"
        tone="primary"
        refusal={now.is === 'asking' ? undefined : (held ?? refusal)}
        onConfirm={() => takeOver.start(callId)}
      >
        <p>
          The agent falls silent and hears nothing, and the caller hears your microphone, until you give the
          call back. Listen in to hear the caller; with headphones, or they hear themselves.
        </p>
      </ConfirmButton>
      {now.is === 'asking' && (
        <span className="quiet small" role="status">
          Asking for the microphone and the call …
        </span>
      )}
      {now.is === 'off' && now.why !== '' && (
        <p className="fault" role="alert">
          {now.why}
        </p>
      )}
    </div>
  );
}

function Speaking({ now: { level, isMuted } }: { now: Extract<TakingOver, { is: 'speaking' }> }): ReactNode {
  const [note, setNote] = useState('');
  const field = useId();
  return (
    <form
      className="call-act call-act-on"
      onSubmit={(event) => {
        event.preventDefault();
        takeOver.giveBack(note.trim());
      }}
    >
      <div className="row">
        <Pill tone="warn">You speak with the caller</Pill>
        <Meter name="You" levels={level} />
        <button type="button" aria-pressed={isMuted} onClick={() => takeOver.mute(!isMuted)}>
          {isMuted ? 'Unmute' : 'Mute'}
        </button>
      </div>
      <label htmlFor={field}>What the agent should know (it heard nothing of this)</label>
      <textarea
        id={field}
        rows={2}
        maxLength={4_000}
        value={note}
        onChange={({ target }) => setNote(target.value)}
      />
      <div className="row">
        <button type="submit" className="primary">
          Give back
        </button>
      </div>
    </form>
  );
}
