// Who is signed in, as the page is told. Types alone: the browser imports them too.

/** A viewer reads; an operator also acts. */
export type Role = 'viewer' | 'operator';

export interface OperatorView {
  readonly role: Role;
  /** As they call themselves; the audit has it. */
  readonly name: string;
  /** `machine`: no token is set, and whoever sits at this machine is the operator: there is nothing to sign out of. */
  readonly by: 'session' | 'token' | 'machine';
}

export interface SessionView {
  /** Null: sign in first. */
  readonly operator: OperatorView | null;
  /** False: no token is set, and this server is operated from its own machine alone. */
  readonly canSignIn: boolean;
  /** Of the server. */
  readonly version: string;
  readonly rehearsal: boolean;
}
