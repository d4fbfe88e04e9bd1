// Whole phone calls by every way in to the model: the fallback when the first is refused, and Google Cloud.
import { expect, test } from 'vitest';
import { scriptOf } from '../../src/simulator/model/script.ts';
import { freePort } from '../doubles/free-port.ts';
import { answering, serving, useFederation } from '../doubles/google-credentials.ts';
import { durationMs, wav, world } from './rig.ts';

/** A server that is no rehearsal, on this machine. */
async function onThisMachine(settings: Record<string, string>): Promise<Record<string, string>> {
  const port = String(await freePort());
  return { PORT: port, HOST: '127.0.0.1', PUBLIC_BASE_URL: `http://127.0.0.1:${port}`, ...settings };
}

test('a key that is refused: the fallback takes the call, and the caller hears the greeting', async (context) => {
  const settings = { GEMINI_API_KEY: 'the-wrong-key', GEMINI_FALLBACK_API_KEY: 'the-right-key' };
  const { place, told, log, model } = await world(
    context,
    { apiKey: 'the-right-key' },
    await onThisMachine(settings),
  );
  const call = place({ script: [{ say: wav('caller/thanks-goodbye') }, { hangUp: true }] });
  const outcome = await call.done;
  expect(outcome).toMatchObject({ errors: [] });
  expect(outcome.heardMs).toBeGreaterThanOrEqual(durationMs('agent/greeting') - 40);
  expect(told(call, 'session-failed')).toEqual([]);
  expect(model.sessions.map(({ keyIn }) => keyIn)).toEqual(['header']);
  expect(log.join('')).not.toMatch(/the-(?:right|wrong)-key/);
});

test('Google Cloud: a tool is called and answered there without ids', async (context) => {
  useFederation(await serving(answering(200, { access_token: 'the-token', expires_in: 3_600 })));
  const script = scriptOf(
    {
      name: 'goodbye',
      greeting: { say: 'Hello.' },
      turns: [{ steps: [{ call: { name: 'end_call', args: { reason: 'done' } } }, { say: 'Goodbye.' }] }],
    },
    '.',
  );
  const { place, told, model } = await world(
    context,
    { apiKey: 'the-token', script },
    await onThisMachine({ GOOGLE_CLOUD_PROJECT: 'voice-12', GOOGLE_CLOUD_LOCATION: 'eu' }),
  );
  const call = place({ script: [{ say: wav('caller/thanks-goodbye') }] });
  expect(await call.done).toMatchObject({ hungUpBy: 'server', errors: [] });
  expect(told(call, 'tool-done')).toMatchObject([{ tool: 'end_call', response: { status: 'ok' } }]);
  expect(told(call, 'call-ended')).toMatchObject([{ reason: 'agent-hung-up' }]);
  expect(told(call, 'session-failed')).toEqual([]);
  const [session] = model.sessions;
  expect(session!.setup?.model).toBe(
    'projects/voice-12/locations/eu/publishers/google/models/gemini-3.8-live',
  );
  expect(session!.events.filter(({ type }) => type === 'toolAnswered')).toHaveLength(1);
});
