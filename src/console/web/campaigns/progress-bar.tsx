import type { ReactNode } from 'react';
import { countWords } from '../words.ts';
import type { CampaignProgress } from './campaign-api.ts';
import { endedOf, totalOf } from './progress-words.ts';

/** Of the contacts, those that are done or given up. */
export function ProgressBar({ progress }: { progress: CampaignProgress }): ReactNode {
  const [total, ended] = [totalOf(progress), endedOf(progress)];
  if (total === 0) return <span className="quiet">no contacts yet</span>;
  return (
    <span className="campaign-progress">
      <progress
        value={ended}
        max={total}
        aria-label={`Contacts of ${progress.campaign.name} that are over`}
      />
      <span className="small">
        {countWords(ended)} of {countWords(total)} · {Math.floor((100 * ended) / total)} %
      </span>
    </span>
  );
}
