// The door: a token opens it, once, for twelve hours without use.
import { useState, type ReactNode } from 'react';
import type { SessionView } from '../../session-view.ts';
import { session } from '../api.ts';
import { FaultLine } from '../parts/states.tsx';

export function SignInView({ onEntered }: { onEntered: (now: SessionView) => void }): ReactNode {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const enter = async (form: FormData): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      onEntered(await session.signIn(textOf(form, 'token'), textOf(form, 'name')));
    } catch (thrown) {
      setFault(thrown);
      setBusy(false);
    }
  };
  return (
    <main className="door">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          void enter(new FormData(event.currentTarget));
        }}
      >
        <h1>Sign in to Liveline</h1>
        <label>
          Token
          <input name="token" type="password" autoComplete="current-password" required autoFocus />
          <span className="hint">The server’s OPERATOR_TOKEN, or its VIEWER_TOKEN to look on.</span>
        </label>
        <label>
          Your name
          <input name="name" type="text" autoComplete="name" maxLength={80} />
          <span className="hint">The audit keeps it with what you do. You may leave it out.</span>
        </label>
        <FaultLine fault={fault} />
        <button type="submit" className="primary" disabled={busy}>
          {busy ? 'One moment …' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}

function textOf(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === 'string' ? value.trim() : '';
}
