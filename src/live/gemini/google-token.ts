// OAuth tokens for Google Cloud, from wherever the machine keeps its credentials (Application Default Credentials:
// docs.cloud.google.com/docs/authentication/application-default-credentials). Knows nothing of the Live API.
import type { GoogleAuth } from 'google-auth-library';
import { LivelineError, messageOf } from '../../base/errors.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
/** The library waits for ever otherwise, and a caller hears silence meanwhile. */
const TIMEOUT_MS = 8_000;
const MOST_WORDS = 300;
const WHAT_TO_DO =
  'set GOOGLE_APPLICATION_CREDENTIALS to a credential file, or run `gcloud auth application-default login`';

/**
 * Gives tokens, new ones when the old are about to expire. Rejects with LIVE_UNREACHABLE when trying again may help and
 * with LIVE_REFUSED when somebody must do something first.
 */
export function googleToken(project: string): () => Promise<string> {
  let auth: GoogleAuth | undefined;
  let asking: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    try {
      auth ??= await newAuth(project);
      const token = await auth.getAccessToken();
      if (typeof token === 'string' && token !== '') return token;
    } catch (thrown) {
      // The next dial reads the credentials anew: somebody may have mended them.
      auth = undefined;
      throw failureOf(thrown);
    }
    throw new LivelineError('LIVE_REFUSED', `the Google credentials give no token; ${WHAT_TO_DO}`);
  };
  // Calls that lose their sockets together dial together: one request serves them all.
  return () => (asking ??= ask().finally(() => (asking = undefined)));
}

/** Loaded here: only those who use Google Cloud need the library. */
async function newAuth(projectId: string): Promise<GoogleAuth> {
  const { GoogleAuth } = await import('google-auth-library');
  return new GoogleAuth({
    scopes: SCOPE,
    // Given, or the library goes looking for it: at the metadata server, and by running gcloud.
    projectId,
    clientOptions: { transporterOptions: { timeout: TIMEOUT_MS } },
  });
}

/** Without the cause: the library's errors carry its requests, and with them refresh tokens. */
function failureOf(thrown: unknown): LivelineError {
  const why = wordsOf(thrown);
  return mayPass(thrown)
    ? new LivelineError('LIVE_UNREACHABLE', `Google gives no token just now (${why}); check the network`)
    : new LivelineError('LIVE_REFUSED', `there is no Google token to be had (${why}); ${WHAT_TO_DO}`);
}

function wordsOf(thrown: unknown): string {
  // A parser quotes what it stumbled over: here a credential file.
  if (thrown instanceof SyntaxError) return 'the credential file is no JSON';
  const words = messageOf(thrown);
  return words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}…` : words;
}

/** A request that got no answer, or one that blames the server. Whatever else fails is a matter of credentials. */
function mayPass(thrown: unknown): boolean {
  if (!(thrown instanceof Error && 'config' in thrown)) return false;
  const status = 'status' in thrown ? thrown.status : undefined;
  return typeof status !== 'number' || status >= 500 || status === 429;
}
