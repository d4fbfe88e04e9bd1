// What is wrong with a described request, found when it is loaded: in words for its author, with the place of each fault.
import { addressFaults, splitAddress } from './described-address.ts';
import type { DescribedRequest } from './described.ts';
import { fitsHeader, isUnclosed, variablesIn, type Secrets } from './template.ts';

/** The variables that a request may use: those that always have a value, and those that sometimes do. */
export interface Variables {
  readonly always: readonly string[];
  readonly sometimes: readonly string[];
}

export interface RequestFault {
  readonly path: readonly (string | number)[];
  readonly words: string;
}

/** RFC 9110, 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
/** The connection's own (RFC 9110, 7.6.1), and what follows from address and body. */
const TAKEN_HEADERS = new Set(
  'connection content-length expect host keep-alive te trailer transfer-encoding upgrade'.split(' '),
);
const SECRET = /^secret\.[a-z0-9_]+$/;

type Place = 'path' | 'query' | 'header' | 'body' | 'words';

/** In any text that may hold variables. */
export function textFaults(text: string, variables: Variables, place: Place): string[] {
  if (isUnclosed(text)) return ['"{{" opens a variable that is never closed with "}}"'];
  const takesSecrets = place === 'query' || place === 'header';
  return variablesIn(text).flatMap(({ name, fallback }) => {
    if (name.startsWith('secret.')) {
      if (!takesSecrets) return [`"{{${name}}}": a secret can stand in headers and the query alone`];
      return SECRET.test(name) ? [] : [`"{{${name}}}": the name of a secret has small letters, digits and _`];
    }
    if (variables.always.includes(name)) return [];
    if (!variables.sometimes.includes(name)) {
      const known = [...variables.always, ...variables.sometimes, ...(takesSecrets ? ['secret.<name>'] : [])];
      return [`there is no variable "{{${name}}}" here; there are ${known.join(', ')}`];
    }
    if (fallback !== undefined || (place !== 'path' && place !== 'words')) return [];
    return [`"{{${name}}}" has no value sometimes: write what stands there then, as in "{{${name} | none}}"`];
  });
}

export function requestFaults(
  request: DescribedRequest,
  variables: Variables,
  address: 'whole' | 'behind a base',
): RequestFault[] {
  const { headers, query, body, form } = request;
  const inText = (path: RequestFault['path'], text: string, place: Place): RequestFault[] =>
    textFaults(text, variables, place).map((words) => ({ path, words }));
  return [
    ...addressFaultsOf(request, variables, address),
    ...headersFaults(headers, variables),
    ...Object.entries(query).flatMap(([name, text]) => inText(['query', name], text, 'query')),
    ...Object.entries(form ?? {}).flatMap(([name, text]) => inText(['form', name], text, 'body')),
    ...textsIn(body, ['body']).flatMap(({ path, text }) => inText(path, text, 'body')),
    ...(request.method === 'GET' && (body !== undefined || form !== undefined)
      ? [{ path: ['method'], words: 'GET carries no body; expected another method' }]
      : []),
    ...(body !== undefined && form !== undefined
      ? [{ path: ['form'], words: 'expected body or form, not both' }]
      : []),
  ];
}

export const headersFaults = (
  headers: Readonly<Record<string, string>>,
  variables: Variables,
): RequestFault[] =>
  Object.entries(headers).flatMap(([name, text]) =>
    [...headerFaults(name, text), ...textFaults(text, variables, 'header')].map((words) => ({
      path: ['headers', name],
      words,
    })),
  );

function addressFaultsOf(
  { url, query }: DescribedRequest,
  variables: Variables,
  address: 'whole' | 'behind a base',
): RequestFault[] {
  const path = ['url'];
  const structure = isUnclosed(url) ? textFaults(url, variables, 'path') : addressFaults(url, address);
  if (structure.length > 0) return structure.map((words) => ({ path, words }));
  const split = splitAddress(url);
  return [
    ...textFaults(split.path, variables, 'path'),
    ...Object.values(split.query).flatMap((text) => textFaults(text, variables, 'query')),
    ...Object.keys(split.query)
      .filter((name) => Object.hasOwn(query, name))
      .map((name) => `the query field "${name}" is under query: too`),
  ].map((words) => ({ path, words }));
}

function headerFaults(name: string, text: string): string[] {
  if (!HEADER_NAME.test(name)) return ['expected the name of a header: letters, digits and dashes'];
  if (TAKEN_HEADERS.has(name.toLowerCase())) return ['this header is set by itself; leave it out'];
  return fitsHeader(text) ? [] : ['expected one line, without control characters'];
}

/** Every text inside; the names of fields are fixed, and what looks like a variable in them stays as it is. */
function textsIn(value: unknown, path: readonly (string | number)[]): { path: typeof path; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, [...path, name]));
}

const secretsOf = (text: string): string[] =>
  variablesIn(text).flatMap(({ name }) => (name.startsWith('secret.') ? [name.slice('secret.'.length)] : []));

/** What is wrong with the secrets that requests name, in words that hold none of them. */
export function secretFaults(requests: readonly DescribedRequest[], secrets: Secrets): string[] {
  const inHeaders = requests.flatMap(({ headers }) => Object.values(headers).flatMap(secretsOf));
  const inQueries = requests.flatMap(({ url, query }) => [url, ...Object.values(query)].flatMap(secretsOf));
  return [...new Set([...inHeaders, ...inQueries])].flatMap((name) => {
    const secret = secrets.get(name);
    if (secret === undefined || secret === '')
      return [`the secret "${name}" is not set; set SECRET_${name.toUpperCase()} in the environment`];
    return inHeaders.includes(name) && !fitsHeader(secret)
      ? [
          `the secret "${name}" (SECRET_${name.toUpperCase()}) holds a line break or what else no header carries`,
        ]
      : [];
  });
}
