// What a view shows when there is nothing, not yet, or not at all.
import type { ReactNode } from 'react';
import { messageOf } from '../words.ts';

/** `children`: what the operator can do about it. */
export const EmptyState = ({ title, children }: { title: string; children?: ReactNode }): ReactNode => (
  <div className="state">
    <p className="state-title">{title}</p>
    {children && <div className="quiet">{children}</div>}
  </div>
);

export const LoadingState = ({ what }: { what: string }): ReactNode => (
  <div className="state" role="status">
    <span className="spinner" aria-hidden="true" />
    <p className="quiet">Loading {what} …</p>
  </div>
);

export const ErrorState = ({ fault, again }: { fault: unknown; again?: () => void }): ReactNode => (
  <div className="state" role="alert">
    <p className="state-title">This cannot be shown</p>
    <p className="quiet">{messageOf(fault)}</p>
    {again && (
      <button type="button" onClick={again}>
        Try again
      </button>
    )}
  </div>
);

/** Beside a form or a button: what went wrong, said once it has. */
export const FaultLine = ({ fault }: { fault: unknown }): ReactNode =>
  fault === undefined || fault === null ? null : (
    <p className="fault" role="alert">
      {messageOf(fault)}
    </p>
  );
