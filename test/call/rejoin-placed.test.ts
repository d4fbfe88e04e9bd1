// Calls that we placed, and whose process dies: what the next one makes of whoever has answered.
import { expect, test } from 'vitest';
import type { PlacedCall } from '../../src/call/placed-calls.ts';
import type { CarrierCall } from '../../src/carrier/webhooks.ts';
import { framesOf, quiet } from '../doubles/answer-sounds.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { nodesRig } from './nodes-rig.ts';
import { id, incoming } from './rig.ts';

const placed: PlacedCall = {
  ...{ attempt: 'a1', profile: 'reminder', campaign: 'check-ups', variables: { name: 'Ada' } },
};
const answered: CarrierCall = {
  ...{
    id,
    from: incoming.to,
    to: incoming.from,
    direction: 'outbound',
    status: 'in-progress',
    attempt: 'a1',
  },
};
const leaves = { on_voicemail: { leave_message: 'This is Harbour Dental for {{campaign.name | you}}.' } };

/** They have answered, and heard the greeting, of the first of two processes. */
async function talking(fields: Readonly<Record<string, unknown>> = {}) {
  const facts: (readonly unknown[])[] = [];
  const nodes = nodesRig({
    placed: { find: (attempt) => Promise.resolve(attempt === 'a1' ? placed : undefined) },
    others: [
      {
        ...{ name: 'reminder', direction: 'outbound', instructions: 'Remind {{campaign.name | them}}.' },
        ...{ greeting: 'Hello {{campaign.name | there}}!', silence: { ask_after_s: 'off' } },
        ...{ dead_air_ms: 'off', tools: ['end_call'], look_up_caller: 'off' },
        ...fields,
      },
    ],
    more: {
      placedFacts: {
        answeredBy: (_call, by) => void facts.push(['answered-by', by]),
        spoke: (_call, ...when) => void facts.push(['spoke', ...when]),
        messageLeft: () => void facts.push(['message-left']),
      },
    },
  });
  const [first, second] = [nodes.start('a'), nodes.start('b')];
  const line = new FakeLine(first.clock);
  await nodes.streams(first, first.switchboard.answer(answered, undefined, placed), line);
  const session = first.live.last;
  session.ready();
  session.say(800);
  session.agentSaid('Hello Ada!');
  session.idle();
  await nodes.advance(1_500);
  return {
    ...{ ...nodes, first, second, session, facts },
    rejoins: async () => {
      nodes.kill(first);
      await nodes.advance(300);
      const verb = await nodes.asks(second);
      const next = new FakeLine(second.clock);
      second.live.last.ready('kept');
      expect(await nodes.streams(second, verb, next)).toBe(true);
      await nodes.advance(50);
      return next;
    },
  };
}

test('[PC1][RJ3] a person is talked with as before, by what the campaign knows of them', async () => {
  const all = await talking();
  all.session.callerSaid('Yes, speaking.');
  await all.advance(500);
  await all.rejoins();
  expect(all.second.live.setups.at(-1)!.instructions).toContain('Remind Ada.');
  expect(all.second.live.last.recalled().map(({ text }) => text)).toEqual(['Hello Ada!', 'Yes, speaking.']);
  expect(all.second.of('call-rejoined')).toMatchObject([{ profile: 'reminder' }]);
  await all.advance(60_000);
  all.second.switchboard.carrierStatus({ ...answered, status: 'completed' });
  expect(all.facts).toEqual([
    ['spoke', 0],
    ['answered-by', 'human'],
  ]);
});

test('[PC5] a machine that waits for its message is left it, and not talked to', async () => {
  const all = await talking(leaves);
  all.first.switchboard.answeredBy(id, { by: 'machine', messageEnded: undefined });
  await all.advance(500);
  const line = await all.rejoins();
  expect(all.second.live.last.closed).toBe(true);
  for (const frame of framesOf(quiet(4_200))) {
    line.speak(frame);
    all.second.clock.advance(20);
  }
  expect(all.second.of('placed-call').map(({ is }) => is)).toEqual(['message-left']);
  expect(await all.asks(all.second)).toMatchObject({
    ...{ do: 'say-and-hang-up', text: 'This is Harbour Dental for Ada.' },
  });
  expect(all.facts).toEqual([['spoke', 0], ['answered-by', 'machine'], ['message-left']]);
});
