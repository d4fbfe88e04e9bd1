// How we get in: where the Live API is dialled, and what shows who we are. Knows nothing of what is said there.
import { LivelineError } from '../../base/errors.ts';

/** The Gemini API by key, or Google Cloud by token: the two differ in endpoint, names and some fields. */
export type Api = 'developer' | 'cloud';

export interface Access {
  /** For the log, e.g. `Gemini API`, `Google Cloud (us-central1)`. */
  readonly name: string;
  readonly api: Api;
  readonly url: URL;
  /** What the upgrade carries; asked for at every dial. Rejects when there is no token to be had. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** How the setup names a model, given its bare id. */
  modelPath(id: string): string;
}

const METHOD_PATH = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';

export interface ApiKeyOptions {
  readonly apiKey: string;
  /** `http(s)://` or `ws(s)://`, with or without a path. */
  readonly baseUrl: string;
  readonly name: string;
}

/** Throws CONFIG_INVALID for an address or a key that no request could carry; the key stands in no error. */
export function apiKeyAccess({ apiKey, baseUrl, name }: ApiKeyOptions): Access {
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new LivelineError(
      'CONFIG_INVALID',
      `${name}: the API key is empty, or has a space, a line break or a foreign letter in it`,
    );
  // In a header, as Google's Python SDK has it: in the address it would get into error messages and proxy logs.
  const headers = { 'x-goog-api-key': apiKey };
  return {
    name,
    api: 'developer',
    url: endpointAt(baseUrl, METHOD_PATH, name),
    headers: () => Promise.resolve(headers),
    modelPath: (id) => `models/${id}`,
  };
}

/** `http` becomes `ws`, `https` becomes `wss`, a path stays in front. `name`: of the way in. Throws CONFIG_INVALID. */
export function endpointAt(baseUrl: string, methodPath: string, name: string): URL {
  const url = URL.parse(baseUrl);
  if (!url || !/^(?:http|ws)s?:$/.test(url.protocol))
    throw new LivelineError(
      'CONFIG_INVALID',
      `${name}: the base URL must be an http(s):// or ws(s):// address`,
    );
  url.protocol = url.protocol.replace('http', 'ws');
  url.pathname = url.pathname.replace(/\/+$/, '') + methodPath;
  url.search = '';
  url.hash = '';
  return url;
}
