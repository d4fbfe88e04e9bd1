import { expect, test } from 'vitest';
import { world } from './rig.ts';

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

    expect((await tell(call.callSid, { text: '' })).status).toBe(400);
    expect((await tell(call.callSid, { text: 'x', loud: true })).status).toBe(400);
    expect((await tell(call.callSid, '{"text": "half of it')).status).toBe(400);
    expect((await tell(call.callSid, { text: 'x' }, 'wrong')).status).toBe(401);
    expect((await tell(`CA${'f'.repeat(32)}`, { text: 'x' })).status).toBe(404);
    call.hangUp();
    await call.done;
    expect(log.join('')).not.toMatch(/discount|member|half of it/);
  },
);
