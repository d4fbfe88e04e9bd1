// The setup message: what the profile asks for, in the words of the API, as far as the model takes it. A field that a
// model does not know closes the socket with 1007 (openclaw/openclaw#152413), so nothing is sent that it was not said to
// have.
import { LivelineError } from '../../base/errors.ts';
import type { SessionSetup, ToolDeclaration, VoiceActivitySetup } from '../session.ts';
import type { WireFunctionDeclaration, WireSetup } from './messages.ts';
import type { Capabilities } from './models.ts';
import { toWireSchema } from './schema.ts';

/** The docs' example. Every turn bills the whole context again, so a low trigger is what keeps a call's cost flat. */
const COMPRESSION = { triggerTokens: '25000', slidingWindow: { targetTokens: '8000' } };
/** Where a level must be named: the shortest thinking, as the caller waits meanwhile. */
const REQUIRED_THINKING_LEVEL = 'LOW';
/** `en-us-tavi`, as against `Kore`. */
const CATALOGUE_VOICE = /^[a-z]{2,3}-[a-z]{2,4}-/i;
/** What the API takes as a function's name; 64 is the shorter of its two documented limits. */
const FUNCTION_NAME = /^[a-zA-Z_][\w.-]{0,63}$/;

/** Throws LIVE_SETUP_UNSUPPORTED, naming the field and the model, for what the model lacks. */
export function buildSetup(setup: SessionSetup, capabilities: Capabilities): WireSetup {
  const { voice, language, instructions, tools } = setup;
  const { model, thinking } = capabilities;
  if (model === '') throw unsupported('model', model, 'it is empty');
  if (voice !== undefined && CATALOGUE_VOICE.test(voice) && !capabilities.catalogueVoices)
    throw unsupported('voice', model, `${voice} is a catalogue voice; name one like Kore`);

  const speechConfig = {
    ...(language !== undefined && { languageCode: language }),
    ...(voice !== undefined && { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } }),
  };
  const realtimeInputConfig = realtimeInput(setup.voiceActivity, setup.callerInterrupts);
  return {
    model: `models/${model}`,
    generationConfig: {
      responseModalities: ['AUDIO'],
      ...(holdsAny(speechConfig) && { speechConfig }),
      ...(thinking.is === 'level' &&
        thinking.required && { thinkingConfig: { thinkingLevel: REQUIRED_THINKING_LEVEL } }),
    },
    ...(instructions !== '' && { systemInstruction: { parts: [{ text: instructions }], role: 'user' } }),
    ...(tools.length > 0 && { tools: [{ functionDeclarations: declare(tools, capabilities) }] }),
    ...(holdsAny(realtimeInputConfig) && { realtimeInputConfig }),
    ...(capabilities.resumption && { sessionResumption: {} }),
    ...(capabilities.compression && { contextWindowCompression: COMPRESSION }),
    inputAudioTranscription: {},
    outputAudioTranscription: {},
  };
}

function realtimeInput(
  voiceActivity: VoiceActivitySetup,
  callerInterrupts: boolean,
): NonNullable<WireSetup['realtimeInputConfig']> {
  const { startSensitivity, endSensitivity, prefixPaddingMs, silenceMs } = voiceActivity;
  const automaticActivityDetection = {
    ...(startSensitivity &&
      ({
        startOfSpeechSensitivity:
          startSensitivity === 'high' ? 'START_SENSITIVITY_HIGH' : 'START_SENSITIVITY_LOW',
      } as const)),
    ...(endSensitivity &&
      ({
        endOfSpeechSensitivity: endSensitivity === 'high' ? 'END_SENSITIVITY_HIGH' : 'END_SENSITIVITY_LOW',
      } as const)),
    // The wire has whole numbers here; a fraction is refused.
    ...(prefixPaddingMs !== undefined && { prefixPaddingMs: Math.round(prefixPaddingMs) }),
    ...(silenceMs !== undefined && { silenceDurationMs: Math.round(silenceMs) }),
  };
  return {
    ...(holdsAny(automaticActivityDetection) && { automaticActivityDetection }),
    // That the caller interrupts is the API's default.
    ...(!callerInterrupts && { activityHandling: 'NO_INTERRUPTION' as const }),
  };
}

function declare(tools: readonly ToolDeclaration[], capabilities: Capabilities): WireFunctionDeclaration[] {
  const { model, functions } = capabilities;
  const names = new Set<string>();
  return tools.map(({ name, description, parameters }) => {
    if (!FUNCTION_NAME.test(name) || names.has(name))
      throw unsupported(
        'tools',
        model,
        `"${name}" is ${names.has(name) ? 'there twice' : 'no name for a function'}`,
      );
    names.add(name);
    const schema = toWireSchema({ model, tool: name }, parameters);
    return {
      name,
      description,
      // The agent must have the result before it talks; undeclared, 3.8 answers from imagination meanwhile.
      ...(functions.declarable.includes('BLOCKING') && { behavior: 'BLOCKING' as const }),
      ...(schema && { parameters: schema }),
    };
  });
}

const holdsAny = (value: object): boolean => Object.keys(value).length > 0;

const unsupported = (field: string, model: string, why: string): LivelineError =>
  new LivelineError(
    'LIVE_SETUP_UNSUPPORTED',
    `model ${model || '(none)'} does not take the ${field}: ${why}`,
  );
