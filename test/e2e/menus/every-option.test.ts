// Every option of two old keypad menus, as they are imported: by its keys, and by voice, in whole calls on real sockets.
import { describe, expect, test, vi, type TestContext } from 'vitest';
import type { Leads, MenuOption } from '../../../src/agents/keypad-menu.ts';
import type { Carried } from '../../../src/ivr/menus/carried.ts';
import { optionsByName, pathsOf } from '../../../src/ivr/menus/where-to.ts';
import { menuYaml, profileYaml } from '../../../src/ivr/menus/written.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import { harbour, northwind } from '../../ivr/menus/import-rig.ts';
import { openDesk, scriptFrom, type Desk } from '../desk.ts';
import { wav } from '../rig.ts';

vi.setConfig({ testTimeout: 180_000 });

/** More at once is more than two cores speak for in real time. */
const AT_ONCE = 8;

interface Case {
  readonly name: string;
  readonly page: string;
  readonly option: MenuOption;
  /** From the start. */
  readonly keys: string;
}

const casesOf = ({ menu }: Carried): Case[] => {
  const paths = pathsOf(menu);
  return [...optionsByName(menu)].map(([name, { page, option }]) => ({
    ...{ name, page, option },
    keys: [...(paths.get(page) ?? []), option.key].join(''),
  }));
};

/** The profile as the import writes it, with the tools that it says are still to be made. */
function filesOf(carried: Carried): { profile: string; files: Record<string, string> } {
  const written = profileYaml({ name: 'Desk', menuFile: './menus/old.yaml', numbers: [] }, carried);
  const tools = [...carried.tools].map(
    (name) => `defineTool({
    name: '${name}', description: 'Looks it up.', timeoutMs: 1_000,
    args: z.object({ number: z.string().describe('It.') }),
    run: () => ({ tell: { message: 'It is done.' } }),
  })`,
  );
  const module = `interface Kit { defineTool: (definition: object) => unknown; z: any }
export default ({ defineTool, z }: Kit) => [${tools.join(',\n')}];\n`;
  return {
    profile: `${written
      .replace(/^name:.*\n/m, '')
      .replace(/^numbers:\n(?: .*\n)+/m, '')
      .replace(/^greeting:.*$/m, 'greeting: Hello.')}${tools.length > 0 ? '  - ./my-tools.ts\n' : ''}`,
    files: { 'menus/old.yaml': menuYaml(carried.menu), ...(tools.length > 0 && { 'my-tools.ts': module }) },
  };
}

const endOf = (leads: Leads): Leads =>
  leads.to === 'say' && leads.then !== undefined ? endOf(leads.then) : leads;

/** What must have been said or done, as somebody who looks on would see it. */
async function reaches(desk: Desk, call: PhoneCall, { name, option, page }: Case, told: () => string) {
  const end = endOf(option.leads);
  const check = (seen: () => void): Promise<void> => vi.waitFor(seen, { timeout: 25_000, interval: 50 });
  if (option.leads.to === 'say') {
    const { text } = option.leads;
    await check(() => expect(told(), name).toContain(text));
  }
  const routed = (): string[] => desk.told(call, 'routed').map(({ to }) => to);
  switch (end.to) {
    case 'destination':
      return check(() => expect(routed(), name).toContain(end.name));
    case 'voicemail':
      return check(() => expect(routed(), name).toContain('voicemail'));
    case 'hang-up':
      return check(() =>
        expect(desk.told(call, 'call-ended'), name).toMatchObject([{ reason: 'agent-hung-up' }]),
      );
    case 'tool':
      return check(() => expect(told(), name).toContain(`call ${end.name}`));
    case 'menu':
      return check(() => expect(told(), name).toContain(`"${end.name}"`));
    case 'repeat':
      return check(() => expect(told(), name).toContain(`"${page}"`));
    case 'back':
      return check(() => expect(told(), name).toMatch(/They are at "\w+" now/));
    case 'say':
      return undefined;
    case 'agent':
      throw new Error(`${name} leads to another agent, of whom an old menu knows nothing`);
  }
}

/** Whose conversation it was, by the number that calls. */
const sessionOf = ({ model }: Desk, from: string) =>
  model.sessions.find(({ events }) =>
    events.some((event) => event.type === 'setup' && JSON.stringify(event.setup).includes(from)),
  );

async function each(cases: readonly Case[], run: (one: Case, from: string) => Promise<void>): Promise<void> {
  const left = [...cases.entries()];
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift())
      await run(next[1], `+1202555${String(7_000 + next[0])}`);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

const open = (context: TestContext, carried: Carried, scripts: readonly object[]): Promise<Desk> =>
  openDesk(context, {
    ...filesOf(carried),
    script: scripts[0] as never,
    model: { script: scripts.map((script) => scriptFrom(script as never)) },
  });

describe.each([
  ['TwiML documents of an energy company', northwind(), 44],
  ['a Studio flow of an insurance', harbour(), 41],
])('%s', (_, carried, count) => {
  const cases = casesOf(carried);

  test('every option is tried', () => expect(cases).toHaveLength(count));

  test('by its keys, pressed before anybody has finished speaking', async (context) => {
    const desk = await open(context, carried, [
      {
        name: 'keys',
        greeting: { say: 'Hello, how can I help you?' },
        otherwise: { steps: [{ say: 'Yes.' }] },
      },
    ]);
    await each(cases, async (one, from) => {
      const call = desk.place({ from, patienceMs: 60_000 });
      await call.until('agentStarted');
      call.press(one.keys);
      const told = (): string =>
        (sessionOf(desk, from)?.events ?? [])
          .flatMap((event) => (event.type === 'prompted' ? [event.text] : []))
          .filter((text) => text.startsWith(`[The caller pressed ${one.option.key}:`))
          .at(-1) ?? '';
      await reaches(desk, call, one, told);
      call.hangUp();
      expect((await call.done).errors).toEqual([]);
    });
  });

  test('by voice', async (context) => {
    const desk = await open(
      context,
      carried,
      cases.map(({ name }) => ({
        name,
        greeting: { say: 'Hello.' },
        turns: [
          { steps: [{ call: { name: 'choose_option', args: { option: name } } }, { say: 'Certainly.' }] },
        ],
        otherwise: { steps: [] },
      })),
    );
    const chosen: string[] = [];
    await each(cases, async (_one, from) => {
      const call = desk.place({ from, patienceMs: 60_000, script: [{ say: wav('caller/yes') }] });
      // Conversations take the scripts in the order in which they are opened.
      const name = await vi.waitFor(
        () => {
          const [tool] = desk.told(call, 'tool-called');
          expect(tool?.tool).toBe('choose_option');
          return (tool!.args as { option: string }).option;
        },
        { timeout: 25_000, interval: 50 },
      );
      chosen.push(name);
      const answer = (): string =>
        JSON.stringify(desk.told(call, 'tool-done').map(({ response }) => response)).replaceAll('\\"', '"');
      await reaches(
        desk,
        call,
        cases.find((one) => one.name === name)!,
        answer,
      );
      call.hangUp();
      expect((await call.done).errors).toEqual([]);
    });
    expect(chosen.toSorted()).toEqual(cases.map(({ name }) => name).toSorted());
  });
});
