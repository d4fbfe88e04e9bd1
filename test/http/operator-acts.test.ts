import { expect, test } from 'vitest';
import { deedOf } from '../../src/http/operator-acts.ts';

test.for<[string, string, ReturnType<typeof deedOf>]>([
  ['POST', '/api/v1/calls/CA1/hang-up', { action: 'hang-up', callId: 'CA1' }],
  ['POST', '/api/v1/calls/CA1/notes', { action: 'whisper', callId: 'CA1' }],
  ['POST', '/api/v1/calls/CA%201/transfer/', { action: 'transfer', callId: 'CA 1' }],
  ['POST', '/api/v1/calls/%ff/transfer', { action: 'transfer', callId: '%ff' }],
  ['POST', '/api/v1/calls', { action: 'place-call' }],
  ['GET', '/api/v1/calls/CA1/recording', { action: 'download-recording', callId: 'CA1' }],
  ['GET', '/api/v1/calls/CA1', undefined],
  ['GET', '/api/v1/calls?number=%2B12125550142', undefined],
  ['HEAD', '/metrics', undefined],
  ['POST', '/api/v1/campaigns/C1/start', { action: 'start-campaign', campaignId: 'C1' }],
  ['GET', '/api/v1/campaigns/C1/results', { action: 'export-results', campaignId: 'C1' }],
  ['DELETE', '/api/v1/opt-outs?number=%2B12125550142', { action: 'remove-opt-out' }],
  ['GET', '/console/take-over?call=CA1', { action: 'take-over', callId: 'CA1' }],
  ['POST', '/console/phone/calls', { action: 'call-from-phone' }],
  ['POST', '/console/phone/next', undefined],
  ['PUT', '/api/v1/things/7', { action: 'PUT /api/v1/things/7' }],
])('%s %s', ([method, target, deed]) => {
  expect(deedOf(method, target)).toEqual(deed);
});
