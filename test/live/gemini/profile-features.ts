// Every feature of the Live API that a profile can ask for, as a piece of a profile file, and the way from there to a setup.
import { profileSchema } from '../../../src/agents/profile.ts';
import { callId } from '../../../src/base/ids.ts';
import { openingOf } from '../../../src/call/opening.ts';
import type { SessionSetup } from '../../../src/live/session.ts';
import { toolsOf } from '../../doubles/tools-of.ts';

export interface Feature {
  readonly file: Record<string, unknown>;
  /** What a refusal must name. */
  readonly field: string;
}

const LEAST = { name: 'Desk', numbers: '*', instructions: 'Help {{caller}}.', greeting: 'Hello.' };

/** What a session is opened with, given a piece of a profile file. */
export function sessionSetup(file: Record<string, unknown>): SessionSetup {
  const profile = profileSchema().parse({ ...LEAST, ...file });
  const call = {
    id: callId('CA1'),
    from: '+15550100123',
    to: '+15550100100',
    direction: 'inbound',
    status: 'ringing',
  } as const;
  return openingOf(profile, call, toolsOf(profile.tools), Date.UTC(2026, 0, 1)).setup;
}

const each = <Value>(field: string, values: readonly Value[], fileOf: (value: Value) => Feature['file']) =>
  values.map((value): Feature => ({ field, file: fileOf(value) }));

const tool = (behavior?: string, scheduling?: string) => ({
  tools: [{ name: 'look_up_contact', behavior, scheduling }, 'end_call'],
});

export const FEATURES: readonly Feature[] = [
  { field: '-', file: {} },
  ...each('voice', ['Kore', 'en-us-tavi'], (voice) => ({ voice })),
  { field: '-', file: { language: 'pt-BR' } },
  { field: 'google_search', file: { google_search: true } },
  { field: 'google_search', file: { google_search: true, tools: ['end_call'] } },
  { field: 'code_execution', file: { code_execution: true } },
  { field: 'code_execution', file: { code_execution: true, google_search: true, tools: ['end_call'] } },
  { field: 'tools', file: { tools: ['look_up_contact', 'take_message', 'end_call'] } },
  ...each('tools: look_up_contact: behavior', ['blocking', 'non-blocking'], (behavior) => tool(behavior)),
  ...each('tools: look_up_contact: ', ['silent', 'when-idle', 'interrupt'], (scheduling) =>
    tool('non-blocking', scheduling),
  ),
  { field: 'tools: look_up_contact: scheduling', file: tool(undefined, 'silent') },
  ...each('turn_taking', ['server', 'local'], (turn_taking) => ({ turn_taking })),
  ...each('voice_activity', ['high', 'low'], (sensitivity) => ({
    voice_activity: {
      start_sensitivity: sensitivity,
      end_sensitivity: sensitivity,
      prefix_padding_ms: 0,
      silence_ms: 700,
    },
  })),
  ...each('voice_activity', ['start_sensitivity', 'end_sensitivity'], (sensitivity) => ({
    turn_taking: 'local',
    voice_activity: { [sensitivity]: 'low' },
  })),
  { field: 'barge_in', file: { barge_in: { caller_interrupts: false } } },
  {
    field: 'barge_in',
    file: { barge_in: { caller_interrupts: false }, turn_taking: 'local' },
  },
  ...each('turn_coverage', ['speech', 'all-input', 'speech-and-video'], (turn_coverage) => ({
    turn_coverage,
  })),
  { field: 'transcription', file: { transcription: { caller: 'off', agent: false } } },
  ...each('transcription.caller.languages', [['de-DE'], ['en-US', 'es']], (languages) => ({
    transcription: { caller: { languages } },
  })),
  {
    field: 'transcription.caller.vocabulary',
    file: { transcription: { caller: { vocabulary: ['Liveline'] } } },
  },
  { field: 'transcription.agent.languages', file: { transcription: { agent: { languages: ['de-DE'] } } } },
  { field: 'compression', file: { compression: 'off' } },
  ...each('compression.trigger_tokens', [2, 50_000, 131_072, 131_073], (trigger_tokens) => ({
    compression: { trigger_tokens, target_tokens: 1 },
  })),
  ...each('media_resolution', ['low', 'medium', 'high'], (media_resolution) => ({ media_resolution })),
  ...each('thinking.level', ['minimal', 'low', 'medium', 'high'], (level) => ({ thinking: { level } })),
  ...each('thinking.budget_tokens', [-1, 0, 24_576, 24_577], (budget_tokens) => ({
    thinking: { budget_tokens },
  })),
  ...each('generation.max_output_tokens', [1, 8_192, 8_193, 65_536, 65_537], (max_output_tokens) => ({
    generation: { max_output_tokens },
  })),
  {
    field: 'generation',
    file: {
      generation: {
        temperature: 2,
        top_p: 1,
        top_k: 40,
        presence_penalty: -2,
        frequency_penalty: 1.9,
        seed: -(2 ** 31),
      },
    },
  },
  { field: '-', file: { history: [{ caller: 'I am {{caller}}.' }, { agent: 'Good to hear you again.' }] } },
];
