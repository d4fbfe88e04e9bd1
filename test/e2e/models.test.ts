import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { apiKeyAccess } from '../../src/live/gemini/access.ts';
import { KNOWN_MODELS } from '../../src/live/gemini/models.ts';
import { createGeminiLive } from '../../src/live/gemini/session.ts';
import type { SessionEvent } from '../../src/live/session.ts';
import { startModel } from '../../src/simulator/model/server.ts';
import { toolNames } from '../../src/tools/catalogue.ts';
import { sessionSetup } from '../live/gemini/profile-features.ts';
import { script } from './rig.ts';

/** All that every model takes. */
const PROFILE = {
  voice: 'Kore',
  language: 'en-US',
  tools: toolNames,
  google_search: true,
  voice_activity: {
    start_sensitivity: 'low',
    end_sensitivity: 'high',
    prefix_padding_ms: 20,
    silence_ms: 600,
  },
  turn_coverage: 'speech',
  compression: { trigger_tokens: 50_000, target_tokens: 10_000 },
  media_resolution: 'low',
  generation: { temperature: 0.6, top_p: 0.9, top_k: 40, max_output_tokens: 2_000, seed: 7 },
  history: [{ caller: 'It is me again.' }, { agent: 'Good to hear you.' }],
};

test.concurrent.for(KNOWN_MODELS.map((model) => [model]))(
  '%s takes the setup of a full profile, every built-in tool among it, and greets',
  async ([model], { onTestFinished }) => {
    const simulated = await startModel({ script: script('receptionist') });
    onTestFinished(() => simulated.close());
    const access = apiKeyAccess({ apiKey: 'key', baseUrl: simulated.url, name: 'the simulated model' });
    const live = createGeminiLive({ ways: [access], clock: systemClock });
    const session = live.open(sessionSetup({ ...PROFILE, model }), silentLog);
    onTestFinished(() => session.close());
    const greeted = await new Promise<SessionEvent>((resolve) => {
      session.listen({
        onAudio: () => undefined,
        onEvent: (event) => {
          if (event.type === 'ready') session.prompt('Greet the caller.');
          if (event.type === 'turnEnded' || event.type === 'failed') resolve(event);
        },
        recall: () => [],
      });
    });
    expect(greeted).toEqual({ type: 'turnEnded', turn: 1 });
  },
);
