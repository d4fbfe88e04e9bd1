import type { ReactNode } from 'react';
import type { Tone } from './tone.ts';

/** A state in a word; the colour only repeats it. */
export const Pill = ({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }): ReactNode => (
  <span className="pill" data-tone={tone}>
    {children}
  </span>
);
