import { expect, test } from 'vitest';
import { profileSchema } from '../../src/agents/profile.ts';
import { openingOf } from '../../src/call/opening.ts';
import { toolsNamed } from '../../src/tools/catalogue.ts';
import { incoming } from './rig.ts';

test('[OP1] a session is opened with all that the profile says, and this call’s values in its words', () => {
  const profile = profileSchema().parse({
    name: 'reception',
    numbers: '*',
    instructions: 'You are {{profile}}. {{caller}} has called {{called}} on {{date}}.',
    greeting: 'Hello {{caller}}!',
    voice: 'Kore',
    language: 'de-DE',
    model: 'a-model',
    voice_activity: { silence_ms: 600 },
    turn_coverage: 'speech',
    transcription: { caller: { languages: ['de-DE'] }, agent: 'off' },
    compression: 'off',
    media_resolution: 'low',
    thinking: { level: 'low' },
    generation: { temperature: 0.5 },
    google_search: true,
    code_execution: true,
    history: [{ caller: 'I am {{caller}}.' }, { agent: 'Hello.' }],
    barge_in: { caller_interrupts: false },
    tools: [{ name: 'end_call', behavior: 'non-blocking', scheduling: 'silent' }],
  });
  const { setup, greeting } = openingOf(profile, incoming, toolsNamed(profile.tools), Date.UTC(2026, 0, 1));
  expect(setup).toEqual({
    watchdog: { noiseAfterMs: 15_000 },
    model: 'a-model',
    instructions: expect.stringMatching(
      /^You are reception\. \+15550100123 has called \+15550100100 on .*2026/,
    ) as string,
    voice: 'Kore',
    language: 'de-DE',
    tools: [expect.objectContaining({ name: 'end_call', behavior: 'non-blocking', scheduling: 'silent' })],
    voiceActivity: expect.objectContaining({ silenceMs: 600 }) as object,
    callerInterrupts: false,
    turnCoverage: 'speech',
    callerTranscription: { languages: ['de-DE'] },
    agentTranscription: false,
    compression: false,
    mediaResolution: 'low',
    thinking: { level: 'low' },
    generation: { temperature: 0.5 },
    googleSearch: true,
    codeExecution: true,
    history: [
      { who: 'caller', text: 'I am +15550100123.' },
      { who: 'agent', text: 'Hello.' },
    ],
  });
  expect(greeting).toMatch(/Greet the caller now, in these words: Hello \+15550100123!$/);
});
