// The files of contacts of a campaign: what was taken of each, and what was left out, line by line, before anybody is called.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState, type ReactNode } from 'react';
import { getBeginning } from '../api.ts';
import { Pill } from '../parts/pill.tsx';
import { ErrorState, FaultLine, LoadingState } from '../parts/states.tsx';
import { TableBox } from '../parts/table-box.tsx';
import { useWho } from '../who.ts';
import { countWords } from '../words.ts';
import { campaigns, files, type CampaignEntry, type ContactImport } from './campaign-api.ts';
import { mappingOf } from './column-mapping.ts';
import { faultLines } from './fault-lines.ts';
import { CONTACTS_TEMPLATE } from './sample.ts';

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

function ContactUpload({ campaignId }: { campaignId: string }): ReactNode {
  const cache = useQueryClient();
  const chooser = useRef<HTMLInputElement>(null);
  const [chosen, choose] = useState<File>();
  const [columns, setColumns] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const field = useId();
  const send = async (file: File): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      await campaigns.upload(campaignId, file, mappingOf(columns));
      choose(undefined);
      if (chooser.current) chooser.current.value = '';
    } catch (thrown) {
      setFault(thrown);
    }
    await cache.invalidateQueries({ queryKey: ['campaigns', campaignId] });
    setBusy(false);
  };
  return (
    <form
      className="contact-upload"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen) void send(chosen);
      }}
    >
      <div>
        <label htmlFor={field}>File of contacts</label>
        <input
          ref={chooser}
          id={field}
          type="file"
          accept=".csv,text/csv"
          onChange={({ target }) => choose(target.files?.[0])}
        />
        <span className="hint">
          CSV in UTF-8; the first line names the columns, of which one is <code>phone</code>.{' '}
          <a
            href={`data:text/csv;charset=utf-8,${encodeURIComponent(CONTACTS_TEMPLATE)}`}
            download="contacts.csv"
          >
            Template
          </a>
        </span>
      </div>
      <details>
        <summary>Columns of other names</summary>
        <label htmlFor={`${field}-columns`}>What columns are, one a line</label>
        <textarea
          id={`${field}-columns`}
          rows={2}
          placeholder={'Handy = phone\nNotes ='}
          value={columns}
          onChange={({ target }) => setColumns(target.value)}
        />
        <span className="hint">
          Nothing behind the = leaves a column out. Others are variables of the profile.
        </span>
      </details>
      <FaultLine fault={fault} />
      <div className="campaign-form-foot">
        <button
          type="submit"
          className="primary"
          disabled={busy || !chosen}
          aria-describedby={`${field}-why`}
        >
          {busy ? 'Reading the file …' : 'Send the file'}
        </button>
        <span id={`${field}-why`} className="quiet small">
          {chosen ? 'Nobody is called by it alone.' : 'Choose a file first.'}
        </span>
      </div>
    </form>
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
        <TableBox label={`Faults of ${file.file}`}>
          <table>
            <thead>
              <tr>
                <th scope="col" className="number">
                  Line
                </th>
                <th scope="col">Column</th>
                <th scope="col">What is wrong</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ line, field, words }) => (
                <tr key={`${line} ${field}`}>
                  <td className="number">{line}</td>
                  <td>
                    {field === '' ? <span className="quiet">the whole line</span> : <code>{field}</code>}
                  </td>
                  <td>{words}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
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
