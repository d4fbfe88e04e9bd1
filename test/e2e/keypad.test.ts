// The keys of whole calls, on real sockets: typed into whatever happens, they reach the model once each; shortcuts act at once.
import { expect, test, vi, type TestContext } from 'vitest';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import type { CallerStep } from '../../src/simulator/phone/script.ts';
import { migratedDatabaseUrl } from '../doubles/databases.ts';
import { ledger, openDesk, writingTool, type Desk, type DeskOptions } from './desk.ts';
import { wav } from './rig.ts';

vi.setConfig({ testTimeout: 90_000 });

const DESK = '+12025550111';
const CALLER = '+12025550143';
/** About ten seconds of speech. */
const LONG =
  'We are open from Monday to Friday, from eight in the morning until six in the evening, and on Saturdays from nine until one. On Sundays we are closed, as on every day that is a holiday.';
const TALKS: DeskOptions['script'] = {
  name: 'talks',
  greeting: { say: LONG },
  otherwise: { steps: [{ say: 'Noted.' }] },
};
const PROFILE = `
destinations:
  front_desk: { to: '${DESK}', description: Everything., spoken: the front desk }
keypad:
  pause_ms: 800
  shortcuts: { '0': { destination: front_desk }, '9': { tool: opt_out } }
tools: [transfer_call, opt_out, ask_for_digits, end_call]
`;

const open = (context: TestContext, options: Partial<DeskOptions> = {}): Promise<Desk> =>
  openDesk(context, { profile: PROFILE, script: TALKS, ...options });

/** What the model was told by text, over all its sockets, in order. */
const prompts = ({ model }: Desk): string[] =>
  model.sessions.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'prompted' ? [event.text] : [])),
  );
const groups = (desk: Desk): string[] =>
  prompts(desk).flatMap((text) => [...text.matchAll(/keypad keys: (\S+)\]/g)].map(([, keys]) => keys!));
const saidByModel = ({ model }: Desk): string[] =>
  model.sessions.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'said' ? [event.text] : [])),
  );
const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 20 });

const intoSpeech = (press: string): CallerStep => ({ press, when: { agentSpokeForMs: 600 } });

async function leave(call: PhoneCall): Promise<void> {
  call.hangUp();
  expect((await call.done).errors).toEqual([]);
}

test.concurrent('while the agent speaks: one group, once, and it is answered', async (context) => {
  const desk = await open(context);
  const call = desk.place({ script: [intoSpeech('47'), { press: '11#', when: { afterMs: 300 } }] });
  await eventually(() => expect(saidByModel(desk)).toContain('Noted.'));
  await call.until('agentQuiet');
  await leave(call);
  expect(groups(desk)).toEqual(['4711']);
});

test.concurrent('while a tool runs: once, and the tool once', async (context) => {
  const book = ledger(context);
  const desk = await open(context, {
    profile: PROFILE.replace('end_call]', './my-tools.ts]'),
    files: writingTool({ ledger: book.file, takesMs: 2_500, saysBegun: true }),
    script: {
      name: 'writes',
      greeting: { say: 'Hello.' },
      turns: [{ steps: [{ call: { name: 'write_line', args: { text: 'done' } } }, { say: 'Written.' }] }],
      otherwise: { steps: [{ say: 'Noted.' }] },
    },
  });
  const call = desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 60_000 });
  await eventually(() => expect(book.lines()).toEqual(['begun']));
  call.press('123');
  expect(book.lines()).toEqual(['begun']);
  await eventually(() => expect(book.lines()).toEqual(['begun', 'done']));
  call.press('45#');
  await eventually(() => expect(groups(desk).join('')).toBe('12345'));
  await leave(call);
  expect(groups(desk).join('')).toBe('12345');
  expect(book.lines()).toEqual(['begun', 'done']);
});

test.concurrent('while the model is away and comes back: once each', async (context) => {
  const desk = await open(context, { script: { ...TALKS, greeting: { say: 'Hello.' } } });
  const call = desk.place({ script: [], patienceMs: 60_000 });
  await call.until('agentQuiet');
  call.press('1');
  desk.model.sessions.at(-1)!.terminate();
  call.press('2#3');
  await eventually(() => expect(desk.model.sessions.length).toBeGreaterThan(1));
  call.press('4#5#');
  await eventually(() => expect(groups(desk)).toEqual(['12', '34', '5']));
  await eventually(() => expect(saidByModel(desk)).toContain('Noted.'));
  await leave(call);
  expect(groups(desk)).toEqual(['12', '34', '5']);
});

test.concurrent(
  'a pause ends a group, # is one by itself, and a key of a shortcut within a group is none',
  async (context) => {
    const desk = await open(context);
    const call = desk.place({ script: [], patienceMs: 60_000 });
    await call.until('agentStarted');
    for (const [at, keys] of ['109', '#', '2#', '33*'].entries()) {
      call.press(keys);
      await eventually(() => expect(groups(desk)).toHaveLength(at + 1));
    }
    await leave(call);
    expect(groups(desk)).toEqual(['109', '#', '2', '33*']);
    expect(desk.told(call, 'routed').map(({ to }) => to)).toEqual(['nowhere']);
  },
);

test.concurrent(
  '0 into a sentence: connected with the desk within a second, and the agent is silent',
  async (context) => {
    const desk = await open(context);
    desk.network.addPerson({ number: DESK, does: 'answers' });
    const call = desk.place({ script: [intoSpeech('0')], patienceMs: 60_000 });
    const key = await call.until('digit');
    const connected = await call.until('connected');
    expect(connected.atMs - key.atMs, 'ms until connected').toBeLessThan(1_000);
    expect((await call.until('cleared')).forgottenMs).toBeGreaterThan(0);
    expect(desk.network.callsTo(DESK)).toHaveLength(1);
    await leave(call);
    expect(groups(desk), 'the key is the call’s, and not told').toEqual([]);
  },
);

test.concurrent(
  '9 into a sentence: opted out in code, once however often, and the agent says so',
  async (context) => {
    const databaseUrl = await migratedDatabaseUrl(context);
    const SAYS = 'You are not called by us any more.';
    const desk = await open(context, {
      environment: { DATABASE_URL: databaseUrl },
      script: { ...TALKS, turns: [{ steps: [{ say: SAYS }] }] },
    });
    const call = desk.place({ from: CALLER, script: [intoSpeech('9')], patienceMs: 60_000 });
    await eventually(() => expect(saidByModel(desk)).toContain(SAYS));
    expect(prompts(desk).at(-1)).toMatch(/pressed 9, which has run opt_out without you: .*not called by us/);
    call.press('9');
    await eventually(() => expect(desk.told(call, 'tool-done')).toHaveLength(2));
    await leave(call);
    const response = await fetch(`${desk.app.publicBaseUrl}/api/v1/opt-outs`);
    expect(await response.json()).toMatchObject({
      optOuts: [{ number: CALLER, callId: call.callSid }],
      next: null,
    });
    expect(groups(desk)).toEqual([]);
  },
);

test.concurrent('asked to type: the next keys are one number, whatever single keys do', async (context) => {
  const desk = await open(context, {
    script: {
      name: 'asks',
      greeting: { say: 'Hello.' },
      turns: [
        {
          steps: [
            { call: { name: 'ask_for_digits', args: { what: 'the customer number' } } },
            { say: 'Please type your customer number, and then the hash key.' },
          ],
        },
      ],
      otherwise: { steps: [{ say: 'Noted.' }] },
    },
  });
  const call = desk.place({ from: CALLER, script: [{ say: wav('caller/yes') }], patienceMs: 60_000 });
  await eventually(() => expect(desk.told(call, 'tool-done')).toHaveLength(1));
  call.press('0901#');
  await eventually(() => expect(saidByModel(desk)).toContain('Noted.'));
  await leave(call);
  expect(groups(desk)).toEqual(['0901']);
  expect(desk.network.callsTo(DESK)).toEqual([]);
  expect(desk.told(call, 'tool-called').map(({ tool }) => tool)).toEqual(['ask_for_digits']);
});
