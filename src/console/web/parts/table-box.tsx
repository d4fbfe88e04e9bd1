import type { ReactNode } from 'react';

/** A table that may be wider than the page: it scrolls in its own box, with the keyboard too. `label`: what it lists. */
export const TableBox = ({ label, children }: { label: string; children: ReactNode }): ReactNode => (
  <div className="table-box" role="region" aria-label={label} tabIndex={0}>
    {children}
  </div>
);
