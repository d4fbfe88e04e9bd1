import { expect, test } from 'vitest';
import { voicemailRoutes } from '../../src/http/voicemail-routes.ts';
import { bearer, GUARDED, keptVoicemails, OPEN, served, voicemail } from './served.ts';

test('voicemails are found, as they were meant, and no copy is kept of them', async (context) => {
  const store = keptVoicemails();
  const { get } = await served(context, voicemailRoutes(store, OPEN));
  const page = await get(
    '/api/v1/voicemails?number=+15550100123&profile=%20receptionist&call=CA1&limit=3&cursor=x',
  );
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(await page.json()).toEqual({ voicemails: [voicemail('RE1')], next: null });
  await get('/api/v1/voicemails');
  expect(store.asked).toEqual([
    { number: '+15550100123', profile: 'receptionist', call: 'CA1', limit: 3, cursor: 'x' },
    { limit: 50 },
  ]);
});

test('the sound of one', async (context) => {
  const { get } = await served(context, voicemailRoutes(keptVoicemails(), OPEN));
  const sound = await get('/api/v1/voicemails/RE1/sound');
  expect([sound.status, sound.headers.get('content-type')]).toEqual([200, 'audio/wav']);
  expect([sound.headers.get('cache-control'), sound.headers.get('content-disposition')]).toEqual([
    'no-store',
    'attachment; filename=RE1.wav',
  ]);
  expect(Buffer.from(await sound.arrayBuffer()).toString()).toBe('RIFF');
  const none = await get('/api/v1/voicemails/RE2/sound');
  expect([none.status, await none.json()]).toMatchObject([404, { error: 'RECORD_UNKNOWN' }]);
});

test('whoever has no token gets nothing', async (context) => {
  const store = keptVoicemails();
  const { get } = await served(context, voicemailRoutes(store, GUARDED));
  for (const path of ['/api/v1/voicemails', '/api/v1/voicemails/RE1/sound'])
    expect((await get(path)).status).toBe(401);
  expect(store.asked).toEqual([]);
  expect((await get('/api/v1/voicemails/RE1/sound', bearer(GUARDED.token!))).status).toBe(200);
});

test.for([
  ['limit=0', 'limit: expected a whole number from 1 to 200'],
  ['number=%00', 'number: expected a phone number, such as +15550100123'],
  ['call=a&call=b', 'call: expected the id of a call, once'],
  ['from=x', 'query: expected no other parameters than number, profile, call, limit, cursor'],
  [
    'profile=&limit=x',
    'profile: expected the name of a profile; limit: expected a whole number from 1 to 200',
  ],
])('%s is refused, and not quoted', async ([query, message], context) => {
  const store = keptVoicemails();
  const { get } = await served(context, voicemailRoutes(store, OPEN));
  const response = await get(`/api/v1/voicemails?${query}`);
  expect([response.status, await response.json()]).toEqual([400, { error: 'API_REQUEST_INVALID', message }]);
  expect(store.asked).toEqual([]);
});
