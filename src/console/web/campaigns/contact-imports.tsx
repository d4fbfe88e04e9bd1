// The files of contacts of a campaign: what was taken of each, and what was left out, line by line, before anybody is called.
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { getBeginning } from '../api.ts';
import { Pill } from '../parts/pill.tsx';
import { ErrorState, LoadingState } from '../parts/states.tsx';
import { useWho } from '../who.ts';
import { countWords } from '../words.ts';
import { campaigns, files, type CampaignEntry, type ContactImport } from './campaign-api.ts';
import { ContactUpload } from './contact-upload.tsx';
import { faultLines } from './fault-lines.ts';
import { FaultTable } from './fault-table.tsx';

/** The rest is in the file of faults. */
const FAULTS_SHOWN = 100;
const FAULT_CHARACTERS = 300;

export function ContactImports({ campaign }: { campaign: CampaignEntry }): ReactNode {
  const { id, state } = campaign;
  const { mayAct } = useWho();
  const asked = useQuery({
    queryKey: ['campaigns', id, 'imports'],
    queryFn: ({ signal }) => campaigns.imports(id, signal),
    refetchInterval: (query) =>
      query.state.data?.imports.some((each) => each.state === 'reading') ? 2_000 : false,
  });
  return (
    <section className="card contact-imports" aria-labelledby="campaign-contacts">
      <h2 id="campaign-contacts">Contacts</h2>
      {mayAct && state !== 'stopped' && <ContactUpload campaignId={id} />}
      {asked.isPending ? (
        <LoadingState what="the files" />
      ) : !asked.data ? (
        <ErrorState fault={asked.error} again={() => void asked.refetch()} />
      ) : asked.data.imports.length === 0 ? (
        <p className="quiet">No file was sent yet.</p>
      ) : (
        asked.data.imports
          .toReversed()
          .map((each, n) => <ContactFile key={each.id} campaignId={id} file={each} isNewest={n === 0} />)
      )}
    </section>
  );
}

function ContactFile({
  campaignId,
  file,
  isNewest,
}: {
  campaignId: string;
  file: ContactImport;
  isNewest: boolean;
}): ReactNode {
  const { rows, kept, merged, faulty } = file;
  return (
    <article className="contact-file" aria-label={file.file}>
      <p className="contact-file-head">
        <b>{file.file}</b>
        {file.state === 'reading' ? (
          <Pill tone="info">being read</Pill>
        ) : file.state === 'failed' ? (
          <Pill tone="bad">not taken</Pill>
        ) : (
          <Pill tone={faulty > 0 ? 'warn' : 'good'}>{faulty > 0 ? 'taken in part' : 'taken'}</Pill>
        )}
        <span className="quiet" hidden={file.state === 'failed'}>
          {countWords(rows)} rows: {countWords(kept)} new contacts, {countWords(merged)} of a number that was
          there, {countWords(faulty)} left out
        </span>
      </p>
      {file.cause !== null && <p className="fault">{file.cause}</p>}
      {faulty > 0 && <Faults campaignId={campaignId} file={file} isOpen={isNewest} />}
    </article>
  );
}

function Faults({
  campaignId,
  file,
  isOpen,
}: {
  campaignId: string;
  file: ContactImport;
  isOpen: boolean;
}): ReactNode {
  const [open, setOpen] = useState(isOpen);
  const asked = useQuery({
    queryKey: ['campaigns', campaignId, 'imports', file.id, 'faults', file.faulty],
    queryFn: ({ signal }) =>
      getBeginning(files.faults(campaignId, file.id), FAULTS_SHOWN * FAULT_CHARACTERS, signal),
    enabled: open,
    staleTime: Infinity,
  });
  const lines = faultLines(asked.data ?? '', FAULTS_SHOWN);
  return (
    <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{countWords(file.faulty)} left out: mend these lines, and send the file again</summary>
      {asked.isError ? (
        <ErrorState fault={asked.error} again={() => void asked.refetch()} />
      ) : asked.isPending ? (
        <LoadingState what="the faults" />
      ) : (
        <FaultTable label={`Faults of ${file.file}`} faults={lines} />
      )}
      <p className="campaign-more">
        {lines.length < file.faulty && asked.isSuccess && (
          <span className="quiet">The first {countWords(lines.length)} are shown. </span>
        )}
        <a href={files.faults(campaignId, file.id)} download>
          Download all faults
        </a>
      </p>
    </details>
  );
}
