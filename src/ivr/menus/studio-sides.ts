// Where a split of a Studio flow could lead that decides by what nobody knows before a call. Pure.
import type { Widget } from './studio-flow.ts';

interface Side {
  readonly name: string;
  readonly dials: boolean;
  /** How many widgets can be reached. */
  readonly behind: number;
}

/** Widgets by which callers get to somebody. */
const DIALS: ReadonlySet<string> = new Set(['connect-call-to', 'enqueue-call', 'send-to-flex']);

function sideOf(name: string, widgets: ReadonlyMap<string, Widget>): Side {
  const reached = new Set([name]);
  for (const one of reached)
    for (const { next } of widgets.get(one)?.transitions ?? []) if (next) reached.add(next);
  const dials = [...reached].some((one) => DIALS.has(widgets.get(one)?.type ?? ''));
  return { name, dials, behind: reached.size };
}

/** First those on which somebody is called, and of these the one with the most behind it. */
export const sidesOf = ({ transitions }: Widget, widgets: ReadonlyMap<string, Widget>): string[] =>
  [...new Set(transitions.flatMap(({ next }) => next ?? []))]
    .map((name) => sideOf(name, widgets))
    .sort((one, other) => Number(other.dials) - Number(one.dials) || other.behind - one.behind)
    .map(({ name }) => name);
