import { Router } from 'express';
import { expect, test } from 'vitest';
import { consoleRoutes } from '../../src/http/console-routes.ts';
import { served } from './served.ts';

test('page and API are shown in no page of elsewhere, and are what they say they are', async (context) => {
  const api = Router().get('/api/v1/calls/CA1/recording', (_request, response) => void response.send('RIFF'));
  const { get } = await served(context, consoleRoutes({ publicBaseUrl: 'http://127.0.0.1' }), api);
  for (const path of ['/', '/console/nothing', '/api/v1/calls/CA1/recording', '/api/v1/nothing']) {
    const { headers } = await get(path);
    expect([path, headers.get('cross-origin-resource-policy')]).toEqual([path, 'same-origin']);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.* frame-ancestors 'none'$/);
    expect(headers.get('strict-transport-security')).toBeNull();
  }
});
