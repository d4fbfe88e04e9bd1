// What is looked for, in the address of the view, so that a link finds the same.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { AgentList } from '../../agent-view.ts';
import { get } from '../api.ts';
import { useParameters } from '../location.ts';
import { spokenName } from '../words.ts';
import { isoOf, localOf } from './moments.ts';
import { OUTCOMES, TROUBLES } from './outcomes.ts';

export const FILTERS = ['number', 'profile', 'outcome', 'tool', 'watchdog', 'after', 'before'] as const;
type Filter = (typeof FILTERS)[number];

/** What is typed is asked for once nobody has typed for so long. */
const SETTLED_MS = 350;

export function CallFilters(): ReactNode {
  const [parameters, change] = useParameters();
  const agents = useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => get<AgentList>('/api/v1/profiles', undefined, signal),
  });
  const profiles = agents.data?.agents.map(({ name }) => name) ?? [];
  const tools = [...new Set(agents.data?.agents.flatMap((agent) => agent.tools) ?? [])].sort();
  const value = (name: Filter): string => parameters.get(name) ?? '';
  const set = (name: Filter) => (to: string) => change({ [name]: to });
  const isNarrowed = FILTERS.some((name) => parameters.has(name));
  return (
    <form className="filters" role="search" aria-label="Calls" onSubmit={(event) => event.preventDefault()}>
      <Typed label="Number" value={value('number')} onSettled={set('number')} placeholder="+15550100123" />
      <Choice
        label="Agent"
        value={value('profile')}
        onChange={set('profile')}
        options={profiles}
        any="Any agent"
      />
      <Choice
        label="Outcome"
        value={value('outcome')}
        onChange={set('outcome')}
        options={OUTCOMES}
        any="Any outcome"
        spoken
      />
      <Typed label="Tool" value={value('tool')} onSettled={set('tool')} suggestions={tools} />
      <Choice
        label="Watchdog saw"
        value={value('watchdog')}
        onChange={set('watchdog')}
        options={TROUBLES}
        any="Anything"
        spoken
      />
      <Time label="From" value={value('after')} onChange={set('after')} />
      <Time label="Until" value={value('before')} onChange={set('before')} />
      {isNarrowed && (
        <button
          type="button"
          className="plain"
          onClick={() => change(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}
        >
          Clear filters
        </button>
      )}
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (to: string) => void;
  readonly options: readonly string[];
  readonly any: string;
  readonly spoken?: boolean;
}

function Choice({ label, value, onChange, options, any, spoken }: ChoiceProps): ReactNode {
  // One that is not there any more may still be in a link.
  const all = value === '' || options.includes(value) ? options : [value, ...options];
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">{any}</option>
        {all.map((each) => (
          <option key={each} value={each}>
            {spoken ? spokenName(each) : each}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TypedProps {
  readonly label: string;
  readonly value: string;
  readonly onSettled: (to: string) => void;
  readonly placeholder?: string;
  readonly suggestions?: readonly string[];
}

function Typed({ label, value, onSettled, placeholder, suggestions }: TypedProps): ReactNode {
  const [typed, type] = useState(value);
  const settled = useRef(onSettled);
  settled.current = onSettled;
  const list = `filter-${label.toLowerCase()}`;
  useEffect(() => type(value), [value]);
  useEffect(() => {
    if (typed.trim() === value) return undefined;
    const timer = setTimeout(() => settled.current(typed.trim()), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return (
    <label>
      {label}
      <input
        type="search"
        value={typed}
        placeholder={placeholder}
        list={suggestions && list}
        autoComplete="off"
        spellCheck={false}
        onChange={({ currentTarget }) => type(currentTarget.value)}
      />
      {suggestions && (
        <datalist id={list}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </label>
  );
}

/** In the zone of the browser; the address holds UTC. What is not typed to its end stays in the field. */
function Time({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (to: string) => void;
}): ReactNode {
  const [typed, type] = useState(localOf(value));
  useEffect(() => type(localOf(value)), [value]);
  return (
    <label>
      {label}
      <input
        type="datetime-local"
        max="9999-12-31T23:59"
        value={typed}
        onChange={({ currentTarget }) => {
          type(currentTarget.value);
          const iso = isoOf(currentTarget.value);
          if (iso !== undefined) onChange(iso);
        }}
      />
    </label>
  );
}
