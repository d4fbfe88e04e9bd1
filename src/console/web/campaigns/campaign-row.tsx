import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Pill } from '../parts/pill.tsx';
import { campaignPath } from '../routes.ts';
import { timeWords } from '../words.ts';
import type { CampaignEntry, CampaignProgress } from './campaign-api.ts';
import { ProgressBar } from './progress-bar.tsx';
import { estimateWords, paceWords, toneOf } from './progress-words.ts';

export function CampaignRow({
  campaign: listed,
  progress,
}: {
  campaign: CampaignEntry;
  /** Undefined: not yet. */
  progress: CampaignProgress | undefined;
}): ReactNode {
  const campaign = progress?.campaign ?? listed;
  return (
    <tr>
      <th scope="row" className="campaign-name">
        <Link href={campaignPath(campaign.id)}>{campaign.name}</Link>
        <span className="quiet small">{campaign.profile}</span>
      </th>
      <td>
        <Pill tone={toneOf(campaign)}>{campaign.state}</Pill>
        {campaign.pausedBy !== null && <span className="quiet small">by itself</span>}
      </td>
      <td>{progress ? <ProgressBar progress={progress} /> : '…'}</td>
      <td>{progress && campaign.state === 'running' ? paceWords(progress, Date.now()) : '–'}</td>
      <td>{progress ? estimateWords(progress) : '…'}</td>
      <td className="quiet">{timeWords(campaign.createdAt)}</td>
    </tr>
  );
}
