import { expect, test, type TestContext } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { callId } from '../../src/base/ids.ts';
import { parsePhoneNumber, type PhoneNumber } from '../../src/base/phone-number.ts';
import type { SingleCall, SingleCalls } from '../../src/campaign/single-calls.ts';
import { callRoutes, type CallingProfile } from '../../src/http/call-routes.ts';
import { said } from './outbound-rig.ts';
import { GUARDED, OPEN, served } from './served.ts';

const number = (text: string): PhoneNumber => parsePhoneNumber(text)!;
const [FIRST, SECOND] = [number('+12125550190'), number('+13125550190')];
const PROFILE: CallingProfile = {
  ...{ name: 'Reminder', direction: 'outbound', numbers: [], onVoicemail: { do: 'hang-up' } },
};

async function office(
  context: TestContext,
  over: {
    profile?: Partial<CallingProfile>;
    own?: PhoneNumber[];
    place?: SingleCalls['place'];
    operator?: typeof OPEN;
    isDraining?: boolean;
  } = {},
) {
  const placed: SingleCall[] = [];
  const { url, log } = await served(
    context,
    callRoutes({
      calls: {
        place(call, signal) {
          placed.push(call);
          return over.place?.(call, signal) ?? Promise.resolve({ attempt: 'a1', call: callId('CA1') });
        },
      },
      attempts: { find: () => Promise.resolve(undefined) },
      switchboard: { isDraining: over.isDraining ?? false },
      profileNamed: (name) => (name === 'Reminder' ? { ...PROFILE, ...over.profile } : undefined),
      ownNumbers: () => Promise.resolve(over.own ?? [FIRST]),
      operator: over.operator ?? OPEN,
    }),
  );
  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/api/v1/calls`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return { placed, post, log };
}

const ASKED = { to: '+1 (212) 555-0100', agent: 'Reminder' };

test('somebody is called; who asks gets the attempt and the call', async (context) => {
  const { placed, post } = await office(context);
  const response = await post({ ...ASKED, variables: { name: 'Ada' } });
  expect([response.status, await response.json()]).toEqual([201, { attempt: 'a1', callId: 'CA1' }]);
  expect(placed).toEqual([
    {
      ...{ to: '+12125550100', from: FIRST, profile: 'Reminder', variables: { name: 'Ada' }, ringS: 25 },
      ...{ detectsMachines: 'on', askedBy: 'api' },
    },
  ]);
});

test('a number is called in the one form in which it is kept, however it is written', async (context) => {
  const { placed, post } = await office(context);
  for (const to of ['+44 (0)20 7946 0958', '+4402079460958', '+442079460958'])
    expect((await post({ ...ASKED, to })).status).toBe(201);
  expect(placed.map(({ to }) => to)).toEqual(Array(3).fill('+442079460958'));
});

test('a call of which nobody knows has no id; a profile with a message waits for the beep', async (context) => {
  const { placed, post } = await office(context, {
    profile: { onVoicemail: { do: 'leave-message', text: 'Call back.' } },
    place: () => Promise.resolve({ attempt: 'a1', call: undefined }),
  });
  expect(await (await post(ASKED)).json()).toEqual({ attempt: 'a1', callId: null });
  expect(placed).toMatchObject([{ detectsMachines: 'message-end' }]);
});

test.for<[string, Partial<CallingProfile>, PhoneNumber[], object, string]>([
  ['the one that is asked for', {}, [FIRST, SECOND], { from: '+1 312 555 0190' }, SECOND],
  ['the one of the profile', { numbers: [SECOND] }, [FIRST, SECOND], {}, SECOND],
  ['the only one', { numbers: '*' }, [FIRST], {}, FIRST],
])('the number that is shown: %s', async ([, profile, own, asked, shown], context) => {
  const { placed, post } = await office(context, { profile, own });
  expect((await post({ ...ASKED, ...asked })).status).toBe(201);
  expect(placed).toMatchObject([{ from: shown }]);
});

test.for<[object, Partial<CallingProfile>, string]>([
  [{ to: '5550100777' }, {}, 'body.to: expected a phone number'],
  [{ agent: 'Nobody' }, {}, 'body.agent: there is no profile of this name'],
  [{}, { direction: 'inbound' }, 'body.agent: this profile takes inbound calls alone'],
  [{ from: '+14155550190' }, {}, 'body.from: this is neither a number of the account'],
  [{}, { numbers: [number('+14155550190')] }, 'body.from: say which of your numbers is shown'],
  [{ variables: { 'a b': 'x' } }, {}, 'body.variables: expected at most 100 texts'],
  [{ variables: { name: 7 } }, {}, 'body.variables.name: expected at most 100 texts'],
  [{ variables: { name: 'a\ud800' } }, {}, 'body.variables: expected at most 100 texts'],
  [{ to: FIRST, from: FIRST }, {}, 'body.to: this is the number that would be shown'],
  [{ to: FIRST }, { numbers: [FIRST] }, 'body.to: this is the number that would be shown'],
  [{ variables: { name: 'x'.repeat(201) } }, {}, 'body.variables: expected at most 100 texts'],
  [{ x5550100777: 1 }, {}, 'body: expected the fields to, agent, variables and from'],
])('%j is refused by its field, and nobody is called', async ([changes, profile, words], context) => {
  const { placed, post, log } = await office(context, { profile, own: [FIRST, SECOND] });
  const answer = await said(await post({ ...ASKED, ...changes }));
  expect(answer).toEqual([400, 'API_REQUEST_INVALID', expect.stringContaining(words)]);
  expect(answer[2] + log.join('')).not.toContain('5550100777');
  expect(placed).toEqual([]);
});

test.for([
  ['DIAL_REFUSED', 403],
  ['CARRIER_BUSY', 503],
  ['CARRIER_REFUSED', 502],
  ['DATABASE_UNAVAILABLE', 503],
] as const)('%s is told as such', async ([code, status], context) => {
  const { post } = await office(context, { place: () => Promise.reject(new LivelineError(code, 'not now')) });
  expect(await said(await post(ASKED))).toEqual([status, code, 'not now']);
});

test('whoever has no token calls nobody', async (context) => {
  const { placed, post } = await office(context, { operator: GUARDED });
  expect((await post(ASKED)).status).toBe(401);
  expect(placed).toEqual([]);
});

test('a server that stops calls nobody: it says when to ask again', async (context) => {
  const { placed, post } = await office(context, { isDraining: true });
  const response = await post(ASKED);
  expect([response.headers.get('retry-after'), ...(await said(response))]).toEqual([
    ...['30', 503, 'SERVER_STOPPING'],
    expect.stringContaining('this server stops'),
  ]);
  expect(placed).toEqual([]);
});
