// The form of a new campaign: of the settings' schema, as fields or as JSON. What the API refuses is said at its field.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { AgentList } from '../../agent-view.ts';
import { get } from '../api.ts';
import { ErrorState, LoadingState } from '../parts/states.tsx';
import { ViewHead } from '../parts/view-head.tsx';
import { campaignPath } from '../routes.ts';
import { useWho } from '../who.ts';
import { campaigns } from './campaign-api.ts';
import { SAMPLE, SAMPLE_NAME } from './sample.ts';
import { SettingField } from './setting-field.tsx';
import { placedFaults } from './setting-faults.ts';
import { fieldsOf, isShown, settingsOf, type Field, type Typed } from './settings-fields.ts';

/** By the first part of a path; what is named nowhere comes last. The first section is always open. */
const SECTIONS: readonly (readonly [string, readonly string[]])[] = [
  ['Who calls whom', ['profile', 'purpose', 'caller_ids', 'consent', 'country', 'time_zone']],
  ['When', ['starts_at', 'ends_at', 'windows', 'holidays']],
  ['Pace', ['pace']],
  ['Attempts', ['max_attempts', 'machines', 'retries', 'caps']],
  ['When it pauses itself', ['breakers']],
];
const REST = 'Lists, and more';

const sectionOf = ({ path }: Field): string =>
  SECTIONS.find(([, names]) => names.includes(path.split('.')[0]!))?.[0] ?? REST;

export function NewCampaign(): ReactNode {
  const asked = useQuery({
    queryKey: ['campaigns', 'schema'],
    queryFn: ({ signal }) => campaigns.settingsSchema(signal),
    staleTime: Infinity,
  });
  const agents = useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => get<AgentList>('/api/v1/profiles', undefined, signal),
  });
  const callers = agents.data?.agents.filter(({ direction }) => direction !== 'inbound') ?? [];
  return (
    <>
      <ViewHead
        title="New campaign"
        about="It begins as a draft: contacts come next, and nobody is called before you start it."
      >
        <Link href="/campaigns" className="button">
          Back to the campaigns
        </Link>
      </ViewHead>
      {asked.isPending ? (
        <LoadingState what="the settings" />
      ) : asked.isError ? (
        <ErrorState fault={asked.error} again={() => void asked.refetch()} />
      ) : (
        <CampaignForm fields={fieldsOf(asked.data)} profiles={callers.map(({ name }) => name)} />
      )}
    </>
  );
}

interface Written {
  readonly as: 'fields' | 'json';
  readonly name: string;
  readonly typed: Typed;
  readonly json: string;
  /** Of which fields the JSON was made. */
  readonly of: Typed | undefined;
}

function CampaignForm({
  fields,
  profiles,
}: {
  fields: readonly Field[];
  profiles: readonly string[];
}): ReactNode {
  const { server } = useWho();
  const cache = useQueryClient();
  const [, goTo] = useLocation();
  const [written, write] = useState<Written>({ as: 'fields', name: '', typed: {}, json: '', of: undefined });
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const nameFault = useId();
  const { as, name, typed, json } = written;
  const shown = fields.filter((field) => isShown(field, typed));
  const { at, rest } = placedFaults(
    fault,
    as === 'json' ? ['name'] : ['name', ...shown.map(({ path }) => path)],
  );
  const missing = [
    ...(name.trim() === '' ? ['name'] : []),
    ...(as === 'json'
      ? json.trim() === ''
        ? ['settings']
        : []
      : shown.flatMap(({ path, isRequired }) => (isRequired && !typed[path]?.trim() ? [path] : []))),
  ];

  const create = async (): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      const settings: unknown = as === 'json' ? JSON.parse(json) : settingsOf(fields, typed);
      const { id } = await campaigns.create(name, settings);
      await cache.invalidateQueries({ queryKey: ['campaigns', 'list'] });
      goTo(campaignPath(id));
    } catch (thrown) {
      setFault(
        thrown instanceof SyntaxError ? new Error(`The settings are no JSON: ${thrown.message}`) : thrown,
      );
      setBusy(false);
    }
  };
  const change = (changed: Partial<Written>): void => write({ ...written, ...changed });
  const jsonOf = (): string => JSON.stringify(settingsOf(fields, typed), null, 2);
  /** What was written as JSON stays, until fields are changed. */
  const turn = (to: Written['as']): void =>
    change({ as: to, ...(to === 'json' && written.of !== typed && { json: jsonOf(), of: typed }) });
  const isMoreInJson = as === 'fields' && written.of === typed && json !== jsonOf();

  return (
    <form
      className="campaign-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <section className="card campaign-form-head">
        <div className="setting">
          <label htmlFor={`${nameFault}-name`}>Name</label>
          <input
            id={`${nameFault}-name`}
            value={name}
            maxLength={200}
            aria-invalid={at.has('name')}
            aria-describedby={at.has('name') ? nameFault : undefined}
            onChange={({ target }) => change({ name: target.value })}
          />
          {at.has('name') && (
            <p className="setting-fault" id={nameFault}>
              {at.get('name')}
            </p>
          )}
        </div>
        <fieldset className="segments" aria-label="How the settings are written">
          {(['fields', 'json'] as const).map((way) => (
            <label key={way}>
              <input type="radio" name="as" checked={as === way} onChange={() => turn(way)} />
              <span>{way === 'fields' ? 'Fields' : 'JSON'}</span>
            </label>
          ))}
        </fieldset>
        {isMoreInJson && (
          <p className="notice" role="status">
            What you wrote as JSON is not in the fields: the draft is made of what is shown.
          </p>
        )}
        {server.rehearsal && (
          <button
            type="button"
            onClick={() => change({ as: 'fields', name: name || SAMPLE_NAME, typed: SAMPLE })}
          >
            Begin with the sample
          </button>
        )}
      </section>
      {as === 'json' ? (
        <section className="card setting">
          <label htmlFor={`${nameFault}-json`}>Settings as JSON</label>
          <textarea
            id={`${nameFault}-json`}
            className="campaign-json"
            rows={18}
            spellCheck={false}
            value={json}
            onChange={({ target }) => change({ json: target.value })}
          />
          <span className="hint">
            All that docs/campaigns.md lists, also what has no field: the days that each list may be old,
            hours of single dates. What you change here is not taken back into the fields.
          </span>
        </section>
      ) : (
        [...SECTIONS.map(([title]) => title), REST].map((title, n) => {
          const inside = shown.filter((field) => sectionOf(field) === title);
          const [first] = inside;
          const group = first?.path.split('.')[0] ?? '';
          // What all of a section have in common goes without saying.
          const isOneGroup = inside.every(({ path }) => path.startsWith(`${group}.`));
          const isFaulty = inside.some(({ path }) => at.has(path));
          return (
            inside.length > 0 && (
              <details key={`${title} ${isFaulty}`} className="card" open={n === 0 || isFaulty}>
                <summary>
                  <h2>{title}</h2>
                </summary>
                <div className="settings">
                  {inside.map((field) => (
                    <SettingField
                      key={field.path}
                      field={field}
                      label={labelOf(isOneGroup ? field.path.slice(group.length + 1) : field.path)}
                      value={typed[field.path] ?? ''}
                      fault={at.get(field.path)}
                      suggestions={field.path === 'profile' ? profiles : undefined}
                      onChange={(value) => change({ typed: { ...typed, [field.path]: value } })}
                    />
                  ))}
                </div>
              </details>
            )
          );
        })
      )}
      {fault !== undefined && (
        <div className="fault" role="alert">
          {rest.length > 0 ? rest.join('; ') : 'Some fields have to be mended; each says why.'}
        </div>
      )}
      <div className="campaign-form-foot">
        <button
          type="submit"
          className="primary"
          disabled={busy || missing.length > 0}
          aria-describedby={`${nameFault}-why`}
        >
          {busy ? 'One moment …' : 'Create the draft'}
        </button>
        <span id={`${nameFault}-why`} className="quiet small">
          {missing.length > 0 && `Still missing: ${missing.join(', ').replaceAll('_', ' ')}`}
        </span>
      </div>
    </form>
  );
}

/** `retries.no_answer.after_minutes`: Retries › no answer › after minutes. */
function labelOf(path: string): string {
  const words = path
    .replaceAll('_', ' ')
    .replace(/ s$/, ' (seconds)')
    .replace(/ ids$/, ' IDs')
    .split('.')
    .join(' › ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
