// What can be done with a campaign as it is now; a viewer sees what can be read alone.
import { useId, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { ConfirmButton } from '../parts/confirm.tsx';
import { campaignPath } from '../routes.ts';
import { useWho } from '../who.ts';
import { countWords, spokenName } from '../words.ts';
import { campaigns, files, type CampaignProgress } from './campaign-api.ts';
import { sortedCounts, totalOf } from './progress-words.ts';

export interface CampaignMovesProps {
  readonly progress: CampaignProgress;
  readonly onChanged: () => Promise<unknown>;
}

export function CampaignMoves(props: CampaignMovesProps): ReactNode {
  const { mayAct } = useWho();
  const { progress, onChanged } = props;
  const { id, state } = progress.campaign;
  const move = (to: 'pause' | 'resume' | 'stop') => async (): Promise<void> => {
    await campaigns.move(id, to);
    await onChanged();
  };
  const nobody = progress.remaining === 0 ? 'There is nobody left to call.' : undefined;
  return (
    <>
      {mayAct && (
        <>
          {['draft', 'scheduled', 'done'].includes(state) && <StartButton {...props} nobody={nobody} />}
          {(state === 'running' || state === 'scheduled') && (
            <ConfirmButton
              label="Pause"
              title="Pause the campaign?"
              verb="Pause"
              tone="primary"
              onConfirm={move('pause')}
            >
              <p>Nobody is called any more until it is resumed. Calls that are placed go on.</p>
            </ConfirmButton>
          )}
          {state === 'paused' && (
            <ConfirmButton
              label="Resume"
              title="Resume the campaign?"
              verb="Resume"
              tone="primary"
              refusal={nobody}
              onConfirm={move('resume')}
            >
              <p>
                {countWords(progress.remaining)} contacts wait. Every rule is asked again before each call.
              </p>
            </ConfirmButton>
          )}
          {state !== 'done' && state !== 'stopped' && (
            <ConfirmButton
              label="Stop"
              title="Stop it for good?"
              verb="Stop for good"
              onConfirm={move('stop')}
            >
              <p>
                It cannot be started again. Calls that wait or ring are canceled; those that are talked on go
                on.
              </p>
            </ConfirmButton>
          )}
          <RedialButton {...props} />
        </>
      )}
      <a className="button" href={files.results(id)} download>
        Export the results
      </a>
    </>
  );
}

function StartButton({
  progress: { campaign, remaining },
  onChanged,
  nobody,
}: CampaignMovesProps & { nobody: string | undefined }): ReactNode {
  const [at, setAt] = useState('');
  const field = useId();
  return (
    <ConfirmButton
      label={campaign.state === 'done' ? 'Start again' : 'Start'}
      title={`Start ${campaign.name}?`}
      verb={at === '' ? 'Start' : 'Schedule'}
      tone="primary"
      refusal={nobody}
      onConfirm={async () => {
        await campaigns.start(campaign.id, at === '' ? undefined : new Date(at).toISOString());
        await onChanged();
      }}
    >
      <p>
        {countWords(remaining)} {remaining === 1 ? 'contact is' : 'contacts are'} called as soon as the rules
        allow each of them.
      </p>
      <label htmlFor={field}>Not before</label>
      <input id={field} type="datetime-local" value={at} onChange={({ target }) => setAt(target.value)} />
      <span className="hint">
        By the clock of this browser. Left empty: when its settings say, or at once.
      </span>
    </ConfirmButton>
  );
}

/** Of those that were not reached, as far as this campaign has such. */
const AGAIN = new Set(['busy', 'no-answer', 'machine', 'canceled', 'not-placed', 'stopped']);

function RedialButton({ progress }: CampaignMovesProps): ReactNode {
  const { id, name } = progress.campaign;
  const [, goTo] = useLocation();
  const [called, setCalled] = useState(`${name} again`);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(AGAIN);
  const field = useId();
  const outcomes = sortedCounts(progress.outcomes);
  const wanted = outcomes.flatMap(([outcome]) => (chosen.has(outcome) ? [outcome] : []));
  const refusal =
    totalOf(progress) === 0 || outcomes.length === 0 ? 'Nothing has come of anybody yet.' : undefined;
  return (
    <ConfirmButton
      label="Call some again"
      title="A new campaign of some of them"
      verb="Make the draft"
      tone="primary"
      refusal={refusal}
      onConfirm={async () => {
        if (wanted.length === 0) throw new Error('Choose at least one outcome.');
        const made = await campaigns.clone(id, called, wanted);
        goTo(campaignPath(made.id));
      }}
    >
      <p>
        It has the same settings, and nobody is called before you start it. Lately placed calls still count.
      </p>
      <label htmlFor={field}>Name</label>
      <input id={field} value={called} maxLength={200} onChange={({ target }) => setCalled(target.value)} />
      <fieldset className="campaign-outcome-choice">
        <legend>Contacts whose last outcome is</legend>
        {outcomes.map(([outcome, count]) => (
          <label key={outcome}>
            <input
              type="checkbox"
              checked={chosen.has(outcome)}
              onChange={({ target }) => {
                const next = new Set(chosen);
                if (target.checked) next.add(outcome);
                else next.delete(outcome);
                setChosen(next);
              }}
            />{' '}
            {spokenName(outcome)} ({countWords(count)})
          </label>
        ))}
      </fieldset>
    </ConfirmButton>
  );
}
