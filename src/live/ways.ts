// The ways in to the model that the settings name: the one that is preferred, and one that is tried before a call is
// given up. Pure rules; knows no environment and dials nobody.

/** By a key of the Gemini API, or as a project of Google Cloud. */
export type Way =
  | { readonly by: 'key'; readonly apiKey: string; readonly baseUrl: string | undefined }
  | {
      readonly by: 'cloud';
      readonly project: string;
      readonly location: string;
      readonly baseUrl: string | undefined;
    };

/** Where gemini-3.8-live is served in one region (docs.cloud.google.com, models/gemini/3-8-live). */
export const DEFAULT_LOCATION = 'us-central1';

/** By the names of the environment, which the faults repeat. */
export type WaySettings = Readonly<
  Record<
    | 'GEMINI_API_KEY'
    | 'GEMINI_BASE_URL'
    | 'GOOGLE_CLOUD_PROJECT'
    | 'GOOGLE_CLOUD_LOCATION'
    | 'GEMINI_FALLBACK_API_KEY'
    | 'GEMINI_FALLBACK_BASE_URL'
    | 'GEMINI_FALLBACK_LOCATION',
    string | undefined
  >
>;

/** A setting that does not go with the others. */
export interface WayFault {
  readonly setting: keyof WaySettings;
  readonly what: string;
}

export interface Ways {
  /** The preferred one first; none in a rehearsal. */
  readonly ways: readonly Way[];
  readonly faults: readonly WayFault[];
}

export function waysOf(settings: WaySettings): Ways {
  const first = firstOf(settings);
  const second = first && secondOf(settings, first);
  const faults = [...faultsOf(settings, first)];
  if (faults.length > 0 || first === undefined) return { ways: [], faults };
  if (second === undefined) return { ways: [first], faults };
  if (JSON.stringify(first) !== JSON.stringify(second)) return { ways: [first, second], faults };
  const setting = FALLBACKS.find((name) => settings[name] !== undefined) ?? 'GEMINI_FALLBACK_BASE_URL';
  return {
    ways: [first],
    faults: [{ setting, what: 'leads where the calls go already: unset it, or name another' }],
  };
}

const FALLBACKS = [
  'GEMINI_FALLBACK_API_KEY',
  'GEMINI_FALLBACK_LOCATION',
  'GEMINI_FALLBACK_BASE_URL',
] as const satisfies (keyof WaySettings)[];

function* faultsOf(settings: WaySettings, first: Way | undefined): Generator<WayFault> {
  const isSet = (name: keyof WaySettings): boolean => settings[name] !== undefined;
  if (isSet('GEMINI_API_KEY') && isSet('GOOGLE_CLOUD_PROJECT'))
    yield {
      setting: 'GOOGLE_CLOUD_PROJECT',
      what: 'and GEMINI_API_KEY are two ways to the model: unset one (a key beside a project is GEMINI_FALLBACK_API_KEY)',
    };
  for (const setting of ['GOOGLE_CLOUD_LOCATION', 'GEMINI_FALLBACK_LOCATION'] as const)
    if (isSet(setting) && !isSet('GOOGLE_CLOUD_PROJECT'))
      yield { setting, what: 'is of use with GOOGLE_CLOUD_PROJECT only: set that too, or unset this' };
  if (isSet('GEMINI_FALLBACK_LOCATION') && isSet('GEMINI_FALLBACK_API_KEY'))
    yield {
      setting: 'GEMINI_FALLBACK_LOCATION',
      what: 'and GEMINI_FALLBACK_API_KEY are two fallbacks, and there can be one: unset one of them',
    };
  for (const setting of ['GEMINI_FALLBACK_API_KEY', 'GEMINI_FALLBACK_BASE_URL'] as const)
    if (isSet(setting) && first === undefined)
      yield {
        setting,
        what: "is nobody's fallback: set GEMINI_API_KEY or GOOGLE_CLOUD_PROJECT, or unset it",
      };
}

function firstOf(settings: WaySettings): Way | undefined {
  const {
    GEMINI_API_KEY: apiKey,
    GEMINI_BASE_URL: baseUrl,
    GOOGLE_CLOUD_PROJECT: project,
    GOOGLE_CLOUD_LOCATION: location = DEFAULT_LOCATION,
  } = settings;
  if (apiKey !== undefined) return { by: 'key', apiKey, baseUrl };
  return project === undefined ? undefined : { by: 'cloud', project, location, baseUrl };
}

/** What the fallback does not say is as it is on the first way. */
function secondOf(settings: WaySettings, first: Way): Way | undefined {
  const { GEMINI_FALLBACK_API_KEY: apiKey, GEMINI_FALLBACK_LOCATION: location } = settings;
  const baseUrl = settings.GEMINI_FALLBACK_BASE_URL ?? first.baseUrl;
  if (apiKey !== undefined) return { by: 'key', apiKey, baseUrl };
  if (location !== undefined && first.by === 'cloud') return { ...first, location, baseUrl };
  return settings.GEMINI_FALLBACK_BASE_URL === undefined ? undefined : { ...first, baseUrl };
}
