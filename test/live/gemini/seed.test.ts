// How a session starts: with a handle, with a history, or with the history in its instructions.
import { describe, expect, test } from 'vitest';
import { apiKeyAccess } from '../../../src/live/gemini/access.ts';
import { capabilitiesOf } from '../../../src/live/gemini/models.ts';
import { resumed, started, type Route } from '../../../src/live/gemini/seed.ts';
import { buildSetup } from '../../../src/live/gemini/setup.ts';
import { DEFAULT_MODEL, type Said, type SessionSetup } from '../../../src/live/session.ts';
import { NATIVE_2_5 } from './conversation-rig.ts';

const wanted = (model: string, more: Partial<SessionSetup> = {}): SessionSetup => ({
  ...{ model, instructions: 'Be brief.', tools: [], voiceActivity: {}, callerInterrupts: true },
  ...more,
});
function wayOf(setup: SessionSetup): Route {
  const { capabilities } = capabilitiesOf(setup.model);
  return {
    access: apiKeyAccess({ apiKey: 'key', baseUrl: 'http://127.0.0.1:9', name: 'here' }),
    capabilities,
    setup: buildSetup(setup, capabilities),
  };
}

const BEFORE: Said[] = [{ who: 'caller', text: 'I called yesterday.' }];
const SAID: Said[] = [{ who: 'agent', text: 'Hello again.' }];

test('resumed: the same setup with the handle, and no history', () => {
  const way = wayOf(wanted(DEFAULT_MODEL, { history: BEFORE }));
  expect(resumed(way, 'h-1')).toEqual({
    setup: { ...way.setup, sessionResumption: { handle: 'h-1' } },
    history: [],
  });
});

describe('started', () => {
  test.each([DEFAULT_MODEL, NATIVE_2_5])('%s with nothing to tell: the plain setup', (model) => {
    const way = wayOf(wanted(model));
    expect(started(way, wanted(model), [])).toEqual({ setup: way.setup, history: [] });
  });

  test('with a history, where the model takes one: the profile’s first', () => {
    const setup = wanted(DEFAULT_MODEL, { history: BEFORE });
    const way = wayOf(setup);
    expect(started(way, setup, SAID)).toEqual({
      setup: { ...way.setup, historyConfig: { initialHistoryInClientContent: true } },
      history: [...BEFORE, ...SAID],
    });
    expect(started(way, setup, []).history).toEqual(BEFORE);
  });

  test('where it takes none: at the end of the instructions, which stay', () => {
    const setup = wanted(NATIVE_2_5, { history: BEFORE });
    const way = wayOf(setup);
    const start = started(way, setup, SAID);
    expect(start.history).toEqual([]);
    expect(start.setup).not.toHaveProperty('historyConfig');
    const [first, second, ...more] = start.setup.systemInstruction?.parts ?? [];
    expect([first, more]).toEqual([{ text: 'Be brief.' }, []]);
    expect(second?.text).toMatch(
      /Before this call.*\nCaller: I called yesterday\.\n.*under way.*\nYou: Hello again\./,
    );
    const untold = started(way, setup, []).setup.systemInstruction?.parts[1]?.text;
    expect(untold).not.toMatch(/under way|greet/);
    expect(way.setup.systemInstruction?.parts).toHaveLength(1);
  });

  test('also without any instructions', () => {
    const setup = wanted(NATIVE_2_5, { instructions: '' });
    const { systemInstruction } = started(wayOf(setup), setup, SAID).setup;
    expect(systemInstruction).toMatchObject({ role: 'user', parts: [{}] });
  });
});
