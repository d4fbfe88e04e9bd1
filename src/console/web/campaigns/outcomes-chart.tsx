// Contacts by what came of their last attempt: one bar of all of them, and a line for each with its own; the lines say in words what
// the bars show.
import type { ReactNode } from 'react';
import { EmptyState } from '../parts/states.tsx';
import { countWords, spokenName } from '../words.ts';
import { outcomeTone, sortedCounts } from './progress-words.ts';

export function OutcomesChart({ outcomes }: { outcomes: Readonly<Record<string, number>> }): ReactNode {
  const sorted = sortedCounts(outcomes);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const most = sorted[0]?.[1] ?? 0;
  if (total === 0)
    return (
      <EmptyState title="Nothing yet">Bars are drawn here once the first contact was called.</EmptyState>
    );
  return (
    <>
      <div className="outcomes-whole" aria-hidden="true">
        {sorted.map(([outcome, count]) => (
          <span key={outcome} data-tone={outcomeTone(outcome)} style={{ flexGrow: count }} title={outcome} />
        ))}
      </div>
      <ul className="outcomes" aria-label="Contacts by outcome">
        {sorted.map(([outcome, count]) => (
          <li key={outcome} data-outcome={outcome}>
            <span className="outcome-name">{nameOf(outcome)}</span>
            <span className="outcome-track" aria-hidden="true">
              <span data-tone={outcomeTone(outcome)} style={{ flexGrow: count }} />
              <span style={{ flexGrow: most - count }} />
            </span>
            <span className="outcome-count">
              <b>{countWords(count)}</b> <span className="quiet">{Math.round((100 * count) / total)} %</span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A rule that forbade the call is named as the audit names it. */
const nameOf = (outcome: string): ReactNode =>
  outcome.includes('.') || outcome === 'opt-out' ? (
    <>
      Never called: <code>{outcome}</code>
    </>
  ) : (
    spokenName(outcome)
  );
