// One campaign: how far it is, what came of it, whom it calls, and why somebody was called or not.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { CampaignProgress } from '../campaigns/campaign-api.ts';
import { CampaignMoves } from '../campaigns/campaign-moves.tsx';
import { ContactImports } from '../campaigns/contact-imports.tsx';
import { Decisions } from '../campaigns/decisions.tsx';
import { OutcomesChart } from '../campaigns/outcomes-chart.tsx';
import { ProgressBar } from '../campaigns/progress-bar.tsx';
import { estimateWords, isMoving, paceWords, sortedCounts, toneOf } from '../campaigns/progress-words.ts';
import { progressQuery } from '../campaigns/queries.ts';
import { Copyable } from '../parts/copyable.tsx';
import { Figure } from '../parts/figure.tsx';
import { Pill } from '../parts/pill.tsx';
import { ErrorState, FaultLine, LoadingState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { campaignPath } from '../routes.ts';
import { countWords, timeWords } from '../words.ts';

export function CampaignView({ campaignId }: { campaignId: string }): ReactNode {
  const cache = useQueryClient();
  const asked = useQuery(progressQuery(campaignId));
  if (asked.isPending) return <LoadingState what="the campaign" />;
  // What was shown last says more than nothing, while the server is away for a moment.
  if (!asked.data) return <ErrorState fault={asked.error} again={() => void asked.refetch()} />;
  const progress = asked.data;
  const { campaign } = progress;
  return (
    <>
      <ViewHead
        title={
          <>
            {campaign.name} <Pill tone={toneOf(campaign)}>{campaign.state}</Pill>
          </>
        }
        about={<>{campaign.profile} speaks.</>}
      >
        <CampaignMoves
          progress={progress}
          onChanged={() => cache.invalidateQueries({ queryKey: ['campaigns'] })}
        />
      </ViewHead>
      <div className="stack">
        <FaultLine fault={asked.error} />
        <Remarks progress={progress} />
        <dl className="figures">
          <Figure
            name="Contacts over"
            value={<ProgressBar progress={progress} />}
            note={statesOf(progress)}
          />
          <Figure name="Left" value={countWords(progress.remaining)} note="neither done nor given up" />
          <Figure
            name="Pace"
            value={campaign.state === 'running' ? paceWords(progress, Date.now()) : '–'}
            note={`${countWords(progress.endedLately)} ended within ten minutes`}
          />
          <Figure name="Time left" value={estimateWords(progress)} note={nextWords(progress)} />
        </dl>
        {campaign.state === 'draft' ? (
          <ContactImports campaign={campaign} />
        ) : (
          <>
            <section className="card" aria-labelledby="campaign-outcomes">
              <h2 id="campaign-outcomes">What came of the contacts</h2>
              <OutcomesChart outcomes={progress.outcomes} />
            </section>
            <ContactImports campaign={campaign} />
          </>
        )}
        <Decisions campaignId={campaignId} isMoving={isMoving(progress)} />
        <details className="card">
          <summary>
            <h2>Settings</h2>
          </summary>
          <dl className="campaign-facts">
            <dt>Id</dt>
            <dd>
              <Copyable text={campaign.id} what="the id of the campaign" />
            </dd>
            <dt>Created</dt>
            <dd>{timeWords(campaign.createdAt)}</dd>
            {campaign.startedAt !== null && (
              <>
                <dt>Started</dt>
                <dd>{timeWords(campaign.startedAt)}</dd>
              </>
            )}
            {campaign.endedAt !== null && (
              <>
                <dt>Ended</dt>
                <dd>{timeWords(campaign.endedAt)}</dd>
              </>
            )}
            {campaign.clonedFrom !== null && (
              <>
                <dt>Made of</dt>
                <dd>
                  <Link href={campaignPath(campaign.clonedFrom)}>another campaign</Link>
                </dd>
              </>
            )}
          </dl>
          <pre tabIndex={0} aria-label="Settings as JSON">
            {JSON.stringify(campaign.settings, null, 2)}
          </pre>
        </details>
      </div>
    </>
  );
}

/** What a person has to know before anything else. */
function Remarks({ progress }: { progress: CampaignProgress }): ReactNode {
  const { campaign } = progress;
  return (
    <>
      {campaign.pausedBy !== null && (
        <p className="fault" role="alert">
          It paused itself: {campaign.pausedBy}. Resume it once the cause is mended.
        </p>
      )}
      {campaign.state === 'scheduled' && campaign.startsAt !== null && (
        <p className="notice">It starts on {timeWords(campaign.startsAt)}.</p>
      )}
      {campaign.state === 'draft' && progress.remaining === 0 && (
        <p className="notice">
          Nobody is on its list yet: send it a file of contacts, below, and start it then.
        </p>
      )}
    </>
  );
}

const statesOf = ({ contacts }: CampaignProgress): string =>
  sortedCounts(contacts)
    .map(([state, count]) => `${countWords(count)} ${state}`)
    .join(', ');

const nextWords = ({ campaign, nextAt }: CampaignProgress): string | undefined =>
  campaign.state === 'running' && nextAt !== null && Date.parse(nextAt) > Date.now()
    ? `nobody is due before ${timeWords(nextAt)}`
    : undefined;
