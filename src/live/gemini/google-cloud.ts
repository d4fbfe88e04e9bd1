// Google Cloud as the way in, and all that the Live API does otherwise there (docs.cloud.google.com, Gemini Live API
// reference; types and URLs of @google/genai). Knows no credentials: the token is handed in.
import { LivelineError } from '../../base/errors.ts';
import { endpointAt, type Access } from './access.ts';
import type { Capabilities } from './models.ts';

const METHOD_PATH = '/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent';
/** Locations that span several regions have hosts of another form (@google/genai, ApiClient). */
const MULTI_REGIONS: ReadonlySet<string> = new Set(['us', 'eu']);

export interface GoogleCloudOptions {
  /** Id or number of the project that pays. */
  readonly project: string;
  /** A region, `us`, `eu` or `global`; gemini-3.8-live is served in `us-central1`, `us` and `eu`. */
  readonly location: string;
  /** Another server than the location's own. */
  readonly baseUrl?: string | undefined;
  /** An OAuth token for the scope `cloud-platform`; rejects when there is none to be had. */
  readonly token: () => Promise<string>;
  readonly name: string;
}

/** Throws CONFIG_INVALID for an address, a project or a location that no request could carry. */
export function googleCloudAccess({ project, location, baseUrl, token, name }: GoogleCloudOptions): Access {
  // Both become parts of addresses and names.
  if (!/^[\w.:-]+$/.test(project))
    throw new LivelineError('CONFIG_INVALID', `${name}: "${project}" is no id of a Google Cloud project`);
  if (!/^[a-z0-9-]+$/.test(location))
    throw new LivelineError('CONFIG_INVALID', `${name}: "${location}" is no Google Cloud location`);
  return {
    name,
    api: 'cloud',
    url: endpointAt(baseUrl ?? `https://${hostOf(location)}`, METHOD_PATH, name),
    headers: async () => ({ authorization: `Bearer ${await token()}` }),
    modelPath: (id) => `projects/${project}/locations/${location}/publishers/google/models/${id}`,
  };
}

function hostOf(location: string): string {
  if (location === 'global') return 'aiplatform.googleapis.com';
  return MULTI_REGIONS.has(location)
    ? `aiplatform.${location}.rep.googleapis.com`
    : `${location}-aiplatform.googleapis.com`;
}

/** What a model takes on Google Cloud, given what it takes with a key. */
export const onCloud = (withKey: Capabilities): Capabilities => ({
  ...withKey,
  // An answer's `scheduling` and `id` are not taken there (livekit/agents, livekit-plugins-google, utils.py).
  functions: { ...withKey.functions, scheduling: [] },
  answersCarryId: false,
});
