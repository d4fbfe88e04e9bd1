// The door: a token opens it, once, for twelve hours without use.
import { useState, type ReactNode } from 'react';
import type { SessionView } from '../../session-view.ts';
import { session } from '../api.ts';
import { Brand } from '../parts/brand.tsx';
import { FaultLine } from '../parts/states.tsx';

export interface SignInProps {
  /** False: there is no token that would open. */
  readonly canSignIn: boolean;
  readonly onEntered: (now: SessionView) => void;
}

export const SignInView = ({ canSignIn, onEntered }: SignInProps): ReactNode => (
  <main className="door">
    <div className="card">
      <p className="brand">
        <Brand />
      </p>
      {canSignIn ? <SignInForm onEntered={onEntered} /> : <NoDoor />}
    </div>
  </main>
);

const NoDoor = (): ReactNode => (
  <>
    <h1>Nobody can sign in from here</h1>
    <p className="quiet">
      This server has no <code>OPERATOR_TOKEN</code>, so it shows its console to its own machine alone, and
      only while <code>PUBLIC_BASE_URL</code> is that machine. Set <code>OPERATOR_TOKEN</code>, at least 16
      characters, and start the server again.
    </p>
  </>
);

function SignInForm({ onEntered }: Pick<SignInProps, 'onEntered'>): ReactNode {
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
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void enter(new FormData(event.currentTarget));
      }}
    >
      <h1>Sign in to the console</h1>
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
  );
}

function textOf(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === 'string' ? value.trim() : '';
}
