// The address of a described request: what of it is fixed, and where values may stand. Knows nothing of their encoding.
import { hidden, splitOutside } from './template.ts';

export interface SplitAddress {
  /** Scheme, host and port; empty for a path that stands behind a base. */
  readonly origin: string;
  /** Begins with a slash. */
  readonly path: string;
  /** Decoded; their texts may hold variables. */
  readonly query: Readonly<Record<string, string>>;
}

const ORIGIN = /^https?:\/\/[^/?#]*/i;

/** Throws URIError where the query is not percent-encoded; what else may be wrong, `addressFaults` says. */
export function splitAddress(url: string): SplitAddress {
  const origin = ORIGIN.exec(url)?.[0] ?? '';
  const [path = '', ...queries] = splitOutside(url.slice(origin.length), '?');
  const pairs = splitOutside(queries.join('?'), '&').filter((pair) => pair !== '');
  return {
    origin,
    path: path === '' ? '/' : path,
    query: Object.fromEntries(
      pairs.map((pair) => {
        const [name = '', ...value] = splitOutside(pair, '=').map((text) =>
          decodeURIComponent(text.replaceAll('+', ' ')),
        );
        return [name, value.join('=')];
      }),
    ),
  };
}

/** What is wrong with the structure of an address, in words for its author. */
export function addressFaults(url: string, of: 'whole' | 'behind a base'): string[] {
  const bare = hidden(url);
  const origin = ORIGIN.exec(url)?.[0];
  if (of === 'behind a base' && !bare.startsWith('/'))
    return ['expected a path that begins with a slash; it is put behind base_url'];
  if (of === 'whole') {
    if (origin === undefined) return ['expected a whole address, such as "https://api.example.com/orders"'];
    if (origin !== ORIGIN.exec(bare)?.[0])
      return ['the host is fixed: a variable can stand only behind it, in the path and the query'];
    const parsed = URL.parse(origin);
    if (parsed === null) return ['expected a whole address, such as "https://api.example.com/orders"'];
    if (parsed.username !== '' || parsed.password !== '')
      return ['an address holds no user and password; write them as a header with a {{secret.…}}'];
  }
  if (bare.includes('#')) return ['an address that is asked has no "#"'];
  try {
    const { path } = splitAddress(url);
    return /(^|\/)(\.|%2e){1,2}(\/|$)/i.test(hidden(path)) || /[\s\\]/.test(hidden(path))
      ? ['expected a path without "." and "..", spaces and backslashes']
      : queryFaults(url);
  } catch {
    return ['expected a query that is percent-encoded; or write it under query:, as it is'];
  }
}

function queryFaults(url: string): string[] {
  const names = splitOutside(splitOutside(url, '?').slice(1).join('?'), '&').map(
    (pair) => splitOutside(pair, '=')[0] ?? '',
  );
  if (names.some((name) => hidden(name) !== name))
    return ['the name of a query field is fixed, and holds no variable'];
  return new Set(names).size === names.length ? [] : ['expected every query field once'];
}
