// A file of contacts is chosen, looked through by the server, and only then sent.
import { useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState, type ReactNode } from 'react';
import { FaultLine } from '../parts/states.tsx';
import { countWords } from '../words.ts';
import { campaigns, type ContactsCheck } from './campaign-api.ts';
import { mappingOf } from './column-mapping.ts';
import { FaultTable } from './fault-table.tsx';
import { CONTACTS_TEMPLATE } from './sample.ts';

export function ContactUpload({ campaignId }: { campaignId: string }): ReactNode {
  const cache = useQueryClient();
  const chooser = useRef<HTMLInputElement>(null);
  const [chosen, choose] = useState<File>();
  const [columns, setColumns] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const [checked, setChecked] = useState<ContactsCheck>();
  /** Of the last check: one that was overtaken says nothing. */
  const latest = useRef(0);
  const field = useId();
  const check = async (file: File | undefined, named: string): Promise<void> => {
    const turn = ++latest.current;
    setChecked(undefined);
    setFault(undefined);
    if (!file) return;
    try {
      const found = await campaigns.check(campaignId, file, mappingOf(named));
      if (turn === latest.current) setChecked(found);
    } catch (thrown) {
      if (turn === latest.current) setFault(thrown);
    }
  };
  const send = async (file: File): Promise<void> => {
    latest.current += 1;
    setBusy(true);
    setFault(undefined);
    try {
      await campaigns.upload(campaignId, file, mappingOf(columns));
      choose(undefined);
      setChecked(undefined);
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
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            choose(file);
            void check(file, columns);
          }}
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
          onBlur={() => void check(chosen, columns)}
        />
        <span className="hint">
          Nothing behind the = leaves a column out. Others are variables of the profile.
        </span>
      </details>
      <FaultLine fault={fault} />
      {checked && <Checked found={checked} />}
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
          {chosen ? 'Nothing of it is taken yet, and nobody is called by it alone.' : 'Choose a file first.'}
        </span>
      </div>
    </form>
  );
}

function Checked({ found: { rows, faulty, faults } }: { found: ContactsCheck }): ReactNode {
  return (
    <>
      <p className="notice" role="status">
        {faulty === 0
          ? `${countWords(rows)} rows, all of which can be taken.`
          : `${countWords(rows)} rows, of which ${countWords(faulty)} would be left out. Mend them first, or send the file as it is.`}
        {faulty > faults.length && ` The first ${countWords(faults.length)}:`}
      </p>
      {faulty > 0 && <FaultTable label="Lines that would be left out" faults={faults} />}
    </>
  );
}
