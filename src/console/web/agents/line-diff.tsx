// What changed in a file: taken out, new, and a little around it. Told by signs and words as well as by colour.
import type { ReactNode } from 'react';
import type { DiffLine } from '../../line-diff.ts';

const SIGNS = { same: ' ', added: '+', removed: '−', gap: '' } as const;

export const LineDiff = ({ lines, label }: { lines: readonly DiffLine[]; label: string }): ReactNode => (
  <pre className="diff" tabIndex={0} role="region" aria-label={label}>
    {lines.map(({ is, text, line }, n) =>
      is === 'gap' ? (
        <span key={n} className="diff-line" data-is="gap">
          {`… ${line} ${line === 1 ? 'line' : 'lines'} as before\n`}
        </span>
      ) : (
        <span key={n} className="diff-line" data-is={is}>
          <span className="diff-number">{line}</span>
          {`${SIGNS[is]} ${text}\n`}
        </span>
      ),
    )}
  </pre>
);
