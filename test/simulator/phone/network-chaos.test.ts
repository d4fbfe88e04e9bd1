// Whatever the server answers and whoever does what when: every call ends, is told so once, and leaves nothing behind.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fastClock } from '../../../src/simulator/fast-clock.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import { startNetwork } from '../../../src/simulator/phone/network.ts';
import { AUTH_TOKEN, startAnsweringServer } from './answering-server.ts';
import { countingClock } from './dial.ts';
import { ACCOUNT } from './network-rig.ts';

const SPEED = 10;
const PEOPLE = ['+12025550111', '+12025550112', 'sip:desk@example.com'] as const;
/** Documents lead to one another, so that calls wander through everything there is. */
const VERBS = [
  '<Say>a</Say>',
  '<Pause length="1"/>',
  '<Gather numDigits="1" timeout="1" action="/next"><Say>a</Say></Gather>',
  '<Record timeout="1" maxLength="2" action="/next" recordingStatusCallback="/ready"/>',
  `<Dial timeout="1" action="/next"><Number url="/whisper" statusCallback="/leg">${PEOPLE[0]}</Number></Dial>`,
  `<Dial answerOnBridge="true" timeLimit="2"><Number>${PEOPLE[1]}</Number><Sip>${PEOPLE[2]}</Sip></Dial>`,
  '<Dial action="/next" timeLimit="2"><Conference startConferenceOnEnter="false" waitUrl="/wait">c</Conference></Dial>',
  '<Dial timeLimit="2"><Conference endConferenceOnExit="true">c</Conference></Dial>',
  '<Dial timeout="1" action="/next"><Queue>q</Queue></Dial>',
  '<Enqueue action="/next" waitUrl="/wait">q</Enqueue>',
  '<Refer action="/next"><Sip>sip:desk@example.com</Sip></Refer>',
  '<Leave/>',
  '<Redirect>/next</Redirect>',
  '<Connect action="/next"><Stream url="ws://127.0.0.1:1/nobody"/></Connect>',
  '<Hangup/>',
  '<Reject/>',
  '<oops',
] as const;

const deed = fc.record({
  waitMs: fc.nat(1_000),
  does: fc.constantFrom('press', 'hangUp', 'redirect', 'complete', 'place', 'call'),
  which: fc.nat(6),
});
const plan = fc.record({
  documents: fc.array(fc.array(fc.constantFrom(...VERBS), { minLength: 1, maxLength: 3 }), {
    minLength: 4,
    maxLength: 16,
  }),
  people: fc.array(
    fc.record({
      number: fc.constantFrom(...PEOPLE),
      does: fc.constantFrom('answers', 'answers', 'busy', 'no-answer', 'fails'),
      ringsMs: fc.nat(800),
      leavesAfterMs: fc.nat(800),
      hangsUpAfterMs: fc.nat(2_000),
    }),
    { minLength: 2, maxLength: 5 },
  ),
  deeds: fc.array(deed, { maxLength: 10 }),
  duplicateActions: fc.boolean(),
});

test('no call is left behind', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ documents, people, deeds, duplicateActions }) => {
      let asked = 0;
      const server = await startAnsweringServer({
        answer: ({ path }) =>
          ['/twilio/status', '/leg', '/ready'].includes(path)
            ? {}
            : path === '/wait'
              ? '<Response><Say>w</Say></Response>'
              : `<Response>${(documents[asked++] ?? []).join('')}</Response>`,
      });
      const counted = countingClock();
      const clock = fastClock(SPEED, counted);
      const network = await startNetwork({
        ...{ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock, people },
      });
      const faults = { duplicateActions };
      const call = (): PhoneCall => network.placeCall({ baseUrl: server.url, faults, patienceMs: 2_000 });
      const post = async (resource: string, form: Record<string, string>): Promise<void> => {
        const headers = { authorization: `Basic ${btoa(`${ACCOUNT}:${AUTH_TOKEN}`)}` };
        const body = new URLSearchParams(form);
        const url = `${network.url}/2010-04-01/Accounts/${ACCOUNT}/${resource}`;
        const { status } = await fetch(url, { method: 'POST', headers, body });
        expect([200, 201, 400]).toContain(status);
      };
      call();
      for (const { waitMs, does, which } of deeds) {
        await new Promise<void>((resolve) => clock.after(waitMs, resolve));
        const all = [...network.calls.values()];
        const one = all[which % all.length]!;
        const update = `Calls/${one.callSid}.json`;
        if (does === 'press') one.press('1');
        else if (does === 'hangUp') one.hangUp();
        else if (does === 'call') call();
        else if (does === 'complete') await post(update, { Status: 'completed' });
        else if (does === 'redirect') await post(update, { Url: `${server.url}/next` });
        else
          await post('Calls.json', {
            To: PEOPLE[which % 3]!,
            From: '+12025550100',
            Url: `${server.url}/next`,
          });
      }
      await network.close();
      for (const one of network.calls.values()) {
        expect(one.events.filter(({ type }) => type === 'hungUp')).toHaveLength(1);
        const count = (type: string): number => one.events.filter((event) => event.type === type).length;
        expect(count('connected')).toBe(count('disconnected'));
        expect(['completed', 'busy', 'no-answer', 'failed', 'canceled']).toContain(one.status);
      }
      expect(network.alone()).toEqual([]);
      expect(counted.waiting()).toBe(0);
      await server.close();
    }),
    { numRuns: 25 },
  );
});
