import { expect, test } from 'vitest';
import { world } from './rig.ts';

const FIELDS = 'body: expected the fields text and answer (which may be left out), and no others';
const NO_TYPE = 'send a JSON body, with content-type: application/json';
const TOKEN = 'operator-token-0123456789';

test.concurrent(
  'an operator tells the model of a call something: to speak to at once, or just to know',
  async (context) => {
    const { app, place, model, log } = await world(context, {}, { OPERATOR_TOKEN: TOKEN });
    const tell = (callSid: string, body: unknown, token = TOKEN): Promise<Response> =>
      fetch(`${app.publicBaseUrl}/api/v1/calls/${callSid}/notes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    const call = place();
    await call.until('agentStarted');
    expect((await tell(call.callSid, { text: 'Offer a discount.', answer: true })).status).toBe(202);
    await model.sessions[0]!.until('prompted', ({ text }) => text === 'Offer a discount.');
    await model.sessions[0]!.until('interrupted');

    expect((await tell(call.callSid, { text: 'They are a member.' })).status).toBe(202);
    const note = await model.sessions[0]!.until('prompted', ({ text }) => text === 'They are a member.');
    const answer = model.sessions[0]!.events.findLast(
      ({ type, atMs }) => type === 'turnComplete' && atMs < note.atMs,
    );
    expect(answer, 'told once the model had finished').toBeDefined();

    expect((await tell(call.callSid, { text: 'x' }, 'wrong')).status).toBe(401);
    expect((await tell(`CA${'f'.repeat(32)}`, { text: 'x' })).status).toBe(404);
    call.hangUp();
    await call.done;
    expect(log.join('')).not.toMatch(/discount|member|half of it/);
  },
);

const TEXT = 'expected text of 1 to 4,000 characters';
const JSON_TYPE = { 'content-type': 'application/json' };

test.concurrent.for<[string, string | Buffer | undefined, Record<string, string>, number, string]>([
  ['an empty text', '{"text": " "}', JSON_TYPE, 400, `body.text: ${TEXT}`],
  ['too long a text', JSON.stringify({ text: 'x'.repeat(4_001) }), JSON_TYPE, 400, `body.text: ${TEXT}`],
  [
    'two faults',
    '{"text": 7, "answer": "yes"}',
    JSON_TYPE,
    400,
    `body.text: ${TEXT}; body.answer: expected true or false`,
  ],
  ['another field', '{"text": "x", "loud": true}', JSON_TYPE, 400, FIELDS],
  ['no fields', '"a member"', JSON_TYPE, 400, FIELDS],
  ['an empty body', '', JSON_TYPE, 400, `body.text: ${TEXT}`],
  ['half of the JSON', '{"text": "half of it', JSON_TYPE, 400, 'the body is not JSON'],
  [
    'too long a body',
    JSON.stringify({ text: 'x'.repeat(16_384) }),
    JSON_TYPE,
    413,
    'the body has more than 16 kB',
  ],
  ['no content type', Buffer.from('{"text": "x"}'), {}, 400, NO_TYPE],
  ['another content type', 'text=x', { 'content-type': 'application/x-www-form-urlencoded' }, 400, NO_TYPE],
  ['no body', undefined, {}, 400, NO_TYPE],
])('a note with %s is refused in plain words', async ([, body, headers, status, message], context) => {
  const { app, log } = await world(context);
  const response = await fetch(`${app.publicBaseUrl}/api/v1/calls/CA${'f'.repeat(32)}/notes`, {
    method: 'POST',
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const error = status === 413 ? 'API_REQUEST_TOO_LARGE' : 'API_REQUEST_INVALID';
  expect([response.status, await response.json()]).toEqual([status, { error, message }]);
  expect(log.join('')).not.toMatch(/half of it|loud|a member/);
});
