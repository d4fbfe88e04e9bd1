import { expect, test } from 'vitest';
import { metricsRoutes } from '../../src/http/metrics-routes.ts';
import { bearer, GUARDED, OPEN, served } from './served.ts';

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const figures = { contentType: TYPE, text: () => Promise.resolve('calls 7\n') };

test('figures are served as they are, under their own type', async (context) => {
  const { get } = await served(context, metricsRoutes(figures, OPEN));
  const response = await get('/metrics');
  expect([response.status, response.headers.get('content-type')]).toEqual([200, TYPE]);
  expect(await response.text()).toBe('calls 7\n');
});

test('figures are for the operator, who sends the token', async (context) => {
  const { get } = await served(context, metricsRoutes(figures, GUARDED));
  expect((await get('/metrics')).status).toBe(401);
  expect((await get('/metrics', bearer('wrong'))).status).toBe(401);
  expect(await (await get('/metrics', bearer(GUARDED.token!))).text()).toBe('calls 7\n');
});

test('figures that cannot be had are an error, not an empty page', async (context) => {
  const text = (): Promise<never> => Promise.reject(new Error('a gauge failed'));
  const { get } = await served(context, metricsRoutes({ ...figures, text }, OPEN));
  expect((await get('/metrics')).status).toBe(500);
});
