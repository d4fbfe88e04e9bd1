// The setup message: what the profile asks for, in the words of the API, as far as the model takes it. A field that a
// model does not know closes the socket with 1007 (openclaw/openclaw#152413), so nothing is sent that it was not said to
// have. What was said before the call is not part of it.
import type { SessionSetup, ThinkingSetup, TranscriptionSetup } from '../session.ts';
import { toWireTools } from './declarations.ts';
import type { Capabilities, ThinkingLevel } from './models.ts';
import { unsupported } from './unsupported.ts';
import type { WireGenerationConfig, WireRealtimeInput, WireSetup, WireTranscription } from './wire-setup.ts';

/** The docs' example. Every turn bills the whole context again, so a low trigger is what keeps a call's cost flat. */
const COMPRESSION = { triggerTokens: 25_000, targetTokens: 8_000 };
/** Where a level must be named: the shortest thinking, as the caller waits meanwhile. */
const REQUIRED_THINKING_LEVEL = 'low';
/** `en-us-tavi`, as against `Kore`. */
const CATALOGUE_VOICE = /^[a-z]{2,3}-[a-z]{2,4}-/i;

const LEVEL = { minimal: 'MINIMAL', low: 'LOW', medium: 'MEDIUM', high: 'HIGH' } as const;
const START = { high: 'START_SENSITIVITY_HIGH', low: 'START_SENSITIVITY_LOW' } as const;
const END = { high: 'END_SENSITIVITY_HIGH', low: 'END_SENSITIVITY_LOW' } as const;
const COVERAGE = {
  speech: 'TURN_INCLUDES_ONLY_ACTIVITY',
  'all-input': 'TURN_INCLUDES_ALL_INPUT',
  'speech-and-video': 'TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO',
} as const;
const RESOLUTION = {
  low: 'MEDIA_RESOLUTION_LOW',
  medium: 'MEDIA_RESOLUTION_MEDIUM',
  high: 'MEDIA_RESOLUTION_HIGH',
} as const;

/** Throws LIVE_SETUP_UNSUPPORTED, naming the profile's field and the model, for what the model lacks. */
export function buildSetup(setup: SessionSetup, capabilities: Capabilities): WireSetup {
  const { model, resumption } = capabilities;
  const { instructions } = setup;
  if (model === '') throw unsupported('model', model, 'it is empty');
  const tools = toWireTools(setup, capabilities);
  const realtimeInputConfig = realtimeInput(setup, capabilities);
  return {
    model: `models/${model}`,
    generationConfig: generation(setup, capabilities),
    ...(instructions !== '' && { systemInstruction: { parts: [{ text: instructions }], role: 'user' } }),
    ...(tools.length > 0 && { tools }),
    ...(holdsAny(realtimeInputConfig) && { realtimeInputConfig }),
    ...(resumption && { sessionResumption: {} }),
    ...given({ contextWindowCompression: compression(setup.compression, capabilities) }),
    inputAudioTranscription: transcription('caller', setup.callerTranscription, capabilities),
    outputAudioTranscription: transcription('agent', setup.agentTranscription, capabilities),
  };
}

function generation(setup: SessionSetup, capabilities: Capabilities): WireGenerationConfig {
  const { model, mostOutputTokens } = capabilities;
  const { voice, language, mediaResolution } = setup;
  const { temperature, topP, topK, maxOutputTokens, presencePenalty, frequencyPenalty, seed } =
    setup.generation ?? {};
  if (voice !== undefined && CATALOGUE_VOICE.test(voice) && !capabilities.catalogueVoices)
    throw unsupported('voice', model, `${voice} is a catalogue voice; name one like Kore`);
  if (maxOutputTokens !== undefined && maxOutputTokens > mostOutputTokens)
    throw unsupported('generation.max_output_tokens', model, `it says at most ${mostOutputTokens}`);
  const speechConfig = given({
    languageCode: language,
    voiceConfig: voice === undefined ? undefined : { prebuiltVoiceConfig: { voiceName: voice } },
  });
  return {
    responseModalities: ['AUDIO'],
    ...given({
      speechConfig: holdsAny(speechConfig) ? speechConfig : undefined,
      thinkingConfig: thinkingConfig(setup.thinking, capabilities),
      mediaResolution: mediaResolution && RESOLUTION[mediaResolution],
      ...{ temperature, topP, topK, maxOutputTokens, presencePenalty, frequencyPenalty, seed },
    }),
  };
}

function thinkingConfig(
  { level, budgetTokens }: ThinkingSetup = {},
  { model, thinking }: Capabilities,
): WireGenerationConfig['thinkingConfig'] {
  const instead = {
    omitted: 'its thinking cannot be set; leave the field out',
    level: 'it takes thinking.level',
    budget: 'it takes thinking.budget_tokens',
  }[thinking.is];
  if (level !== undefined && thinking.is !== 'level') throw unsupported('thinking.level', model, instead);
  if (budgetTokens !== undefined && thinking.is !== 'budget')
    throw unsupported('thinking.budget_tokens', model, instead);
  switch (thinking.is) {
    case 'omitted':
      return undefined;
    case 'budget':
      if (budgetTokens !== undefined && (budgetTokens < -1 || budgetTokens > thinking.most))
        throw unsupported('thinking.budget_tokens', model, `it takes -1 to ${thinking.most}`);
      return budgetTokens === undefined ? undefined : { thinkingBudget: budgetTokens };
    case 'level': {
      const wanted = level ?? (thinking.required ? REQUIRED_THINKING_LEVEL : undefined);
      if (wanted === undefined) return undefined;
      const thinkingLevel: ThinkingLevel = LEVEL[wanted];
      if (!thinking.levels.includes(thinkingLevel))
        throw unsupported('thinking.level', model, `it takes ${thinking.levels.join(', ').toLowerCase()}`);
      return { thinkingLevel };
    }
  }
}

function realtimeInput(setup: SessionSetup, { model, turnCoverages }: Capabilities): WireRealtimeInput {
  const { voiceActivity, callerInterrupts, turnCoverage } = setup;
  const { detector, startSensitivity, endSensitivity, prefixPaddingMs, silenceMs } = voiceActivity;
  if (turnCoverage !== undefined && !turnCoverages.includes(turnCoverage))
    throw unsupported('turn_coverage', model, `it takes ${turnCoverages.join(', ')}`);
  const sensitivity = startSensitivity ? 'start_sensitivity' : endSensitivity && 'end_sensitivity';
  if (detector === 'local' && sensitivity)
    throw unsupported(
      `voice_activity.${sensitivity}`,
      model,
      'with turn_taking: local the model does not listen for speech; leave it out, or set turn_taking: server',
    );
  const automaticActivityDetection =
    detector === 'local'
      ? { disabled: true }
      : given({
          startOfSpeechSensitivity: startSensitivity && START[startSensitivity],
          endOfSpeechSensitivity: endSensitivity && END[endSensitivity],
          // The wire has whole numbers here; a fraction is refused.
          prefixPaddingMs: prefixPaddingMs === undefined ? undefined : Math.round(prefixPaddingMs),
          silenceDurationMs: silenceMs === undefined ? undefined : Math.round(silenceMs),
        });
  return {
    ...(holdsAny(automaticActivityDetection) && { automaticActivityDetection }),
    // That the caller interrupts is the API's default.
    ...(!callerInterrupts && { activityHandling: 'NO_INTERRUPTION' }),
    ...(turnCoverage && { turnCoverage: COVERAGE[turnCoverage] }),
  };
}

function compression(
  asked: SessionSetup['compression'],
  { model, ...capabilities }: Capabilities,
): WireSetup['contextWindowCompression'] {
  if (asked === false) return undefined;
  if (!capabilities.compression) {
    if (asked === undefined) return undefined;
    throw unsupported('compression', model, 'its context cannot be cut down; leave the field out');
  }
  const { triggerTokens, targetTokens } = asked ?? COMPRESSION;
  if (triggerTokens > capabilities.contextWindow)
    throw unsupported(
      'compression.trigger_tokens',
      model,
      `its context holds ${capabilities.contextWindow} tokens, so it would never come to that`,
    );
  return { triggerTokens: String(triggerTokens), slidingWindow: { targetTokens: String(targetTokens) } };
}

function transcription(
  whose: 'caller' | 'agent',
  asked: TranscriptionSetup = {},
  { model, languageHints }: Capabilities,
): WireTranscription {
  // Also where nobody wants to read it: a model that takes the conversation over must be told what was said.
  if (asked === false) return {};
  const { languages = [], vocabulary = [] } = asked;
  if (!languageHints && languages.length + vocabulary.length > 0)
    throw unsupported(
      `transcription.${whose}.${languages.length > 0 ? 'languages' : 'vocabulary'}`,
      model,
      'its transcripts take no hints; leave the field out',
    );
  return {
    ...(languages.length > 0 && { languageCodes: [...languages] }),
    ...(vocabulary.length > 0 && { customVocabulary: [...vocabulary] }),
  };
}

type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Without the fields that are undefined: to the API an absent field is the model's own choice. */
const given = <Fields extends object>(fields: Fields): Given<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;

const holdsAny = (value: object): boolean => Object.keys(value).length > 0;
