import type { ReactNode } from 'react';

export type Tone = 'neutral' | 'info' | 'good' | 'warn' | 'bad';

/** A state in a word; the colour only repeats it. */
export const Pill = ({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }): ReactNode => (
  <span className="pill" data-tone={tone}>
    {children}
  </span>
);
