// Options of a keypad menu that lead to another agent, in whole calls on real sockets: by key and by voice.
import { expect, test, vi, type TestContext } from 'vitest';
import type { SimulatedSession } from '../../src/simulator/model/record.ts';
import type { ScriptSource } from '../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { openDesk, scriptFrom, type Desk, type DeskOptions } from './desk.ts';
import { wav } from './rig.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 90_000 });

const PROFILE = `
menu: ./menus/old.yaml
tools: [end_call]
keypad: { pause_ms: 600 }
hand_over_to:
  invoices: { agent: Billing, description: Invoices. }
  repairs: { agent: Repairs, description: What is broken. }
`;
const FILES = {
  'menus/old.yaml': `
start: main
menus:
  main:
    options:
      1: { name: invoices, spoken: my invoice, agent: invoices }
      2: { name: repairs, spoken: a repair, say: Our engineers know more., agent: repairs }
`,
  'billing.yaml': `
name: Billing
numbers: ['+12025550171']
voice: Charon
instructions: You know about invoices.
greeting: Good morning.
tools: [end_call]
keypad: { pause_ms: 600 }
`,
  'repairs.yaml': `
name: Repairs
numbers: ['+12025550172']
voice: Aoede
instructions: You know about repairs.
greeting: Good morning.
tools: [end_call]
`,
};
const HELLO = 'Hello, how can I help you?';
const FIRST: ScriptSource = {
  name: 'first',
  greeting: { say: HELLO },
  otherwise: { steps: [{ say: 'I connect you.' }] },
};
const SECOND: ScriptSource = {
  name: 'second',
  greeting: { say: 'I am the other one.' },
  otherwise: { steps: [{ say: 'Noted.' }] },
};

const open = (
  context: TestContext,
  first: ScriptSource = FIRST,
  model: DeskOptions['model'] = {},
): Promise<Desk> =>
  openDesk(context, {
    ...{ profile: PROFILE, files: FILES, script: first },
    model: { ...model, script: [first, SECOND].map(scriptFrom) },
  });

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 20 });

const prompted = ({ events }: SimulatedSession): string[] =>
  events.flatMap((event) => (event.type === 'prompted' ? [event.text] : []));
const instructionsOf = ({ setup }: SimulatedSession): string =>
  (setup?.systemInstruction?.parts ?? []).map(({ text }) => text).join('\n');

/** The caller has heard all of it. */
const heard = (desk: Desk, call: PhoneCall, words: string): Promise<void> =>
  eventually(() =>
    expect(
      desk
        .told(call, 'transcript')
        .filter(({ entry }) => entry.state === 'done' && entry.text.trim() === words),
    ).not.toEqual([]),
  );

async function leave(call: PhoneCall): Promise<void> {
  call.hangUp();
  expect(await call.done).toMatchObject({ errors: [], streams: 1 });
}

test.concurrent(
  '[HO2][HO7] by key: the agent says one sentence, and the other one knows what was pressed and typed',
  async (context) => {
    const desk = await open(context);
    const call = desk.place({ patienceMs: 60_000 });
    await heard(desk, call, HELLO);
    call.press('471199#');
    const first = await desk.model.session(1);
    await eventually(() => expect(prompted(first).at(-1)).toContain('471199'));
    await heard(desk, call, 'I connect you.');
    call.press('1');
    const second = await desk.model.session(2);
    await heard(desk, call, 'I am the other one.');
    expect(prompted(first).at(-1)).toMatch(/pressed 1: my invoice\] Another agent takes over/);
    expect(desk.told(call, 'handed-over')).toMatchObject([
      { from: 'Desk', to: 'Billing', reason: 'my invoice' },
    ]);
    expect(desk.told(call, 'tool-called'), 'no tool was needed').toEqual([]);
    expect(instructionsOf(second)).toMatch(
      /You know about invoices[^]*another agent, Desk[^]*keypad keys: 471199\nThe caller pressed 1: my invoice$/,
    );
    expect(instructionsOf(second), 'the menu was that of the first').not.toContain('a repair');
    call.press('1#');
    await eventually(() =>
      expect(prompted(second).at(-1), 'a key like any other').toContain('keypad keys: 1]'),
    );
    await leave(call);
    expect(desk.model.sessions).toHaveLength(2);
  },
);

test.concurrent('[HO7] by key before there is any agent: the other one takes the call', async (context) => {
  const desk = await open(context, FIRST, { setupMs: 1_500 });
  const call = desk.place({ patienceMs: 60_000 });
  await call.until('streamOpened');
  call.press('2');
  await heard(desk, call, 'I am the other one.');
  expect(desk.told(call, 'handed-over')).toMatchObject([{ to: 'Repairs', reason: 'a repair' }]);
  await leave(call);
});

test.concurrent(
  '[HO1] by voice: choose_option hands the caller over once the agent was heard',
  async (context) => {
    const desk = await open(context, {
      name: 'chooses',
      greeting: { say: HELLO },
      turns: [
        {
          hears: 'It is broken.',
          steps: [
            { call: { name: 'choose_option', args: { option: 'repairs' } } },
            { say: 'Our engineers know more.' },
          ],
        },
      ],
    });
    const call = desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 60_000 });
    const second = await desk.model.session(2);
    await heard(desk, call, 'I am the other one.');
    await heard(desk, call, 'Our engineers know more.');
    expect(desk.told(call, 'handed-over')).toMatchObject([
      { from: 'Desk', to: 'Repairs', reason: 'a repair' },
    ]);
    const [answer] = desk.told(call, 'tool-done');
    expect(answer).toMatchObject({
      tool: 'choose_option',
      response: { status: 'ok', message: expect.stringContaining('Another agent takes over') as string },
    });
    expect(instructionsOf(second), 'that was asked of the call').not.toContain('choose_option');
    await leave(call);
  },
);
