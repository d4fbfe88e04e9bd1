// How a request is written: its address and its body. Knows nothing of sending.
interface Written {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
}

/** Without slashes at its end; undefined for what is no http or https address of a service. */
export function trimmedBase(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  // fetch refuses credentials in an address, and quotes them.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}

/**
 * URL removes tabs and line breaks, takes a backslash for a slash, and goes up a folder for `..` and `%2e%2e`
 * (url.spec.whatwg.org): an id that is made of them would lead elsewhere.
 */
const LEADS_ELSEWHERE = /[\t\n\r\\?#]|\/(\.|%2e){1,2}(\/|$)/i;

/** `base` as trimmed; undefined for a path that does not stay under it. */
export function addressOf(base: string, { path, query = {} }: Written): URL | undefined {
  if (!path.startsWith('/') || LEADS_ELSEWHERE.test(path)) return undefined;
  const url = new URL(base + path);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.append(name, String(value));
  return url;
}

export function bodyOf({ json, form }: Written): { body: string | null; headers: Record<string, string> } {
  if (json !== undefined)
    return { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
  if (form === undefined) return { body: null, headers: {} };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { body: new URLSearchParams(form).toString(), headers };
}
