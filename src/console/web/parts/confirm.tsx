// A question before something that cannot be taken back.
import { useId, useRef, useState, type ReactNode } from 'react';
import { FaultLine } from './states.tsx';

export interface ConfirmProps {
  /** On the button that opens it. */
  readonly label: string;
  readonly title: string;
  /** On the button that does it: a verb. */
  readonly verb: string;
  /** Done when it resolves; a fault is shown, and the dialog stays open. */
  readonly onConfirm: () => Promise<unknown>;
  readonly tone?: 'danger' | 'primary';
  /** Why the button is off, shown beside it; undefined: it is on. */
  readonly refusal?: string | undefined;
  /** What it means, or fields of what is to be done. */
  readonly children?: ReactNode;
}

export function ConfirmButton(props: ConfirmProps): ReactNode {
  const { label, title, verb, onConfirm, tone = 'danger', refusal, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const why = useId();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      await onConfirm();
      dialog.current?.close();
    } catch (thrown) {
      setFault(thrown);
    }
    setBusy(false);
  };
  return (
    <>
      <button
        type="button"
        className={tone}
        disabled={refusal !== undefined}
        aria-describedby={refusal === undefined ? undefined : why}
        onClick={() => {
          setFault(undefined);
          dialog.current?.showModal();
        }}
      >
        {label}
      </button>
      {refusal !== undefined && (
        <span id={why} className="quiet small">
          {refusal}
        </span>
      )}
      <dialog ref={dialog} aria-labelledby={heading}>
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            void confirm();
          }}
        >
          <h2 id={heading}>{title}</h2>
          <div className="dialog-body">{children}</div>
          <FaultLine fault={fault} />
          <div className="dialog-foot">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" className={tone} disabled={busy}>
              {busy ? 'One moment …' : verb}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
