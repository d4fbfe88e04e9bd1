// Campaigns, newest first, and the form of a new one.
import { useQueries, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { campaigns } from '../campaigns/campaign-api.ts';
import { CampaignRow } from '../campaigns/campaign-row.tsx';
import { progressQuery } from '../campaigns/queries.ts';
import { NewCampaign } from '../campaigns/new-campaign.tsx';
import { useParameters } from '../location.ts';
import { EmptyState, ErrorState, FaultLine, LoadingState } from '../parts/states.tsx';
import { TableBox } from '../parts/table-box.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { useWho } from '../who.ts';

/** Each is counted by itself. */
const SHOWN_AT_ONCE = 20;

const NEW = '/campaigns?new=yes';

export function CampaignsView(): ReactNode {
  const [parameters] = useParameters();
  const { mayAct } = useWho();
  return parameters.has('new') && mayAct ? <NewCampaign /> : <Campaigns mayAct={mayAct} />;
}

function Campaigns({ mayAct }: { mayAct: boolean }): ReactNode {
  const [most, setMost] = useState(SHOWN_AT_ONCE);
  const asked = useQuery({
    queryKey: ['campaigns', 'list'],
    queryFn: ({ signal }) => campaigns.list(signal),
    refetchInterval: 10_000,
  });
  const newestFirst = (asked.data?.campaigns ?? []).toReversed();
  const shown = newestFirst.slice(0, most);
  const progress = useQueries({ queries: shown.map(({ id }) => progressQuery(id)) });
  return (
    <>
      <ViewHead
        title="Campaigns"
        about="Calls to everybody on a list, as far as the rules allow each of them."
      >
        {mayAct && (
          <Link href={NEW} className="button primary">
            New campaign
          </Link>
        )}
      </ViewHead>
      {asked.isPending ? (
        <LoadingState what="the campaigns" />
      ) : !asked.data ? (
        <ErrorState fault={asked.error} again={() => void asked.refetch()} />
      ) : newestFirst.length === 0 ? (
        <EmptyState title="There is no campaign yet">
          {mayAct ? (
            <>
              <Link href={NEW}>Make one</Link>, give it a file of contacts, and start it.
            </>
          ) : (
            'Operators make them; you will see them here.'
          )}
        </EmptyState>
      ) : (
        <>
          <FaultLine fault={asked.error} />
          <TableBox label="Campaigns, newest first">
            <table>
              <thead>
                <tr>
                  <th scope="col">Campaign</th>
                  <th scope="col">State</th>
                  <th scope="col">Progress</th>
                  <th scope="col">Pace</th>
                  <th scope="col">Time left</th>
                  <th scope="col">Created</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((campaign, n) => (
                  <CampaignRow key={campaign.id} campaign={campaign} progress={progress[n]?.data} />
                ))}
              </tbody>
            </table>
          </TableBox>
          {newestFirst.length > most && (
            <p className="campaign-more">
              <button type="button" onClick={() => setMost(most + SHOWN_AT_ONCE)}>
                Show older ones
              </button>
            </p>
          )}
        </>
      )}
    </>
  );
}
