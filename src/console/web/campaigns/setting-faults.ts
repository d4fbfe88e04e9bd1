// What the API says of settings that it refuses, brought to the fields that it speaks of. Pure.
import { ApiFault } from '../api.ts';
import { messageOf } from '../words.ts';

export interface PlacedFaults {
  /** By the path of a field. */
  readonly at: ReadonlyMap<string, string>;
  /** Of no field that is shown. */
  readonly rest: readonly string[];
}

/** `name: expected …; pace.ring_s: expected …`: words may hold a `; ` themselves, but no name of a field after it. */
const FAULT = /(?:^|; )(?:body\.)?([a-z_]+(?:\.[\w-]+|\[\d+\])*): /g;

/** `paths`: of the fields that are shown, the most general first. */
export function placedFaults(fault: unknown, paths: readonly string[]): PlacedFaults {
  const at = new Map<string, string>();
  const rest: string[] = [];
  if (fault === undefined || fault === null) return { at, rest };
  const message = messageOf(fault);
  const heads = fault instanceof ApiFault ? [...message.matchAll(FAULT)] : [];
  if (heads.length === 0 || heads[0]!.index > 0) return { at, rest: [message] };
  for (const [n, head] of heads.entries()) {
    const words = message.slice(head.index + head[0].length, heads[n + 1]?.index);
    const field = head[1]!;
    const path = pathOf(field, paths);
    if (path === undefined) rest.push(`${field}: ${words}`);
    else at.set(path, at.has(path) ? `${at.get(path)}; ${words}` : words);
  }
  return { at, rest };
}

/** The field itself, else what it is inside of, else the first one inside of it. */
function pathOf(field: string, paths: readonly string[]): string | undefined {
  for (let path = field; path !== ''; path = path.replace(/(?:^|\.)[\w-]+$|\[\d+\]$/, ''))
    if (paths.includes(path)) return path;
  return paths.find((path) => path.startsWith(`${field}.`));
}
