import { expect, test } from 'vitest';
import { admit } from '../../../src/simulator/model/entrance.ts';
import { PATH } from './socket-rig.ts';

const CLOUD = '/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent';

test.each([
  [PATH, { 'x-goog-api-key': 'right' }, { api: 'developer', keyIn: 'header', key: 'right' }],
  [`${PATH}?key=right`, {}, { api: 'developer', keyIn: 'query', key: 'right' }],
  [`//${PATH}?key=right`, {}, { api: 'developer', keyIn: 'query', key: 'right' }],
  [`${PATH}?key=right`, { 'x-goog-api-key': '' }, { api: 'developer', keyIn: 'query', key: 'right' }],
  [CLOUD, { authorization: 'Bearer right' }, { api: 'cloud', keyIn: 'header', key: 'right' }],
  [`/${CLOUD}`, { authorization: 'bearer right' }, { api: 'cloud', keyIn: 'header', key: 'right' }],
  [CLOUD.replace('beta1', ''), { authorization: 'Bearer right' }, { api: 'cloud', key: 'right' }],
])('%s with %j is let in', (url, headers, admission) => {
  expect(admit(url, headers)).toMatchObject(admission);
  expect(admit(url, headers, 'right')).toMatchObject(admission);
  expect(admit(url, headers, 'another')).toMatchObject({ status: 401 });
});

test.each([
  [PATH, {}, 403],
  [PATH, { authorization: 'Bearer token' }, 403],
  [CLOUD, {}, 401],
  [CLOUD, { 'x-goog-api-key': 'key' }, 401],
  [`${CLOUD}?key=key`, {}, 401],
  [CLOUD, { authorization: 'Bearer' }, 401],
  [CLOUD, { authorization: 'Basic dXNlcg==' }, 401],
  [CLOUD.replace('beta1', 'beta'), { authorization: 'Bearer token' }, 404],
  [`${PATH}Constrained?key=key`, {}, 404],
  ['', {}, 404],
  ['http://[', {}, 404],
])('%s with %j is refused with %i', (url, headers, status) => {
  expect(admit(url, headers)).toMatchObject({ status, words: expect.stringMatching(/\w/) as unknown });
});
