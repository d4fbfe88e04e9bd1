// How each Live model behaves (ai.google.dev, models and live-api/thinking; openclaw/openclaw#152413), and whether a
// setup suits the model it names. Knows no socket and no script. Written apart from the client's own table on purpose: a
// judge that copies the accused acquits everybody.
import { refuse } from './judge.ts';
import type { HeardDeclaration, HeardSchema, HeardSetup } from './heard.ts';

export interface ModelRules {
  readonly thinking: 'refused' | 'level required' | 'level' | 'budget';
  /** What a declaration without `behavior` means. */
  readonly behavior: 'BLOCKING' | 'NON_BLOCKING';
  readonly blockingAllowed: boolean;
  readonly scheduling: 'allowed' | 'refused';
  /** `audioStreamEnd` ends the caller's turn; 3.8 ignores it. */
  readonly streamEndEndsTurn: boolean;
  /** A user turn by `clientContent` is answered only once something comes by `realtimeInput`. */
  readonly needsNudge: boolean;
  readonly affectiveDialog: 'dies on first message' | 'never ready' | 'unknown name';
  readonly catalogueVoices: boolean;
  readonly mediaChunks: 'allowed' | 'refused';
  /** Says `interactionStatus: IDLE` when it waits for the caller. */
  readonly saysIdle: boolean;
}

const LIVE_3_8: ModelRules = {
  thinking: 'refused',
  behavior: 'NON_BLOCKING',
  blockingAllowed: true,
  scheduling: 'allowed',
  streamEndEndsTurn: false,
  needsNudge: false,
  affectiveDialog: 'dies on first message',
  catalogueVoices: true,
  mediaChunks: 'refused',
  saysIdle: false,
};

const NATIVE_2_5: ModelRules = {
  ...LIVE_3_8,
  thinking: 'budget',
  behavior: 'BLOCKING',
  streamEndEndsTurn: true,
  affectiveDialog: 'unknown name',
  catalogueVoices: false,
  mediaChunks: 'allowed',
};

const MODELS: ReadonlyMap<string, ModelRules> = new Map([
  ['gemini-3.8-live', LIVE_3_8],
  [
    'gemini-3.8-live-extended-thinking',
    {
      ...LIVE_3_8,
      thinking: 'level required',
      blockingAllowed: false,
      scheduling: 'refused',
      saysIdle: true,
    },
  ],
  [
    'gemini-3.1-flash-live-preview',
    {
      ...LIVE_3_8,
      thinking: 'level',
      behavior: 'BLOCKING',
      streamEndEndsTurn: true,
      needsNudge: true,
      affectiveDialog: 'never ready',
      catalogueVoices: false,
    },
  ],
  ['gemini-2.5-flash-native-audio-preview-12-2025', NATIVE_2_5],
  ['gemini-2.5-flash-native-audio-latest', NATIVE_2_5],
  // Retired at Google; kept because the API's first guide names it.
  ['gemini-2.0-flash-live-001', { ...NATIVE_2_5, thinking: 'refused' }],
]);

const VOICES = new Set(
  (
    'Zephyr Puck Charon Kore Fenrir Leda Orus Aoede Callirrhoe Autonoe Enceladus Iapetus Umbriel Algieba Despina ' +
    'Erinome Algenib Rasalgethi Laomedeia Achernar Alnilam Schedar Gacrux Pulcherrima Achird Zubenelgenubi ' +
    'Vindemiatrix Sadachbia Sadaltager Sulafat'
  ).split(' '),
);
const CATALOGUE_VOICE = /^[a-z]{2,3}-[a-z]{2,4}-/i;

/** Known to Google's JSON reader, refused in a live setup (ai.google.dev/api/live, BidiGenerateContentSetup). */
const TEXT_API_ONLY = [
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'stopSequences',
];

const FUNCTION_NAME = /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/;

export interface SetupVerdict {
  readonly model: string;
  readonly rules: ModelRules;
  /** `never ready`: setupComplete does not come. `dying`: it comes, and the client's next message ends the session. */
  readonly outcome: 'ready' | 'never ready' | 'dying';
}

/** Throws Refused where the real server would close the socket. */
export function judgeSetup(setup: HeardSetup): SetupVerdict {
  const model = setup.model ?? refuse();
  const rules = MODELS.get(model.replace(/^models\//, ''));
  if (rules === undefined || !model.startsWith('models/'))
    return refuse(
      `${model} is not found for API version v1beta, or is not supported for bidiGenerateContent`,
      1008,
    );
  const config: NonNullable<HeardSetup['generationConfig']> = setup.generationConfig ?? {};
  if (TEXT_API_ONLY.some((field) => field in config)) refuse();
  judgeModalities(config.responseModalities ?? ['AUDIO']);
  judgeThinking(config.thinkingConfig, rules);
  judgeVoice(config.speechConfig?.voiceConfig?.prebuiltVoiceConfig?.voiceName, model, rules);
  if (setup.systemInstruction?.parts?.some((part) => typeof part.text !== 'string')) refuse();
  judgeTools(setup.tools ?? [], rules);
  const activity = setup.realtimeInputConfig?.automaticActivityDetection;
  if ((activity?.prefixPaddingMs ?? 0) < 0 || (activity?.silenceDurationMs ?? 0) < 0) refuse();
  return { model, rules, outcome: outcomeOf(config.enableAffectiveDialog, rules) };
}

function outcomeOf(affectiveDialog: boolean | undefined, rules: ModelRules): SetupVerdict['outcome'] {
  if (affectiveDialog === undefined) return 'ready';
  switch (rules.affectiveDialog) {
    case 'dies on first message':
      return 'dying';
    case 'never ready':
      return 'never ready';
    case 'unknown name':
      return refuse(
        `Invalid JSON payload received. Unknown name "enableAffectiveDialog" at 'setup.generation_config': Cannot find field.`,
      );
  }
}

function judgeModalities(modalities: readonly string[]): void {
  if (modalities.length !== 1) refuse();
  if (modalities[0] !== 'AUDIO') refuse('Cannot extract voices from a non-audio request.');
}

function judgeThinking(
  thinking: { thinkingLevel?: string; thinkingBudget?: number } | undefined,
  rules: ModelRules,
): void {
  const unsupported = 'Thinking level is not supported for this model.';
  const level = thinking?.thinkingLevel;
  switch (rules.thinking) {
    case 'refused':
      return thinking === undefined ? undefined : refuse(unsupported);
    case 'level required':
      if (level === undefined) refuse('Thinking level must be specified for this model.');
      return level === 'MINIMAL' ? refuse(unsupported) : undefined;
    case 'level':
      return thinking?.thinkingBudget === undefined ? undefined : refuse();
    case 'budget':
      return level === undefined ? undefined : refuse(unsupported);
  }
}

function judgeVoice(voice: string | undefined, model: string, rules: ModelRules): void {
  if (voice === undefined || VOICES.has(voice)) return;
  if (rules.catalogueVoices && CATALOGUE_VOICE.test(voice)) return;
  refuse(`Requested voice api_name '${voice}' is not available for model ${model}`);
}

function judgeTools(tools: NonNullable<HeardSetup['tools']>, rules: ModelRules): void {
  if (tools.some((tool) => tool.codeExecution !== undefined || tool.urlContext !== undefined)) refuse();
  const declared = tools.flatMap((tool) => tool.functionDeclarations ?? []);
  const names = new Set<string>();
  for (const declaration of declared) {
    judgeDeclaration(declaration, rules);
    const name = declaration.name ?? '';
    if (names.has(name)) refuse(`Duplicate function declaration found: ${name}`);
    names.add(name);
  }
}

function judgeDeclaration({ name, behavior, parameters }: HeardDeclaration, rules: ModelRules): void {
  if (!FUNCTION_NAME.test(name ?? ''))
    refuse(`Invalid function name "${name ?? ''}". Must start with a letter or an underscore.`);
  if (behavior === 'BLOCKING' && !rules.blockingAllowed) refuse();
  if (parameters === undefined) return;
  if (parameters.type !== 'OBJECT')
    refuse(`${name ?? ''}: functionDeclaration parameters schema should be of type OBJECT.`);
  judgeSchema(parameters, `${name ?? ''}.parameters`);
}

function judgeSchema(schema: HeardSchema, path: string): void {
  if (schema.type === 'ARRAY' && schema.items === undefined) refuse(`${path}.items: missing field.`);
  for (const [at, name] of (schema.required ?? []).entries())
    if (!Object.hasOwn(schema.properties ?? {}, name))
      refuse(`${path}.required[${at}]: property is not defined`);
  for (const [name, inner] of Object.entries(schema.properties ?? {}))
    judgeSchema(inner, `${path}.properties[${name}]`);
  if (schema.items !== undefined) judgeSchema(schema.items, `${path}.items`);
  for (const inner of schema.anyOf ?? []) judgeSchema(inner, `${path}.any_of`);
}
