import { useId, useState, type ReactNode } from 'react';
import { FaultLine } from '../parts/states.tsx';

const LONGEST = 4_000;

export function WhisperBox({
  refusal,
  onWhisper,
}: {
  refusal: string | undefined;
  onWhisper: (text: string, answer: boolean) => Promise<unknown>;
}): ReactNode {
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState(false);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const [field, why] = [useId(), useId()];
  const whisper = async (): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      await onWhisper(text.trim(), answer);
      setText('');
      setTold(true);
    } catch (thrown) {
      setFault(thrown);
    }
    setBusy(false);
  };
  return (
    <form
      className="call-act"
      onSubmit={(event) => {
        event.preventDefault();
        void whisper();
      }}
    >
      <label htmlFor={field}>Whisper to the agent</label>
      <textarea
        id={field}
        rows={2}
        maxLength={LONGEST}
        value={text}
        disabled={refusal !== undefined}
        placeholder="The caller does not hear it."
        onChange={({ target }) => {
          setText(target.value);
          setTold(false);
        }}
      />
      <div className="row">
        <label className="check">
          <input
            type="checkbox"
            checked={answer}
            disabled={refusal !== undefined}
            onChange={({ target }) => setAnswer(target.checked)}
          />
          The agent speaks to it at once
        </label>
        <button
          type="submit"
          disabled={refusal !== undefined || busy || text.trim() === ''}
          aria-describedby={why}
        >
          Whisper
        </button>
        <span id={why} className="quiet small" role="status">
          {refusal ?? (told ? 'The agent knows.' : '')}
        </span>
      </div>
      <FaultLine fault={fault} />
    </form>
  );
}
