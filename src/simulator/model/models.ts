// Whether a setup suits the model it names, as Google's servers judge it. Knows no socket and no script, and the models
// only by their rules.
import { refuse } from './judge.ts';
import type { HeardDeclaration, HeardSchema, HeardSetup, HeardTranscription } from './heard.ts';
import { rulesOf, type Api, type ModelRules } from './rules.ts';

export type { ModelRules } from './rules.ts';

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

const NOT_FOUND: Readonly<Record<Api, (model: string) => string>> = {
  developer: (model) =>
    `${model} is not found for API version v1beta, or is not supported for bidiGenerateContent`,
  cloud: (model) => `Publisher Model \`${model}\` was not found or your project does not have access to it.`,
};

const THINKING_BUDGET = { least: -1, most: 24_576 };
/** Of every Live model (ai.google.dev, their pages). */
const CONTEXT_TOKENS = 131_072;

export interface SetupVerdict {
  readonly model: string;
  readonly rules: ModelRules;
  /** `never ready`: setupComplete does not come. `dying`: it comes, and the client's next message ends the session. */
  readonly outcome: 'ready' | 'never ready' | 'dying';
}

/** Throws Refused where the real server would close the socket. */
export function judgeSetup(setup: HeardSetup, api: Api = 'developer'): SetupVerdict {
  const model = setup.model ?? refuse();
  const rules = rulesOf(model, api) ?? refuse(NOT_FOUND[api](model), 1008);
  const config: NonNullable<HeardSetup['generationConfig']> = setup.generationConfig ?? {};
  if (TEXT_API_ONLY.some((field) => field in config)) refuse();
  judgeModalities(config.responseModalities ?? ['AUDIO']);
  judgeThinking(config.thinkingConfig, rules);
  judgeNumbers(config, rules);
  judgeVoice(config.speechConfig?.voiceConfig?.prebuiltVoiceConfig?.voiceName, model, rules);
  if (setup.systemInstruction?.parts?.some((part) => typeof part.text !== 'string')) refuse();
  judgeTools(setup.tools ?? [], rules);
  judgeListening(setup.realtimeInputConfig, rules);
  judgeCompression(setup.contextWindowCompression);
  judgeTranscription(setup.inputAudioTranscription, 'input_audio_transcription', rules);
  judgeTranscription(setup.outputAudioTranscription, 'output_audio_transcription', rules);
  if (setup.historyConfig !== undefined && rules.history === 'unknown name')
    unknown('historyConfig', 'setup');
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
      return unknown('enableAffectiveDialog', 'setup.generation_config');
  }
}

const unknown = (name: string, at: string): never =>
  refuse(`Invalid JSON payload received. Unknown name "${name}" at '${at}': Cannot find field.`);

/** Bounds of Google's reference (docs.cloud.google.com, GenerationConfig). */
function judgeNumbers(config: NonNullable<HeardSetup['generationConfig']>, rules: ModelRules): void {
  const {
    temperature = 0,
    topP = 0,
    topK = 1,
    maxOutputTokens = 1,
    presencePenalty = 0,
    frequencyPenalty = 0,
  } = config;
  if (temperature < 0 || temperature > 2 || topP < 0 || topP > 1 || topK < 1) refuse();
  if (maxOutputTokens < 1 || maxOutputTokens > rules.mostOutputTokens) refuse();
  if ([presencePenalty, frequencyPenalty].some((penalty) => penalty < -2 || penalty >= 2)) refuse();
}

function judgeListening(listening: HeardSetup['realtimeInputConfig'], rules: ModelRules): void {
  const activity = listening?.automaticActivityDetection;
  if ((activity?.prefixPaddingMs ?? 0) < 0 || (activity?.silenceDurationMs ?? 0) < 0) refuse();
  if (
    listening?.turnCoverage === 'TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO' &&
    rules.allVideo === 'refused'
  )
    refuse();
}

function judgeCompression(compression: HeardSetup['contextWindowCompression']): void {
  const trigger = Number(compression?.triggerTokens ?? CONTEXT_TOKENS);
  const target = Number(compression?.slidingWindow?.targetTokens ?? 0);
  if (trigger <= 0 || trigger > CONTEXT_TOKENS || target < 0 || target >= trigger) refuse();
}

function judgeTranscription(asked: HeardTranscription | undefined, at: string, rules: ModelRules): void {
  if (asked === undefined || rules.hints === 'allowed') return;
  for (const name of ['languageCodes', 'customVocabulary'] as const)
    if (asked[name] !== undefined) unknown(name, `setup.${at}`);
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
    case 'budget': {
      if (level !== undefined) refuse(unsupported);
      const { thinkingBudget = 0 } = thinking ?? {};
      return thinkingBudget < THINKING_BUDGET.least || thinkingBudget > THINKING_BUDGET.most
        ? refuse()
        : undefined;
    }
  }
}

function judgeVoice(voice: string | undefined, model: string, rules: ModelRules): void {
  if (voice === undefined || VOICES.has(voice)) return;
  if (rules.catalogueVoices && CATALOGUE_VOICE.test(voice)) return;
  refuse(`Requested voice api_name '${voice}' is not available for model ${model}`);
}

function judgeTools(tools: NonNullable<HeardSetup['tools']>, rules: ModelRules): void {
  if (tools.some((tool) => tool.urlContext !== undefined)) refuse();
  if (rules.codeExecution === 'refused' && tools.some((tool) => tool.codeExecution !== undefined)) refuse();
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
