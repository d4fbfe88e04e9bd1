// Who gets in: the two APIs' paths, and the key or token that each asks for (URLs of @google/genai). Pure; knows no socket.
import type { IncomingHttpHeaders } from 'node:http';
import type { Api } from './rules.ts';

export interface Admission {
  readonly api: Api;
  /** How the client showed its key, or on Google Cloud its token. */
  readonly keyIn: 'header' | 'query';
  readonly key: string;
}

export interface Refusal {
  /** HTTP's. */
  readonly status: number;
  readonly words: string;
}

const DEVELOPER = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';
const CLOUD = /^\/ws\/google\.cloud\.aiplatform\.(?:v1beta1|v1)\.LlmBidiService\/BidiGenerateContent$/;

const OAUTH = 'Expected OAuth 2 access token, login cookie or other valid authentication credential.';

/** `url`: as the request line has it. `onlyKey`: the one key or token taken; any that is not empty when absent. */
export function admit(url: string, headers: IncomingHttpHeaders, onlyKey?: string): Admission | Refusal {
  // The official SDK doubles the slash after the host (measured with @google/genai 3.1).
  const { pathname, searchParams } = URL.parse(url.replace(/^\/+/, '/'), 'http://model') ?? {};
  if (pathname === DEVELOPER) {
    const header = headers['x-goog-api-key'];
    const keyIn = typeof header === 'string' && header !== '' ? 'header' : 'query';
    const key = keyIn === 'header' ? String(header) : (searchParams?.get('key') ?? '');
    if (key === '')
      return { status: 403, words: "Method doesn't allow unregistered callers. Please use API Key." };
    if (onlyKey !== undefined && key !== onlyKey)
      return { status: 401, words: 'API key not valid. Please pass a valid API key.' };
    return { api: 'developer', keyIn, key };
  }
  if (pathname !== undefined && CLOUD.test(pathname)) {
    const key = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (key === undefined)
      return { status: 401, words: `Request is missing required authentication credential. ${OAUTH}` };
    if (onlyKey !== undefined && key !== onlyKey)
      return { status: 401, words: `Request had invalid authentication credentials. ${OAUTH}` };
    return { api: 'cloud', keyIn: 'header', key };
  }
  return { status: 404, words: 'Requested entity was not found.' };
}
