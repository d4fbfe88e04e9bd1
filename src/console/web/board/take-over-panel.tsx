import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { Meter } from '../parts/meter.tsx';
import { Pill } from '../parts/pill.tsx';
import { ConfirmButton } from '../parts/confirm.tsx';
import { TakeOver, type TakingOver } from './take-over.ts';

export interface TakeOverPanelProps {
  readonly callId: string;
  readonly refusal: string | undefined;
  /** Who has the call now. */
  readonly operator: string | undefined;
  readonly onChange: () => void;
}

const OFF: TakingOver = { is: 'off', why: '' };

export function TakeOverPanel({ callId, refusal, operator, onChange }: TakeOverPanelProps): ReactNode {
  const [now, setNow] = useState(OFF);
  const open = useRef<TakeOver>(undefined);
  useEffect(() => () => open.current?.leave(), []);
  const take = async (): Promise<void> => {
    open.current?.leave();
    open.current = new TakeOver(callId, (to) => {
      setNow(to);
      onChange();
    });
    await open.current.start();
  };
  if (now.is === 'speaking')
    return (
      <Speaking
        level={now.level}
        onMute={(isMuted) => open.current?.mute(isMuted)}
        onGiveBack={(note) => open.current?.giveBack(note)}
      />
    );
  const held = operator === undefined ? undefined : `${operator} speaks with the caller.`;
  return (
    <div className="call-act row">
      <ConfirmButton
        label="Take over"
        title="Speak with the caller yourself?"
        verb="Take over"
        tone="primary"
        refusal={now.is === 'asking' ? undefined : (held ?? refusal)}
        onConfirm={take}
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

function Speaking({
  level,
  onMute,
  onGiveBack,
}: {
  level: Extract<TakingOver, { is: 'speaking' }>['level'];
  onMute: (isMuted: boolean) => void;
  onGiveBack: (note: string) => void;
}): ReactNode {
  const [isMuted, setMuted] = useState(false);
  const [note, setNote] = useState('');
  const field = useId();
  return (
    <form
      className="call-act call-act-on"
      onSubmit={(event) => {
        event.preventDefault();
        onGiveBack(note.trim());
      }}
    >
      <div className="row">
        <Pill tone="warn">You speak with the caller</Pill>
        <Meter name="You" levels={level} />
        <button
          type="button"
          aria-pressed={isMuted}
          onClick={() => {
            onMute(!isMuted);
            setMuted(!isMuted);
          }}
        >
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
