import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { KNOWN_MODELS } from '../../src/live/gemini/models.ts';
import { createGeminiLive } from '../../src/live/gemini/session.ts';
import type { SessionEvent } from '../../src/live/session.ts';
import { startModel } from '../../src/simulator/model/server.ts';
import { toolNames, toolsNamed } from '../../src/tools/catalogue.ts';
import { script } from './rig.ts';

test.concurrent.for(KNOWN_MODELS.map((model) => [model]))(
  '%s takes the setup of a full profile, every built-in tool among it, and greets',
  async ([model], { onTestFinished }) => {
    const simulated = await startModel({ script: script('receptionist') });
    onTestFinished(() => simulated.close());
    const live = createGeminiLive({ apiKey: 'key', baseUrl: simulated.url, clock: systemClock });
    const session = live.open(
      {
        model: model!,
        instructions: 'Be brief.',
        voice: 'Kore',
        language: 'en-US',
        tools: toolsNamed(toolNames).map(({ declaration }) => declaration),
        voiceActivity: {
          startSensitivity: 'low',
          endSensitivity: 'high',
          prefixPaddingMs: 20,
          silenceMs: 600,
        },
        callerInterrupts: true,
      },
      silentLog,
    );
    onTestFinished(() => session.close());
    const greeted = await new Promise<SessionEvent>((resolve) => {
      session.listen({
        onAudio: () => undefined,
        onEvent: (event) => {
          if (event.type === 'ready') session.prompt('Greet the caller.');
          if (event.type === 'turnEnded' || event.type === 'failed') resolve(event);
        },
      });
    });
    expect(greeted).toEqual({ type: 'turnEnded', turn: 1 });
  },
);
